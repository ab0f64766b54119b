import { createPull, removeReviewers, requestReviewers, updateBranch, updatePull } from "../operations/pulls.ts";
import { trialMerge } from "../operations/trial-merge.ts";
import { serializeAccount } from "../serialize/account.ts";
import { serializePull, serializePullSimple } from "../serialize/pull.ts";
import { accountById } from "../state/accounts.ts";
import { commentsOf, issueById } from "../state/issues.ts";
import type { Pull } from "../state/pulls.ts";
import { repositoryOf } from "./access.ts";
import { optionalBoolean, optionalText, optionalTexts, requiredText } from "./body.ts";
import { commitShaOf, oneOf, pullOf, sortedBy } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { pullAsText } from "./pull-files.ts";
import { route, type RestRequest, type Route } from "./router.ts";

const read = { pull_requests: "read" } as const;
const write = { pull_requests: "write" } as const;
const one = "/repos/{owner}/{repo}/pulls/{pull_number}";

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}/pulls", {
    permission: read,
    handler: (request) => {
      const { github, query } = request;
      const direction =
        query["direction"] ?? (query["sort"] === undefined || query["sort"] === "created" ? "desc" : "asc");
      const sorted = sortedBy(matching(request), (pull) => sortKey(request, pull), direction);
      return paginated(request, sorted, (pull) => serializePullSimple(github, pull));
    },
  }),
  route("POST", "/repos/{owner}/{repo}/pulls", {
    permission: write,
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const text = optionalText(body, "body", "PullRequest");
      const draft = optionalBoolean(body, "draft", "PullRequest");
      const maintainerCanModify = optionalBoolean(body, "maintainer_can_modify", "PullRequest");
      const pull = await createPull(github, actor, repositoryOf(request), {
        title: requiredText(body, "title", "PullRequest"),
        head: requiredText(body, "head", "PullRequest"),
        base: requiredText(body, "base", "PullRequest"),
        ...(text !== undefined && { body: text }),
        ...(draft !== undefined && { draft }),
        ...(maintainerCanModify !== undefined && { maintainerCanModify }),
      });
      // GitHub has not tried the merge yet when it answers.
      const unknown = { mergeable: null, rebaseable: null, mergeable_state: "unknown", merge_commit_sha: null };
      const shown = { ...(await serializePull(github, pull)), ...unknown };
      return { status: 201, body: shown, headers: { Location: shown.url } };
    },
  }),
  route("GET", one, {
    permission: read,
    handler: async (request) => {
      const { github } = request;
      const pull = pullOf(request);
      const text = await pullAsText(request, pull);
      if (text) return text;
      await trialMerge(github, pull);
      return { status: 200, body: await serializePull(github, pull) };
    },
  }),
  route("PATCH", one, {
    permission: write,
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const title = optionalText(body, "title", "PullRequest");
      const state = oneOf(body["state"], ["open", "closed"], "state", "PullRequest");
      const base = optionalText(body, "base", "PullRequest");
      const maintainerCanModify = optionalBoolean(body, "maintainer_can_modify", "PullRequest");
      const pull = await updatePull(github, actor, pullOf(request), {
        ...(title !== undefined && { title }),
        ...("body" in body && { body: optionalText(body, "body", "PullRequest") ?? null }),
        ...(state && { state }),
        ...(base !== undefined && { base }),
        ...(maintainerCanModify !== undefined && { maintainerCanModify }),
      });
      return { status: 200, body: await serializePull(github, pull) };
    },
  }),
  route("PUT", `${one}/update-branch`, {
    permission: write,
    handler: async (request) => {
      const { github, actor, body } = request;
      const pull = pullOf(request);
      await updateBranch(github, actor, pull, optionalText(body, "expected_head_sha", "PullRequest"));
      const { url } = serializePullSimple(github, pull);
      return { status: 202, body: { message: "Updating pull request branch.", url } };
    },
  }),
  route("GET", `${one}/requested_reviewers`, {
    permission: read,
    handler: (request) => {
      const { github } = request;
      const ids = pullOf(request).requestedReviewerIds;
      const users = ids.map((id) => serializeAccount(github, accountById(github.state, id)));
      return { status: 200, body: { users, teams: [] } };
    },
  }),
  route("POST", `${one}/requested_reviewers`, {
    permission: write,
    handler: async (request) => {
      const logins = optionalTexts(request.body, "reviewers", "PullRequest") ?? [];
      const teams = optionalTexts(request.body, "team_reviewers", "PullRequest") ?? [];
      const pull = await requestReviewers(request.github, request.actor, pullOf(request), logins, teams);
      return { status: 201, body: serializePullSimple(request.github, pull) };
    },
  }),
  route("DELETE", `${one}/requested_reviewers`, {
    permission: write,
    handler: async (request) => {
      const logins = optionalTexts(request.body, "reviewers", "PullRequest") ?? [];
      const pull = await removeReviewers(request.github, request.actor, pullOf(request), logins);
      return { status: 200, body: serializePullSimple(request.github, pull) };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
    permission: read,
    handler: async (request) => {
      const { github } = request;
      const sha = await commitShaOf(request);
      const repository = repositoryOf(request);
      const git = github.git(repository);
      const found: Pull[] = [];
      for (const pull of pullsOf(request))
        if (
          pull.mergedSha === sha ||
          // The head of a fork's pull is on no branch of this repository, and GitHub does not look further.
          (pull.head.repoId === repository.id &&
            (await git.isAncestor(sha, pull.head.sha)) &&
            !(await git.isAncestor(sha, pull.base.sha)))
        )
          found.push(pull);
      return paginated(request, found, (pull) => serializePullSimple(github, pull));
    },
  }),
];

function pullsOf(request: RestRequest): Pull[] {
  const repository = repositoryOf(request);
  return request.github.state.pulls.filter((pull) => pull.repoId === repository.id);
}

function matching(request: RestRequest): Pull[] {
  const { github, query } = request;
  const state = oneOf(query["state"] ?? "open", ["open", "closed", "all"], "state", "PullRequest");
  const head = query["head"]?.toLowerCase();
  return pullsOf(request).filter(
    (pull) =>
      (state === "all" || issueById(github.state, pull.issueId).state === state) &&
      // GitHub passes over a head that does not say whose branch it is.
      (head === undefined ||
        !head.includes(":") ||
        `${pull.head.ownerLogin}:${pull.head.ref}`.toLowerCase() === head) &&
      (query["base"] === undefined || pull.base.ref === query["base"]),
  );
}

function sortKey({ github, query }: RestRequest, pull: Pull): string | number {
  const issue = issueById(github.state, pull.issueId);
  if (query["sort"] === "updated") return issue.updatedAt;
  return query["sort"] === "popularity" ? commentsOf(github.state, issue.id).length : issue.createdAt;
}
