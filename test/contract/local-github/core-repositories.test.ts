import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { openCoreScene, refusal, type CoreScene } from "./core-scene.ts";

let scene: CoreScene;
beforeAll(async () => {
  scene = await openCoreScene();
});
afterAll(() => scene.close());

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("contents", () => {
  test("go round: written, read as JSON and raw, replaced, deleted, each a commit of the bot's that GitHub signs", async () => {
    const { rest } = scene.asInstallation;
    const at = { ...scene.repo, path: "src/naïve name.ts" };
    const made = await rest.repos.createOrUpdateFileContents({
      ...at,
      message: "Add",
      content: base64("let a = 1;\n"),
    });
    expect(made.status).toBe(201);
    expect(made.data.commit.verification?.verified).toBe(true);
    const read = await rest.repos.getContent(at);
    expect(read.data).toMatchObject({ type: "file", encoding: "base64", size: 11, path: at.path });
    expect((await rest.repos.getContent({ ...at, mediaType: { format: "raw" } })).data).toBe("let a = 1;\n");
    const sha = made.data.content?.sha ?? "";
    const again = await rest.repos.createOrUpdateFileContents({
      ...at,
      message: "Change",
      content: base64("2\n"),
      sha,
    });
    expect(again.status).toBe(200);
    const gone = await rest.repos.deleteFile({ ...at, message: "Remove", sha: again.data.content?.sha ?? "" });
    expect(gone.data.content).toBeNull();
    expect((await refusal(rest.repos.getContent(at))).status).toBe(404);
    const { data: commits } = await rest.repos.listCommits({ ...scene.repo, per_page: 3 });
    expect(commits.map((one) => one.commit.message)).toEqual(["Remove", "Change", "Add"]);
    expect(commits[0]?.author?.login).toBe("codegen-test[bot]");
  });

  test("are refused when the client has not seen what it replaces", async () => {
    const { rest } = scene.ann;
    const at = { ...scene.repo, path: "README.md", message: "x", content: base64("x") };
    expect((await refusal(rest.repos.createOrUpdateFileContents(at))).message).toContain(`"sha" wasn't supplied`);
    const stale = rest.repos.createOrUpdateFileContents({ ...at, sha: "0".repeat(40) });
    expect((await refusal(stale)).status).toBe(409);
    const branch = rest.repos.createOrUpdateFileContents({ ...at, path: "new", branch: "nowhere" });
    expect(await refusal(branch)).toEqual({ status: 404, message: "Branch nowhere not found" });
    const outside = rest.repos.createOrUpdateFileContents({ ...at, path: "a/../../b" });
    expect((await refusal(outside)).status).toBeGreaterThanOrEqual(404);
  });

  test("of a folder are a list, or an object when asked", async () => {
    const { data: list } = await scene.ann.rest.repos.getContent({ ...scene.repo, path: "" });
    expect(list).toMatchObject([{ type: "file", name: "README.md" }]);
    const { data } = await scene.ann.rest.repos.getContent({
      ...scene.repo,
      path: "",
      mediaType: { format: "object" },
    });
    expect(data).toMatchObject({ type: "dir", entries: [{ name: "README.md" }] });
  });

  test("under .github/workflows need the permission for workflows", async () => {
    const at = { ...scene.repo, path: ".github/workflows/ci.yml", message: "x", content: base64("on: push\n") };
    const call = scene.asInstallation.rest.repos.createOrUpdateFileContents(at);
    expect(await refusal(call)).toEqual({ status: 403, message: "Resource not accessible by integration" });
  });
});

describe("git data", () => {
  test("goes round: blob, tree, commit, ref, fast forward, force, delete", async () => {
    const { git, repos } = scene.asInstallation.rest;
    const { repo } = scene;
    const main = (await git.getRef({ ...repo, ref: "heads/main" })).data.object.sha;
    const blob = (await git.createBlob({ ...repo, content: base64("a\0b"), encoding: "base64" })).data.sha;
    expect(Buffer.from((await git.getBlob({ ...repo, file_sha: blob })).data.content, "base64").toString()).toBe(
      "a\0b",
    );
    const entries = [
      { path: "bin/data", mode: "100755", type: "blob", sha: blob } as const,
      { path: "notes/a.md", mode: "100644", type: "blob", content: "hello\n" } as const,
      { path: "README.md", mode: "100644", type: "blob", sha: null } as const,
    ];
    const tree = (await git.createTree({ ...repo, base_tree: main, tree: entries })).data.sha;
    const listed = (await git.getTree({ ...repo, tree_sha: tree, recursive: "1" })).data.tree;
    expect(listed.map((one) => `${one.mode} ${one.path}`)).toEqual([
      "040000 bin",
      "100755 bin/data",
      "040000 notes",
      "100644 notes/a.md",
    ]);
    const commit = (await git.createCommit({ ...repo, message: "Two", tree, parents: [main] })).data.sha;
    const ref = "heads/codegen/issue-1";
    await git.createRef({ ...repo, ref: `refs/${ref}`, sha: main });
    const twice = git.createRef({ ...repo, ref: `refs/${ref}`, sha: main });
    expect(await refusal(twice)).toEqual({ status: 422, message: "Reference already exists" });
    await git.updateRef({ ...repo, ref, sha: commit });
    const back = git.updateRef({ ...repo, ref, sha: main });
    expect(await refusal(back)).toEqual({ status: 422, message: "Update is not a fast forward" });
    const { data } = await repos.compareCommitsWithBasehead({ ...repo, basehead: "main...codegen/issue-1" });
    expect(data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0, total_commits: 1 });
    expect(data.files?.map((file) => `${file.status} ${file.filename}`)).toEqual([
      "removed README.md",
      "added bin/data",
      "added notes/a.md",
    ]);
    await git.updateRef({ ...repo, ref, sha: main, force: true });
    await git.deleteRef({ ...repo, ref });
    expect((await refusal(git.getRef({ ...repo, ref }))).status).toBe(404);
  });

  test("names what does not exist", async () => {
    const { git } = scene.ann.rest;
    const none = "1".repeat(40);
    const missing = [
      git.createCommit({ ...scene.repo, message: "x", tree: none }),
      git.createRef({ ...scene.repo, ref: "refs/heads/x", sha: none }),
      git.createTree({ ...scene.repo, tree: [{ path: "a", mode: "100644", type: "blob", sha: none }] }),
    ];
    const messages = (await Promise.all(missing.map(refusal))).map((one) => `${one.status} ${one.message}`);
    expect(messages).toEqual([
      "422 Tree SHA does not exist",
      "422 Object does not exist",
      `422 tree.sha ${none} is not a valid blob`,
    ]);
  });
});

describe("branch protection", () => {
  test("is set, shown in short with the branch, kept against direct writes, and removed", async () => {
    const { repos } = scene.ann.rest;
    const main = { ...scene.repo, branch: "main" };
    await repos.updateBranchProtection({
      ...main,
      required_status_checks: { strict: true, contexts: ["codegen / test"] },
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 2 },
      restrictions: null,
    });
    const { data } = await repos.getBranch(main);
    expect(data.protected).toBe(true);
    expect(data.protection.required_status_checks?.contexts).toEqual(["codegen / test"]);
    const rule = await repos.getBranchProtection(main);
    expect(rule.data.required_pull_request_reviews?.required_approving_review_count).toBe(2);
    const write = repos.createOrUpdateFileContents({ ...scene.repo, path: "x", message: "x", content: base64("x") });
    expect((await refusal(write)).message).toContain("Changes must be made through a pull request.");
    const checks = await repos.getStatusChecksProtection(main);
    expect(checks.data).toMatchObject({ strict: true, contexts: ["codegen / test"] });
    await repos.deleteBranchProtection(main);
    expect(await refusal(repos.getBranchProtection(main))).toEqual({ status: 404, message: "Branch not protected" });
  });
});

describe("a protected branch", () => {
  const main = () => ({ ...scene.repo, branch: "main" });
  afterEach(async () => {
    await scene.ann.rest.repos.deleteBranchProtection(main());
  });

  test("takes a commit that is green already, by API as by push", async () => {
    const { repos, git } = scene.ann.rest;
    const tip = (await git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha;
    const { tree } = (await git.getCommit({ ...scene.repo, commit_sha: tip })).data;
    const made = await git.createCommit({ ...scene.repo, message: "Same", tree: tree.sha, parents: [tip] });
    await repos.updateBranchProtection({
      ...main(),
      required_status_checks: { strict: false, contexts: ["ci"] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    const move = () => git.updateRef({ ...scene.repo, ref: "heads/main", sha: made.data.sha });
    expect(await refusal(move())).toMatchObject({
      status: 422,
      message: expect.stringContaining('Required status check "ci" is expected.'),
    });
    await repos.createCommitStatus({ ...scene.repo, sha: made.data.sha, state: "success", context: "ci" });
    expect((await move()).data.object.sha).toBe(made.data.sha);
  });

  test("answers 501 for what the local GitHub does not have below it, not with a branch of that name", async () => {
    const { repos } = scene.ann.rest;
    await repos.updateBranchProtection({
      ...main(),
      required_status_checks: null,
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    expect(await refusal(repos.getStatusChecksProtection(main()))).toMatchObject({ status: 404 });
    expect(await refusal(repos.getAdminBranchProtection(main()))).toMatchObject({ status: 501 });
    // It counts as a gap of the local GitHub, which this test has caused on purpose.
    expect(scene.local.github.violations.pop()).toMatchObject({ kind: "unknown-route" });
  });
});

describe("a repository", () => {
  test("that was renamed is found under its old name, also what is below it", async () => {
    const { repos } = scene.ann.rest;
    await repos.createForAuthenticatedUser({ name: "before", auto_init: true });
    await repos.update({ owner: "ann", repo: "before", name: "after" });
    expect((await repos.get({ owner: "ann", repo: "before" })).data.full_name).toBe("ann/after");
    const branches = await repos.listBranches({ owner: "ann", repo: "before" });
    expect(branches.data.map((one) => one.name)).toEqual(["main"]);
  });

  test("can be archived, and then only read, and deleted", async () => {
    const { repos, git } = scene.ann.rest;
    const old = { owner: "ann", repo: "old" };
    await repos.createForAuthenticatedUser({ name: "old" });
    expect((await refusal(repos.listCommits(old))).status).toBe(409);
    await repos.update({ ...old, archived: true });
    expect((await refusal(git.createBlob({ ...old, content: "x" }))).message).toContain("read-only");
    await repos.delete(old);
    expect((await refusal(repos.get(old))).status).toBe(404);
  });

  test("of an organisation is seen by its members", async () => {
    const { token } = await scene.admin<{ token: string }>("users", { login: "acme", type: "Organization" });
    const acme = scene.client(token).rest;
    await acme.orgs.setMembershipForUser({ org: "acme", username: "bob", role: "member" });
    await acme.repos.createInOrg({ org: "acme", name: "site", private: true });
    expect((await scene.bob.rest.repos.get({ owner: "acme", repo: "site" })).data.organization?.login).toBe("acme");
    expect((await refusal(scene.ann.rest.repos.get({ owner: "acme", repo: "site" }))).status).toBe(404);
  });
});

describe("forks and tags", () => {
  test("a fork has the branches, and its commits can be compared with the parent's", async () => {
    const { repos } = scene.bob.rest;
    const { data: fork } = await repos.createFork(scene.repo);
    expect(fork).toMatchObject({ full_name: "bob/shop", fork: true, parent: { full_name: "ann/shop" } });
    const change = { owner: "bob", repo: "shop", path: "fork.txt", message: "Fork", content: base64("x") };
    await repos.createOrUpdateFileContents({ ...change, branch: "main" });
    const { data } = await repos.compareCommitsWithBasehead({ ...scene.repo, basehead: "main...bob:main" });
    expect(data.commits.map((one) => one.commit.message)).toEqual(["Fork"]);
    expect((await repos.listForks(scene.repo)).data.map((one) => one.full_name)).toEqual(["bob/shop"]);
  });

  test("an annotated tag is made in two steps and read back", async () => {
    const { git, repos } = scene.ann.rest;
    const object = (await git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha;
    const made = await git.createTag({ ...scene.repo, tag: "v1", message: "One", object, type: "commit" });
    await git.createRef({ ...scene.repo, ref: "refs/tags/v1", sha: made.data.sha });
    expect((await git.getRef({ ...scene.repo, ref: "tags/v1" })).data.object.type).toBe("tag");
    const read = await git.getTag({ ...scene.repo, tag_sha: made.data.sha });
    expect(read.data).toMatchObject({ tag: "v1", message: "One", object: { sha: object }, tagger: { name: "ann" } });
    const { data: tags } = await repos.listTags(scene.repo);
    expect(tags.map((one) => [one.name, one.commit.sha])).toEqual([["v1", object]]);
  });
});

test("everything above is within GitHub's own description", () => {
  expect(scene.local.violations()).toEqual([]);
});
