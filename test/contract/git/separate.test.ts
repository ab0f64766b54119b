import { afterEach, describe, expect, test } from "@jest/globals";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../../src/workspace/checkout.ts";
import { listMatching } from "../../../src/workspace/matching-files.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { separateFromCommit } from "../../../src/workspace/separate.ts";
import { put, temporary, type Content } from "./repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

const files = {
  "package.json": "{}",
  "src/a.js": "a",
  "src/deep/b.js": "b",
  run: { executable: "#!" },
  l: { link: "x" },
};

/** A commit, its files with what a set-up wrote over them, and that alone as an overlay keeps it. */
async function written(changes: Readonly<Record<string, Content>>, gone: readonly string[] = []) {
  const remote = places.repository();
  const commit = remote.commit(files);
  const mirror = openMirror({ dataDir: places.directory(), repositoryId: 1, allowFileProtocol: true });
  await mirror.ensureCommit({ url: remote.url, sha: commit });
  const directory = join(places.directory(), "files");
  await checkout({ mirror, treeish: commit, directory });
  const layer = join(places.directory(), "layer");
  mkdirSync(layer);
  for (const [path, content] of Object.entries(changes))
    for (const root of [directory, layer]) put(root, path, content);
  for (const path of gone) {
    rmSync(join(directory, path), { recursive: true });
    // An overlay copies the directory up in which it notes that a name is gone.
    mkdirSync(join(layer, path, ".."), { recursive: true });
  }
  return {
    mirror,
    commit,
    directory,
    layer,
    separate: () => separateFromCommit({ mirror, treeish: commit, directory, written: layer }),
  };
}

describe("what a set-up wrote", () => {
  test("can lie beneath another commit when it left the commit's own files alone", async () => {
    const { separate, layer } = await written({ "node_modules/m/index.js": "m", "src/generated.js": "g" });
    expect(await separate()).toEqual([]);
    expect(existsSync(join(layer, "src/generated.js"))).toBe(true);
  });

  test("loses files of the commit that were merely written again, which another commit may not have", async () => {
    const { separate, layer } = await written({
      "package.json": "{}",
      run: { executable: "#!" },
      l: { link: "x" },
      "src/deep/b.js": "b",
      new: "",
    });
    expect(await separate()).toEqual([]);
    for (const path of ["package.json", "run", "l", "src/deep/b.js"]) expect(existsSync(join(layer, path))).toBe(false);
    expect(existsSync(join(layer, "new"))).toBe(true);
  });

  test("where everything is a copy, so are files that nobody touched, and they go as well", async () => {
    const { separate, layer, directory } = await written({ new: "n" });
    cpSync(directory, layer, { recursive: true });
    expect(await separate()).toEqual([]);
    expect(existsSync(join(layer, "src/a.js"))).toBe(false);
    expect(existsSync(join(layer, "new"))).toBe(true);
  });

  test.each<[string, Readonly<Record<string, Content>>, string[], string[]]>([
    ["changes a file", { "package.json": "{ }" }, [], ["package.json"]],
    ["changes a mode", { "src/a.js": { executable: "a" } }, [], ["src/a.js"]],
    ["changes a link", { l: { link: "y" } }, [], ["l"]],
    ["puts a file in place of a link", { l: "x" }, [], ["l"]],
    ["removes a file", {}, ["src/deep/b.js"], ["src/deep/b.js"]],
    ["removes a directory", {}, ["src"], ["src"]],
  ])("belongs to its commit when it %s", async (_, changes, gone, found) => {
    expect(await (await written(changes, gone)).separate()).toEqual(found);
  });
});

describe("the files of a commit that globs match", () => {
  test.each([
    [["package.json"], ["package.json"]],
    [["src"], []],
    [["no/such", "package.json"], ["package.json"]],
    [
      ["src/**", "run"],
      ["run", "src/a.js", "src/deep/b.js"],
    ],
    [["**/*.js"], ["src/a.js", "src/deep/b.js"]],
    [[], []],
  ])("%j are %j", async (globs, paths) => {
    const { mirror, commit } = await written({});
    expect((await listMatching(mirror, commit, globs)).map(({ path }) => path)).toEqual(paths);
  });

  test("a tree has one name, whether it is asked for by the commit or by itself", async () => {
    const { mirror, commit } = await written({});
    const tree = await mirror.treeOf(commit);
    expect(tree).not.toBe(commit);
    expect(await mirror.treeOf(tree)).toBe(tree);
  });
});
