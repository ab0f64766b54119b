import { describe, expect, test } from "@jest/globals";
import { createAnalyseFile } from "../../../../src/code/analyse-file.ts";
import type { Language } from "../../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";
import { review, said, type Texts } from "./side-of.ts";

const analyse = createAnalyseFile(createGrammars());

/** Each comment as `line rules (reason) covers from-to`, or with its problem. */
async function ignoresOf(language: Language, text: string): Promise<readonly string[]> {
  const analysis = await analyse(language, Buffer.from(text));
  if (analysis.end === "left out") throw new Error(analysis.reason);
  return analysis.facts.ignores.map(
    ({ line, rules, reason, problem, startLine, endLine }) =>
      `${line} ${rules.join("+")} (${reason}) ${problem ?? `${startLine}-${endLine}`}`,
  );
}

describe("a comment that ignores is about", () => {
  test.each<[string, Language, string, string[]]>([
    ["its line, behind code", "typescript", "a();\nb(); // codegen:ignore x/y -- why\nc();", ["2 x/y (why) 2-2"]],
    [
      "the next line, on a line of its own",
      "typescript",
      "// codegen:ignore x/y -- why\n\nb(\n1);",
      ["1 x/y (why) 3-3"],
    ],
    [
      "the next line of code, behind other comments",
      "python",
      "# codegen:ignore x/y -- why\n# more\nb()\n",
      ["1 x/y (why) 3-3"],
    ],
    ["all that follows", "go", "package a\n\n// codegen:ignore-block x/* -- why\nfunc a() {\n}\n", ["3 x/* (why) 4-5"]],
    ["the file", "rust", "fn a() {}\n// codegen:ignore-file x/y -- why\n", ["2 x/y (why) 1-2"]],
    [
      "several rules",
      "java",
      "/* codegen:ignore x/y, z/a -- why -- really */\nclass A {}",
      ["1 x/y+z/a (why -- really) 2-2"],
    ],
    [
      "what follows, in a longer comment",
      "typescript",
      "/**\n * Text.\n * codegen:ignore x/y -- why\n */\nf();",
      ["3 x/y (why) 5-5"],
    ],
    ["an element", "tsx", "const a = <p>\n  {/* codegen:ignore x/y -- why */}\n  <b/>\n</p>;", ["2 x/y (why) 3-3"]],
    ["nothing, at the end", "typescript", "a();\n// codegen:ignore x/y -- why", ["2 x/y (why) 2-2"]],
    [
      "nothing without a reason",
      "typescript",
      "// codegen:ignore x/y\n// codegen:ignore x/y --\na();",
      ["1 x/y () reason", "2 x/y () reason"],
    ],
    [
      "nothing without a rule",
      "typescript",
      "// codegen:ignore -- why\n// codegen:ignore * -- why\na();",
      ["1  (why) rule", "2 * (why) rule"],
    ],
    [
      "nothing in a form that there is not",
      "typescript",
      "// codegen:ignore-next x/y -- why\na();",
      ["1 x/y (why) kind"],
    ],
    [
      "nothing in a text or in prose",
      "typescript",
      'a("// codegen:ignore x/y -- why"); // see codegen:ignore x/y -- why',
      [],
    ],
  ])("%s (%s)", async (_, language, text, expected) => {
    expect(await ignoresOf(language, text)).toEqual(expected);
  });
});

const danger = (comment = "") => `export function run(a) {\n${comment}  return eval(a);\n}\n`;
const ignore = "  // codegen:ignore security/eval -- ours\n";

describe("what comments hide", () => {
  /** What is shown, and what is hidden as `rule path:line (by the pull)`. */
  const seen = async (base: Texts | null, head: Texts) => {
    const found = await review(base, head);
    return [
      ...said(found.findings),
      ...found.ignored.map(
        ({ finding, line, byPull }) => `(${finding.rule} by line ${line}${byPull ? " of the pull" : ""})`,
      ),
      ...found.resolved.map(({ rule }) => `- ${rule}`),
    ];
  };

  test.each<[string, Texts | null, Texts, string[]]>([
    ["is told when the pull brings it", {}, { "a.js": danger(ignore) }, ["(security/eval by line 2 of the pull)"]],
    [
      "is told when the pull hides what was to be seen",
      { "a.js": danger() },
      { "a.js": danger(ignore) },
      ["(security/eval by line 2 of the pull)"],
    ],
    [
      "is new when the pull takes the comment away",
      { "a.js": danger(ignore) },
      { "a.js": danger() },
      ["security/eval a.js:2"],
    ],
    ["is nothing new when it was hidden before", { "a.js": danger(ignore) }, { "a.js": `\n${danger(ignore)}` }, []],
    [
      "is told when a comment of the base hides what is new",
      { "a.js": "// codegen:ignore-file security/* -- old\n" },
      { "a.js": `// codegen:ignore-file security/* -- old\n${danger()}` },
      ["(security/eval by line 1)", "- analysis/unused-ignore"],
    ],
    [
      "is all of it where there is no pull",
      null,
      { "a.js": `// codegen:ignore-file security/* -- old\n${danger()}` },
      ["(security/eval by line 1)"],
    ],
    [
      "is nothing by a comment of the pull for a whole file",
      { "a.js": "let a;\n" },
      { "a.js": `// codegen:ignore-file security/* -- mine\n${danger()}` },
      ["security/eval a.js:3", "analysis/bad-ignore a.js:1"],
    ],
    [
      "is nothing without a reason",
      {},
      { "a.js": danger("  // codegen:ignore security/eval\n") },
      ["security/eval a.js:3", "analysis/bad-ignore a.js:2"],
    ],
    [
      "is nothing for another rule, which is of no use then",
      {},
      { "a.js": danger(ignore.replace("eval", "sql")) },
      ["security/eval a.js:3", "analysis/unused-ignore a.js:2"],
    ],
    [
      "is no longer needed when the finding has gone",
      { "a.js": danger(ignore) },
      { "a.js": danger(ignore).replace("eval(a)", "a") },
      ["analysis/unused-ignore a.js:2"],
    ],
  ])("%s", async (_, base, head, expected) => {
    expect(await seen(base, head)).toEqual(expected);
  });

  test("is told for measures, copies and dependencies as well", async () => {
    const base = { "a.js": "export const a = 1;\n", "b.js": 'import { a } from "./a.js";\nexport const b = a;\n' };
    const head = {
      "a.js":
        '// codegen:ignore dependencies/cycle -- both are lazy\nimport { b } from "./b.js";\nexport const a = () => b;\n',
      "b.js": base["b.js"],
      "c.js": "// codegen:ignore quality/parameters -- as the standard has it\nfunction c(a, b, c, d, e, f, g, h) {}\n",
    };
    expect(await seen(base, head)).toEqual([
      "(dependencies/cycle by line 1 of the pull)",
      "(quality/parameters by line 1 of the pull)",
    ]);
  });

  test("in files that the pull did not touch", async () => {
    const base = {
      "a.js": "// codegen:ignore dependencies/unused-export -- for others\nexport const a = 1;\nexport const b = 2;\n",
      "b.js": 'import { a, b } from "./a.js";\n',
    };
    expect(await seen(base, { ...base, "b.js": 'import "./a.js";\n' })).toEqual([
      "dependencies/unused-export a.js:3",
      "(dependencies/unused-export by line 1)",
    ]);
  });
});
