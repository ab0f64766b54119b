import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ProposedPlan } from "../../../src/agents/port.ts";
import { planHash } from "../../../pipelines/plan/decide.ts";
import { ground } from "../../../pipelines/plan/ground.ts";
import { baseCommit, otherHead, plan } from "./facts.ts";

const hash = planHash(7, baseCommit, plan);

const changes: Record<string, Partial<ProposedPlan>> = {
  problem: { problem: "The cart adds text!" },
  "the path of a file": { files: [{ path: "src/cart.ts", change: "Add numbers." }] },
  "the change of a file": { files: [{ path: "src/cart.js", change: "Add digits." }] },
  "the symbols of a file": { files: [{ path: "src/cart.js", change: "Add numbers.", symbols: ["total"] }] },
  "a file more": { files: [...plan.files, { path: "a", change: "b" }] },
  "the order of steps": { steps: plan.steps.toReversed() },
  "two steps as one": { steps: [plan.steps.join(",")] },
  tests: { tests: [] },
  "a risk": { risks: [""] },
  "a question": { questions: ["Why?"] },
  "a risk as a question": { risks: ["Why?"] },
  confidence: { confidence: "low" },
};

describe("the hash of a plan", () => {
  test("is 64 hexadecimal digits", () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("is the same whatever order its keys came in", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(plan), { minLength: Object.keys(plan).length }), (entries) => {
        const shuffled = { ...plan, ...(Object.fromEntries(entries) as object) };
        const reordered = Object.fromEntries(entries.map(([key]) => [key, shuffled[key as keyof ProposedPlan]]));
        expect(planHash(7, baseCommit, reordered as unknown as ProposedPlan)).toBe(hash);
      }),
    );
    const file = { change: "Add numbers.", path: "src/cart.js" };
    expect(planHash(7, baseCommit, { ...plan, files: [file] })).toBe(hash);
  });

  test.each(Object.entries(changes))("changes with %s", (_, change) => {
    expect(planHash(7, baseCommit, { ...plan, ...change })).not.toBe(hash);
  });

  test("changes with what was found in the commit, for people saw links by it", () => {
    const found = ground(plan, () => undefined);
    expect(planHash(7, baseCommit, found)).not.toBe(hash);
    expect(
      planHash(
        7,
        baseCommit,
        ground(plan, () => ({ is: "file", text: "" })),
      ),
    ).not.toBe(planHash(7, baseCommit, found));
  });

  test("changes with the issue and with the commit that it was made against", () => {
    expect(planHash(8, baseCommit, plan)).not.toBe(hash);
    expect(planHash(7, otherHead, plan)).not.toBe(hash);
  });
});
