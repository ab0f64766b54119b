import { describe, expect, test } from "@jest/globals";
import type { Layer } from "../../../../src/code/pull/review-config.ts";
import { review, said, type Texts } from "./side-of.ts";

const take = (from: string, ...more: string[]) =>
  [`import { x } from "${from}";`, ...more, "export const x = 1;", ""].join("\n");
const leaf = "export const x = 1;\n";
const found = async (base: Texts | null, head: Texts, layers: readonly Layer[] = []) =>
  (await review(base, head, { layers, rules: { "dependencies/unused-export": "off" } })).findings;

describe("a circle is told", () => {
  const chain = { "a.ts": take("./b.ts"), "b.ts": take("./c.ts"), "c.ts": leaf };
  test.each<[string, Texts | null, Texts, string[]]>([
    ["when a new import closes it", chain, { ...chain, "c.ts": take("./a.ts") }, ["dependencies/cycle c.ts:1"]],
    ["when it comes as a whole, once", {}, { ...chain, "c.ts": take("./a.ts") }, ["dependencies/cycle a.ts:1"]],
    [
      "when an import of types becomes one of values",
      { ...chain, "c.ts": take("./a.ts").replace("import", "import type") },
      { ...chain, "c.ts": take("./a.ts") },
      ["dependencies/cycle c.ts:1"],
    ],
    [
      "when a new file closes it for others",
      { "a.ts": take("./b"), "b/index.ts": leaf },
      { "a.ts": take("./b"), "b/index.ts": leaf, "b.ts": take("./a") },
      ["dependencies/cycle b.ts:1"],
    ],
    [
      "in Python",
      { "a.py": "import b\n", "b.py": "" },
      { "a.py": "import b\n", "b.py": "import a\n" },
      ["dependencies/cycle b.py:1"],
    ],
    [
      "once for each group, where there is no pull",
      null,
      { ...chain, "c.ts": take("./a.ts", 'import "./b.ts";') },
      ["dependencies/cycle b.ts:1"],
    ],
    ["but not one of types", chain, { ...chain, "c.ts": take("./a.ts").replace("import", "import type") }, []],
    [
      "nor one of types that does not say so",
      { "a.ts": take("./b.ts"), "b.ts": leaf },
      { "a.ts": `export interface T {}\n${take("./b.ts")}`, "b.ts": `import { T } from "./a.ts";\n${leaf}` },
      [],
    ],
    [
      "nor one that is closed late",
      chain,
      { ...chain, "c.ts": `${leaf}export const late = () => import("./a.ts");\n` },
      [],
    ],
    ["nor one that was there", { ...chain, "c.ts": take("./a.ts") }, { ...chain, "c.ts": `\n${take("./a.ts")}` }, []],
    [
      "nor another way in one that was there",
      { ...chain, "c.ts": take("./a.ts") },
      { ...chain, "c.ts": take("./a.ts"), "b.ts": take("./c.ts", 'import "./a.ts";') },
      [],
    ],
    [
      "nor one whose file got another name",
      { ...chain, "c.ts": take("./a.ts") },
      { "a.ts": take("./b.ts"), "b.ts": take("./d.ts"), "d.ts": take("./a.ts") },
      [],
    ],
    [
      "nor one in Rust, where modules are one whole",
      {},
      { "src/lib.rs": "mod a;\npub struct B;\n", "src/a.rs": "use crate::B;\n" },
      [],
    ],
  ])("%s", async (_, base, head, expected) => {
    expect(said(await found(base, head))).toEqual(expected);
  });

  test("with its way", async () => {
    const [circle] = await found(chain, { ...chain, "c.ts": take("./a.ts") });
    expect(circle?.message).toContain("`c.ts` → `a.ts` → `b.ts` → `c.ts`.");
  });
});

describe("a layer is held", () => {
  const layers: readonly Layer[] = [
    { from: "src/core/**", not: ["src/web/**", "express", "@aws-sdk/*"], because: "the core knows no web" },
  ];
  const base = { "src/web/page.ts": leaf, "src/core/a.ts": leaf, "src/core/old.ts": take("../web/page.ts") };
  test.each<[string, Texts, string[]]>([
    [
      "against new imports of files",
      { "src/core/a.ts": take("../web/page.ts") },
      ["dependencies/layer src/core/a.ts:1"],
    ],
    [
      "against imports of types too",
      { "src/core/a.ts": take("../web/page.ts").replace("import", "import type") },
      ["dependencies/layer src/core/a.ts:1"],
    ],
    [
      "against packages",
      { "src/core/a.ts": take("express", 'import "@aws-sdk/s3/x";') },
      ["dependencies/layer src/core/a.ts:1", "dependencies/layer src/core/a.ts:2"],
    ],
    ["but not against what was there", { "src/core/old.ts": `\n${take("../web/page.ts")}` }, []],
    [
      "nor against what it allows",
      { "src/core/a.ts": take("lodash", 'import "./old.ts";'), "src/web/page.ts": take("express") },
      [],
    ],
  ])("%s", async (_, change, expected) => {
    expect(said(await found(base, { ...base, ...change }, layers))).toEqual(expected);
  });

  test("with the reason, and everywhere where there is no pull", async () => {
    const [one] = await found(null, base, layers);
    expect(one).toMatchObject({
      severity: "error",
      path: "src/core/old.ts",
      message:
        "`src/core/**` must not import `src/web/page.ts`: the core knows no web. The repository says so in `analysis.layers`.",
    });
  });
});

describe("an export is told", () => {
  const unused = async (base: Texts | null, head: Texts) =>
    (await review(base, head)).findings
      .filter(({ rule }) => rule === "dependencies/unused-export")
      .map(({ path, symbol }) => `${path} ${symbol}`);
  const base = {
    "a.ts": "export const used = 1;\nexport const never = 2;\nexport type T = 1;\n",
    "b.ts": 'import { used, type T } from "./a.ts";\n',
  };
  const passing = {
    "lib/a.ts": "export const used = 1;\nexport const other = 2;\n",
    "lib/index.ts": 'export * from "./a.ts";\n',
    "index.ts": 'export * from "./lib/index.ts";\n',
    "c.ts": 'import { other } from "./index.ts";\n',
  };
  test.each<[string, Texts | null, Texts, string[]]>([
    ["when the pull takes its last use away", base, { ...base, "b.ts": 'import "./a.ts";\n' }, ["a.ts used"]],
    ["when the file that used it goes", base, { "a.ts": base["a.ts"] }, ["a.ts used"]],
    [
      "when it was taken by way of files that pass it on",
      { ...passing, "b.ts": 'import { used } from "./index.ts";\n' },
      { ...passing, "b.ts": "let b;\n" },
      ["lib/a.ts used"],
    ],
    ["but not when nobody used it before", base, { ...base, "b.ts": `${base["b.ts"]}let b;\n` }, []],
    [
      "nor when its file got another name",
      base,
      { "c.ts": base["a.ts"], "b.ts": base["b.ts"].replace("a.ts", "c.ts") },
      [],
    ],
    ["nor when it is used elsewhere", base, { "a.ts": base["a.ts"], "c.ts": 'import * as a from "./a.ts";\n' }, []],
    [
      "nor when the package gives it to others",
      {
        ...base,
        "package.json": '{ "exports": { ".": { "import": "./dist/a.js" } } }',
        "src/a.ts": base["a.ts"],
        "src/b.ts": base["b.ts"],
      },
      { ...base, "package.json": '{ "exports": { ".": { "import": "./dist/a.js" } } }', "src/a.ts": base["a.ts"] },
      [],
    ],
    [
      "where there is no pull, if its file is imported at all",
      null,
      { ...base, "c.ts": "export const entry = 1;\n" },
      ["a.ts never"],
    ],
  ])("%s", async (_, before, head, expected) => {
    expect(await unused(before, head)).toEqual(expected);
  });
});
