import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import type { GitHub } from "../state/github.ts";
import type { Pull, Review, ReviewState } from "../state/pulls.ts";

/** Adds the row of a review. Emits nothing. */
export function newReviewRow(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  input: { body: string; state: ReviewState; commitId: string },
): Review {
  const now = github.timestamp();
  const review: Review = {
    ...input,
    id: github.nextId(),
    repoId: pull.repoId,
    pullId: pull.id,
    userId: requireAccount(github, actor).id,
    submittedAt: input.state === "PENDING" ? null : now,
    createdAt: now,
    updatedAt: now,
  };
  github.state.reviews.push(review);
  return review;
}
