import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:http";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";

const REPO = "/repos/octo/shop";
const WRITE = { contents: "write", issues: "write", pull_requests: "write", checks: "write", statuses: "write" };
const EVENTS = [
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "pull_request_review_thread",
  "check_run",
  "check_suite",
  "status",
  "push",
  "create",
  "delete",
  "label",
];

/** What the story reads of the answers. */
interface Answer {
  app_id: number;
  id: number;
  merged: boolean;
  number: number;
  sha: string;
  token: string;
}

let local: LocalGitHub;
let receiver: Server;

beforeEach(async () => {
  local = await startGitHub();
  receiver = createServer((request, response) => {
    request.resume().on("end", () => response.end("ok"));
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, "127.0.0.1", resolve);
  });
});

afterEach(async () => {
  await local.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

test("from issue to merge, no request, answer or delivery departs from GitHub's description", async () => {
  const address = receiver.address();
  const hook = typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "";
  const owner = await ask("", "POST", "/_admin/users", { login: "octo" });
  const ada = await ask("", "POST", "/_admin/users", { login: "ada" });
  const manifest = { name: "codegen", url: "http://bot.test", default_permissions: WRITE, default_events: EVENTS };
  const app = await ask("", "POST", "/_admin/apps", { manifest, webhook_url: hook });
  const [us, she] = [owner.token, ada.token];
  await ask(us, "POST", "/user/repos", { name: "shop", auto_init: true });
  await ask("", "POST", "/_admin/installations", { app_id: app.app_id, account: "octo" });
  await ask(us, "PUT", `${REPO}/collaborators/ada`, { permission: "push" });

  const issue = await ask(us, "POST", `${REPO}/issues`, { title: "Bug", body: "It breaks" });
  await ask(us, "POST", `${REPO}/labels`, { name: "codegen:plan", color: "ff0000" });
  await ask(us, "POST", `${REPO}/issues/${issue.number}/labels`, { labels: ["codegen:plan"] });
  const comment = await ask(she, "POST", `${REPO}/issues/${issue.number}/comments`, { body: "/codegen plan" });
  await ask(us, "POST", `${REPO}/issues/comments/${comment.id}/reactions`, { content: "eyes" });
  await ask(us, "PATCH", `${REPO}/issues/comments/${comment.id}`, { body: "/codegen run" });

  const main = await ask(us, "GET", `${REPO}/commits/main`);
  await ask(us, "POST", `${REPO}/git/refs`, { ref: "refs/heads/fix", sha: main.sha });
  const contents = Buffer.from("const a = 1;\n").toString("base64");
  const change = { message: "Fix", content: contents, branch: "fix" };
  await ask(us, "PUT", `${REPO}/contents/src/a.ts`, change);
  const opened = { title: "Fix", head: "fix", base: "main", body: `Closes #${issue.number}` };
  const pull = await ask(us, "POST", `${REPO}/pulls`, opened);
  const at = `${REPO}/pulls/${pull.number}`;
  for (const path of ["", "/files", "/commits", "/reviews", "/comments"]) await ask(us, "GET", at + path);
  const lines = [{ path: "src/a.ts", line: 1, side: "RIGHT", body: "Why?" }];
  await ask(she, "POST", `${at}/reviews`, { event: "APPROVE", body: "Good", comments: lines });

  const { sha } = await ask(us, "GET", `${REPO}/commits/fix`);
  await ask(us, "POST", `${REPO}/statuses/${sha}`, { state: "success", context: "ci" });
  await ask(us, "GET", `${REPO}/commits/${sha}/status`);
  await ask(us, "GET", `${REPO}/commits/${sha}/check-runs`);
  const merged = await ask(us, "PUT", `${at}/merge`, { sha, merge_method: "squash" });
  expect(merged.merged).toBe(true);
  expect(await ask(us, "GET", `${REPO}/issues/${issue.number}`)).toMatchObject({ state: "closed" });
  await ask(us, "DELETE", `${REPO}/git/refs/heads/fix`);
  await local.settled();

  expect(local.violations()).toEqual([]);
  const told = local.github.state.deliveries.map(({ event, action }) =>
    action === null ? event : `${event}.${action}`,
  );
  expect(told).toEqual(
    expect.arrayContaining(["issues.opened", "issues.labeled", "issue_comment.created", "issue_comment.edited"]),
  );
  expect(told).toEqual(
    expect.arrayContaining([
      "pull_request.opened",
      "pull_request_review.submitted",
      "pull_request.closed",
      "issues.closed",
    ]),
  );
  expect(told).toEqual(expect.arrayContaining(["create", "push", "status", "delete"]));
}, 30_000);

test("a request that GitHub does not document is recorded as a violation", async () => {
  const owner = await ask("", "POST", "/_admin/users", { login: "octo" });
  await ask(owner.token, "POST", "/user/repos", { name: "shop", colour: "red" });
  await ask(owner.token, "GET", "/wishes", undefined, 501);
  expect(local.violations().map(({ kind, problems }) => [kind, ...problems])).toEqual([
    ["request", "POST /user/repos body: /colour is not described by GitHub"],
    ["unknown-route", "the local GitHub has no such route"],
  ]);
});

async function ask(token: string, method: string, path: string, body?: object, status?: number): Promise<Answer> {
  const root = path.startsWith("/_admin/") ? local.url : `${local.url}/api/v3`;
  const response = await fetch(root + path, {
    method,
    headers: { "content-type": "application/json", ...(token !== "" && { authorization: `token ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (status === undefined ? !response.ok : response.status !== status) {
    throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  }
  return JSON.parse(text || "{}") as Answer;
}
