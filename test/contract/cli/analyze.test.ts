import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import type { PullReview } from "../../../src/code/pull/review-pull.ts";
import { put, temporary } from "../git/repository.ts";
import { codegen } from "./codegen.ts";

const places = temporary();
afterEach(() => places.removeAll());

/** OASIS publishes it for draft 04, of which it uses nothing that is not the same in draft 07. */
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../fixtures/sarif/sarif-schema-2.1.0.json", import.meta.url)), "utf8"),
) as Record<string, unknown>;
const ajv = new Ajv({ strict: false });
formats.default(ajv);
const isSarif = ajv.compile(schema);

const deep = (levels: number, head = "if (a)") => `${`${head} {\n`.repeat(levels)}a();\n${"}\n".repeat(levels)}`;
const known = `export function known(a) {\n${deep(6)}}\n`;

/** A busy machine is told how far it is. */
const withoutProgress = (text: string) => text.replaceAll(/^[\d,]+ files read …\n/gm, "");

/** A repository with a commit on main, and what somebody made of it since: one commit, and files that git was not told of. */
function work() {
  const repository = places.repository();
  repository.commit({
    "src/known.js": known,
    "src/core/model.js": "export const model = 1;\n",
    ".codegen.yml":
      "analysis:\n  layers: [{ from: 'src/core/**', not: ['src/web/**'], because: the core knows no web }]\n",
  });
  repository.git("checkout", "-q", "-b", "change");
  repository.commit({
    "src/known.js": undefined,
    "src/renamed.js": `\n${known}`,
    "src/core/model.js": 'import { page } from "../web/page.js";\nexport const model = page;\n',
    "src/web/page.js": "export const page = 2;\n",
  });
  put(
    repository.directory,
    "src/new.js",
    `export function added(a) {\n${deep(6, "while (a.b)")}}\n// codegen:ignore quality/nesting -- generated tables\nexport function meant(a) {\n${deep(5)}}\n`,
  );
  return repository;
}

describe("`codegen analyze`", () => {
  test("tells what a work tree adds to a commit: in words, numbers, and for other tools", async () => {
    const { directory } = work();
    const ask = (...more: string[]) => codegen({}, "analyze", directory, "--base", "main", ...more);
    const [text, json, sarif] = await Promise.all([ask(), ask("--format", "json"), ask("--format", "sarif")]);
    expect(text.code).toBe(1);
    expect(text.out).toMatchInlineSnapshot(`
     "src/core/model.js
          1  error    dependencies/layer  \`src/core/**\` must not import \`src/web/page.js\`: the core knows no web. The repository says so in \`analysis.layers\`.

     src/new.js
          1  warning  quality/cognitive  \`added\` has a cognitive complexity of 21: at most 15 are wanted. It is hard to follow: return early, and give what lies deep a function and a name of its own.
          1  warning  quality/nesting  \`added\` has control flow 6 levels deep: at most 4 are wanted. Return early, or give the inner part a function of its own.

     1 error, 2 warnings that main does not have.
     Comments tell to look away: 1.
       src/new.js:16: quality/nesting: generated tables (a new comment)
     4 files (+2), 3 functions (+2), 48 lines (+32), 57 cognitive complexity (+36), 0.0 % of the lines stand twice
     "
    `);

    const review = JSON.parse(json.out) as PullReview;
    expect(review.findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      "dependencies/layer src/core/model.js",
      "quality/cognitive src/new.js",
      "quality/nesting src/new.js",
    ]);
    expect(review.ignored).toMatchObject([
      { finding: { rule: "quality/nesting" }, reason: "generated tables", byPull: true },
    ]);
    expect(review.known).toBe(2);

    const log: unknown = JSON.parse(sarif.out);
    isSarif(log);
    expect(isSarif.errors ?? []).toEqual([]);
    expect(log).toMatchObject({
      runs: [
        {
          results: [
            {
              ruleId: "dependencies/layer",
              level: "error",
              baselineState: "new",
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "src/core/model.js" },
                    region: { startLine: 1, endLine: 1 },
                  },
                },
              ],
            },
            { ruleId: "quality/cognitive" },
            { ruleId: "quality/nesting" },
            { suppressions: [{ kind: "inSource", justification: "generated tables" }] },
          ],
        },
      ],
    });
  }, 60_000);

  test("looks at a whole folder without a base, and ends well when nothing is an error", async () => {
    const { directory } = work();
    const found = await codegen({}, "analyze", `${directory}/src/web`);
    expect(found.code).toBe(0);
    expect(found.out).toContain("Nothing was found.\n1 file, ");
  }, 60_000);

  test("says what is wrong with a line, a revision, and the configuration", async () => {
    const { directory } = work();
    const folder = places.directory();
    put(folder, "a.js", "let a;\n");
    const wrong = places.directory();
    put(wrong, ".codegen.yml", "analysis: { thresholds: { cognitiv: 3 } }\n");
    const own = places.directory();
    put(own, "a.js", "moment();\n");
    put(own, ".codegen.yml", "analysis:\n  rules:\n    security/evil: off\n");
    put(
      own,
      ".codegen/rules/all.yml",
      `- id: no-moment
  languages: [javascript]
  severity: notice
  message: Take Temporal.
  pattern: |
    (call_expression function: (identifier) @name (#eq? @name "moment")) @found
  examples: { bad: ["moment();"], good: ["other();"] }
- id: wrong
  languages: [javascript]
  severity: notice
  message: It is wrong.
  pattern: |
    (no_such_node) @found
  examples: { bad: ["a();"], good: ["b();"] }
`,
    );
    const [format, more, revision, none, config, rules] = await Promise.all([
      codegen({}, "analyze", directory, "--format", "xml"),
      codegen({}, "analyze", "a", "b"),
      codegen({}, "analyze", directory, "--base", "nowhere"),
      codegen({}, "analyze", folder, "--base", "main"),
      codegen({}, "analyze", wrong),
      codegen({}, "analyze", own),
    ]);
    expect(format).toMatchObject({
      code: 2,
      err: expect.stringContaining("There is no format `xml`: only text, json, sarif."),
    });
    expect(more).toMatchObject({ code: 2, err: expect.stringContaining("It takes one folder, and no `b`.") });
    expect(revision).toMatchObject({ code: 1, err: expect.stringContaining('has no commit "nowhere"') });
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("lies in none") });
    expect(rules).toMatchObject({ code: 1, out: expect.stringContaining("own/no-moment  Take Temporal.") });
    expect(withoutProgress(rules.err)).toMatchInlineSnapshot(`
     ".codegen.yml:3:5 \`analysis.rules\` names \`security/evil\`, and there is no such rule, so this line changes nothing.
     .codegen/rules/all.yml:13:6 own/wrong: There is no kind of node with this name in JavaScript.
     "
    `);
    expect(config).toMatchObject({
      code: 1,
      err: ".codegen.yml:1:27 `analysis.thresholds.cognitiv`: there is no such key. Did you mean `cognitive`?\n",
    });
  }, 60_000);
});
