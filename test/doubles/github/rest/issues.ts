import { actingAccount } from "../auth.ts";
import { createIssue, updateIssue, type IssueChange } from "../operations/issues.ts";
import { serializeIssue } from "../serialize/issue.ts";
import { accountByLogin } from "../state/accounts.ts";
import { commentsOf, labelByName, type Issue } from "../state/issues.ts";
import { repositoryOf } from "./access.ts";
import { optionalText, optionalTexts, requiredText, isObject } from "./body.ts";
import { issueOf, oneOf, sortedBy } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem, validationFailed } from "./problem.ts";
import { route, type RestRequest, type Route } from "./router.ts";

const read = { issues: "read", pull_requests: "read" } as const;
const write = { issues: "write", pull_requests: "write" } as const;

const sortKeys: Record<string, (request: RestRequest, issue: Issue) => string | number> = {
  created: (_, issue) => issue.createdAt,
  updated: (_, issue) => issue.updatedAt,
  comments: ({ github }, issue) => commentsOf(github.state, issue.id).length,
};

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}/issues", {
    permission: read,
    handler: (request) => {
      const { query } = request;
      const key = sortKeys[query["sort"] ?? "created"] ?? (() => 0);
      const sorted = sortedBy(matching(request), (issue) => key(request, issue), query["direction"]);
      return paginated(request, sorted, (issue) => serializeIssue(request.github, issue));
    },
  }),
  route("POST", "/repos/{owner}/{repo}/issues", {
    permission: { issues: "write" },
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const labels = labelNames(body["labels"], "Issue");
      const assignees = assigneesIn(body);
      const text = optionalText(body, "body", "Issue");
      const issue = await createIssue(github, actor, repositoryOf(request), {
        title: titleOf(body["title"]),
        ...(text !== undefined && { body: text }),
        ...(labels && { labels }),
        ...(assignees && { assignees }),
      });
      const shown = serializeIssue(github, issue);
      return { status: 201, body: shown, headers: { Location: shown.url } };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/issues/{issue_number}", {
    permission: read,
    handler: (request) => ({ status: 200, body: serializeIssue(request.github, issueOf(request)) }),
  }),
  route("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}", {
    permission: write,
    role: "read",
    handler: async (request) => {
      const { github, actor } = request;
      const issue = await updateIssue(github, actor, issueOf(request), changeIn(request));
      return { status: 200, body: serializeIssue(github, issue) };
    },
  }),
];

function matching(request: RestRequest): Issue[] {
  const { github, query, actor } = request;
  const repository = repositoryOf(request);
  const state = oneOf(query["state"] ?? "open", ["open", "closed", "all"], "state", "Issue");
  const wanted = (query["labels"] ?? "").split(",").filter(Boolean);
  const labels = wanted.map((name) => labelByName(github.state, repository.id, name.trim())?.id);
  const since = query["since"] === undefined ? null : Date.parse(query["since"]);
  if (since !== null && Number.isNaN(since))
    throw validationFailed({ resource: "Issue", field: "since", code: "invalid" });
  const visible = pullsReadable(request);
  const idOf = (login: string) => accountByLogin(github.state, login)?.id ?? -1;
  const creator = query["creator"] === undefined ? null : idOf(query["creator"]);
  const mentioned = query["mentioned"];
  return github.state.issues.filter(
    (issue) =>
      issue.repoId === repository.id &&
      (visible || !issue.isPull) &&
      (state === "all" || issue.state === state) &&
      labels.every((id) => id !== undefined && issue.labelIds.includes(id)) &&
      (since === null || Date.parse(issue.updatedAt) >= since) &&
      (creator === null || issue.userId === creator) &&
      (mentioned === undefined || (issue.body ?? "").includes(`@${mentioned}`)) &&
      hasAssignee(issue, query["assignee"], idOf),
  );

  function pullsReadable({ github: of }: RestRequest): boolean {
    return actingAccount(of, actor) === null || actor.kind !== "installation" || "pull_requests" in actor.permissions;
  }
}

function hasAssignee(issue: Issue, wanted: string | undefined, idOf: (login: string) => number): boolean {
  if (wanted === undefined) return true;
  if (wanted === "none") return issue.assigneeIds.length === 0;
  return wanted === "*" ? issue.assigneeIds.length > 0 : issue.assigneeIds.includes(idOf(wanted));
}

function changeIn(request: RestRequest): IssueChange {
  const { body } = request;
  const state = oneOf(body["state"], ["open", "closed"], "state", "Issue");
  const reasons = ["completed", "not_planned", "duplicate", "reopened"] as const;
  const stateReason = oneOf(body["state_reason"], reasons, "state_reason", "Issue");
  const labels = labelNames(body["labels"], "Issue");
  const assignees = assigneesIn(body);
  return {
    ...(body["title"] !== undefined && body["title"] !== null && { title: titleOf(body["title"]) }),
    ...("body" in body && { body: optionalText(body, "body", "Issue") ?? null }),
    ...(state && { state }),
    ...(stateReason && { stateReason }),
    ...(labels && { labels }),
    ...(assignees && { assignees }),
  };
}

function titleOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return requiredText({ title: value }, "title", "Issue");
}

function assigneesIn(body: Record<string, unknown>): string[] | undefined {
  const one = optionalText(body, "assignee", "Issue");
  return optionalTexts(body, "assignees", "Issue") ?? (one === undefined ? undefined : [one].filter(Boolean));
}

/** Label names from a list of names or of objects with a name, both of which GitHub takes. */
export function labelNames(value: unknown, resource: string): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const bad = new HttpProblem(422, "Validation Failed", [{ resource, field: "labels", code: "invalid", value }]);
  if (!Array.isArray(value)) throw bad;
  return value.map((item: unknown) => {
    if (typeof item === "string") return item;
    if (isObject(item) && typeof item["name"] === "string") return item["name"];
    throw bad;
  });
}
