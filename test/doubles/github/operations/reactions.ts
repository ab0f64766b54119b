import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem, notFound } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import { reactionsOn, type Reaction, type ReactionContent, type ReactionSubject } from "../state/issues.ts";

/** Reacts. The same reaction of the same account is not made twice: `created` is false and the old one is given. */
export function react(
  github: GitHub,
  actor: Actor,
  subject: ReactionSubject,
  subjectId: number,
  content: ReactionContent,
): { reaction: Reaction; created: boolean } {
  const userId = requireAccount(github, actor).id;
  const before = reactionsOn(github.state, subject, subjectId).find(
    (one) => one.userId === userId && one.content === content,
  );
  if (before) return { reaction: before, created: false };
  const reaction = { id: github.nextId(), subject, subjectId, userId, content, createdAt: github.timestamp() };
  github.state.reactions.push(reaction);
  return { reaction, created: true };
}

/** Takes a reaction back. Throws 404 when it is not on this thing, 403 when it is somebody else's. */
export function unreact(github: GitHub, actor: Actor, subject: ReactionSubject, subjectId: number, id: number): void {
  const reaction = reactionsOn(github.state, subject, subjectId).find((one) => one.id === id);
  if (!reaction) throw notFound();
  if (reaction.userId !== requireAccount(github, actor).id)
    throw new HttpProblem(403, "You can only delete your own reactions.");
  github.state.reactions.splice(github.state.reactions.indexOf(reaction), 1);
}
