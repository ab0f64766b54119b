import { afterEach, expect, test } from "@jest/globals";
import { createAnalyseFile } from "../../../src/code/analyse-file.ts";
import { decodeBlocks } from "../../../src/code/extract/blocks.ts";
import { createCodeIndex, type CodeIndex } from "../../../src/code/index/code-index.ts";
import { createMemoryStore } from "../../../src/code/index/memory-store.ts";
import { reviewPull } from "../../../src/code/pull/review-pull.ts";
import { pullSide } from "../../../src/code/pull/side.ts";
import type { TreeSource } from "../../../src/code/index/tree-source.ts";
import { createGrammars } from "../../../src/code/syntax/load-grammar.ts";
import { defaultConfig } from "../../../src/config/schema.ts";
import { openCommitFiles } from "../../../src/workspace/commit-files.ts";
import { openObjects } from "../../../src/workspace/objects.ts";
import { writeAnalysis } from "../../../src/code/written-analysis.ts";
import { temporary } from "../git/repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

const body = Array.from({ length: 14 }, (_, at) => `  total += read(input, ${at}) * weights[${at}];`).join("\n");
const sum = (name: string) => `export function ${name}(input, total) {\n${body}\n  return total;\n}\n`;

test("a pull is reviewed from two commits, and copies are found in files that it did not touch", async () => {
  const remote = places.repository();
  const first = remote.commit({
    "src/sum.js": sum("sum"),
    "src/use.js": 'import { sum } from "./sum.js";\nimport { old } from "./old.js";\nsum(old);\n',
    "src/old.js": "export const old = 1;\n",
    "package.json": '{ "dependencies": {} }',
  });
  const second = remote.commit({
    "src/again.js": sum("again"),
    "src/use.js": 'import { sum } from "./sum.js";\nsum(1);\n',
    "src/sum.js": `import "./use.js";\n${sum("sum")}`,
    "package.json": '{\n  "dependencies": {\n    "left-pad": "^1.0.0"\n  }\n}',
  });
  const analyse = createAnalyseFile(createGrammars());
  const index = createCodeIndex({
    analysers: {
      prepare: () => Promise.resolve(),
      async analyse({ files }, take) {
        let at = 0;
        for await (const { language, content } of files) take(writeAnalysis(await analyse(language, content)), at++);
      },
      check: (rules) => Promise.resolve({ rules, problems: [] }),
      close: () => Promise.resolve(),
    },
    store: createMemoryStore(),
  });
  const at = (commit: string) => openCommitFiles(openObjects(`${remote.directory}/.git`, 20_000), commit);
  const [base, head] = [await at(first), await at(second)];
  const before = await index.repository(base);
  const now = await index.repository(head, { near: before });
  const review = await reviewPull({
    base: pullSide(index, base, before),
    head: pullSide(index, head, now),
    changed: (await head.changesSince(base.id)) ?? [],
    config: defaultConfig.analysis,
  });
  expect(
    review.findings.map(({ rule, path, startLine, endLine }) => `${rule} ${path}:${startLine}-${endLine}`),
  ).toEqual([
    "quality/duplication src/again.js:2-17",
    "dependencies/cycle src/sum.js:1-1",
    "dependencies/new-package package.json:3-3",
    "dependencies/unused-export src/old.js:1-1",
  ]);
  expect(review.findings[0]?.message).toContain("`src/sum.js:3-18`");
  expect(review.packages).toEqual([
    { ecosystem: "npm", name: "left-pad", version: "^1.0.0", licence: null, direct: true, path: "package.json" },
  ]);
  // Most blocks are read in one piece; what came since is read by itself.
  const hashes = new Set(
    [...decodeBlocks((await blocksOf(index, head, "src/again.js")) ?? "")].map(({ hash }) => hash),
  );
  const found = index.alike(now, hashes, new Set(["src/sum.js"])).map(({ path }) => path);
  expect(new Set(found)).toEqual(new Set(["src/again.js"]));
  const all = index.alike(before, hashes, new Set()).map(({ path }) => path);
  expect(new Set(all)).toEqual(new Set(["src/sum.js"]));
  expect(review.metrics.total).toMatchObject({ base: { files: 2, duplicatedLines: 0 }, head: { files: 3 } });
  expect(review.metrics.total.head?.duplicatedLines).toBeGreaterThan(20);
});

async function blocksOf(index: CodeIndex, source: TreeSource, path: string): Promise<string | undefined> {
  const analysis = (await index.files(source, await source.list([path]))).get(path);
  return analysis?.end === "analysed" ? analysis.facts.blocks : undefined;
}
