import { describe, expect, test } from "@jest/globals";
import * as validate from "../../../src/messages/validate.ts";
import { outcome, repeat } from "./every-message.ts";

const head = "1234567".padEnd(40, "0");
const ran = (more: Partial<validate.CommandOutcome>) =>
  validate.checkFinished(outcome("npm test", { tail: "1..3\nnot ok 2 - total\n", head, ...more }), repeat);

describe("what a check run says", () => {
  test("while its command waits", () => {
    expect(validate.checkQueued("npm test", [])).toMatchInlineSnapshot(`
     {
       "summary": "\`npm test\` waits for its turn.",
       "title": "Waits for its turn",
     }
    `);
    expect(validate.checkQueued("npm test", ["build", "lint"])).toMatchInlineSnapshot(`
     {
       "summary": "\`npm test\` waits for \`build\`, \`lint\` to pass.",
       "title": "Waits for build, lint",
     }
    `);
  });

  test("while its command runs", () => {
    expect(validate.checkStarted("npm test", head)).toMatchInlineSnapshot(`
     {
       "summary": "\`npm test\` runs in a sandbox on \`1234567\`.",
       "title": "Running",
     }
    `);
  });

  test("when its command failed", () => {
    expect(ran({})).toMatchInlineSnapshot(`
     {
       "text": {
         "summary": "| command | result | time | cause |
     |---|---|---|---|
     | \`npm test\` | ❌ failed | 1.2 s | exit code 1 |

     **Repeat it locally**, on the merge of the pull's head and its base:

     \`\`\`sh
     git fetch origin pull/8/head 2222222222222222222222222222222222222222
     git checkout 1234567000000000000000000000000000000000
     git merge --no-edit 2222222222222222222222222222222222222222
     export CI=true
     npm ci
     npm test
     \`\`\`",
         "text": "**End of the log**

     \`\`\`
     1..3
     not ok 2 - total
     \`\`\`",
         "title": "Failed: exit code 1",
       },
       "verdict": "failure",
     }
    `);
  });

  test.each<[string, Partial<validate.CommandOutcome>, string, string]>([
    ["passed", { code: 0 }, "success", "Passed in 1.2 s"],
    ["passed at the second try", { code: 0, attempts: 2 }, "success", "Passed in 1.2 s, at try 2 (flaky)"],
    ["failed", { code: 2, ms: 61_000 }, "failure", "Failed: exit code 2"],
    ["took too long", { end: "timed-out", code: null }, "timed_out", "Timed out after 60 s"],
    [
      "used too much memory",
      { end: "out-of-memory", code: null },
      "failure",
      "Failed: over the memory limit of 512 MB",
    ],
    [
      "wrote too much",
      { end: "disk-limit", code: null },
      "failure",
      "Failed: over the disk limit (`environment.limits.disk`)",
    ],
    ["printed too much", { end: "output-limit", code: null }, "failure", "Failed: too much output"],
    ["was killed", { end: "killed", code: null }, "failure", "Failed: killed"],
    ["was cancelled", { end: "cancelled", code: null }, "cancelled", "Cancelled"],
    ["failed and may", { allowed: true }, "neutral", "Failed, which it may: exit code 1"],
    [
      "took too long and may",
      { end: "timed-out", code: null, allowed: true },
      "neutral",
      "Failed, which it may: stopped after 60 s",
    ],
    ["passed and might have failed", { code: 0, allowed: true }, "success", "Passed in 1.2 s"],
    ["could not be started", { end: "not-started", code: null }, "action_required", "Could not be started"],
    ["is not there", { code: 127 }, "failure", "Failed: exit code 127: there is no such command"],
    ["is ready", { end: "ready", code: null }, "success", "Ready in 1.2 s"],
    [
      "ended before it was ready",
      { end: "ended", code: 0 },
      "failure",
      "Failed: it ended with exit code 0 before it was ready",
    ],
    [
      "had no time left",
      { end: "out-of-time", code: null, allowed: true },
      "timed_out",
      "Not run: the time of the validation is used up",
    ],
    ["ended in a way that nobody knows", { end: "new", code: 0 }, "failure", "Failed: killed"],
  ])("when its command %s", (_, end, verdict, title) => {
    const said = ran(end);
    expect([said.verdict, said.text.title]).toEqual([verdict, title]);
  });

  test("when the command printed nothing, or is a line for a table that holds bars", () => {
    const { text } = ran({ run: "a | b\nc", tail: "\n" });
    expect(text.text).toBe("The command printed nothing.");
    expect(text.summary.split("\n")[2]).toMatchInlineSnapshot(`"| \`a \\| b c\` | ❌ failed | 1.2 s | exit code 1 |"`);
  });

  test.each<[validate.CommandOutcome["wait"], string]>([
    [{ sign: { by: "http", path: "/up", port: 80 }, seen: { end: "answered", status: 500 } }, "/up answered 500"],
    [
      { sign: { by: "http", path: "/", port: 80 }, seen: { end: "silent" } },
      "port 80 took connections, but no answer came",
    ],
    [{ sign: { by: "http", path: "/", port: 80 }, seen: { end: "not-http" } }, "port 80 did not answer in HTTP"],
    [{ sign: { by: "port", port: 81 }, seen: { end: "closed" } }, "nothing took connections on port 81"],
    [{ sign: { by: "log", text: "on", isPattern: false }, seen: null }, "its log never showed “on”"],
    [{ sign: { by: "log", text: "o+", isPattern: true }, seen: null }, "its log never showed a match of /o+/"],
  ])("when an application does not become ready, which shows as %j", (wait, why) => {
    const { verdict, text } = ran({ end: "not-ready", code: null, ...(wait === undefined ? {} : { wait }) });
    expect([verdict, text.title]).toEqual(["failure", `Failed: not ready after 60 s: ${why}`]);
  });

  test("when what it needs failed as well, and did not keep it from running", () => {
    const { summary } = ran({ despite: ["build"], allowed: true }).text;
    expect(summary).toContain("⚠️ `build`, which this check needs, fails too: that may be the cause.");
    expect(summary).toContain("It may fail (`allow_failure`), so it holds nothing up.");
    expect(ran({ despite: ["build"], code: 0 }).text.summary).not.toContain("build");
  });

  test("when what it needs failed, so that it was not run", () => {
    expect(validate.checkNeedFailed("build")).toMatchInlineSnapshot(`
     {
       "text": {
         "summary": "This check needs \`build\`, which did not pass, so it was not run. It runs once that passes.",
         "title": "Not run: build failed",
       },
       "verdict": "cancelled",
     }
    `);
  });

  test("when set-up failed on the base as well", () => {
    const base = { commit: head, end: "same" } as const;
    const { verdict, text } = validate.checkNotRun(outcome("npm ci", { code: 7, head, base }), repeat);
    expect([verdict, text.title]).toEqual(["action_required", "Set-up fails on the base as well: exit code 7"]);
    expect(text.summary).toContain("It has to be mended there.");
  });

  test("when set-up failed", () => {
    expect(validate.checkNotRun(outcome("npm ci", { tail: "", code: 7, head }), repeat)).toMatchInlineSnapshot(`
     {
       "text": {
         "summary": "The command was not run, because the set-up command \`npm ci\` did not succeed.

     | command | result | time | cause |
     |---|---|---|---|
     | \`npm ci\` | ❌ set-up failed | 1.2 s | exit code 7 |

     **Repeat it locally**, on the merge of the pull's head and its base:

     \`\`\`sh
     git fetch origin pull/8/head 2222222222222222222222222222222222222222
     git checkout 1234567000000000000000000000000000000000
     git merge --no-edit 2222222222222222222222222222222222222222
     export CI=true
     npm ci
     \`\`\`",
         "text": "The set-up printed nothing.",
         "title": "Set-up failed: exit code 7",
       },
       "verdict": "failure",
     }
    `);
    expect(validate.checkNotRun(outcome("npm ci", { tail: "no network" }), repeat).text.text).toMatchInlineSnapshot(`
     "**End of the set-up's log**

     \`\`\`
     no network
     \`\`\`"
    `);
  });

  test("when it was not run", () => {
    expect(validate.checkSkipped(["src/**", "*.json"])).toMatchInlineSnapshot(`
     {
       "summary": "This check runs only when a changed file matches \`src/**\`, \`*.json\`.",
       "title": "Skipped: no matching file changed",
     }
    `);
  });

  test("when nothing is known of the pull: each reason has a conclusion and words of its own, and none is a success", () => {
    const late = outcome("npm test", { end: "out-of-time", code: null, timeoutMs: 900_000 });
    const setup = outcome("npm ci", { code: 7 });
    const ends = [
      validate.checkNotRun(setup, repeat),
      validate.checkNotRun({ ...setup, base: { commit: head, end: "same" } }, repeat),
      validate.checkNeedFailed("build"),
      validate.checkFinished(late, repeat),
      validate.checkCancelled("Cancelled by @ada."),
      validate.checkImpossible("No sandbox can be started on this host."),
      validate.checkFault("Something went wrong on our side, also after trying again."),
    ];
    expect(ends.map(({ verdict, text }) => `${verdict}: ${text.title}`)).toMatchInlineSnapshot(`
     [
       "failure: Set-up failed: exit code 7",
       "action_required: Set-up fails on the base as well: exit code 7",
       "cancelled: Not run: build failed",
       "timed_out: Not run: the time of the validation is used up",
       "cancelled: Cancelled",
       "action_required: Could not run",
       "cancelled: Could not run: a fault of the bot",
     ]
    `);
    expect(ends.slice(4).map(({ text }) => text.summary)).toMatchInlineSnapshot(`
     [
       "Cancelled by @​ada. Re-run this check, or comment \`/codegen retry\`, to run it again.",
       "No sandbox can be started on this host.",
       "Something went wrong on our side, also after trying again. That says nothing about the pull. Re-run this check, or comment \`/codegen retry\`, to start over.",
     ]
    `);
  });

  test("when the settings have mistakes", () => {
    const problem = {
      line: 3,
      column: 5,
      message: "`agent.plan` (it is maybe): must be one of required, optional, never",
    };
    expect(validate.configInvalid({ problems: [problem] }, ".codegen.yml")).toMatchInlineSnapshot(`
     {
       "summary": "Nothing runs until \`.codegen.yml\` on the base branch is right:

     - line 3, column 5: \`agent.plan\` (it is maybe): must be one of required, optional, never",
       "title": ".codegen.yml has a mistake",
     }
    `);
    expect(validate.configInvalid({ problems: [problem], more: 30 }, ".codegen.yml")).toMatchInlineSnapshot(`
     {
       "summary": "Nothing runs until \`.codegen.yml\` on the base branch is right:

     - line 3, column 5: \`agent.plan\` (it is maybe): must be one of required, optional, never
     - … and 30 more mistakes, not listed here",
       "title": ".codegen.yml has 31 mistakes",
     }
    `);
  });
});
