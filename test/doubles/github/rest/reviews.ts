import { actingAccount } from "../auth.ts";
import { createReview, deletePendingReview, dismissReview, submitReview, updateReview } from "../operations/reviews.ts";
import type { ReviewEvent } from "../operations/reviews.ts";
import { serializeReview, serializeReviewComment } from "../serialize/review.ts";
import { reviewsOf } from "../state/pulls.ts";
import { optionalObjects, optionalText, requiredText } from "./body.ts";
import { oneOf, pullOf, reviewOf } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem } from "./problem.ts";
import { placeIn } from "./review-comments.ts";
import { route, type RestRequest, type Route } from "./router.ts";

const read = { pull_requests: "read" } as const;
const write = { pull_requests: "write" } as const;
const all = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const events = ["APPROVE", "REQUEST_CHANGES", "COMMENT"] as const;

export const routes: Route[] = [
  route("GET", all, {
    permission: read,
    handler: (request) => {
      const { github, actor } = request;
      const me = actingAccount(github, actor)?.id;
      const isVisible = (review: { state: string; userId: number }) =>
        review.state !== "PENDING" || review.userId === me;
      const reviews = reviewsOf(github.state, pullOf(request).id).filter(isVisible);
      return paginated(request, reviews, (review) => serializeReview(github, review));
    },
  }),
  route("POST", all, {
    permission: write,
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const event = eventIn(request);
      const text = optionalText(body, "body", "PullRequestReview");
      const commitId = optionalText(body, "commit_id", "PullRequestReview");
      const comments = optionalObjects(body, "comments", "PullRequestReview")?.map((comment) => ({
        ...placeIn(comment),
        body: requiredText(comment, "body", "PullRequestReviewComment"),
      }));
      const review = await createReview(github, actor, pullOf(request), {
        ...(event && { event }),
        ...(text !== undefined && { body: text }),
        ...(commitId !== undefined && { commitId }),
        ...(comments && { comments }),
      });
      return { status: 200, body: serializeReview(github, review) };
    },
  }),
  route("GET", `${all}/{review_id}`, {
    permission: read,
    handler: (request) => ({ status: 200, body: serializeReview(request.github, reviewOf(request)) }),
  }),
  route("PUT", `${all}/{review_id}`, {
    permission: write,
    role: "read",
    handler: (request) => {
      const { github, actor, body } = request;
      const review = updateReview(
        github,
        actor,
        reviewOf(request),
        optionalText(body, "body", "PullRequestReview") ?? "",
      );
      return { status: 200, body: serializeReview(github, review) };
    },
  }),
  route("DELETE", `${all}/{review_id}`, {
    permission: write,
    role: "read",
    handler: (request) => {
      const review = deletePendingReview(request.github, request.actor, reviewOf(request));
      return { status: 200, body: serializeReview(request.github, review) };
    },
  }),
  route("GET", `${all}/{review_id}/comments`, {
    permission: read,
    handler: (request) => {
      const { github } = request;
      const review = reviewOf(request);
      const comments = github.state.reviewComments.filter((comment) => comment.reviewId === review.id);
      return paginated(request, comments, (comment) => serializeReviewComment(github, comment));
    },
  }),
  route("POST", `${all}/{review_id}/events`, {
    permission: write,
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const event = eventIn(request);
      if (!event) throw new HttpProblem(422, "Unprocessable Entity", ["Event is not provided"]);
      const text = optionalText(body, "body", "PullRequestReview");
      const input = { event, ...(text !== undefined && { body: text }) };
      return {
        status: 200,
        body: serializeReview(github, await submitReview(github, actor, reviewOf(request), input)),
      };
    },
  }),
  route("PUT", `${all}/{review_id}/dismissals`, {
    permission: write,
    handler: (request) => {
      requiredText(request.body, "message", "PullRequestReview");
      const review = dismissReview(request.github, request.actor, reviewOf(request));
      return { status: 200, body: serializeReview(request.github, review) };
    },
  }),
];

function eventIn({ body }: RestRequest): ReviewEvent | undefined {
  return oneOf(body["event"], events, "event", "PullRequestReview");
}
