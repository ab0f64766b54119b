import { describe, expect, test } from "@jest/globals";
import type { FileLinks } from "../../../src/code/graph/file-graph.ts";
import { findUnusedExports, passedOnBy } from "../../../src/code/graph/file-graph.ts";
import {
  buildRepository,
  readRepository,
  writeRepository,
  type Repository,
} from "../../../src/code/index/repository.ts";

const files: Readonly<Record<string, FileLinks>> = {
  "src/a.ts": {
    language: "typescript",
    imports: [{ from: "./bé.ts", names: [{ name: "one", as: "two" }], line: 1, typeOnly: true, dynamic: false }],
    exports: [{ name: "first", local: "first", line: 3, typeOnly: false }],
  },
  "src/bé.ts": {
    language: "typescript",
    imports: [
      { from: "./a.ts", names: [], line: 1, typeOnly: false, dynamic: false },
      { from: "left-pad", names: [{ name: "default", as: "pad" }], line: 2, typeOnly: false, dynamic: true },
    ],
    exports: [
      { name: "*", local: "*", line: 1, typeOnly: false, from: "./a.ts" },
      { name: "one", local: "1\n2", line: 4, typeOnly: true },
      { name: "unused", local: "unused", line: 5, typeOnly: false },
    ],
  },
};
const built = buildRepository({
  id: "tree",
  paths: new Set([...Object.keys(files), "src/c.ts", "package.json"]),
  blobs: new Map(Object.keys(files).map((path, at) => [path, `blob${at}`])),
  manifests: new Map([["package.json", "{}"]]),
  leftOut: new Map([["src/c.ts", "It is too long."]]),
  files: new Map(Object.entries(files)),
});

/** All that can be asked of it, as plain values. */
function plain({ graph, ...others }: Repository) {
  const links = [...graph.files].map(([path, { language, imports, exports }]) => ({
    path,
    language,
    imports: imports.map(({ from, names, line, typeOnly, dynamic }) => ({ from, names, line, typeOnly, dynamic })),
    exports,
  }));
  const edges = graph.edges.map(({ fact, ...edge }) => ({ ...edge, names: fact.names }));
  return { ...others, links, edges, externals: graph.externals, unknown: graph.unknown, targets: graph.targets };
}

describe("what is kept of a repository", () => {
  test("says the same when it is read again, and when it is kept once more", () => {
    const once = readRepository("tree", writeRepository(built));
    expect(plain(once)).toEqual(plain(built));
    expect(plain(once).links).toEqual(Object.entries(files).map(([path, links]) => ({ path, ...links })));
    expect(findUnusedExports(once.graph).map(({ name }) => name)).toEqual(["first", "unused"]);
    expect([...passedOnBy(once.graph, "src/a.ts")]).toEqual(["src/a.ts", "src/bé.ts"]);
    expect(plain(readRepository("tree", writeRepository(once)))).toEqual(plain(once));
  });

  test.each([0, 0.5, 0.999])("is refused at once when a byte of it is another one, at %d of its length", (share) => {
    const content = Buffer.from(writeRepository(built));
    const at = Math.floor(share * content.length);
    content[at] = (content[at] ?? 0) ^ 1;
    expect(() => readRepository("tree", content)).toThrow("is damaged");
  });
});
