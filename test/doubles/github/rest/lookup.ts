import type { CheckRun, CheckSuite } from "../state/checks.ts";
import { issueByNumber, type Issue, type IssueComment } from "../state/issues.ts";
import { pullByNumber, reviewsOf, type Pull, type Review, type ReviewComment } from "../state/pulls.ts";
import { actingAccount } from "../auth.ts";
import { repositoryOf } from "./access.ts";
import { HttpProblem, notFound } from "./problem.ts";
import type { RestRequest } from "./router.ts";

/** The issue (or the issue side of the pull) of `{issue_number}`. Throws 404. */
export function issueOf(request: RestRequest): Issue {
  const found = issueByNumber(request.github.state, repositoryOf(request).id, Number(request.params["issue_number"]));
  if (!found) throw notFound();
  return found;
}

/** The pull of `{pull_number}`. Throws 404. */
export function pullOf(request: RestRequest): Pull {
  const found = pullByNumber(request.github.state, repositoryOf(request).id, Number(request.params["pull_number"]));
  if (!found) throw notFound();
  return found;
}

/** The review of `{review_id}` in the pull of `{pull_number}`; somebody else's pending one is not there. */
export function reviewOf(request: RestRequest): Review {
  const { github, actor, params } = request;
  const me = actingAccount(github, actor)?.id;
  const found = reviewsOf(github.state, pullOf(request).id).find((review) => review.id === Number(params["review_id"]));
  if (!found || (found.state === "PENDING" && found.userId !== me)) throw notFound();
  return found;
}

/** One of a list, by the id in the path, in the repository of the path. Throws 404. */
function byId<T extends { id: number; repoId: number }>(request: RestRequest, list: T[], parameter: string): T {
  const repository = repositoryOf(request);
  const id = Number(request.params[parameter]);
  const found = list.find((one) => one.id === id && one.repoId === repository.id);
  if (!found) throw notFound();
  return found;
}

export function issueCommentOf(request: RestRequest): IssueComment {
  return byId(request, request.github.state.issueComments, "comment_id");
}

export function reviewCommentOf(request: RestRequest): ReviewComment {
  return byId(request, request.github.state.reviewComments, "comment_id");
}

export function checkRunOf(request: RestRequest): CheckRun {
  return byId(request, request.github.state.checkRuns, "check_run_id");
}

export function checkSuiteOf(request: RestRequest): CheckSuite {
  return byId(request, request.github.state.checkSuites, "check_suite_id");
}

/** The commit of `{ref}` (branch, tag, sha, `heads/…`, `tags/…`). Throws 422 as GitHub does for a sha that is not there. */
export async function commitShaOf(request: RestRequest): Promise<string> {
  const ref = request.params["ref"] ?? request.params["sha"] ?? request.params["commit_sha"] ?? "";
  const git = request.github.git(repositoryOf(request));
  const sha = (await git.resolve(ref)) ?? (await git.resolve(`refs/${ref}`));
  if (sha === null) throw new HttpProblem(422, `No commit found for SHA: ${ref}`);
  return sha;
}

/** One of the values allowed for a field or query, or `undefined` when it is absent. Throws 422. */
export function oneOf<T extends string>(
  value: unknown,
  allowed: readonly T[],
  field: string,
  resource: string,
): T | undefined {
  if (value === undefined || value === null) return undefined;
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new HttpProblem(422, "Validation Failed", [{ resource, field, code: "invalid", value }]);
}

/** Sorted by a time, newest first unless `direction` says otherwise. */
export function sortedBy<T>(
  items: readonly T[],
  key: (item: T) => string | number,
  direction: string | undefined,
): T[] {
  const sign = direction === "asc" ? 1 : -1;
  return items
    .map((item, index) => ({ item, index, key: key(item) }))
    .toSorted((a, b) => sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))
    .map(({ item }) => item);
}
