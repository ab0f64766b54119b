import { describe, expect, test } from "@jest/globals";
import type { Command } from "../../../pipelines/validate/decide.ts";
import { keepCoverage, measureCoverage, type BaseRun } from "../../../pipelines/validate/measure-coverage.ts";
import type { Ran } from "../../../pipelines/validate/try-command.ts";
import type { Coverage } from "../../../src/reports/coverage/coverage.ts";
import type { MeasuredCoverage } from "../../../src/store/port.ts";
import { outcome } from "../messages/every-message.ts";
import { baseCommit, config, repo } from "./facts.ts";

const settings = config({ validation: { commands: [{ name: "test", run: "npm test", coverage: "lcov.info" }] } });
const [command] = settings.validation.commands as [Command];
const scope = { base: baseCommit, withheld: null };
const coverage = (hit: number, uncovered: readonly { start: number; end: number }[] = []): Coverage => ({
  lines: { found: 10, hit },
  branches: null,
  files: new Map([["src/a.js", { found: 10, hit, uncovered }]]),
});
const ran = (more: Partial<Ran> = {}): Ran => ({
  outcome: outcome("", { code: 0 }),
  findings: [],
  tries: [],
  retried: [],
  coverage: coverage(9),
  ...more,
});

function measuring(stored: MeasuredCoverage | null = null) {
  const kept: [string, string, MeasuredCoverage][] = [];
  const run = {
    thread: { repo, number: 8 },
    deps: {
      store: {
        coverage: {
          get: () => Promise.resolve(stored),
          put: (_: unknown, name: string, commit: string, value: MeasuredCoverage) =>
            Promise.resolve(void kept.push([name, commit, value])),
        },
      },
    },
  };
  return { run, kept };
}

const nothingChanged = () => Promise.resolve({ ranges: new Map(), moved: new Set<string>() });
const never = () => Promise.reject<BaseRun>(new Error("the base was run"));

describe("the coverage of a command", () => {
  test("is compared with what is kept of the base, which is not run again", async () => {
    const { run } = measuring({ lines: { found: 10, hit: 9 }, files: { "src/a.js": { found: 10, hit: 9 } } });
    const reached = { coverage: coverage(8), failed: false };
    const { text } = await measureCoverage(run, scope, command, reached, { onBase: never, changed: nothingChanged });
    expect(text).toEqual({
      percent: 80,
      difference: -10,
      branches: null,
      base: { commit: baseCommit },
      lost: { total: 1, files: [{ file: "src/a.js", before: 90, now: 80 }] },
      changed: { unreached: 0, shown: 0 },
    });
  });

  test.each<[string, BaseRun, string | null]>([
    ["is measured there", { ran: ran() }, null],
    ["cannot be set up", { unknown: "its set-up fails." }, "its set-up fails."],
    ["fails", { ran: ran({ outcome: outcome("") }) }, "the command fails there."],
    ["takes too long", { ran: ran({ outcome: outcome("", { end: "timed-out", code: null }) }) }, "the time was up."],
    ["writes no report", { ran: ran({ coverage: null }) }, "its report could not be read there."],
  ])("says what is known of a base that %s", async (_, base, unknown) => {
    const sources = { onBase: () => Promise.resolve(base), changed: nothingChanged };
    const reached = { coverage: coverage(8), failed: false };
    const { text } = await measureCoverage(measuring().run, scope, command, reached, sources);
    expect(text.base).toEqual(unknown === null ? { commit: baseCommit } : { unknown });
    expect(text.difference).toBe(unknown === null ? -10 : null);
  });

  test("of a command that failed is not compared, since not all may have run", async () => {
    const sources = { onBase: never, changed: () => Promise.reject(new Error("changed lines were looked for")) };
    const reached = { coverage: coverage(8), failed: true };
    const { text, findings } = await measureCoverage(measuring().run, scope, command, reached, sources);
    expect(text).toMatchObject({ percent: 80, difference: null, changed: null });
    expect(findings).toEqual([]);
  });

  test("marks twenty changed places that no test reaches, and none where the base has moved the lines", async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ start: n * 10 + 1, end: n * 10 + 2 }));
    const all = coverage(8, many);
    const lines = { ranges: new Map([["src/a.js", [{ start: 2, end: 400 }]]]), moved: new Set<string>() };
    const stored = { lines: { found: 1, hit: 1 }, files: {} };
    const measure = (moved: ReadonlySet<string>) =>
      measureCoverage(
        measuring(stored).run,
        scope,
        command,
        { coverage: all, failed: false },
        {
          onBase: never,
          changed: () => Promise.resolve({ ...lines, moved }),
        },
      );
    const { text, findings } = await measure(new Set());
    expect(text.changed).toEqual({ unreached: 59, shown: 39 });
    expect(findings).toHaveLength(20);
    expect(findings[0]).toMatchObject({ severity: "notice", file: "src/a.js", startLine: 2, endLine: 2 });
    expect(findings[1]).toMatchObject({ startLine: 11, endLine: 12 });
    expect(await measure(new Set(["src/a.js"]))).toMatchObject({
      text: { changed: { unreached: 59, shown: 0 } },
      findings: [],
    });
  });
});

describe("of a run on the base commit", () => {
  test("the coverage is kept when the command passes", async () => {
    const { run, kept } = measuring();
    await keepCoverage(run, scope, command, ran());
    await keepCoverage(run, scope, command, ran({ outcome: outcome("") }));
    await keepCoverage(run, scope, command, ran({ coverage: null }));
    await keepCoverage(run, { ...scope, withheld: "fork" }, { ...command, secrets: ["TOKEN"] }, ran());
    const files = { "src/a.js": { found: 10, hit: 9 } };
    expect(kept).toEqual([["test", baseCommit, { lines: { found: 10, hit: 9 }, files }]]);
  });

  test("the number alone is kept when there are too many files", async () => {
    const { run, kept } = measuring();
    const file = { found: 1, hit: 1, uncovered: [] };
    const files = new Map(Array.from({ length: 5_001 }, (_, n) => [`${n}.js`, file] as const));
    await keepCoverage(run, scope, command, ran({ coverage: { ...coverage(9), files } }));
    expect(kept[0]?.[2]).toEqual({ lines: { found: 10, hit: 9 }, files: {} });
  });
});
