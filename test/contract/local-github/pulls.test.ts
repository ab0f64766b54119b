import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openScene, refusal, type FlowScene } from "./flow-scene.ts";

let scene: FlowScene;
beforeAll(async () => {
  scene = await openScene();
  await scene.commit("main", {
    "src/long.ts": Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join("\n") + "\n",
  });
});
afterAll(async () => {
  await scene.close();
});

describe("a pull", () => {
  test("is opened with an unknown mergeability, found out by asking", async () => {
    await scene.heard();
    const head = await scene.commit("opened", { "src/a.ts": "a\n" });
    const { data } = await scene.ada.rest.pulls.create({
      ...scene.repo,
      title: "Open",
      head: "octo:opened",
      base: "main",
    });
    expect(data).toMatchObject({
      mergeable: null,
      mergeable_state: "unknown",
      head: { sha: head },
      draft: false,
      commits: 1,
    });
    expect(await scene.names()).toEqual(["create", "push", "check_suite.requested", "pull_request.opened"]);
    const asked = await scene.ada.rest.pulls.get({ ...scene.repo, pull_number: data.number });
    expect(asked.data).toMatchObject({ mergeable: true, mergeable_state: "clean", additions: 1, changed_files: 1 });
    const trial = await scene.octo.rest.git.getRef({ ...scene.repo, ref: `pull/${data.number}/merge` });
    expect(trial.data.object.sha).toBe(asked.data.merge_commit_sha);
  });

  test("is refused in GitHub's words: no commits, no such branch, one already there", async () => {
    const open = (head: string, base = "main") =>
      scene.ada.rest.pulls.create({ ...scene.repo, title: "No", head, base });
    await scene.octo.rest.git.createRef({
      ...scene.repo,
      ref: "refs/heads/empty",
      sha: (await scene.octo.rest.git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha,
    });
    expect(await refusal(open("empty"))).toMatchObject({
      status: 422,
      message: expect.stringContaining("No commits between main and empty"),
    });
    expect(await refusal(open("nowhere"))).toMatchObject({
      status: 422,
      message: expect.stringContaining('"field":"head"'),
    });
    await scene.openPull("twice");
    expect(await refusal(open("twice"))).toMatchObject({
      status: 422,
      message: expect.stringContaining("A pull request already exists for octo:twice."),
    });
  });

  test("that conflicts is not mergeable, and cannot be merged", async () => {
    await scene.commit("left", { "README.md": "left\n" });
    const { data } = await scene.ada.rest.pulls.create({ ...scene.repo, title: "Left", head: "left", base: "main" });
    await scene.commit("main", { "README.md": "right\n" });
    const pull = { ...scene.repo, pull_number: data.number };
    const asked = await scene.ada.rest.pulls.get(pull);
    expect(asked.data).toMatchObject({ mergeable: false, mergeable_state: "dirty", rebaseable: false });
    expect(await refusal(scene.ada.rest.pulls.merge(pull))).toMatchObject({
      status: 405,
      message: expect.stringContaining("Pull Request is not mergeable"),
    });
  });

  test("shows files, commits, diff and patch", async () => {
    await scene.commit("shown", { "src/new.ts": "one\ntwo\n" }, "Add new.ts");
    await scene.commit("shown", { "README.md": null, "docs/readme.md": "right\n" }, "Move the readme");
    const { data } = await scene.ada.rest.pulls.create({ ...scene.repo, title: "Shown", head: "shown", base: "main" });
    const pull = { ...scene.repo, pull_number: data.number };
    const files = await scene.ada.rest.pulls.listFiles(pull);
    expect(files.data.map(({ filename, status, additions }) => [filename, status, additions])).toEqual([
      ["docs/readme.md", "renamed", 0],
      ["src/new.ts", "added", 2],
    ]);
    expect(files.data[0]?.previous_filename).toBe("README.md");
    expect(files.data[1]?.patch).toBe("@@ -0,0 +1,2 @@\n+one\n+two");
    const commits = await scene.ada.rest.pulls.listCommits(pull);
    expect(commits.data.map((commit) => commit.commit.message)).toEqual(["Add new.ts", "Move the readme"]);
    const diff = await scene.ada.rest.pulls.get({ ...pull, mediaType: { format: "diff" } });
    expect(diff.data).toEqual(expect.stringContaining("diff --git a/src/new.ts b/src/new.ts\nnew file mode 100644"));
    const patch = await scene.ada.rest.pulls.get({ ...pull, mediaType: { format: "patch" } });
    expect(patch.data).toEqual(expect.stringMatching(/^From [0-9a-f]{40} Mon Sep 17 00:00:00 2001/));
    expect(patch.data).toEqual(expect.stringContaining("Subject: [PATCH 1/2] Add new.ts"));
  });

  test("is found by the name of its head, edited, given another base, closed and opened again", async () => {
    const { number } = await scene.openPull("moved", { title: "Before" });
    await scene.octo.rest.git.createRef({
      ...scene.repo,
      ref: "refs/heads/release",
      sha: (await scene.octo.rest.git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha,
    });
    await scene.heard();
    const pull = { ...scene.repo, pull_number: number };
    await scene.ada.rest.pulls.update({ ...pull, title: "After" });
    await scene.ada.rest.pulls.update({ ...pull, base: "release" });
    await scene.ada.rest.pulls.update({ ...pull, state: "closed" });
    await scene.ada.rest.pulls.update({ ...pull, state: "open" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual([
      "pull_request.edited",
      "pull_request.edited",
      "pull_request.closed",
      "pull_request.reopened",
    ]);
    expect(heard[0]?.payload).toMatchObject({ changes: { title: { from: "Before" } } });
    expect(heard[1]?.payload).toMatchObject({ changes: { base: { ref: { from: "main" } } } });
    const found = await scene.ada.rest.pulls.list({ ...scene.repo, head: "octo:moved", base: "release" });
    expect(found.data.map((one) => one.number)).toEqual([number]);
  });

  test("takes the base into its head when its branch is updated", async () => {
    const { number, head } = await scene.openPull("behind");
    await scene.commit("main", { "later.txt": "later\n" });
    const pull = { ...scene.repo, pull_number: number };
    const stale = scene.ada.rest.pulls.updateBranch({ ...pull, expected_head_sha: "1".repeat(40) });
    expect(await refusal(stale)).toMatchObject({ status: 422 });
    await scene.heard();
    await scene.ada.rest.pulls.updateBranch({ ...pull, expected_head_sha: head });
    expect(await scene.names()).toEqual(["push", "pull_request.synchronize", "check_suite.requested"]);
    const { data } = await scene.ada.rest.pulls.get(pull);
    expect(data.changed_files).toBe(1);
    expect(await refusal(scene.ada.rest.pulls.updateBranch(pull))).toMatchObject({ status: 422 });
  });

  test("asks collaborators for a review, and never its author", async () => {
    const { number } = await scene.openPull("asked");
    await scene.heard();
    const pull = { ...scene.repo, pull_number: number };
    await scene.ada.rest.pulls.requestReviewers({ ...pull, reviewers: ["octo"] });
    expect(await refusal(scene.ada.rest.pulls.requestReviewers({ ...pull, reviewers: ["ada"] }))).toMatchObject({
      status: 422,
    });
    const withTeam = { ...pull, reviewers: ["octo"], team_reviewers: ["tea"] };
    expect(await refusal(scene.ada.rest.pulls.requestReviewers(withTeam))).toMatchObject({ status: 422 });
    await scene.ada.rest.pulls.removeRequestedReviewers({ ...pull, reviewers: ["octo"] });
    expect(await scene.names()).toEqual(["pull_request.review_requested", "pull_request.review_request_removed"]);
  });
});

test("of two requests to open the same pull one is refused", async () => {
  await scene.commit("raced", { "raced.txt": "1\n" });
  const open = () => scene.ada.rest.pulls.create({ ...scene.repo, title: "Raced", head: "raced", base: "main" });
  const answers = await Promise.allSettled([open(), open()]);
  expect(answers.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("a pull comes from a fork, follows it, and is merged", async () => {
  const fork = (await scene.ada.rest.repos.createFork(scene.repo)).data;
  expect(fork).toMatchObject({ full_name: "ada/shop", fork: true });
  const change = { owner: "ada", repo: "shop", message: "From a fork", branch: "main" };
  const content = (text: string) => Buffer.from(text).toString("base64");
  const put = await scene.ada.rest.repos.createOrUpdateFileContents({
    ...change,
    path: "fork.txt",
    content: content("1"),
  });
  const made = { ...scene.repo, title: "Forked", head: "ada:main", base: "main" };
  const { data } = await scene.ada.rest.pulls.create(made);
  expect(data.head).toMatchObject({ label: "ada:main", sha: put.data.commit.sha, repo: { full_name: "ada/shop" } });
  await scene.heard();
  const next = await scene.ada.rest.repos.createOrUpdateFileContents({
    ...change,
    path: "more.txt",
    content: content("2"),
  });
  expect(await scene.names()).toEqual(["pull_request.synchronize"]);
  const ref = await scene.octo.rest.git.getRef({ ...scene.repo, ref: `pull/${data.number}/head` });
  expect(ref.data.object.sha).toBe(next.data.commit.sha);
  const merged = await scene.octo.rest.pulls.merge({ ...scene.repo, pull_number: data.number });
  expect(merged.data.merged).toBe(true);
});

describe("a review", () => {
  async function changed(branch: string): Promise<number> {
    const lines = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`);
    lines.splice(9, 1, "changed 10", "added 11");
    await scene.commit(branch, { "src/long.ts": `${lines.join("\n")}\n` });
    return (await scene.ada.rest.pulls.create({ ...scene.repo, title: branch, head: branch, base: "main" })).data
      .number;
  }

  test("with two line comments gives three events", async () => {
    const pull = { ...scene.repo, pull_number: await changed("reviewed") };
    await scene.heard();
    const { data } = await scene.bot.rest.pulls.createReview({
      ...pull,
      event: "COMMENT",
      body: "Two things",
      comments: [
        { path: "src/long.ts", line: 11, side: "RIGHT", body: "here" },
        { path: "src/long.ts", start_line: 8, start_side: "RIGHT", line: 10, side: "RIGHT", body: "and here" },
      ],
    });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual([
      "pull_request_review.submitted",
      "pull_request_review_comment.created",
      "pull_request_review_comment.created",
    ]);
    expect(heard[0]?.payload).toMatchObject({ review: { state: "commented", id: data.id } });
    const comments = await scene.ada.rest.pulls.listReviewComments(pull);
    expect(comments.data).toMatchObject([
      { line: 11, side: "RIGHT", start_line: null, diff_hunk: expect.stringMatching(/^@@ .*\n[\s\S]*\+added 11$/) },
      { line: 10, start_line: 8, pull_request_review_id: data.id },
    ]);
    const reply = { ...pull, comment_id: comments.data[0]?.id ?? 0, body: "done" };
    const answer = await scene.ada.rest.pulls.createReplyForReviewComment(reply);
    expect(answer.data).toMatchObject({ in_reply_to_id: comments.data[0]?.id, line: 11 });
  });

  test("on a line that the diff does not show is 422, whole", async () => {
    const pull = { ...scene.repo, pull_number: await changed("outside") };
    const comments = [
      { path: "src/long.ts", line: 11, body: "in" },
      { path: "src/long.ts", line: 40, body: "out" },
    ];
    expect(await refusal(scene.bot.rest.pulls.createReview({ ...pull, event: "COMMENT", comments }))).toMatchObject({
      status: 422,
      message: expect.stringContaining("Line could not be resolved"),
    });
    const { data } = await scene.ada.rest.pulls.get(pull);
    const single = {
      ...pull,
      body: "out",
      commit_id: data.head.sha,
      path: "src/long.ts",
      line: 40,
      side: "RIGHT" as const,
    };
    expect(await refusal(scene.bot.rest.pulls.createReviewComment(single))).toMatchObject({
      status: 422,
      message: expect.stringContaining("pull_request_review_thread.line must be part of the diff"),
    });
    expect((await scene.ada.rest.pulls.listReviewComments(pull)).data).toEqual([]);
  });

  test("of one's own pull cannot approve; an approval can be dismissed", async () => {
    const pull = { ...scene.repo, pull_number: await changed("approved") };
    const approve = { ...pull, event: "APPROVE" as const };
    expect(await refusal(scene.ada.rest.pulls.createReview(approve))).toMatchObject({
      status: 422,
      message: expect.stringContaining("Can not approve your own pull request"),
    });
    const { data } = await scene.octo.rest.pulls.createReview(approve);
    expect(data.state).toBe("APPROVED");
    await scene.heard();
    const gone = await scene.octo.rest.pulls.dismissReview({ ...pull, review_id: data.id, message: "old" });
    expect(gone.data.state).toBe("DISMISSED");
    expect(await scene.names()).toEqual(["pull_request_review.dismissed"]);
  });

  test("that is pending is seen by its author only, until it is submitted", async () => {
    const pull = { ...scene.repo, pull_number: await changed("pending") };
    await scene.heard();
    const { data } = await scene.octo.rest.pulls.createReview({
      ...pull,
      comments: [{ path: "src/long.ts", line: 11, body: "wait" }],
    });
    expect(data.state).toBe("PENDING");
    expect((await scene.ada.rest.pulls.listReviews(pull)).data).toEqual([]);
    expect((await scene.ada.rest.pulls.listReviewComments(pull)).data).toEqual([]);
    expect(await scene.names()).toEqual([]);
    await scene.octo.rest.pulls.submitReview({ ...pull, review_id: data.id, event: "COMMENT" });
    expect(await scene.names()).toEqual(["pull_request_review.submitted", "pull_request_review_comment.created"]);
  });

  test("comment is outdated when its line leaves the diff", async () => {
    const number = await changed("outdated");
    const pull = { ...scene.repo, pull_number: number };
    await scene.octo.rest.pulls.createReview({
      ...pull,
      event: "COMMENT",
      comments: [{ path: "src/long.ts", line: 11, body: "x" }],
    });
    await scene.commit("outdated", { "src/long.ts": "rewritten\n" });
    const { data } = await scene.ada.rest.pulls.listReviewComments(pull);
    expect(data[0]).toMatchObject({ line: null, position: null, original_line: 11 });
  });

  test("comment on a whole file has no line, is never outdated, and is within GitHub's description wherever it is told", async () => {
    const pull = { ...scene.repo, pull_number: await changed("whole") };
    const { data: shown } = await scene.ada.rest.pulls.get(pull);
    const whole = { body: "Split it", commit_id: shown.head.sha, path: "src/long.ts", subject_type: "file" as const };
    const { data } = await scene.ada.rest.pulls.createReviewComment({ ...pull, ...whole });
    expect(data).toMatchObject({ subject_type: "file", line: null, original_line: null });
    await scene.ada.rest.pulls.updateReviewComment({ ...scene.repo, comment_id: data.id, body: "Split it, please" });
    await scene.commit("whole", { "src/long.ts": "rewritten\n" });
    const review = { ...pull, review_id: data.pull_request_review_id ?? 0 };
    for (const list of [
      await scene.ada.rest.pulls.listReviewComments(pull),
      await scene.ada.rest.pulls.listCommentsForReview(review),
    ])
      expect(list.data).toMatchObject([{ id: data.id, original_line: null }]);
    const { node } = await scene.ada.graphql<{ node: { reviewThreads: { nodes: { id: string }[] } } }>(
      "query ($id: ID!) { node(id: $id) { ... on PullRequest { reviewThreads(first: 5) { nodes { id isOutdated } } } } }",
      { id: shown.node_id },
    );
    expect(node.reviewThreads.nodes).toMatchObject([{ isOutdated: false }]);
    for (const verb of ["resolve", "unresolve"])
      await scene.octo.graphql(
        `mutation ($id: ID!) { ${verb}ReviewThread(input: { threadId: $id }) { thread { id } } }`,
        { id: node.reviewThreads.nodes[0]?.id },
      );
    expect(await scene.names()).toEqual(
      expect.arrayContaining(["pull_request_review_comment.edited", "pull_request_review_thread.unresolved"]),
    );
    expect(scene.violations()).toEqual([]);
  });
});
