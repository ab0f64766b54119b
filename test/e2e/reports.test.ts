/** What a command prints and writes, in the check run of its pull. */
import { describe, expect, test } from "@jest/globals";
import { ownTests } from "../doubles/quick-tests.ts";
import type { Story } from "../doubles/start.ts";
import { config, openPull } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly annotation_level: string;
  readonly message: string;
}

/** The check run of the one command at a commit, with its annotations. */
async function checkAt(story: Story, sha: string) {
  const { check_runs: all } = await story.ada.api<{
    check_runs: { id: number; name: string; conclusion: string; output: { title: string; summary: string } }[];
  }>("GET", `${story.at}/commits/${sha}/check-runs`);
  const runs = all.filter(({ name }) => name !== "codegen / analysis");
  expect(runs).toHaveLength(1);
  const [run] = runs;
  const annotations = await story.ada.api<Annotation[]>(
    "GET",
    `${story.at}/check-runs/${run?.id}/annotations?per_page=100`,
  );
  return { ...run?.output, conclusion: run?.conclusion, annotations };
}

function command(run: string, more = ""): Record<string, string> {
  const file = `validation: { fail_on: any, commands: [{ name: check, run: ${JSON.stringify(run)}${more} }] }\n`;
  return { ".codegen.yml": file };
}

describe("the check run of a command", () => {
  test("names the tests that fail, and marks their lines", async () => {
    const story = await begin({ files: config(ownTests) });
    const failing = [
      'import assert from "node:assert";',
      'import { test } from "node:test";',
      'test("adds up", () => {',
      "  assert.equal(1 + 1, 3);",
      "});",
      "",
    ].join("\n");
    const pull = await openPull(story, "test/sum.test.js", failing);
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check.conclusion).toBe("failure");
    expect(check.title).toMatch(/^1 of \d+ tests failed$/);
    expect(check.summary).toMatch(/\*\*Tests:\*\* 1 failed · \d+ passed/);
    expect(check.summary).toMatch(/- ❌ adds up · `test\/sum\.test\.js:\d`/);
    expect(check.annotations).toMatchObject([{ path: "test/sum.test.js", annotation_level: "failure" }]);
    expect(check.annotations[0]?.message).toContain("adds up");
  }, 60_000);

  test("says how many tests passed", async () => {
    const story = await begin({ files: config(ownTests) });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect((await checkAt(story, pull.head.sha)).title).toMatch(/^Passed in [\d.]+ s: \d+ tests passed$/);
  }, 60_000);

  test("marks the lines of which tools complain, all of them, also more than GitHub takes at once", async () => {
    const lines = Array.from({ length: 60 }, (_, n) => `src/cart.js(${n + 1},1): error TS1005: ';' expected.`);
    const story = await begin({
      files: { ...command("cat found.txt; exit 2"), "found.txt": `${lines.join("\n")}\n` },
    });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check.title).toBe("Failed: exit code 2");
    expect(check.summary).toContain("**Problems in files:** 60, beside the lines.");
    expect(check.annotations.map(({ start_line: line }) => line)).toEqual(lines.map((_, n) => n + 1));
  }, 60_000);

  test("marks what the repository's own matchers find, as they are on the base", async () => {
    const matcher = (owner: string) => {
      const pattern = [{ regexp: "^odd in (\\S+) at (\\d+): (.*)$", file: 1, line: 2, message: 3 }];
      return JSON.stringify({ problemMatcher: [{ owner, severity: "warning", pattern }] });
    };
    const files = { ...command("echo odd in src/cart.js at 2: x", ", matchers: odd.json"), "odd.json": matcher("odd") };
    const story = await begin({ files });
    const pull = await openPull(story, "odd.json", matcher("changed"));
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check.annotations).toMatchObject([{ path: "src/cart.js", start_line: 2, title: "odd", message: "x" }]);
  }, 60_000);

  test("reads the report that the command writes, and none that was there before", async () => {
    const junit = (name: string) =>
      `<testsuite name="cart" tests="1" failures="1"><testcase name="${name}" file="src/cart.js" line="3"><failure message="no"/></testcase></testsuite>`;
    const write = `mkdir -p reports && cp new.xml reports/junit.xml; exit 1`;
    const story = await begin({
      files: {
        ...command(write, ", report: 'reports/*.xml'"),
        "new.xml": junit("new"),
        "reports/old.xml": junit("old"),
      },
    });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check.title).toBe("1 of 1 test failed");
    expect(check.summary).toContain("new · `src/cart.js:3` — no");
    expect(check.summary).not.toContain("old");
  }, 60_000);

  test.each([
    ["is missing", "true", /The report `reports\/\*\.xml` could not be read: the command wrote no such file/],
    ["is none", "mkdir reports && echo '<html/>' >reports/a.xml", /The report `reports\/a\.xml` could not be read/],
    ["leads out of the workspace", "mkdir reports && ln -s /etc/passwd reports/a.xml", /no such file/],
  ])(
    "says so when the report %s",
    async (_, run, said) => {
      const story = await begin({ files: command(run, ", report: 'reports/*.xml'") });
      const pull = await openPull(story, "NOTES.md", "notes\n");
      await story.drain();
      const check = await checkAt(story, pull.head.sha);
      expect(check.summary).toMatch(said);
      expect(check.conclusion).toBe("success");
    },
    60_000,
  );
});

describe("a failure that the base has too, with `fail_on: new`", () => {
  const listed = (...names: string[]) =>
    [
      'import assert from "node:assert";',
      'import { test } from "node:test";',
      ...names.map((name) => `test(${JSON.stringify(name)}, () => assert.fail("no"));`),
      "",
    ].join("\n");
  const files = { ...config(ownTests, "  fail_on: new"), "test/old.test.js": listed("is old") };

  test("does not fail the check, and the agent is not sent after it", async () => {
    const story = await begin({ files });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check).toMatchObject({ conclusion: "neutral", title: "Fails on the base as well", annotations: [] });
    expect(check.summary).toContain("**Not from this pull:**");
    expect(check.summary).toContain("❌ is old");
    await story.comment(pull.number, "/codegen fix");
    await story.drain();
    expect((await story.comments(pull.number)).at(-1)?.body).toContain("nothing to fix");
  }, 60_000);

  test("leaves what the pull itself breaks, and marks that alone", async () => {
    const story = await begin({ files });
    const pull = await openPull(story, "test/old.test.js", listed("is old", "is new"));
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check).toMatchObject({ conclusion: "failure" });
    expect(check.summary).toMatch(/\*\*New in this pull\*\*, on the base `\w{7}` they do not fail:\n\n- is new/);
    expect(check.annotations).toHaveLength(1);
    expect(check.annotations[0]?.message).toContain("is new");
  }, 60_000);

  test("is none when the base passes", async () => {
    const story = await begin({ files: config(ownTests, "  fail_on: new") });
    const pull = await openPull(story, "test/old.test.js", listed("is new"));
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check).toMatchObject({ conclusion: "failure" });
    expect(check.summary).toMatch(/\*\*New in this pull:\*\* the base `\w{7}` passes\./);
  }, 60_000);
});

describe("what is measured over time", () => {
  const lcovOfCart = [
    'const { readFileSync, writeFileSync } = require("node:fs");',
    'const lines = readFileSync("src/cart.js", "utf8").split("\\n");',
    'const counted = lines.flatMap((text, at) => (text === "" ? [] : [`DA:${at + 1},${text.includes("rare") ? 0 : 1}`]));',
    'writeFileSync("lcov.info", ["SF:src/cart.js", ...counted, "end_of_record", ""].join("\\n"));',
  ].join("\n");

  test("is coverage, with the difference to the base and the changed lines that no test reaches", async () => {
    const story = await begin({
      files: {
        ...command("node cover.cjs", ", coverage: lcov.info"),
        "cover.cjs": lcovOfCart,
        "src/cart.js": "one();\ntwo();\nrare();\nfour();\n",
        "lcov.info": "SF:src/cart.js\nDA:1,1\nend_of_record\n",
      },
    });
    const pull = await openPull(story, "src/cart.js", "one();\nrare(2);\ntwo();\nrare();\nfour();\n");
    await story.drain();
    const check = await checkAt(story, pull.head.sha);
    expect(check.title).toMatch(/^Passed in [\d.]+ s: coverage 60 % \(-15\)$/);
    expect(check.summary).toMatch(/\*\*Coverage:\*\* 60 % of lines \(-15 since base `\w{7}`\)\./);
    expect(check.summary).toContain("- `src/cart.js`: 75 % → 60 %");
    expect(check.summary).toContain("1 changed line is reached by no test, marked beside the code.");
    expect(check.annotations).toMatchObject([{ path: "src/cart.js", start_line: 2, annotation_level: "notice" }]);
  }, 60_000);

  test("is how often a test fails and passes on the same files", async () => {
    const once =
      "if test -e tried; then echo 'ok 1 - adds up'; else touch tried; echo 'not ok 1 - adds up'; exit 1; fi";
    const story = await begin({ files: command(`echo TAP version 13; echo 1..1; ${once}`, ", retries: 1") });
    const first = await openPull(story, "A.md", "a\n", "first");
    await story.drain();
    const check = await checkAt(story, first.head.sha);
    expect(check).toMatchObject({ conclusion: "success" });
    expect(check.title).toContain("at try 2 (flaky)");
    expect(check.summary).toContain("- adds up (for the first time in 30 days)");
    const second = await openPull(story, "B.md", "b\n", "second");
    await story.drain();
    const again = await checkAt(story, second.head.sha);
    expect(again.summary).toContain(`- adds up (2nd time in 30 days, last in #${first.number})`);
  }, 60_000);
});
