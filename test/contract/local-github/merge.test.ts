import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { enableAutoMerge } from "../../doubles/github/operations/auto-merge.ts";
import { setDraft } from "../../doubles/github/operations/pulls.ts";
import { resolveThread } from "../../doubles/github/operations/threads.ts";
import { pullByNumber, threadsOf } from "../../doubles/github/state/pulls.ts";
import { repositoryByName } from "../../doubles/github/state/repositories.ts";
import { openScene, refusal, type FlowScene } from "./flow-scene.ts";

let scene: FlowScene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
});

const pullOf = (number: number) => ({ ...scene.repo, pull_number: number });

function rows(number: number) {
  const { github } = scene.local;
  const repository = repositoryByName(github.state, "octo", "shop");
  const pull = repository && pullByNumber(github.state, repository.id, number);
  const user = github.state.accounts.find((account) => account.login === "ada");
  if (!pull || !user) throw new Error(`no pull ${number}`);
  return { github, repository, pull, actor: { kind: "user", user } as const };
}

async function protect(approvals: number): Promise<void> {
  await scene.octo.rest.repos.updateBranchProtection({
    ...scene.repo,
    branch: "main",
    required_status_checks: { strict: false, contexts: [], checks: [{ context: "ci", app_id: scene.appId }] },
    enforce_admins: true,
    required_pull_request_reviews:
      approvals > 0 ? { required_approving_review_count: approvals, dismiss_stale_reviews: true } : null,
    restrictions: null,
  });
}

describe("a merge", () => {
  test("closes the issues that the body names, and tells it all in order", async () => {
    const named = (await scene.octo.rest.issues.create({ ...scene.repo, title: "Named" })).data.number;
    const other = (await scene.octo.rest.issues.create({ ...scene.repo, title: "Other" })).data.number;
    const { number, head } = await scene.openPull("keyword", {
      body: `Closes #${named}, see #${other}. \`fixes #${other}\``,
    });
    await scene.heard();
    const { data } = await scene.ada.rest.pulls.merge({ ...pullOf(number), sha: head });
    expect(data).toMatchObject({ merged: true, message: "Pull Request successfully merged" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual([
      "pull_request.closed",
      "issues.closed",
      "push",
      "check_suite.requested",
    ]);
    expect(heard[0]?.payload).toMatchObject({
      pull_request: { merged: true, merged_by: { login: "ada" }, merge_commit_sha: data.sha },
    });
    expect(heard[1]?.payload).toMatchObject({ issue: { number: named, state_reason: "completed" } });
    expect(heard[2]?.payload).toMatchObject({ ref: "refs/heads/main", after: data.sha });
    const left = await scene.octo.rest.issues.get({ ...scene.repo, issue_number: other });
    expect(left.data.state).toBe("open");
    expect((await scene.octo.rest.pulls.checkIfMerged(pullOf(number))).status).toBe(204);
    const files = await scene.octo.rest.pulls.listFiles(pullOf(number));
    expect(files.data.map((file) => file.filename)).toEqual(["src/a.ts"]);
  });

  test("of a head that has moved on is 409", async () => {
    const { number, head } = await scene.openPull("stale");
    await scene.commit("stale", { "more.txt": "more\n" });
    expect(await refusal(scene.ada.rest.pulls.merge({ ...pullOf(number), sha: head }))).toMatchObject({
      status: 409,
      message: expect.stringContaining("Head branch was modified. Review and try the merge again."),
    });
    expect(await refusal(scene.ada.rest.pulls.checkIfMerged(pullOf(number)))).toMatchObject({ status: 404 });
  });

  test("of a draft is 405, and of one that is merged already, too", async () => {
    await scene.commit("drafted", { "drafted.txt": "1\n" });
    const made = { ...scene.repo, title: "Draft", head: "drafted", base: "main", draft: true };
    const { number } = (await scene.ada.rest.pulls.create(made)).data;
    const merge = () => scene.ada.rest.pulls.merge(pullOf(number));
    expect(await refusal(merge())).toMatchObject({ status: 405, message: expect.stringContaining("still a draft") });
    await scene.heard();
    const { github, actor, pull } = rows(number);
    await setDraft(github, actor, pull, false);
    expect(await scene.names()).toEqual(["pull_request.ready_for_review"]);
    await merge();
    expect(await refusal(merge())).toMatchObject({ status: 405 });
  });

  test("by squash makes one commit, by rebase one for each", async () => {
    const main = async () =>
      (await scene.octo.rest.repos.listCommits({ ...scene.repo, sha: "main", per_page: 3 })).data;
    const branch = async (name: string) => {
      await scene.commit(name, { [`${name}-1.txt`]: "1\n" }, `${name} one`);
      await scene.commit(name, { [`${name}-2.txt`]: "2\n" }, `${name} two`);
      const made = { ...scene.repo, title: `Title of ${name}`, head: name, base: "main" };
      return (await scene.ada.rest.pulls.create(made)).data.number;
    };
    const squashed = await branch("squashed");
    const rebased = await branch("rebased");
    await scene.ada.rest.pulls.merge({ ...pullOf(squashed), merge_method: "squash" });
    const [first] = await main();
    expect(first?.commit.message).toBe(`Title of squashed (#${squashed})\n\n* squashed one\n\n* squashed two`);
    expect(first?.parents).toHaveLength(1);
    await scene.ada.rest.pulls.merge({ ...pullOf(rebased), merge_method: "rebase" });
    const after = await main();
    expect(after.map((commit) => commit.commit.message.split("\n")[0])).toEqual([
      "rebased two",
      "rebased one",
      `Title of squashed (#${squashed})`,
    ]);
  });

  test("asked for twice at once happens once", async () => {
    const { number } = await scene.openPull("double");
    const merge = () => scene.ada.rest.pulls.merge(pullOf(number));
    const answers = await Promise.allSettled([merge(), merge()]);
    expect(answers.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const commits = await scene.octo.rest.repos.listCommits({ ...scene.repo, sha: "main", per_page: 5 });
    const merges = commits.data.filter((one) => one.commit.message.startsWith(`Merge pull request #${number} `));
    expect(merges).toHaveLength(1);
  });

  test("by a method that the repository does not allow is 405", async () => {
    const { number } = await scene.openPull("methods");
    await scene.commit("methods", { "methods.txt": "1\n" });
    await scene.octo.rest.repos.update({ ...scene.repo, allow_rebase_merge: false });
    const request = scene.ada.rest.pulls.merge({ ...pullOf(number), merge_method: "rebase" });
    expect(await refusal(request)).toMatchObject({
      status: 405,
      message: expect.stringContaining("Rebase merges are not allowed on this repository."),
    });
  });

  test("removes the branch where the repository says so", async () => {
    await scene.octo.rest.repos.update({ ...scene.repo, delete_branch_on_merge: true });
    const branch = "removed";
    await scene.commit(branch, { "removed.txt": "1\n" });
    const made = { ...scene.repo, title: "Removed", head: branch, base: "main" };
    const { number } = (await scene.ada.rest.pulls.create(made)).data;
    await scene.heard();
    await scene.ada.rest.pulls.merge(pullOf(number));
    expect(await scene.names()).toEqual(["pull_request.closed", "push", "check_suite.requested", "delete", "push"]);
    await scene.octo.rest.repos.update({ ...scene.repo, delete_branch_on_merge: false });
  });
});

describe("branch protection", () => {
  test("holds a merge until the check of the right app and an approval are there; a push takes the approval away", async () => {
    await protect(1);
    await scene.commit("guarded", { "guarded.txt": "1\n" });
    const made = { ...scene.repo, title: "Guarded", head: "guarded", base: "main" };
    const { number, head } = (await scene.ada.rest.pulls.create(made)).data;
    const merge = () => refusal(scene.octo.rest.pulls.merge(pullOf(number)));
    const expected = 'Required status check "ci" is expected.';
    expect(await merge()).toMatchObject({ status: 405, message: expect.stringContaining(expected) });
    const other = await scene.addApp("impostor");
    await other.client.rest.checks.create({ ...scene.repo, name: "ci", head_sha: head.sha, conclusion: "success" });
    expect(await merge()).toMatchObject({ status: 405, message: expect.stringContaining(expected) });
    await scene.bot.rest.checks.create({ ...scene.repo, name: "ci", head_sha: head.sha, conclusion: "success" });
    const reviews = "At least 1 approving review is required by reviewers with write access.";
    expect(await merge()).toMatchObject({ status: 405, message: expect.stringContaining(reviews) });
    const state = (await scene.octo.rest.pulls.get(pullOf(number))).data.mergeable_state;
    expect(state).toBe("blocked");
    await scene.octo.rest.pulls.createReview({ ...pullOf(number), event: "APPROVE" });
    const next = await scene.commit("guarded", { "guarded.txt": "2\n" });
    const [review] = (await scene.octo.rest.pulls.listReviews(pullOf(number))).data;
    expect(review?.state).toBe("DISMISSED");
    await scene.bot.rest.checks.create({ ...scene.repo, name: "ci", head_sha: next, conclusion: "success" });
    await scene.octo.rest.pulls.createReview({ ...pullOf(number), event: "APPROVE" });
    const { data } = await scene.octo.rest.pulls.merge({ ...pullOf(number), sha: next });
    expect(data.merged).toBe(true);
  });

  test("asks for a head that is up to date, and for conversations that are resolved", async () => {
    await scene.octo.rest.repos.updateBranchProtection({
      ...scene.repo,
      branch: "main",
      required_status_checks: { strict: true, contexts: [] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
      required_conversation_resolution: true,
    });
    await scene.commit("older", { "older.txt": "1\n" });
    const made = { ...scene.repo, title: "Older", head: "older", base: "main" };
    const { number, head } = (await scene.ada.rest.pulls.create(made)).data;
    const state = async () => (await scene.octo.rest.pulls.get(pullOf(number))).data.mergeable_state;
    expect(await state()).toBe("clean");
    const remark = { ...pullOf(number), path: "older.txt", line: 1, side: "RIGHT" as const };
    await scene.octo.rest.pulls.createReviewComment({ ...remark, commit_id: head.sha, body: "Why?" });
    expect(await state()).toBe("blocked");
    const { github, actor, pull } = rows(number);
    const [thread] = threadsOf(github.state, pull.id);
    if (thread) await resolveThread(github, actor, thread);
    await scene.commit("main", { "newer.txt": "1\n" });
    expect(await state()).toBe("behind");
    expect(await refusal(scene.ada.rest.pulls.merge(pullOf(number)))).toMatchObject({
      status: 405,
      message: expect.stringContaining("not up to date with the base branch"),
    });
    await scene.ada.rest.pulls.updateBranch(pullOf(number));
    expect((await scene.ada.rest.pulls.merge(pullOf(number))).data.merged).toBe(true);
  });

  test("lets auto-merge wait for the check, and merge when it succeeds", async () => {
    await protect(0);
    await scene.octo.rest.repos.update({ ...scene.repo, allow_auto_merge: true });
    await scene.commit("awaited", { "awaited.txt": "1\n" });
    const made = { ...scene.repo, title: "Awaited", head: "awaited", base: "main" };
    const { number, head } = (await scene.ada.rest.pulls.create(made)).data;
    await scene.heard();
    const { github, actor, pull } = rows(number);
    await enableAutoMerge(github, actor, pull, { method: "squash" });
    expect(await scene.names()).toEqual(["pull_request.auto_merge_enabled"]);
    await scene.bot.rest.checks.create({ ...scene.repo, name: "ci", head_sha: head.sha, conclusion: "success" });
    expect(await scene.names()).toContain("pull_request.closed");
    const { data } = await scene.octo.rest.pulls.get(pullOf(number));
    expect(data).toMatchObject({ merged: true, merged_by: { login: "ada" }, auto_merge: null });
  });
});
