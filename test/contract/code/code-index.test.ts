import { afterEach, describe, expect, test } from "@jest/globals";
import type { Analysers } from "../../../src/code/analysers.ts";
import { createAnalyseFile } from "../../../src/code/analyse-file.ts";
import { createCodeIndex } from "../../../src/code/index/code-index.ts";
import { createMemoryStore } from "../../../src/code/index/memory-store.ts";
import type { Repository } from "../../../src/code/index/repository.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";
import { openCommitFiles } from "../../../src/workspace/commit-files.ts";
import { openFolder } from "../../../src/workspace/folder-files.ts";
import { findLocalRepository } from "../../../src/workspace/local-repository.ts";
import { openObjects } from "../../../src/workspace/objects.ts";
import { writeAnalysis } from "../../../src/code/written-analysis.ts";
import { put, temporary, type TestRepository } from "../git/repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

const analyse = createAnalyseFile(createGrammars());
/** In this process, and counted; content that says so is lost as in a crash. */
function scene() {
  const analysed: string[] = [];
  const analysers: Analysers = {
    prepare: () => Promise.resolve(),
    async analyse({ files }, take) {
      let at = 0;
      for await (const { language, content } of files) {
        const text = Buffer.from(content).toString();
        analysed.push(text);
        const crash = { end: "left out", reason: "It crashed.", passing: true } as const;
        take(writeAnalysis(text === "crash" ? crash : await analyse(language, content)), at++);
      }
    },
    check: (rules) => Promise.resolve({ rules, problems: [] }),
    close: () => Promise.resolve(),
  };
  const store = createMemoryStore();
  const remote = places.repository();
  return { analysed, store, remote, index: createCodeIndex({ analysers, store }) };
}
const at = (remote: TestRepository, commit: string) =>
  openCommitFiles(openObjects(`${remote.directory}/.git`, 20_000), commit);

function shapeOf({ paths, graph, leftOut, blobs }: Repository): unknown {
  return {
    paths: [...paths].toSorted(),
    edges: graph.edges.map(({ from, to, line }) => `${from}:${line} → ${to}`).toSorted(),
    externals: [...graph.externals].map(([name, all]) => `${name} ${all.length}`).toSorted(),
    unknown: graph.unknown.map(({ path, from }) => `${path} → ${from}`).toSorted(),
    leftOut: [...leftOut].map(([path, reason]) => `${path}: ${reason}`).toSorted(),
    blobs: [...blobs].map(([path, blob]) => `${path} ${blob}`).toSorted(),
  };
}

describe("the index of a repository", () => {
  test("analyses each content once, and a changed state at the price of its changes", async () => {
    const { remote, index, analysed, store } = scene();
    const first = remote.commit({ "a.ts": 'import "./b.ts";', "b.ts": "let b;", "same.ts": "let b;", "b.md": "# b" });
    const base = await index.repository(await at(remote, first));
    expect(analysed.toSorted()).toEqual(['import "./b.ts";', "let b;"]);
    expect([...base.blobs.keys()].toSorted()).toEqual(["a.ts", "b.ts", "same.ts"]);
    analysed.length = 0;
    const second = remote.commit({ "b.ts": "let c;" });
    const head = await at(remote, second);
    await index.repository(head, { near: base });
    expect(store.states().length).toBe(1);
    await index.repository(head);
    await index.files(head);
    expect(analysed).toEqual(["let c;"]);
    // A little change is renewed from what is kept, and not kept itself.
    expect(store.states().length).toBe(1);
  });

  test("renews a state to what it would be anew, whatever came, went or changed its meaning", async () => {
    const { remote, index } = scene();
    const commits = [
      remote.commit({
        "package.json": '{"name":"top"}',
        "src/a.ts": 'import { b } from "./b"; import "own/x"; import "react"; import "./late";',
        "src/b/index.ts": "export const b = 1;",
        "src/gone.ts": 'import "./a";',
        "m/a.py": "from m import b\nimport c",
        "m/b.py": "",
      }),
      remote.commit({ "src/b.ts": "export const b = 2;", "m/__init__.py": "", "c.py": "" }),
      remote.commit({ "src/gone.ts": undefined, "src/late.ts": "" }),
      remote.commit({ "lib/package.json": '{"name":"own","exports":{"./x":"./x.js"}}', "lib/x.js": "" }),
      remote.commit({ "src/a.ts": 'import "./b"', "README.md": "x" }),
      remote.commit({ "src/a.ts": 'import "./late"; import "vue"; import "./no";', "c.py": "import m.a" }),
      remote.commit({ "src/a.ts": 'import { b } from "./b"; import "react";', "README.md": "y" }),
      remote.commit({ "tsconfig.json": '{"compilerOptions":{"paths":{"react":["./src/late.ts"]}}}' }),
    ];
    let near: Repository | undefined;
    for (const commit of commits) {
      const source = await at(remote, commit);
      const anew = await scene().index.repository(source);
      const renewed = await index.repository(source, near === undefined ? {} : { near });
      expect(shapeOf(renewed)).toEqual(shapeOf(anew));
      // Kept and read again it is the same.
      expect(shapeOf(await index.repository(source))).toEqual(shapeOf(anew));
      near = renewed;
    }
  });

  test("reads no link, submodule or file that is too big, says which it leaves out, and does the rest", async () => {
    const { remote, index, analysed } = scene();
    remote.commit({
      "good.ts": "let good;",
      "link.ts": { link: "/etc/passwd" },
      "big.ts": `x${" ".repeat(1_000_000)}`,
      "line.ts": `x${"1".repeat(500_000)}`,
      "crash.ts": "crash",
      "binary.ts": Buffer.from([0, 1, 2]),
    });
    remote.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},sub.ts`);
    remote.git("commit", "-q", "-m", "sub");
    const source = await at(remote, remote.git("rev-parse", "HEAD").trim());
    const { graph, leftOut } = await index.repository(source);
    expect([...graph.files.keys()]).toEqual(["good.ts"]);
    expect(Object.fromEntries(leftOut)).toEqual({
      "link.ts": "The file is not analysed: it is a symbolic link.",
      "big.ts": "The file is not analysed: it has more than 1,000,000 bytes.",
      "line.ts": "The file is not analysed: its lines are those of a minified file.",
      "crash.ts": "It crashed.",
      "binary.ts": "The file is not analysed: it is binary.",
      "sub.ts": "The file is not analysed: it is a submodule.",
    });
    analysed.length = 0;
    await index.files(source);
    // What may end otherwise is tried again.
    expect(analysed).toEqual(["crash"]);
  });

  test("reads a folder of this machine without what git ignores, and knows its files by git's names", async () => {
    const { remote, index, analysed } = scene();
    remote.commit({
      ".gitignore": "ignored.ts\n",
      "a.ts": "let a;",
      "b.ts": "let b;",
      "d/link.ts": { link: "../a.ts" },
    });
    const before = await at(remote, remote.git("rev-parse", "HEAD").trim());
    await index.repository(before);
    analysed.length = 0;
    put(remote.directory, "ignored.ts", "let ignored;");
    put(remote.directory, "new.ts", "let fresh;");
    put(remote.directory, "b.ts", undefined);
    const local = await findLocalRepository(`${remote.directory}/d`);
    const state = await index.repository(local?.files ?? before);
    expect([...state.graph.files.keys()].toSorted()).toEqual(["a.ts", "new.ts"]);
    expect(analysed).toEqual(["let fresh;"]);
    expect(await local?.commitOf("main")).toBe(remote.git("rev-parse", "HEAD").trim());
    await expect(local?.commitOf("--all")).rejects.toThrow("has no commit");
  });

  test("takes each file of a folder as it was when it was looked up, or not at all", async () => {
    const folder = places.directory();
    put(folder, "a.ts", "let a;");
    put(folder, "same.ts", "let a;");
    put(folder, "same.py", "let a;");
    put(folder, "gone.ts", "let gone;");
    put(folder, "late.ts", "let late;");
    const { index, analysed } = scene();
    const source = openFolder(folder);
    const late = (await source.list()).find(({ path }) => path === "late.ts");
    const before = late?.blob;
    put(folder, "gone.ts", undefined);
    put(folder, "late.ts", "let changed;");
    const files = await index.files(source);
    expect(analysed.toSorted()).toEqual(["let a;", "let a;", "let late;"]);
    expect(files.get("same.ts")).toEqual(files.get("a.ts"));
    expect(files.get("gone.ts")).toMatchObject({ end: "left out", reason: expect.stringContaining("cannot be read") });
    expect(late?.blob).toBe(before);
    const again = openFolder(folder);
    const [entry] = await again.list(["late.ts"]);
    expect(entry?.blob).not.toBe(before);
    const texts: string[] = [];
    // Read before, so that nothing is held of it any more.
    for (let round = 0; round < 2; round++)
      for await (const { content } of again.read(entry === undefined ? [] : [entry])) texts.push(String(content));
    put(folder, "late.ts", "let once_more;");
    for await (const { content } of again.read(entry === undefined ? [] : [entry])) texts.push(String(content));
    expect(texts).toEqual(["let changed;", "let changed;"]);
  });

  test("reads a folder that is in no repository", async () => {
    const folder = places.directory();
    put(folder, "src/a.ts", 'import "./b.ts";');
    put(folder, "src/b.ts", "");
    put(folder, "node_modules/x/index.js", "");
    expect(await findLocalRepository(folder)).toBeNull();
    const { graph } = await scene().index.repository(openFolder(folder));
    expect(graph.edges.map(({ from, to }) => `${from} → ${to}`)).toEqual(["src/a.ts → src/b.ts"]);
  });
});
