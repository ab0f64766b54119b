import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { toSha } from "../../../src/domain/ids.ts";
import { getCommitOrigin, trailersIn } from "../../../src/github/head-commit.ts";
import { openLocal, type LocalScene } from "./local-scene.ts";

const mutation = /* GraphQL */ `
  mutation commit($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) {
      commit {
        oid
      }
    }
  }
`;

describe("a commit", () => {
  let scene: LocalScene;
  beforeEach(async () => {
    scene = await openLocal();
  });
  afterEach(() => scene.close());

  test("of ours is the App's, verified, with our trailers", async () => {
    const { head } = await scene.openPull();
    const answer = await scene.app
      .in(scene.ref, { contents: "write" })
      .graphql<{ createCommitOnBranch: { commit: { oid: string } } }>(mutation, {
        input: {
          branch: { repositoryNameWithOwner: "octo/shop", branchName: "fix" },
          expectedHeadOid: head,
          message: {
            headline: "Mend it",
            body: "Because.\n\nCodegen-Run: run-1\nCo-authored-by: Ada <ada@example.test>",
          },
          fileChanges: { additions: [{ path: "a", contents: "YQ==" }], deletions: [] },
        },
      });
    const made = toSha(answer.createCommitOnBranch.commit.oid);
    expect(await getCommitOrigin(scene.app, scene.ref, made)).toEqual({
      sha: made,
      author: await scene.app.login(),
      verified: true,
      message: expect.stringMatching(/^Mend it\n\nBecause\./),
      trailers: [
        { key: "Codegen-Run", value: "run-1" },
        { key: "Co-authored-by", value: "Ada <ada@example.test>" },
      ],
      parents: [head],
    });
  });

  test("of a person is theirs, whatever trailers it has", async () => {
    const head = toSha(await scene.commit("work", { a: "a\n" }, "Mend it\n\nCodegen-Run: run-1"));
    expect(await getCommitOrigin(scene.app, scene.ref, head)).toMatchObject({
      author: "octo",
      verified: false,
      trailers: [{ key: "Codegen-Run", value: "run-1" }],
    });
  });

  test("that is not there is null", async () => {
    expect(await getCommitOrigin(scene.app, scene.ref, toSha("f".repeat(40)))).toBeNull();
  });
});

describe("the trailers of a message", () => {
  test.each<[string, readonly string[]]>([
    ["Mend it\n\nBecause.\n\nA: 1\nB-c: two words\n", ["A=1", "B-c=two words"]],
    ["Mend it\r\n\r\nA: 1\r\n", ["A=1"]],
    ["Mend it\n\nA: 1\n  and more\n", ["A=1 and more"]],
    ["Mend it\n\nA: 1\n\nNo trailers here", []],
    ["Mend it\n\nIt does:\nA: 1", []],
    ["A: 1", []],
    ["", []],
  ])("%j are %j", (message, expected) => {
    expect(trailersIn(message).map(({ key, value }) => `${key}=${value}`)).toEqual(expected);
  });
});
