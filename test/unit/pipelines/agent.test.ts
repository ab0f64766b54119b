import { describe, expect, test } from "@jest/globals";
import {
  decideAdoption,
  decideAssignment,
  toAdoptedText,
  toDescription,
  toWorkText,
  type AssignmentFacts,
} from "../../../pipelines/agent/decide.ts";
import type { Work } from "../../../pipelines/carry-out.ts";
import type { Pull } from "../../../src/github/pulls.ts";
import { baseCommit, plan, pull, repo } from "./facts.ts";

const hash = "0123456789abcdef".repeat(4);
const latest: NonNullable<AssignmentFacts["latest"]> = {
  hash,
  repo,
  issue: 7,
  version: 1,
  base: baseCommit,
  plan,
  runId: "run-1",
  createdAt: "2026-01-01T10:00:05.700Z",
  approvedBy: null,
};
const revised = { ...latest, version: 2 };
const approved = { ...latest, approvedBy: "bob" };

function facts(more: Partial<AssignmentFacts>): AssignmentFacts {
  return { command: "approve", argument: "", askedAt: null, box: null, planning: "required", latest, ...more };
}

describe("a plan is approved", () => {
  test.each<[string, Partial<AssignmentFacts>, string]>([
    ["by its box", { box: hash }, "assigned"],
    ["not by the box of another plan", { box: "f".repeat(64) }, "plan-changed"],
    ["not by a box that holds only the beginning", { box: hash.slice(0, 12) }, "plan-changed"],
    ["not by an empty box", { box: "" }, "plan-changed"],
    ["not by an old box with later words", { box: "f".repeat(64), askedAt: "2027-01-01T00:00:00Z" }, "plan-changed"],
    ["by its whole hash", { argument: hash }, "assigned"],
    [
      "by the beginning of its hash, in capitals and with words behind it",
      { argument: "0123456789AB please" },
      "assigned",
    ],
    ["not by fewer than seven digits alone", { argument: "012345" }, "plan-changed"],
    ["not by another hash, however late", { argument: "fedcba9", askedAt: "2027-01-01T00:00:00Z" }, "plan-changed"],
    ["not by more digits than a hash has", { argument: `${hash}0` }, "plan-changed"],
    ["by words written after it", { askedAt: "2026-01-01T10:00:06Z" }, "assigned"],
    ["by words that say yes", { argument: "yes please", askedAt: "2026-01-01T10:00:06Z" }, "assigned"],
    ["not by words written before it", { askedAt: "2026-01-01T10:00:04Z" }, "plan-changed"],
    ["the first one by words of the same second", { askedAt: "2026-01-01T10:00:05Z" }, "assigned"],
    [
      "a revised one not by words of the same second",
      { askedAt: "2026-01-01T10:00:05Z", latest: revised },
      "plan-changed",
    ],
    ["a revised one by words of the next second", { askedAt: "2026-01-01T10:00:06Z", latest: revised }, "assigned"],
    ["not without words, box or hash", {}, "plan-changed"],
    ["not by words without a time", { askedAt: "soon" }, "plan-changed"],
    ["not when there is none", { latest: null, box: hash }, "no-plan"],
    ["also where plans are optional", { planning: "optional", box: hash }, "assigned"],
  ])("%s", (_, more, end) => {
    expect(decideAssignment(facts(more)).end).toBe(end);
  });

  test("and is what is worked on", () => {
    expect(decideAssignment(facts({ box: hash }))).toEqual({
      end: "assigned",
      stored: latest,
      plan,
      instruction: null,
    });
  });
});

describe("`run`", () => {
  const run = (more: Partial<AssignmentFacts>) => decideAssignment(facts({ command: "run", ...more }));

  test.each<[string, Partial<AssignmentFacts>, string]>([
    ["needs a plan where the file requires one", { latest: null }, "plan-required"],
    ["needs an approved plan where the file requires one", {}, "plan-required"],
    ["does not take an approval of an older version", { latest: revised }, "plan-required"],
    ["takes the approved plan", { latest: approved }, "assigned"],
    ["goes without a plan where the file leaves it open", { planning: "optional", latest: null }, "assigned"],
    ["goes without a plan where the file wants none", { planning: "never", latest: null }, "assigned"],
  ])("%s", (_, more, end) => {
    expect(run(more).end).toBe(end);
  });

  test("is told the approved plan and the person's words", () => {
    const assigned = run({ latest: approved, argument: "but keep the API" });
    expect(assigned).toEqual({ end: "assigned", stored: approved, plan, instruction: "but keep the API" });
  });

  test("is not told a plan that nobody approved", () => {
    expect(run({ planning: "optional", latest })).toEqual({
      end: "assigned",
      stored: null,
      plan: null,
      instruction: null,
    });
  });

  test("is not told a plan where the file wants none", () => {
    expect(run({ planning: "never", latest: approved })).toMatchObject({ end: "assigned", plan: null });
  });
});

describe("what people are told about work", () => {
  const usage = { steps: 2, inputTokens: 10, outputTokens: 5, usd: 0, priced: false };
  const work: Work = {
    outcome: {
      end: "done",
      result: { title: "Mend", summary: "Mended.", testsRun: ["node --test"], openPoints: ["none"] },
      usage,
    },
    changes: {
      additions: [
        { path: "test/cart.test.js", contents: "" },
        { path: "src/cart.js", contents: "" },
      ],
      deletions: ["old.js"],
      refused: [{ path: "x", reason: "a link" }],
    },
    checked: [{ name: "test", ok: true, end: "exited", code: 0 }],
    weakened: [],
  };

  test("names every changed file, and those that the plan did not announce", () => {
    expect(toWorkText(work, { ...plan, files: [{ path: "./src/cart.js", change: "" }] })).toEqual({
      summary: "Mended.",
      changed: ["old.js", "src/cart.js", "test/cart.test.js"],
      outsidePlan: ["old.js", "test/cart.test.js"],
      refused: [{ path: "x", reason: "a link" }],
      checked: [{ name: "test", ok: true, end: "exited", code: 0 }],
      weakened: [],
      testsRun: ["node --test"],
      openPoints: ["none"],
      usage: "2 model calls · 15 tokens",
    });
  });

  test("holds nothing against work without a plan", () => {
    expect(toWorkText(work, null).outsidePlan).toEqual([]);
  });

  test("gives the reason when the work did not end well", () => {
    const text = toWorkText(
      { ...work, outcome: { end: "budget", reason: "Its 20 minutes are used up.", usage } },
      plan,
    );
    expect(text).toMatchObject({ summary: "Its 20 minutes are used up.", testsRun: [], openPoints: [] });
  });
});

describe("the text of a pull where the repository has a template", () => {
  const usage = { steps: 2, inputTokens: 10, outputTokens: 5, usd: 0, priced: false };
  const described = (description: string): Work => ({
    outcome: {
      end: "done",
      result: { title: "Mend", summary: "Mended.", testsRun: [], openPoints: [], description },
      usage,
    },
    changes: { additions: [], deletions: [], refused: [] },
    checked: [],
    weakened: [],
  });
  const template = "# Why\n\n<!-- why? -->\n\n## Tests ##\n";

  test("is the agent's, when it has all headings of the template", () => {
    const filled = "# Why\nSo.\n## Tests\nAll.";
    expect(toDescription(described(filled), template)).toBe(filled);
  });

  test.each([["# Why\nSo."], ["Why and tests"], ["##Tests\n# Why"]])("is not %j", (description) => {
    expect(toDescription(described(description), template)).toBeNull();
  });

  test("is ours where there is none", () => {
    expect(toDescription(described("# Why"), null)).toBeNull();
  });
});

describe("a pull that a back-end says it opened", () => {
  const opened: Pull = pull();
  const said = { number: opened.number, base: opened.base.branch, paths: [] };

  test("is taken for the result when it is open, from here and goes where the work belongs", () => {
    expect(decideAdoption({ ...said, pull: opened })).toBeNull();
  });

  test.each<[string, Pull | null, RegExp]>([
    ["does not exist", null, /this repository has no such pull request\.$/],
    ["is closed", { ...opened, open: false }, /that pull request is closed\.$/],
    ["comes from a fork", { ...opened, fromFork: true }, /does not come from a branch of this repository\.$/],
    ["goes elsewhere", { ...opened, base: { ...opened.base, branch: "other" } }, /into another branch than `\w+`\.$/],
  ])("is not taken for it when it %s", (_name, given, words) => {
    expect(decideAdoption({ ...said, pull: given })).toMatch(words);
  });

  test("is told with what it changes, and what the plan did not announce", () => {
    const usage = { steps: 0, inputTokens: 0, outputTokens: 0, usd: 0, priced: false };
    const work = { end: "published", pull: 8, summary: "Mended.", usage } as const;
    const wanted = { ...plan, files: [{ path: "./src/cart.js", change: "" }] };
    expect(toAdoptedText(work, ["src/cart.js", "old.js"], wanted)).toMatchObject({
      summary: "Mended.",
      changed: ["old.js", "src/cart.js"],
      outsidePlan: ["old.js"],
    });
    expect(toAdoptedText(work, ["old.js"], null).outsidePlan).toEqual([]);
  });
});
