import { describe, expect, test } from "@jest/globals";
import { comparePlans } from "../../../pipelines/plan/compare.ts";
import type { ProposedPlan } from "../../../src/agents/port.ts";
import { changesText } from "../../../src/messages/plan-changes.ts";
import { baseCommit, otherHead, plan } from "./facts.ts";

function told(change: Partial<ProposedPlan>, base = baseCommit): string {
  const before = { version: 1, base: baseCommit, plan };
  return changesText(comparePlans(before, { version: 2, base, plan: { ...plan, ...change } }));
}
const rows = (change: Partial<ProposedPlan>, base = baseCommit) => told(change, base).split("\n").slice(1);
const [file] = plan.files;

describe("what a new version of a plan has changed", () => {
  test("is nothing, and that is said", () => {
    expect(told({})).toBe("**Changed since version 1**: nothing changed.");
    expect(told({ problem: "  The cart\nadds text.  " })).toContain("nothing changed");
    expect(told({ files: [{ ...file!, symbols: [] }] })).toContain("nothing changed");
  });

  test("is only the commit, and that is said", () => {
    expect(told({}, otherHead)).toBe(
      "**Changed since version 1**: nothing in the plan itself; it was made against another commit.",
    );
  });

  test.each<[string, Partial<ProposedPlan>, readonly string[]]>([
    ["the problem", { problem: "The cart adds letters." }, ["- The problem is described anew"]],
    ["a file more", { files: [...plan.files, { path: "a.js", change: "x" }] }, ["- Added file: `a.js`"]],
    [
      "two files more",
      { files: [...plan.files, { path: "a.js", change: "x" }, { path: "b.js", change: "x" }] },
      ["- Added files: `a.js`, `b.js`"],
    ],
    ["a file less", { files: [] }, ["- Removed file: `src/cart.js`"]],
    [
      "the change of a file",
      { files: [{ ...file!, change: "Add digits." }] },
      ["- Another change in file: `src/cart.js`"],
    ],
    ["the symbols of a file", { files: [{ ...file!, symbols: ["a"] }] }, ["- Another change in file: `src/cart.js`"]],
    [
      "a step",
      { steps: ["Write a failing test.", "Mend it well."] },
      ["- Added step: Mend it well.", "- Removed step: Mend it."],
    ],
    ["the order of steps", { steps: plan.steps.toReversed() }, ["- The steps come in another order"]],
    ["a test", { tests: [] }, ["- Removed test: node --test"]],
    ["a risk", { risks: ["Slow."] }, ["- Added risk: Slow."]],
    ["a question", { questions: ["Why?"] }, ["- Added question: Why?"]],
    ["confidence", { confidence: "low" }, ["- Confidence: high → low"]],
  ])("%s", (_, change, expected) => {
    expect(rows(change)).toEqual(expected);
  });

  test("and the commit as well", () => {
    expect(rows({ confidence: "low" }, otherHead)).toEqual([
      "- Confidence: high → low",
      "- Made against a newer commit of the base branch",
    ]);
  });
});
