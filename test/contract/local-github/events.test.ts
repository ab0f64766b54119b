import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { assign, unassign } from "../../doubles/github/operations/assignees.ts";
import { disableAutoMerge, enableAutoMerge } from "../../doubles/github/operations/auto-merge.ts";
import { rerequestSuite } from "../../doubles/github/operations/check-suites.ts";
import { requestAction, suiteOf } from "../../doubles/github/operations/checks.ts";
import { createIssue, deleteIssue } from "../../doubles/github/operations/issues.ts";
import { createLabel, deleteLabel, updateLabel } from "../../doubles/github/operations/labels.ts";
import { setDraft } from "../../doubles/github/operations/pulls.ts";
import {
  createReviewComment,
  deleteReviewComment,
  replyToReviewComment,
  updateReviewComment,
} from "../../doubles/github/operations/review-comments.ts";
import { createReview, updateReview } from "../../doubles/github/operations/reviews.ts";
import { resolveThread, unresolveThread } from "../../doubles/github/operations/threads.ts";
import { accountByLogin } from "../../doubles/github/state/accounts.ts";
import { issueById } from "../../doubles/github/state/issues.ts";
import { pullByNumber, threadsOf } from "../../doubles/github/state/pulls.ts";
import { repositoryByName, type BranchProtection } from "../../doubles/github/state/repositories.ts";
import { openScene, type FlowScene } from "./flow-scene.ts";

let scene: FlowScene;

function rows(number: number) {
  const { github } = scene.local;
  const repository = repositoryByName(github.state, "octo", "shop");
  const pull = repository && pullByNumber(github.state, repository.id, number);
  if (!pull) throw new Error(`no pull ${number}`);
  const actor = (login: string) => {
    const user = accountByLogin(github.state, login);
    if (!user) throw new Error(`no user ${login}`);
    return { kind: "user", user } as const;
  };
  return { github, repository, pull, ada: actor("ada"), octo: actor("octo") };
}

function protectionOf(repositoryId: number): BranchProtection {
  return {
    repositoryId,
    branch: "main",
    requiredStatusChecks: { strict: false, checks: [{ context: "never", appId: null }] },
    requiredReviews: null,
    enforceAdmins: true,
    restrictions: null,
    linearHistory: false,
    allowForcePushes: false,
    allowDeletions: false,
    conversationResolution: false,
    lockBranch: false,
    blockCreations: false,
  };
}

beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
});

describe("a push", () => {
  test("of a new branch is told as create, push and a check suite that is requested", async () => {
    await scene.heard();
    const tip = await scene.commit("topic", { "a.txt": "1\n", "b.txt": "2\n" }, "Add two files");
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual(["create", "push", "check_suite.requested"]);
    expect(heard[1]?.payload).toMatchObject({
      ref: "refs/heads/topic",
      before: "0".repeat(40),
      after: tip,
      created: true,
      forced: false,
      commits: [{ id: tip, message: "Add two files", added: ["a.txt", "b.txt"], removed: [], modified: [] }],
    });
  });

  test("to the head of a pull synchronises it, with before and after", async () => {
    const { number, head } = await scene.openPull("sync");
    await scene.heard();
    const after = await scene.commit("sync", { "src/b.ts": "b\n" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual(["push", "pull_request.synchronize", "check_suite.requested"]);
    expect(heard[1]?.payload).toMatchObject({ number, before: head, after, pull_request: { head: { sha: after } } });
    const ref = await scene.octo.rest.git.getRef({ ...scene.repo, ref: `pull/${number}/head` });
    expect(ref.data.object.sha).toBe(after);
  });

  test("that brings a pull's commits to its base marks it as merged", async () => {
    const { number, head } = await scene.openPull("direct");
    await scene.heard();
    const main = await scene.octo.rest.git.getRef({ ...scene.repo, ref: "heads/main" });
    expect(main.data.object.sha).not.toBe(head);
    await scene.octo.rest.git.updateRef({ ...scene.repo, ref: "heads/main", sha: head });
    expect(await scene.names()).toContain("pull_request.closed");
    const { data } = await scene.octo.rest.pulls.get({ ...scene.repo, pull_number: number });
    expect(data).toMatchObject({ merged: true, state: "closed", merge_commit_sha: head });
  });

  test("to the default branch closes the issues that its commits name", async () => {
    const issue = await scene.octo.rest.issues.create({ ...scene.repo, title: "Named in a commit" });
    await scene.commit("main", { "c.txt": "3\n" }, `Resolve it\n\nFixes #${issue.data.number}`);
    const { data } = await scene.octo.rest.issues.get({ ...scene.repo, issue_number: issue.data.number });
    expect(data).toMatchObject({ state: "closed", state_reason: "completed" });
  });

  test("that removes a branch closes its pull and is told as delete and push", async () => {
    const { number } = await scene.openPull("short-lived");
    await scene.heard();
    await scene.octo.rest.git.deleteRef({ ...scene.repo, ref: "heads/short-lived" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual(["delete", "push", "pull_request.closed"]);
    expect(heard[1]?.payload).toMatchObject({ deleted: true, after: "0".repeat(40) });
    expect(heard[2]?.payload).toMatchObject({ number, pull_request: { merged: false } });
  });
});

describe("each event", () => {
  test("of a pull and its threads is as GitHub describes it", async () => {
    const { number } = await scene.openPull("described");
    const { github, repository, pull, ada, octo } = rows(number);
    const line = { path: "src/a.ts", line: 1, side: "RIGHT" as const };
    const review = await createReview(github, octo, pull, {
      event: "COMMENT",
      body: "x",
      comments: [{ ...line, body: "y" }],
    });
    const comment = await createReviewComment(github, octo, pull, { ...line, body: "z", commitId: pull.head.sha });
    const [thread] = threadsOf(github.state, pull.id);
    if (!thread) throw new Error("no thread");
    await scene.heard();
    updateReview(github, octo, review, "x2");
    updateReviewComment(github, octo, comment, "z2");
    replyToReviewComment(github, ada, pull, comment.id, "why");
    deleteReviewComment(github, octo, comment);
    await resolveThread(github, ada, thread);
    unresolveThread(github, ada, thread);
    await setDraft(github, ada, pull, true);
    await setDraft(github, ada, pull, false);
    await assign(github, ada, issueById(github.state, pull.issueId), ["ada"]);
    await unassign(github, ada, issueById(github.state, pull.issueId), ["ada"]);
    repository.allowAutoMerge = true;
    await createReview(github, octo, pull, { event: "REQUEST_CHANGES", body: "no" });
    github.state.branchProtections.push(protectionOf(repository.id));
    await enableAutoMerge(github, ada, pull, {});
    await disableAutoMerge(github, ada, pull);
    github.state.branchProtections.pop();
    expect(await scene.names()).toEqual([
      "pull_request_review.edited",
      "pull_request_review_comment.edited",
      "pull_request_review_comment.created",
      "pull_request_review_comment.deleted",
      "pull_request_review_thread.resolved",
      "pull_request_review_thread.unresolved",
      "pull_request.converted_to_draft",
      "pull_request.ready_for_review",
      "pull_request.assigned",
      "pull_request.unassigned",
      "pull_request_review.submitted",
      "pull_request.auto_merge_enabled",
      "pull_request.auto_merge_disabled",
    ]);
  });

  test("of issues, labels and checks is as GitHub describes it", async () => {
    const { number, head } = await scene.openPull("checked");
    const { github, repository, ada } = rows(number);
    await scene.bot.rest.checks.create({
      ...scene.repo,
      name: "buttons",
      head_sha: head,
      conclusion: "action_required",
      actions: [{ label: "Fix", description: "Fix it", identifier: "fix" }],
    });
    const run = github.state.checkRuns.at(-1);
    if (!run) throw new Error("no check run");
    const issue = await createIssue(github, ada, repository, { title: "To go", assignees: ["ada"] });
    const label = createLabel(github, ada, repository, { name: "colourful" });
    await scene.heard();
    await requestAction(github, ada, run, "fix");
    await rerequestSuite(github, ada, suiteOf(github, run));
    updateLabel(github, ada, label, { newName: "colourless", description: "none" });
    deleteLabel(github, ada, label);
    await unassign(github, ada, issue, ["ada"]);
    await deleteIssue(github, ada, issue);
    expect(await scene.names()).toEqual([
      "check_run.requested_action",
      "check_suite.rerequested",
      "label.edited",
      "label.deleted",
      "issues.unassigned",
      "issues.deleted",
    ]);
  });

  test("of a tag is told as create and push, then delete and push", async () => {
    await scene.heard();
    const tip = (await scene.octo.rest.git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha;
    await scene.octo.rest.git.createRef({ ...scene.repo, ref: "refs/tags/v1", sha: tip });
    await scene.octo.rest.git.deleteRef({ ...scene.repo, ref: "tags/v1" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual(["create", "push", "delete", "push"]);
    expect(heard[0]?.payload).toMatchObject({ ref: "v1", ref_type: "tag", master_branch: "main" });
  });
});

test("every delivery carries installation, repository and sender", async () => {
  await scene.heard();
  await scene.octo.rest.issues.create({ ...scene.repo, title: "Carried" });
  const [opened] = await scene.heard();
  expect(opened?.payload).toMatchObject({
    action: "opened",
    installation: { id: expect.any(Number) },
    repository: { full_name: "octo/shop" },
    sender: { login: "octo", type: "User" },
  });
});
