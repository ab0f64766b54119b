import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAccount } from "../../doubles/github/operations/accounts.ts";
import { createCheckRun } from "../../doubles/github/operations/checks.ts";
import { createIssue } from "../../doubles/github/operations/issues.ts";
import { createReviewComment } from "../../doubles/github/operations/review-comments.ts";
import { createReview } from "../../doubles/github/operations/reviews.ts";
import { failure, Scene } from "./graphql-scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});

afterEach(async () => {
  await scene.close();
});

describe("a pull", () => {
  const PULL = 'query { repository(owner: "octo", name: "shop") { pullRequest(number: 1) { ';

  test("tells reviews, threads, checks and whether it can be merged", async () => {
    await scene.openPull("Closes #2");
    const issue = await createIssue(scene.github, scene.owner, scene.repository, { title: "A bug" });
    expect(issue.number).toBe(2);
    const [pull] = scene.github.state.pulls;
    if (!pull) throw new Error("no pull");
    await createReview(scene.github, scene.asUser("ada"), pull, {
      body: "Good",
      event: "APPROVE",
      commitId: pull.head.sha,
      comments: [],
    });
    await createCheckRun(scene.github, scene.bot(), scene.repository, {
      name: "codegen / test",
      headSha: pull.head.sha,
      status: "in_progress",
    });
    const answer = await scene.asBot(`${PULL} mergeable mergeStateStatus reviewDecision isDraft changedFiles
      closingIssuesReferences(first: 5) { nodes { number } } latestReviews(first: 5) { nodes { state author { login } } }
      files(first: 5) { nodes { path changeType } }
      commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 9) { nodes { ... on CheckRun { name status } } } } } } } } } }`);
    expect(answer).toEqual({
      repository: {
        pullRequest: {
          mergeable: "MERGEABLE",
          mergeStateStatus: "UNSTABLE",
          reviewDecision: "APPROVED",
          isDraft: false,
          changedFiles: 1,
          closingIssuesReferences: { nodes: [{ number: 2 }] },
          latestReviews: { nodes: [{ state: "APPROVED", author: { login: "ada" } }] },
          files: { nodes: [{ path: "src/a.ts", changeType: "MODIFIED" }] },
          commits: {
            nodes: [
              {
                commit: {
                  statusCheckRollup: {
                    state: "PENDING",
                    contexts: { nodes: [{ name: "codegen / test", status: "IN_PROGRESS" }] },
                  },
                },
              },
            ],
          },
        },
      },
    });
  });

  test("has threads that can be answered, resolved and opened again", async () => {
    const pull = await scene.openPull();
    const place = { path: "src/a.ts", line: 1, side: "RIGHT" as const };
    await createReviewComment(scene.github, scene.asUser("ada"), pull, {
      ...place,
      body: "Why?",
      commitId: pull.head.sha,
    });
    const threads = `${PULL} reviewThreads(first: 5) { nodes { id isResolved path line comments(first: 5) { nodes { body author { login } } } } } } } }`;
    const { repository: read } = await scene.asBot<Threads>(threads);
    const [thread] = read.pullRequest.reviewThreads.nodes;
    expect(thread).toMatchObject({ isResolved: false, path: "src/a.ts", line: 1 });
    const threadId = thread?.id;
    await scene.asBot(
      'mutation ($id: ID!) { addPullRequestReviewThreadReply(input: { pullRequestReviewThreadId: $id, body: "Done" }) { comment { body } } }',
      { id: threadId },
    );
    const resolve =
      "mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved comments(first: 5) { totalCount } } } }";
    expect(await scene.asBot(resolve, { id: threadId })).toEqual({
      resolveReviewThread: { thread: { isResolved: true, comments: { totalCount: 2 } } },
    });
    const again = "mutation ($id: ID!) { unresolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }";
    expect(await scene.asBot(again, { id: threadId })).toEqual({
      unresolveReviewThread: { thread: { isResolved: false } },
    });
    const actions = scene.events
      .filter((event) => event.event === "pull_request_review_thread")
      .map((event) => event.action);
    expect(actions).toEqual(["resolved", "unresolved"]);
    const refused = await failure(
      scene.asBot(resolve, { id: threadId }, { ...scene.permissions(), pull_requests: "read" }),
    );
    expect(refused.errors).toMatchObject([{ type: "FORBIDDEN", message: "Resource not accessible by integration" }]);
  });

  test("merges by itself once auto-merge was asked for and the required check succeeds", async () => {
    const pull = await scene.openPull();
    const id = scene.github.nodeId("PullRequest", pull.id);
    const enable = `mutation ($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) {
      pullRequest { autoMergeRequest { mergeMethod enabledBy { login } } } } }`;
    expect((await failure(scene.asBot(enable, { id }))).errors).toMatchObject([
      { type: "UNPROCESSABLE", message: "Auto merge is not allowed for this repository" },
    ]);
    scene.repository.allowAutoMerge = true;
    expect((await failure(scene.asBot(enable, { id }))).errors).toMatchObject([
      { message: "Pull request is in clean status" },
    ]);
    scene.requireCheck("codegen / test");
    expect(await scene.asBot(enable, { id })).toEqual({
      enablePullRequestAutoMerge: {
        pullRequest: { autoMergeRequest: { mergeMethod: "SQUASH", enabledBy: { login: "codegen" } } },
      },
    });
    const done = { status: "completed", conclusion: "success" } as const;
    await createCheckRun(scene.github, scene.bot(), scene.repository, {
      name: "codegen / test",
      headSha: pull.head.sha,
      ...done,
    });
    expect(
      await scene.asBot(
        `${PULL} state merged autoMergeRequest { mergeMethod } mergeCommit { parents(first: 3) { totalCount } } } } }`,
      ),
    ).toEqual({
      repository: {
        pullRequest: {
          state: "MERGED",
          merged: true,
          autoMergeRequest: null,
          mergeCommit: { parents: { totalCount: 1 } },
        },
      },
    });
  });

  test("is opened, made a draft, made ready, refused with a stale head, and merged", async () => {
    await scene.pushBranch("fix");
    const repositoryId = scene.github.nodeId("Repository", scene.repository.id);
    const opened = await scene.asBot<{ createPullRequest: { pullRequest: { id: string; headRefOid: string } } }>(
      `mutation ($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id headRefOid isDraft } } }`,
      { input: { repositoryId, baseRefName: "main", headRefName: "fix", title: "Fix it", draft: true } },
    );
    const { id, headRefOid } = opened.createPullRequest.pullRequest;
    const ready =
      "mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }";
    expect(await scene.asBot(ready, { id })).toEqual({
      markPullRequestReadyForReview: { pullRequest: { isDraft: false } },
    });
    const merge = `mutation ($id: ID!, $sha: GitObjectID) {
      mergePullRequest(input: { pullRequestId: $id, expectedHeadOid: $sha }) { pullRequest { state } } }`;
    expect((await failure(scene.asBot(merge, { id, sha: scene.base }))).errors).toMatchObject([
      { type: "UNPROCESSABLE", message: "Head branch was modified. Review and try the merge again." },
    ]);
    expect(await scene.asBot(merge, { id, sha: headRefOid })).toEqual({
      mergePullRequest: { pullRequest: { state: "MERGED" } },
    });
    const actions = scene.events.filter((event) => event.event === "pull_request").map((event) => event.action);
    expect(actions).toEqual(["opened", "ready_for_review", "closed"]);
  });

  test("can be closed, opened again, made a draft and brought up to date with its base", async () => {
    const pull = await scene.openPull();
    const git = scene.github.git(scene.repository);
    const person = { name: "Octo", email: "octo@example.test", date: "2026-01-02T03:04:07Z" };
    const additions = [{ path: "other.txt", content: Buffer.from("other\n") }];
    const ahead = await git.commitFiles(scene.base, { additions, deletions: [] }, "Other", person);
    await git.updateRef("refs/heads/main", ahead);
    const id = scene.github.nodeId("PullRequest", pull.id);
    const answer = await scene.asBot(
      `mutation ($id: ID!) {
        closed: closePullRequest(input: { pullRequestId: $id }) { pullRequest { state closed } }
        opened: reopenPullRequest(input: { pullRequestId: $id }) { pullRequest { state closed } }
        draft: convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft mergeStateStatus } }
        updated: updatePullRequestBranch(input: { pullRequestId: $id }) { pullRequest { commits(first: 9) { totalCount } } }
      }`,
      { id },
    );
    expect(answer).toEqual({
      closed: { pullRequest: { state: "CLOSED", closed: true } },
      opened: { pullRequest: { state: "OPEN", closed: false } },
      draft: { pullRequest: { isDraft: true, mergeStateStatus: "DRAFT" } },
      updated: { pullRequest: { commits: { totalCount: 2 } } },
    });
    expect(await git.isAncestor(ahead, pull.head.sha)).toBe(true);
    const actions = scene.events.filter((event) => event.event === "pull_request").map((event) => event.action);
    expect(actions).toEqual(["closed", "reopened", "converted_to_draft", "synchronize"]);
  });

  test("cannot be merged, closed or made a draft by a stranger", async () => {
    const pull = await scene.openPull();
    const id = scene.github.nodeId("PullRequest", pull.id);
    const { account } = createAccount(scene.github, { login: "eve", type: "User" });
    for (const name of [
      "mergePullRequest",
      "closePullRequest",
      "convertPullRequestToDraft",
      "updatePullRequestBranch",
    ]) {
      const query = `mutation ($id: ID!) { ${name}(input: { pullRequestId: $id }) { pullRequest { id } } }`;
      const error = await failure(scene.as({ kind: "user", user: account }, query, { id }));
      expect(error.errors).toMatchObject([{ type: "FORBIDDEN", path: [name] }]);
    }
    expect(scene.events).toEqual([]);
  });
});

type Threads = { repository: { pullRequest: { reviewThreads: { nodes: { id: string }[] } } } };
