import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BareRepository, EMPTY_TREE } from "../../doubles/github/git/bare-repository.ts";

const person = { name: "Ada Löw", email: "ada@example.test", date: "2026-01-02T03:04:05.678Z" };
let root = "";
let made = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "local-github-git-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function repository(): Promise<BareRepository> {
  made += 1;
  return BareRepository.create(join(root, `${String(made)}.git`), "main");
}

async function commit(
  repo: BareRepository,
  parent: string | null,
  files: Record<string, string | Buffer | null>,
  message = "Change",
): Promise<string> {
  const additions = [];
  const deletions = [];
  for (const [path, content] of Object.entries(files)) {
    if (content === null) deletions.push(path);
    else additions.push({ path, content: Buffer.from(content) });
  }
  return repo.commitFiles(parent, { additions, deletions }, message, person);
}

describe("objects", () => {
  test("a blob of several megabytes of random bytes comes back unchanged", async () => {
    const repo = await repository();
    const content = randomBytes(5_000_000);
    const sha = await repo.writeBlob(content);
    expect((await repo.readBlob(sha))?.equals(content)).toBe(true);
    expect(await repo.objectType(sha)).toBe("blob");
  });

  test("what is not there is null, not an error", async () => {
    const repo = await repository();
    expect(await repo.readBlob("0".repeat(40))).toBeNull();
    expect(await repo.readBlob("--batch")).toBeNull();
    expect(await repo.objectType("f".repeat(40))).toBeNull();
    expect(await repo.resolve("main")).toBeNull();
    expect(await repo.resolve("--all")).toBeNull();
    expect(await repo.readTree("main", { recursive: true })).toBeNull();
    expect(await repo.readCommit("main")).toBeNull();
    expect(await repo.log("main", { limit: 10 })).toEqual([]);
    expect(await repo.refs()).toEqual([]);
  });

  test("trees list folders before what they hold, with unicode, spaces, quotes and newlines in paths", async () => {
    const repo = await repository();
    const strange = 'docs/ünï "code"\n日本.md';
    const head = await commit(repo, null, { [strange]: "x", "a b.txt": "yy", "src/deep/er.ts": "" });
    const all = await repo.readTree(head, { recursive: true });
    expect(all?.map((entry) => [entry.path, entry.type, entry.size])).toEqual([
      ["a b.txt", "blob", 2],
      ["docs", "tree", null],
      [strange, "blob", 1],
      ["src", "tree", null],
      ["src/deep", "tree", null],
      ["src/deep/er.ts", "blob", 0],
    ]);
    const folder = await repo.readTree(head, { recursive: false, path: "/src/" });
    expect(folder?.map((entry) => entry.path)).toEqual(["src/deep"]);
    expect(await repo.readTree(head, { recursive: false, path: "a b.txt" })).toBeNull();
    expect((await repo.readPath(head, strange))?.size).toBe(1);
    expect((await repo.readPath(head, "src"))?.type).toBe("tree");
    expect(await repo.readPath(head, "nothing/here")).toBeNull();
    expect(await repo.readPath(head, "../etc/passwd")).toBeNull();
    expect(await repo.readPath(head, "*.txt")).toBeNull();
  });

  test("a tree is written on a base: nested additions, a file removed, a folder replaced by another tree", async () => {
    const repo = await repository();
    const head = await commit(repo, null, { "keep.txt": "k", "old/a.txt": "a", "old/b.txt": "b", "gone.txt": "g" });
    const other = await commit(repo, null, { "c.txt": "c" });
    const inner = (await repo.readPath(other, ""))?.sha ?? "";
    const sha = await repo.writeBlob(Buffer.from("#!/bin/sh\n"));
    const tree = await repo.writeTree(
      [
        { path: "bin/run/it.sh", mode: "100755", type: "blob", sha },
        { path: "gone.txt", mode: "100644", type: "blob", sha: null },
        { path: "old", mode: "040000", type: "tree", sha: inner },
      ],
      head,
    );
    const entries = await repo.readTree(tree, { recursive: true });
    const files = entries?.filter((entry) => entry.type === "blob").map((entry) => `${entry.mode} ${entry.path}`);
    expect(files).toEqual(["100755 bin/run/it.sh", "100644 keep.txt", "100644 old/c.txt"]);
  });

  test("a file may take the place of a folder", async () => {
    const repo = await repository();
    const head = await commit(repo, null, { "x/a": "1", "x/b": "2" });
    const sha = await repo.writeBlob(Buffer.from("now a file"));
    const tree = await repo.writeTree([{ path: "x", mode: "100644", type: "blob", sha }], head);
    expect((await repo.readTree(tree, { recursive: true }))?.map((entry) => entry.path)).toEqual(["x"]);
  });

  test("a tree with a missing object or a forbidden path is refused", async () => {
    const repo = await repository();
    const sha = await repo.writeBlob(Buffer.from("x"));
    const write = (path: string, object: string) =>
      repo.writeTree([{ path, mode: "100644", type: "blob", sha: object }]);
    await expect(write("a", "1".repeat(40))).rejects.toThrow(/git write-tree ended with/);
    await expect(write("../up", sha)).rejects.toThrow(/git update-index ended with/);
    await expect(write(".git/config", sha)).rejects.toThrow(/git update-index ended with/);
  });

  test("writing nothing gives the empty tree", async () => {
    const repo = await repository();
    expect(await repo.writeTree([])).toBe(EMPTY_TREE);
    expect(await repo.readTree(EMPTY_TREE, { recursive: true })).toEqual([]);
  });
});

describe("commits", () => {
  test("a commit comes back with people, time in UTC and the message without its last newline", async () => {
    const repo = await repository();
    const sha = await repo.createCommit({
      tree: await repo.writeTree([]),
      parents: [],
      message: "Größe ändern\n\nWarum: weil.\n",
      author: { name: "Ada Löw", email: "ada@example.test", date: "2026-01-02T05:04:05+02:00" },
      committer: { name: "web-flow", email: "noreply@example.test", date: "2026-01-03T00:00:00Z" },
    });
    expect(await repo.readCommit(sha)).toEqual({
      sha,
      tree: EMPTY_TREE,
      parents: [],
      author: { name: "Ada Löw", email: "ada@example.test", date: "2026-01-02T03:04:05Z" },
      committer: { name: "web-flow", email: "noreply@example.test", date: "2026-01-03T00:00:00Z" },
      message: "Größe ändern\n\nWarum: weil.",
    });
  });

  test("log goes newest first with limit, skip and path; commitsBetween oldest first", async () => {
    const repo = await repository();
    const one = await commit(repo, null, { a: "1" }, "one");
    const two = await commit(repo, one, { b: "2" }, "two");
    const three = await commit(repo, two, { a: "3" }, "three");
    await repo.updateRef("refs/heads/main", three);
    const messages = async (options: { path?: string; limit: number; skip?: number }) =>
      (await repo.log("main", options)).map((each) => each.message);
    expect(await messages({ limit: 2 })).toEqual(["three", "two"]);
    expect(await messages({ limit: 2, skip: 2 })).toEqual(["one"]);
    expect(await messages({ limit: 9, path: "a" })).toEqual(["three", "one"]);
    expect((await repo.commitsBetween(one, three)).map((each) => each.message)).toEqual(["two", "three"]);
    expect((await repo.commitsBetween(EMPTY_TREE, two)).map((each) => each.sha)).toEqual([one, two]);
    expect(await repo.aheadBehind(three, one)).toEqual({ ahead: 0, behind: 2 });
    expect(await repo.isAncestor(one, three)).toBe(true);
    expect(await repo.isAncestor(three, one)).toBe(false);
    expect(await repo.mergeBase(one, three)).toBe(one);
    expect(await repo.mergeBase(one, await commit(repo, null, { z: "z" }))).toBeNull();
  });

  test("replacing a file keeps its mode, deleting what is not there is refused", async () => {
    const repo = await repository();
    const sha = await repo.writeBlob(Buffer.from("#!/bin/sh\n"));
    const tree = await repo.writeTree([{ path: "run.sh", mode: "100755", type: "blob", sha }]);
    const head = await repo.createCommit({ tree, parents: [], message: "m", author: person, committer: person });
    const next = await commit(repo, head, { "run.sh": "#!/bin/sh\necho\n" });
    expect((await repo.readPath(next, "run.sh"))?.mode).toBe("100755");
    await expect(commit(repo, head, { "nope.sh": null })).rejects.toThrow('cannot delete "nope.sh": no such file');
  });
});

describe("refs", () => {
  test("a ref moves only from the expected object", async () => {
    const repo = await repository();
    const one = await commit(repo, null, { a: "1" });
    const two = await commit(repo, one, { a: "2" });
    expect(await repo.updateRef("refs/heads/main", one, null)).toBe("ok");
    expect(await repo.updateRef("refs/heads/main", two, null)).toBe("stale");
    expect(await repo.updateRef("refs/heads/main", one, two)).toBe("stale");
    expect(await repo.updateRef("refs/heads/other", two, one)).toBe("stale");
    expect(await repo.updateRef("refs/heads/main", two, one)).toBe("ok");
    expect(await repo.refs("refs/heads")).toEqual([{ name: "refs/heads/main", sha: two, type: "commit" }]);
    await repo.deleteRef("refs/heads/main");
    expect(await repo.resolve("main")).toBeNull();
  });

  test("a bad name and a missing object are errors, not stale", async () => {
    const repo = await repository();
    const one = await commit(repo, null, { a: "1" });
    await expect(repo.updateRef("main", one)).rejects.toThrow("no full ref name");
    await expect(repo.updateRef("refs/heads/a..b", one, null)).rejects.toThrow(/bad name|refusing/);
    await expect(repo.updateRef("refs/heads/x", "1".repeat(40), null)).rejects.toThrow(/update-ref/);
    expect(await repo.isValidRefName("refs/heads/ok")).toBe(true);
    expect(await repo.isValidRefName("refs/heads/no..pe")).toBe(false);
  });

  test("a fork's branch is copied with its objects", async () => {
    const [upstream, fork] = [await repository(), await repository()];
    const sha = await commit(fork, null, { a: "fork" });
    await fork.updateRef("refs/heads/topic", sha);
    await upstream.copyRef(fork, "refs/heads/topic", "refs/pull/1/head");
    expect(await upstream.readRef("refs/pull/1/head")).toBe(sha);
    expect((await upstream.readPath(sha, "a"))?.type).toBe("blob");
  });
});

describe("merges and diffs", () => {
  test("a clean merge gives a tree, a conflict names its paths, unrelated histories do not merge", async () => {
    const repo = await repository();
    const base = await commit(repo, null, { "ä.txt": "1\n2\n3\n", other: "o\n" });
    const ours = await commit(repo, base, { "ä.txt": "ours\n2\n3\n" });
    const theirs = await commit(repo, base, { "ä.txt": "theirs\n2\n3\n" });
    const beside = await commit(repo, base, { other: "changed\n" });
    const clean = await repo.mergeTree(ours, beside);
    if (!clean.clean) throw new Error("expected a clean merge");
    expect((await repo.readTree(clean.tree, { recursive: true }))?.map((entry) => entry.path)).toEqual([
      "other",
      "ä.txt",
    ]);
    expect(await repo.mergeTree(ours, theirs)).toEqual({ clean: false, conflicts: ["ä.txt"] });
    expect(await repo.mergeTree(ours, await commit(repo, null, { q: "q" }))).toEqual({ clean: false, conflicts: [] });
  });

  test("changed files are told as GitHub tells them", async () => {
    const repo = await repository();
    const long = Array.from({ length: 40 }, (_, line) => `line ${String(line)}\n`).join("");
    const binary = Buffer.from([0, 1, 2, 3, 255]);
    const base = await commit(repo, null, {
      "mod.txt": "a\nb\n",
      "gone.txt": "x\n",
      "öld.txt": long,
      "pic.png": binary,
    });
    const head = await commit(repo, base, {
      "mod.txt": "a\nB\nc",
      "gone.txt": null,
      "öld.txt": null,
      "new name.txt": `${long}more\n`,
      "pic.png": Buffer.concat([binary, binary]),
      "empty.txt": "",
      "header.txt": "diff --git a/x b/x\n@@ -1 +1 @@\n",
    });
    const files = await repo.diffFiles(base, head);
    const byPath = Object.fromEntries(files.map((file) => [file.path, file]));
    expect(Object.keys(byPath).toSorted()).toEqual(
      ["empty.txt", "gone.txt", "header.txt", "mod.txt", "new name.txt", "pic.png"].toSorted(),
    );
    expect(byPath["mod.txt"]).toMatchObject({
      status: "modified",
      additions: 2,
      deletions: 1,
      patch: "@@ -1,2 +1,3 @@\n a\n-b\n+B\n+c\n\\ No newline at end of file",
    });
    expect(byPath["gone.txt"]).toMatchObject({
      status: "removed",
      additions: 0,
      deletions: 1,
      patch: "@@ -1 +0,0 @@\n-x",
    });
    expect(byPath["gone.txt"]?.sha).toBe((await repo.readPath(base, "gone.txt"))?.sha);
    expect(byPath["new name.txt"]).toMatchObject({
      status: "renamed",
      previousPath: "öld.txt",
      additions: 1,
      deletions: 0,
    });
    expect(byPath["new name.txt"]?.patch).toContain("\n+more");
    expect(byPath["pic.png"]).toMatchObject({ status: "modified", additions: 0, deletions: 0 });
    expect(byPath["pic.png"]).not.toHaveProperty("patch");
    expect(byPath["empty.txt"]).not.toHaveProperty("patch");
    expect(byPath["header.txt"]?.patch).toBe("@@ -0,0 +1,2 @@\n+diff --git a/x b/x\n+@@ -1 +1 @@");
  });

  test("a root commit is compared with the empty tree", async () => {
    const repo = await repository();
    const head = await commit(repo, null, { "a.txt": "1\n" }, "first");
    expect(await repo.diffFiles(EMPTY_TREE, head)).toMatchObject([
      { path: "a.txt", status: "added", patch: "@@ -0,0 +1 @@\n+1" },
    ]);
    expect(await repo.diffFiles(head, head)).toEqual([]);
    expect(await repo.diffText(EMPTY_TREE, head)).toMatch(/^diff --git a\/a\.txt b\/a\.txt\nnew file mode 100644/);
    expect(await repo.formatPatch(EMPTY_TREE, head)).toContain("Subject: [PATCH] first");
  });

  test("a symbolic link that takes a file's place, and a changed mode, keep patches with their own files", async () => {
    const repo = await repository();
    const base = await commit(repo, null, { link: "text\n", "run.sh": "x\n", "z.txt": "1\n" });
    const target = await repo.writeBlob(Buffer.from("z.txt"));
    const run = (await repo.readPath(base, "run.sh"))?.sha ?? null;
    const z = await repo.writeBlob(Buffer.from("2\n"));
    const tree = await repo.writeTree(
      [
        { path: "link", mode: "120000", type: "blob", sha: target },
        { path: "run.sh", mode: "100755", type: "blob", sha: run },
        { path: "z.txt", mode: "100644", type: "blob", sha: z },
      ],
      base,
    );
    const files = await repo.diffFiles(base, tree);
    expect(files.map((file) => `${file.path} ${file.status}`)).toEqual([
      "link changed",
      "run.sh changed",
      "z.txt modified",
    ]);
    expect(files[1]).not.toHaveProperty("patch");
    expect(files[2]?.patch).toBe("@@ -1 +1 @@\n-1\n+2");
  });
});
