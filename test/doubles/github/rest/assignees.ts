import { assign, assignableAccounts, isAssignable, unassign } from "../operations/assignees.ts";
import { serializeAccount } from "../serialize/account.ts";
import { serializeIssue } from "../serialize/issue.ts";
import { accountByLogin } from "../state/accounts.ts";
import { repositoryOf } from "./access.ts";
import { optionalTexts } from "./body.ts";
import { issueOf } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const read = { issues: "read", pull_requests: "read" } as const;
const write = { issues: "write", pull_requests: "write" } as const;
const onIssue = "/repos/{owner}/{repo}/issues/{issue_number}/assignees";

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}/assignees", {
    permission: read,
    handler: (request) =>
      paginated(request, assignableAccounts(request.github, repositoryOf(request)), (account) =>
        serializeAccount(request.github, account),
      ),
  }),
  route("GET", "/repos/{owner}/{repo}/assignees/{assignee}", { permission: read, handler: check }),
  route("GET", `${onIssue}/{assignee}`, { permission: read, handler: check }),
  route("POST", onIssue, {
    permission: write,
    role: "triage",
    handler: async (request) => {
      const issue = issueOf(request);
      await assign(request.github, request.actor, issue, loginsIn(request));
      return { status: 201, body: serializeIssue(request.github, issue) };
    },
  }),
  route("DELETE", onIssue, {
    permission: write,
    role: "triage",
    handler: async (request) => {
      const issue = issueOf(request);
      await unassign(request.github, request.actor, issue, loginsIn(request));
      return { status: 200, body: serializeIssue(request.github, issue) };
    },
  }),
];

function check(request: RestRequest): RestAnswer {
  const account = accountByLogin(request.github.state, request.params["assignee"] ?? "");
  if (!account || !isAssignable(request.github, repositoryOf(request), account)) throw notFound();
  return { status: 204 };
}

function loginsIn({ body }: RestRequest): string[] {
  return optionalTexts(body, "assignees", "Issue") ?? [];
}
