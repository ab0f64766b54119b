import { afterEach, describe, expect, test } from "@jest/globals";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { toSha } from "../../../src/domain/ids.ts";
import { readChanges } from "../../../src/workspace/changes.ts";
import { checkout } from "../../../src/workspace/checkout.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { createWorkspace, removeWorkspace, sweepWorkspaces } from "../../../src/workspace/workspaces.ts";
import { put, temporary, type Content, type TestRepository } from "./repository.ts";
import { outputSync } from "../../support/run-sync.ts";

const places = temporary();
afterEach(() => places.removeAll());

/** A commit with these files, checked out. */
async function checkedOut(files: Readonly<Record<string, Content>>, remote: TestRepository = places.repository()) {
  const commit = remote.commit(files);
  const dataDir = places.directory();
  const mirror = openMirror({ dataDir, repositoryId: 1, allowFileProtocol: true });
  await mirror.ensureCommit({ url: remote.url, sha: commit });
  const directory = await createWorkspace(dataDir, "run-1");
  await checkout({ mirror, treeish: commit, directory });
  const changes = () => readChanges(mirror, commit, directory);
  return {
    mirror,
    commit,
    directory,
    dataDir,
    changes,
    put: (path: string, content: Content) => put(directory, path, content),
  };
}

const nothing = { additions: [], deletions: [], refused: [], modeChanges: [] };

describe("a checkout", () => {
  test("is the tree as it is stored: links, modes, bytes, and no .git", async () => {
    const { directory, changes } = await checkedOut({
      file: "x\r\n",
      run: { executable: "#!" },
      "d/link": { link: "../../outside" },
      "b.bin": Buffer.from([0, 200]),
    });
    expect(readdirSync(directory).toSorted()).toEqual(["b.bin", "d", "file", "run"]);
    expect(readlinkSync(join(directory, "d/link"))).toBe("../../outside");
    expect(statSync(join(directory, "run")).mode & 0o111).not.toBe(0);
    expect(statSync(join(directory, "file")).mode & 0o111).toBe(0);
    expect(await changes()).toEqual(nothing);
  });

  test("is not changed by any attribute of the tree", async () => {
    const { directory, changes } = await checkedOut({
      ".gitattributes":
        "*.txt text eol=crlf\n*.id ident\nhidden export-ignore\nsubst export-subst\n*.utf working-tree-encoding=UTF-16\n*.lfs filter=lfs diff=lfs merge=lfs -text\n",
      "a.txt": "one\ntwo\n",
      "b.id": "$Id$\n",
      hidden: "here",
      subst: "$Format:%H$",
      "c.utf": "plain",
      "d.lfs": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    });
    expect(readFileSync(join(directory, "a.txt"), "utf8")).toBe("one\ntwo\n");
    expect(readFileSync(join(directory, "b.id"), "utf8")).toBe("$Id$\n");
    expect(readFileSync(join(directory, "hidden"), "utf8")).toBe("here");
    expect(readFileSync(join(directory, "subst"), "utf8")).toBe("$Format:%H$");
    expect(readFileSync(join(directory, "c.utf"), "utf8")).toBe("plain");
    expect(readFileSync(join(directory, "d.lfs"), "utf8")).toMatch(/^version/);
    expect(await changes()).toEqual(nothing);
  });

  test("leaves submodules empty and asks for none", async () => {
    const remote = places.repository();
    remote.commit({ ".gitmodules": '[submodule "s"]\n\tpath = sub\n\turl = ext::sh -c "touch /nonexistent/x"\n' });
    remote.git("update-index", "--add", "--cacheinfo", "160000,0123456789012345678901234567890123456789,sub");
    remote.git("commit", "-q", "-m", "sub");
    mkdirSync(join(remote.directory, "sub"));
    const commit = remote.git("rev-parse", "HEAD").trim();
    const dataDir = places.directory();
    const mirror = openMirror({ dataDir, repositoryId: 1, allowFileProtocol: true });
    await mirror.ensureCommit({ url: remote.url, sha: toSha(commit) });
    const directory = join(dataDir, "w");
    await checkout({ mirror, treeish: commit, directory });
    expect(readdirSync(directory).toSorted()).toEqual([".gitmodules", "sub"]);
    expect(readdirSync(join(directory, "sub"))).toEqual([]);
    expect(await readChanges(mirror, commit, directory)).toEqual(nothing);
  });

  test.each([".git/config", ".GIT/hooks/post-checkout", "../outside", "a/../../b", "/abs"])(
    "of a tree that holds %s is refused and writes nothing",
    async (path) => {
      const { mirror, dataDir } = await checkedOut({ a: "1" });
      const hostile = hostileTree(mirror.directory, path);
      const directory = join(dataDir, "hostile");
      await expect(checkout({ mirror, treeish: hostile, directory })).rejects.toMatchObject({
        name: "UserError",
        message: expect.stringContaining("cannot be written"),
      });
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test("does not write through a link of the same name as a directory", async () => {
    const { mirror, dataDir } = await checkedOut({ a: "1" });
    const blob = object(mirror.directory, "blob", Buffer.from(`${dataDir}/outside`));
    const below = tree(mirror.directory, [["100644", "file", blob]]);
    const hostile = tree(mirror.directory, [
      ["120000", "x", blob],
      ["40000", "x", below],
    ]);
    mkdirSync(join(dataDir, "outside"));
    const directory = join(dataDir, "hostile");
    await checkout({ mirror, treeish: hostile, directory }).catch(() => {});
    expect(readdirSync(join(dataDir, "outside"))).toEqual([]);
  });

  test("goes into an empty directory only", async () => {
    const { mirror, commit, directory } = await checkedOut({ a: "1" });
    await expect(checkout({ mirror, treeish: commit, directory })).rejects.toThrow("is not empty");
    await expect(checkout({ mirror, treeish: "HEAD", directory })).rejects.toThrow(RangeError);
  });
});

describe("the changes of a workspace", () => {
  test("are its new, changed, renamed and deleted files", async () => {
    const workspace = await checkedOut({ keep: "k", edit: "old", "old/name": "moved", gone: "g", same: "s" });
    workspace.put("edit", "new");
    workspace.put("old/name", undefined);
    workspace.put("new/name", "moved");
    workspace.put("gone", undefined);
    workspace.put("run.sh", { executable: "#!/bin/sh" });
    workspace.put("same", "s");
    expect(await workspace.changes()).toEqual({
      ...nothing,
      additions: [
        { path: "edit", content: Buffer.from("new"), executable: false },
        { path: "new/name", content: Buffer.from("moved"), executable: false },
        { path: "run.sh", content: Buffer.from("#!/bin/sh"), executable: true },
      ],
      deletions: ["gone", "old/name"],
    });
  });

  test("tell an executable bit that came or went", async () => {
    const workspace = await checkedOut({ plain: "p", run: { executable: "r" } });
    chmodSync(join(workspace.directory, "plain"), 0o755);
    chmodSync(join(workspace.directory, "run"), 0o644);
    expect(await workspace.changes()).toEqual({
      ...nothing,
      modeChanges: [
        { path: "plain", executable: true },
        { path: "run", executable: false },
      ],
    });
  });

  test("leave out what the commit's own .gitignore names, not what a newer one does", async () => {
    const workspace = await checkedOut({
      ".gitignore": "node_modules/\n*.log\n!keep.log\n/build\nlogs/*\n!logs/kept\n",
      "sub/.gitignore": "local\n",
      "build/tracked": "t",
      "odd :(top)": "x",
    });
    for (const path of [
      "node_modules/a/index.js",
      "deep/node_modules/b",
      "x.log",
      "sub/local",
      "sub/deep/local",
      "build/new",
      "logs/gone",
    ])
      workspace.put(path, "ignored");
    for (const path of ["keep.log", "sub/other", "deep/build", "logs/kept", ":(exclude)x", "secret.env"])
      workspace.put(path, "added");
    workspace.put(".gitignore", "secret.env\n");
    workspace.put("build/tracked", "changed");
    const { additions, deletions, refused } = await workspace.changes();
    expect(additions.map(({ path }) => path)).toEqual([
      ".gitignore",
      ":(exclude)x",
      "build/tracked",
      "deep/build",
      "keep.log",
      "logs/kept",
      "secret.env",
      "sub/other",
    ]);
    expect([deletions, refused]).toEqual([[], []]);
  });

  test("never come from a .git, and links, FIFOs and odd names are refused", async () => {
    const workspace = await checkedOut({
      link: { link: "file" },
      moved: { link: "file" },
      file: "f",
      was: { link: "file" },
    });
    for (const path of [".git/config", "deep/.git/hooks/x", "other/.GIT/x", "gitfile/.git"]) workspace.put(path, "x");
    workspace.put("moved", { link: "/etc/passwd" });
    workspace.put("new", { link: "../../../../etc/shadow" });
    workspace.put("was", "now a file");
    workspace.put("file", undefined);
    workspace.put("file", { link: "link" });
    outputSync("mkfifo", [join(workspace.directory, "fifo")]);
    writeFileSync(Buffer.concat([Buffer.from(`${workspace.directory}/`), Buffer.from([0xff, 0xfe])]), "x");
    mkdirSync(join(workspace.directory, "deep/linked"), { recursive: true });
    workspace.put("deep/linked/dir", { link: "/etc" });
    const { additions, deletions, refused } = await workspace.changes();
    expect([additions, deletions]).toEqual([[], []]);
    expect(Object.fromEntries(refused.map(({ path, reason }) => [path, reason]))).toEqual({
      "deep/linked/dir": "it is a new symbolic link",
      fifo: "it is neither a file nor a directory",
      file: "it is a changed symbolic link",
      moved: "it is a changed symbolic link",
      new: "it is a new symbolic link",
      was: "a symbolic link became a file",
      "\ufffd\ufffd": "its name is not UTF-8",
    });
  });

  test("have bounds: of one file, of all, and of their number", async () => {
    const workspace = await checkedOut({ tracked: "t" });
    workspace.put("tracked", Buffer.alloc(5_000_001));
    expect(await workspace.changes()).toEqual({
      ...nothing,
      refused: [{ path: "tracked", reason: "it has more than 5000000 bytes" }],
    });
    workspace.put("tracked", "t");
    for (const index of [1, 2, 3, 4, 5]) workspace.put(`big${index}`, Buffer.alloc(4_500_000));
    const big = await workspace.changes();
    expect(big.additions).toHaveLength(4);
    expect(big.refused).toEqual([{ path: "big5", reason: "all changed files together have more than 20000000 bytes" }]);
    for (const index of [1, 2, 3, 4, 5]) workspace.put(`big${index}`, undefined);
    for (let index = 0; index < 510; index++) workspace.put(`many/${1000 + index}`, "x");
    const many = await workspace.changes();
    expect(many.additions).toHaveLength(500);
    expect(many.refused).toEqual([
      { path: "many/1500", reason: "more than 500 files have changed; this one and 9 others are left out" },
    ]);
  });

  test("are a file where a directory was, and the other way round", async () => {
    const workspace = await checkedOut({ "dir/file": "1", file: "2" });
    rmSync(join(workspace.directory, "dir"), { recursive: true });
    workspace.put("dir", "now a file");
    workspace.put("file", undefined);
    workspace.put("file/inside", "3");
    const { additions, deletions } = await workspace.changes();
    expect(additions.map(({ path }) => path)).toEqual(["dir", "file/inside"]);
    expect(deletions).toEqual(["dir/file", "file"]);
  });
});

describe("the directory of a run", () => {
  test("is made empty, found by its id, and removed whatever is in it", async () => {
    const dataDir = places.directory();
    const directory = await createWorkspace(dataDir, "run-1");
    expect(directory).toBe(join(dataDir, "workspaces", "run-1"));
    put(directory, "a/b", "x");
    put(directory, "link", { link: "/etc" });
    chmodSync(join(directory, "a"), 0);
    await createWorkspace(dataDir, "run-1");
    expect(readdirSync(directory)).toEqual([]);
    await removeWorkspace(dataDir, "run-1");
    await removeWorkspace(dataDir, "run-1");
    expect(readdirSync(join(dataDir, "workspaces"))).toEqual([]);
    expect(statSync("/etc").isDirectory()).toBe(true);
  });

  test("is swept when its run is not alive", async () => {
    const dataDir = places.directory();
    expect(await sweepWorkspaces(dataDir, () => false)).toEqual([]);
    for (const run of ["live", "dead"]) await createWorkspace(dataDir, run);
    expect(await sweepWorkspaces(dataDir, async (run) => run === "live")).toEqual(["dead"]);
    expect(readdirSync(join(dataDir, "workspaces"))).toEqual(["live"]);
  });

  test.each(["..", "a/b", "", "-rf", "a\0b"])("has no such id as %j", async (runId) => {
    const dataDir = places.directory();
    await expect(createWorkspace(dataDir, runId)).rejects.toThrow(RangeError);
    await expect(removeWorkspace(dataDir, runId)).rejects.toThrow(RangeError);
  });
});

/** Writes an object without git's own checks, as a hostile server may send it. */
function object(gitDirectory: string, type: string, content: Buffer): string {
  const args = [`--git-dir=${gitDirectory}`, "hash-object", "-w", "--literally", "-t", type, "--stdin"];
  return outputSync("git", args, { input: content }).trim();
}

function tree(gitDirectory: string, entries: readonly (readonly [string, string, string])[]): string {
  const content = entries.map(([mode, name, oid]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]),
  );
  return object(gitDirectory, "tree", Buffer.concat(content));
}

/** A tree in which each part of a path is an entry, `..` and `.git` too. */
function hostileTree(gitDirectory: string, path: string): string {
  const blob = object(gitDirectory, "blob", Buffer.from("hostile"));
  const [name = "", ...parents] = path.split("/").toReversed();
  return parents.reduce(
    (below, part) => tree(gitDirectory, [["40000", part, below]]),
    tree(gitDirectory, [["100644", name, blob]]),
  );
}
