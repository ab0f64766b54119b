import { afterEach, expect, test } from "@jest/globals";
import { rmSync } from "node:fs";
import { openCommitFiles, type CommitFiles } from "../../../src/workspace/commit-files.ts";
import { openObjects } from "../../../src/workspace/objects.ts";
import { temporary } from "./repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

async function texts(files: CommitFiles, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { content } of files.read(await files.list(paths))) found.push(content.toString());
  return found.toSorted();
}

test("what was read once is not asked of git again, and what is new is read beside it", async () => {
  const remote = places.repository();
  const commit = remote.commit({ "a.js": "a", "b.js": "b", "c.js": "c" });
  const files = await openCommitFiles(openObjects(`${remote.directory}/.git`, 20_000), commit);
  expect(await texts(files, ["a.js", "b.js"])).toEqual(["a", "b"]);
  expect(await texts(files, ["b.js", "c.js"])).toEqual(["b", "c"]);
  rmSync(`${remote.directory}/.git`, { recursive: true });
  expect(await texts(files, ["a.js", "b.js", "c.js"])).toEqual(["a", "b", "c"]);
});

test("contents that are read at the same time come once to each who reads", async () => {
  const remote = places.repository();
  const commit = remote.commit({ "a.js": "a", "b.js": "b" });
  const files = await openCommitFiles(openObjects(`${remote.directory}/.git`, 20_000), commit);
  expect(await Promise.all([texts(files, ["a.js", "b.js"]), texts(files, ["a.js"]), texts(files, ["b.js"])])).toEqual([
    ["a", "b"],
    ["a"],
    ["b"],
  ]);
});

test("once all files were listed, git is not asked for some of them, and the answer is git's", async () => {
  const remote = places.repository();
  const commit = remote.commit({ "a.js": "a", "lib/b.js": "b", "lib/deep/c.js": "c", "library.js": "l" });
  const objects = openObjects(`${remote.directory}/.git`, 20_000);
  const files = await openCommitFiles(objects, commit);
  const asked = [["a.js", "gone.js"], ["lib"], ["lib/deep", "lib/deep/c.js"], ["li"]];
  const list = () => Promise.all(asked.map(async (paths) => (await files.list(paths)).map(({ path }) => path)));
  const ofGit = await list();
  expect(ofGit).toEqual([["a.js"], ["lib/b.js", "lib/deep/c.js"], ["lib/deep/c.js"], []]);
  await files.list();
  rmSync(`${remote.directory}/.git`, { recursive: true });
  expect(await list()).toEqual(ofGit);
  expect((await openCommitFiles(objects, commit)).id).toBe(files.id);
  const elsewhere = openObjects(`${places.repository().directory}/.git`, 20_000);
  await expect(openCommitFiles(elsewhere, commit)).rejects.toThrow(/git rev-parse/);
});

test("what git said of a commit is known to whoever opens the repository later", async () => {
  const remote = places.repository();
  const [first, second] = [remote.commit({ "a.js": "a" }), remote.commit({ "b.js": "b" })];
  const open = () => openObjects(`${remote.directory}/.git`, 20_000);
  const ask = () => Promise.all([open().listFiles(first), open().changedPaths(first, second)]);
  const answers = await ask();
  expect(answers).toMatchObject([[{ path: "a.js" }], [{ path: "b.js", change: "added" }]]);
  rmSync(`${remote.directory}/.git`, { recursive: true });
  expect(await ask()).toEqual(answers);
  await expect(open().listFiles(second)).rejects.toThrow(/git ls-tree/);
});

test("of large contents none is kept", async () => {
  const remote = places.repository();
  const commit = remote.commit({ "large.js": "x".repeat(2_000_000) });
  const files = await openCommitFiles(openObjects(`${remote.directory}/.git`, 20_000), commit);
  expect((await texts(files, ["large.js"])).map(({ length }) => length)).toEqual([2_000_000]);
  rmSync(`${remote.directory}/.git`, { recursive: true });
  await expect(texts(files, ["large.js"])).rejects.toThrow(/git/);
});

test("files that differ are read ahead, as far as they are there", async () => {
  const remote = places.repository();
  const first = remote.commit({ "a.js": "a", "b.js": "b" });
  const second = remote.commit({ "a.js": "A", "c.js": "C" });
  const objects = openObjects(`${remote.directory}/.git`, 20_000);
  const [old, now] = [await openCommitFiles(objects, first), await openCommitFiles(objects, second)];
  await now.preload("0".repeat(40));
  expect(await now.changesSince("0".repeat(40))).toBeNull();
  await now.preload(old.id);
  rmSync(`${remote.directory}/.git`, { recursive: true });
  expect(await now.changesSince(old.id)).toEqual(["a.js", "c.js"]);
  expect(await texts(now, ["a.js", "c.js"])).toEqual(["A", "C"]);
  await old.preload(now.id);
  await expect(old.changesSince(now.id)).rejects.toThrow(/git/);
});
