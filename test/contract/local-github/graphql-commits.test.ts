import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { failure, Scene } from "./graphql-scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});

afterEach(async () => {
  await scene.close();
});

describe("createCommitOnBranch", () => {
  const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) {
    commit { oid message author { name email } committer { name } signature { isValid wasSignedByGitHub } } ref { name } } }`;
  const input = (more: object = {}): { input: object } => ({
    input: {
      branch: { repositoryNameWithOwner: "octo/shop", branchName: "main" },
      message: { headline: "Fix a", body: "Because." },
      expectedHeadOid: scene.base,
      fileChanges: {
        additions: [
          { path: "src/b/new.ts", contents: base64("b\n") },
          { path: "run.sh", contents: base64("#!/bin/bash\n") },
        ],
        deletions: [{ path: "src/a.ts" }],
      },
      ...more,
    },
  });

  test("makes one signed commit of the bot, keeps modes, and pushes", async () => {
    const { createCommitOnBranch: made } = await scene.asBot<{ createCommitOnBranch: { commit: { oid: string } } }>(
      COMMIT,
      input(),
    );
    expect(made).toMatchObject({
      commit: {
        message: "Fix a\n\nBecause.",
        author: {
          name: "codegen[bot]",
          email: expect.stringMatching(/^\d+\+codegen\[bot\]@users\.noreply\.github\.com$/),
        },
        committer: { name: "GitHub" },
        signature: { isValid: true, wasSignedByGitHub: true },
      },
      ref: { name: "main" },
    });
    const git = scene.github.git(scene.repository);
    expect(await git.resolve("refs/heads/main")).toBe(made.commit.oid);
    const tree = await git.readTree("main", { recursive: true });
    const files = tree?.filter((entry) => entry.type === "blob").map(({ path, mode }) => `${mode} ${path}`);
    expect(files).toEqual(["100755 run.sh", "100644 src/b/new.ts"]);
    expect(scene.events.map((event) => event.event)).toContain("push");
  });

  test("refuses a stale head in GitHub's words and changes nothing", async () => {
    const stale = "a".repeat(40);
    const error = await failure(scene.asBot(COMMIT, input({ expectedHeadOid: stale })));
    expect(error.errors).toMatchObject([
      {
        type: "STALE_DATA",
        path: ["createCommitOnBranch"],
        message: `Expected branch to point to "${stale}" but it did not. Pull and try again.`,
      },
    ]);
    expect(await scene.github.git(scene.repository).resolve("refs/heads/main")).toBe(scene.base);
    expect(scene.events).toEqual([]);
  });

  test("lets only one of two writers with the same expected head win", async () => {
    const results = await Promise.allSettled([
      scene.asBot(COMMIT, input()),
      scene.asBot(COMMIT, input({ message: { headline: "Other" } })),
    ]);
    expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const commits = await scene.github.git(scene.repository).log("main", { limit: 10 });
    expect(commits).toHaveLength(2);
  });

  test("refuses without the permission, and workflow files without theirs", async () => {
    const reader = await failure(scene.asBot(COMMIT, input(), { ...scene.permissions(), contents: "read" }));
    expect(reader.errors).toMatchObject([{ type: "FORBIDDEN", message: "Resource not accessible by integration" }]);
    const additions = [{ path: ".github/workflows/ci.yml", contents: base64("on: push\n") }];
    const workflow = await failure(scene.asBot(COMMIT, input({ fileChanges: { additions } })));
    expect(workflow.errors).toMatchObject([
      { type: "FORBIDDEN", message: expect.stringContaining("without `workflows` permission") },
    ]);
  });

  test("refuses to delete what is not there and what is no Base64", async () => {
    const absent = await failure(scene.asBot(COMMIT, input({ fileChanges: { deletions: [{ path: "nope" }] } })));
    expect(absent.errors?.[0]?.message).toContain("which does not exist as of commit oid");
    const additions = [{ path: "x", contents: "not base64!" }];
    const garbled = await failure(scene.asBot(COMMIT, input({ fileChanges: { additions } })));
    expect(garbled.errors?.[0]?.message).toContain("not Base64");
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
