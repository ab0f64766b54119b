import { afterEach, describe, expect, test } from "@jest/globals";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Sha } from "../../../src/domain/ids.ts";
import { checkout } from "../../../src/workspace/checkout.ts";
import { openTree, sweepTrees, type OpenTree } from "../../../src/workspace/kept-trees.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { createWorkspace, removeWorkspace } from "../../../src/workspace/workspaces.ts";
import { temporary, type Content } from "./repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

/** Runs of one repository, one after the other or side by side. */
function runs() {
  const remote = places.repository();
  const dataDir = places.directory();
  const mirror = openMirror({ dataDir, repositoryId: 1, allowFileProtocol: true });
  let count = 0;
  const open = async (treeish: string, repositoryId = 1): Promise<OpenTree> => {
    const workspace = await createWorkspace(dataDir, `run-${++count}`);
    return openTree({ dataDir, repositoryId, workspace, mirror, treeish });
  };
  return {
    dataDir,
    mirror,
    remote,
    open,
    commit: async (files: Readonly<Record<string, Content>>): Promise<Sha> => {
      const sha = remote.commit(files);
      await mirror.ensureCommit({ url: remote.url, sha });
      return sha;
    },
    /** What is kept for later runs. */
    kept: (repositoryId = 1): string[] => {
      const home = join(dataDir, "trees", String(repositoryId));
      return existsSync(home) ? readdirSync(home).map((name) => join(home, name)) : [];
    },
    anew: async (treeish: string): Promise<string> => {
      const directory = places.directory();
      await checkout({ mirror, treeish, directory });
      return directory;
    },
  };
}

/** Everything below a directory, but for times and inodes. */
function contents(root: string, at = ""): string[] {
  return readdirSync(join(root, at), { encoding: "buffer" })
    .map((name) => join(at, name.toString("latin1")))
    .toSorted()
    .flatMap((path) => {
      const place = Buffer.from(join(root, path), "latin1");
      const { mode } = lstatSync(place);
      const kind = mode.toString(8);
      if (lstatSync(place).isDirectory()) return [`${kind} ${path}/`, ...contents(root, path)];
      return [
        `${kind} ${path} ${lstatSync(place).isSymbolicLink() ? readlinkSync(place) : readFileSync(place, "hex")}`,
      ];
    });
}

const big = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many/${index}`, `${index}\n`]));
const steps: readonly Readonly<Record<string, Content>>[] = [
  { ...big, a: "1", "d/x": "x", "d/y": "y", link: { link: "d" }, run: "#!", "odd\nname ü": "o", "sub/deep/only": "1" },
  { a: "2", run: { executable: "#!" }, "sub/deep/only": undefined },
  { "d/x": undefined, "d/y": undefined },
  { d: "a file where a directory was", link: undefined },
  { d: undefined, "link/x": "a directory where a link was" },
  { "link/x": undefined, "many/3": { link: "../../outside" } },
  { link: { link: "/nonexistent" }, "many/3": "same size", ".gitattributes": "* text eol=crlf\n*.x filter=evil\n" },
  { "many/3": "same sizE", "n.x": "1\r\n", ".gitignore": "ignored\n", ignored: "and there" },
];

describe("files that go from run to run", () => {
  test("are those of a checkout made anew, whatever was there before", async () => {
    const { commit, open, anew, kept } = runs();
    const commits: Sha[] = [];
    for (const files of steps) commits.push(await commit(files));
    let inode = 0;
    for (const sha of [...commits, ...commits.toReversed(), ...commits.slice(0, 2)]) {
      const tree = await open(sha);
      expect(contents(tree.directory)).toEqual(contents(await anew(sha)));
      const { ino } = lstatSync(join(tree.directory, "many/7"));
      expect([0, ino]).toContain(inode);
      inode = ino;
      await tree.handOn();
      expect(kept()).toHaveLength(1);
    }
  });

  test("all have one time, which is later than what they are to be newer than", async () => {
    const { commit, open } = runs();
    const timesIn = ({ directory }: OpenTree) =>
      new Set(["d/a", "b", "l", "n"].map((path) => lstatSync(join(directory, path), { bigint: true }).mtimeNs));
    const tree = await open(await commit({ "d/a": "1", b: "1", l: { link: "b" }, n: "" }));
    const before = timesIn(tree);
    expect(before.size).toBe(1);
    await tree.handOn();
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`many/${index}`, ""]));
    const next = await open(await commit({ b: "2", l: { link: "d/a" } }));
    expect(timesIn(next)).toEqual(before);
    const [time = 0n] = before;
    await next.makeNewerThan(Number(time / 1_000_000n) - 1);
    expect(timesIn(next)).toEqual(before);
    await next.makeNewerThan(Date.now());
    const after = timesIn(next);
    expect([...after].every((one) => one > time)).toBe(true);
    await next.handOn();
    expect(timesIn(await open(await commit({ "d/a": "2", ...many })))).not.toEqual(before);
  });

  test("are one run's at a time, and of one repository", async () => {
    const { commit, open, kept } = runs();
    const sha = await commit({ a: "1" });
    await (await open(sha)).handOn();
    const other = await open(sha, 2);
    expect(kept()).toHaveLength(1);
    const [one, two] = await Promise.all([open(sha), open(sha)]);
    expect(kept()).toEqual([]);
    writeFileSync(join(one.directory, "b"), "one's");
    expect(readdirSync(two.directory)).toEqual(["a"]);
    expect(readdirSync(other.directory)).toEqual(["a"]);
  });

  test.each<[string, (directory: string) => void]>([
    ["a file was changed, with size and time as before", (at) => writeFileSync(join(at, "d/a"), "2")],
    ["a file was added", (at) => writeFileSync(join(at, "d/new"), "")],
    ["a file was added that the commit ignores", (at) => writeFileSync(join(at, "ignored"), "")],
    ["an empty directory was added", (at) => mkdirSync(join(at, "d/empty"))],
    ["a file was removed", (at) => rmSync(join(at, "d/a"))],
    ["git's notes are damaged", (at) => truncateSync(join(at, "../index"), 20)],
  ])("are not handed on when %s", async (_, spoil) => {
    const { commit, open, kept } = runs();
    const tree = await open(await commit({ "d/a": "1", ".gitignore": "ignored\n" }));
    spoil(tree.directory);
    await tree.handOn().catch(() => undefined);
    expect(kept()).toEqual([]);
  });

  test("hold nothing of trees made by hand, which name a path twice, a submodule or no order", async () => {
    const { mirror, commit, open, anew, remote } = runs();
    const plain = await commit({ a: "1", b: "2", "d/x": "x", l: { link: "/etc" } });
    const oidOf = (name: string) => Buffer.from(remote.git("rev-parse", `${plain}:${name}`).trim(), "hex");
    const store = (...entries: readonly [string, Buffer][]) => {
      const tree = Buffer.concat(entries.flatMap(([entry, oid]) => [Buffer.from(`${entry}\0`), oid]));
      const write = ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"];
      return remote.gitWith(tree, `--git-dir=${mirror.directory}`, ...write).trim();
    };
    const [one, two, directory, link] = ["a", "b", "d", "l"].map(oidOf) as [Buffer, Buffer, Buffer, Buffer];
    const strange = [
      store(["100644 a", one], ["100644 a", two]),
      store(["120000 d", link], ["40000 d", directory]),
      store(["40000 d", directory], ["40000 d", Buffer.from(store(["100644 y", two]), "hex")]),
      store(["160000 d", Buffer.from(plain, "hex")]),
      store(["100644 z", one], ["40000 d", directory], ["100644 b", one], ["100644 a", two]),
    ];
    for (const tree of strange) {
      await open(tree).then(
        (opened) => opened.handOn().catch(() => undefined),
        () => undefined,
      );
      const next = await open(plain);
      expect(contents(next.directory)).toEqual(contents(await anew(plain)));
      await next.handOn();
    }
  });

  test("are written anew when what was kept cannot be changed", async () => {
    const { commit, open, anew, kept } = runs();
    await (await open(await commit({ a: "1", b: "1" }))).handOn();
    writeFileSync(join(kept()[0] ?? "", "index"), "no index");
    const next = await commit({ a: "2" });
    const tree = await open(next);
    expect(contents(tree.directory)).toEqual(contents(await anew(next)));
  });

  test("are made right again when somebody changed them while they were kept", async () => {
    const { commit, open, anew, kept } = runs();
    const sha = await commit({ a: "1", b: "1" });
    await (await open(sha)).handOn();
    appendFileSync(join(kept()[0] ?? "", "files/a"), "more");
    expect(contents((await open(sha)).directory)).toEqual(contents(await anew(sha)));
  });

  test("are two for a repository, none older than a day, and leave nothing of a removed workspace", async () => {
    const { dataDir, commit, open, kept } = runs();
    const sha = await commit({ a: "1" });
    const trees = [await open(sha), await open(sha), await open(sha)];
    for (const tree of trees) await tree.handOn();
    const [first = "", ...others] = kept();
    expect(others).toHaveLength(1);
    expect(await sweepTrees(dataDir)).toBe(0);
    renameSync(first, first.replace(/\/\d+-/, `/${Date.now() - 86_500_000}-`));
    expect(await sweepTrees(dataDir)).toBe(1);
    expect(kept()).toHaveLength(1);
    for (const run of ["run-1", "run-2", "run-3"]) await removeWorkspace(dataDir, run);
    expect(readdirSync(join(dataDir, "workspaces"))).toEqual([]);
  });
});
