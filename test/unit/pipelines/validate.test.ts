import { describe, expect, test } from "@jest/globals";
import { analysisNameIn, decideScope } from "../../../pipelines/validate/decide.ts";
import type { ValidationFacts } from "../../../pipelines/validate/read.ts";
import { base, baseCommit, brokenBase, config, head, otherHead, pull } from "./facts.ts";

const settings = {
  validation: {
    commands: [
      { name: "test", run: "npm test" },
      { name: "docs", run: "npm run docs", when: ["docs/**", "*.md"] },
    ],
  },
};

function facts(more: Partial<ValidationFacts> = {}): ValidationFacts {
  return {
    ended: null,
    base: base(config(settings)),
    pull: pull(),
    wantedHead: null,
    asked: false,
    marker: null,
    actor: "alice",
    paths: ["src/a.js"],
    ...more,
  };
}

function withForks(forks: "gate" | "validate" | "ignore") {
  return base(config({ validation: { ...settings.validation, forks } }));
}

const off = base(config({ ...settings, triggers: { on_pull: [] } }));
const fork = pull({ fromFork: true });
const consent = { end: "given", by: "alice" } as const;
const pushed = { end: "refused", why: "pushed since" } as const;

describe("the secrets of a validation", () => {
  test.each<[string, Partial<ValidationFacts>, string | null]>([
    ["are given", {}, null],
    ["are given on a bot's head when a person asks", { byBot: true, asked: true, marker: "m" }, null],
    ["are kept back on a bot's head", { byBot: true }, "bot"],
    ["are kept back on a fork, whoever asks", { pull: fork, asked: true, marker: "m", consent }, "fork"],
    ["are kept back on a fork that is let through", { pull: fork, base: withForks("validate") }, "fork"],
  ])("%s", (_, more, withheld) => {
    expect(decideScope(facts(more))).toMatchObject({ end: "ready", withheld });
  });
});

describe("a validation", () => {
  test.each<[string, Partial<ValidationFacts>, string]>([
    ["goes ahead", {}, "ready"],
    ["goes ahead at the head that was named", { wantedHead: head }, "ready"],
    ["goes ahead for a draft", { pull: pull({ draft: true }) }, "ready"],
    ["does nothing when reading ended it", { ended: "nobody asked" }, "nothing"],
    ["does nothing when the repository is gone", { base: null }, "nothing"],
    ["does nothing when the pull is gone", { pull: null }, "nothing"],
    ["does nothing when the pull is closed", { pull: pull({ open: false }) }, "nothing"],
    ["does nothing when a newer head has come", { wantedHead: otherHead }, "nothing"],
    ["checks nothing for events where the file does not want it", { base: off }, "no-check"],
    ["goes ahead when asked, wherever the file wants it", { base: off, asked: true, marker: "m" }, "ready"],
    ["says that the settings are broken", { base: brokenBase }, "invalid-config"],
    ["says that the settings are broken, also for a fork", { base: brokenBase, pull: fork }, "invalid-config"],
    ["checks nothing without commands", { base: base() }, "no-check"],
    ["answers without commands when asked", { base: base(), asked: true, marker: "answer-1-0" }, "answer"],
    ["checks nothing without commands when asked by a button", { base: base(), asked: true, marker: null }, "no-check"],
    ["goes ahead without commands where there is code to read", { base: base(), analysable: true }, "ready"],
    ["goes ahead for a fork where nothing is to be run", { base: base(), pull: fork, analysable: true }, "ready"],
    ["stops a fork at the gate", { pull: fork }, "gate"],
    ["lets a fork through where a person let this head in", { pull: fork, asked: true, marker: "m", consent }, "ready"],
    ["lets a fork through that a person let in before", { pull: fork, consent }, "ready"],
    ["stops a fork at the gate when a button of another head asks", { pull: fork, asked: true, marker: "m" }, "gate"],
    [
      "asks who let a fork in to look again when it was pushed",
      { pull: fork, asked: true, marker: "m", consent: pushed },
      "answer",
    ],
    ["lets nobody in where nobody waits", { asked: true, marker: "m", letsIn: true }, "answer"],
    ["lets forks through where the file says so", { pull: fork, base: withForks("validate") }, "ready"],
    ["ignores forks where the file says so", { pull: fork, base: withForks("ignore") }, "nothing"],
    ["validates an ignored fork that a person let in", { pull: fork, base: withForks("ignore"), consent }, "ready"],
  ])("%s", (_, more, end) => {
    expect(decideScope(facts(more)).end).toBe(end);
  });

  test.each<[string, readonly string[], string[], string[]]>([
    ["no path of a condition", ["src/a.js"], ["test"], ["docs"]],
    ["a path of a condition", ["docs/deep/.hidden"], ["test", "docs"], []],
    ["another path of it", ["README.md"], ["test", "docs"], []],
    ["a path that only looks like it", ["src/README.md"], ["test"], ["docs"]],
    ["nothing", [], ["test"], ["docs"]],
    ["more than GitHub lists", Array.from({ length: 3_000 }, (_, n) => `src/${n}`), ["test", "docs"], []],
  ])("with %s changed runs what applies and skips the rest", (_, paths, wanted, skipped) => {
    const scope = decideScope(facts({ paths }));
    if (scope.end !== "ready") throw new Error(scope.end);
    expect(scope.commands.map(({ name }) => name)).toEqual(wanted);
    expect(scope.skipped.map(({ name }) => name)).toEqual(skipped);
    expect([scope.head, scope.base]).toEqual([head, baseCommit]);
  });

  test.each<[string, Partial<ValidationFacts>, boolean]>([
    ["when there is code to read", { analysable: true }, true],
    ["when it is asked for", { analysable: true, only: ["analysis"] }, true],
    ["not when other checks are asked for", { analysable: true, only: ["test"] }, false],
    ["not when there is none", {}, false],
  ])("reads the code %s", (_, more, analysis) => {
    expect(decideScope(facts(more))).toMatchObject({ end: "ready", analysis });
    expect(decideScope(facts({ ...more, pull: fork }))).toMatchObject({
      end: "gate",
      analysis: analysis ? { head, fromFork: true, base: baseCommit } : null,
    });
  });

  test("reads the code under another name where a command has taken it", () => {
    const named = (name: string) => analysisNameIn(config({ validation: { commands: [{ name, run: "x" }] } }));
    expect([named("test"), named("Analysis")]).toEqual(["analysis", "code analysis"]);
  });

  test("runs what a command needs, also where its own condition does not hold", () => {
    const commands = [
      { name: "build", run: "x", when: ["src/**"] },
      { name: "docs", run: "x", when: ["docs/**"], needs: ["build"] },
      { name: "other", run: "x", when: ["other/**"] },
    ];
    const scope = decideScope(facts({ base: base(config({ validation: { commands } })), paths: ["docs/a.md"] }));
    if (scope.end !== "ready") throw new Error(scope.end);
    expect(scope.commands.map(({ name }) => name)).toEqual(["build", "docs"]);
    expect(scope.skipped.map(({ name }) => name)).toEqual(["other"]);
  });

  test("of some checks runs those and what they need, and leaves the others as they are", () => {
    const chain = {
      validation: {
        commands: [
          { name: "build", run: "make" },
          { name: "test", run: "make test", needs: ["build"] },
          { name: "lint", run: "make lint" },
          { name: "docs", run: "make docs", when: ["docs/**"] },
        ],
      },
    };
    const scope = decideScope(facts({ base: base(config(chain)), only: ["test", "docs"] }));
    if (scope.end !== "ready") throw new Error(scope.end);
    expect(scope.commands.map(({ name }) => name)).toEqual(["build", "test"]);
    expect([scope.skipped.map(({ name }) => name), scope.partial]).toEqual([["docs"], true]);
  });

  test("tells somebody who asked that there is nothing to validate", () => {
    expect(decideScope(facts({ base: base(), asked: true, marker: "answer-1-0" }))).toMatchInlineSnapshot(`
     {
       "end": "answer",
       "message": {
         "body": "@alice: \`.codegen.yml\` on the base branch names no \`validation.commands\`, and the pull changes no code that could be read, so there is nothing to validate.",
         "marker": "answer-1-0",
       },
     }
    `);
  });

  test("says why it does nothing", () => {
    const reasons = [{ ended: "why" }, { pull: null }, { wantedHead: otherHead }].map((more) =>
      decideScope(facts(more)),
    );
    expect(reasons).toMatchInlineSnapshot(`
     [
       {
         "end": "nothing",
         "reason": "why",
       },
       {
         "end": "nothing",
         "reason": "nothing is left to validate",
       },
       {
         "end": "nothing",
         "reason": "a newer head has taken its place",
       },
     ]
    `);
  });
});
