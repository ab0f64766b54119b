import { describe, expect, test } from "@jest/globals";
import type { Work } from "../../../pipelines/carry-out.ts";
import { decideFix, judgeWork } from "../../../pipelines/fix/decide.ts";
import type { Attempt, Failure, FixFacts, RequestedThread } from "../../../pipelines/fix/read.ts";
import { config, pull, repo } from "./facts.ts";

const failure = (name: string, fingerprint: string): Failure => ({
  name,
  fingerprint,
  run: `npm run ${name}`,
  cause: "it broke",
});
const attempt = (asked: boolean, ...failures: Failure[]): Attempt => ({
  runId: "r",
  asked,
  review: null,
  failures,
  title: "Try",
  commit: null,
  reason: null,
});
const thread: RequestedThread = {
  id: "T1",
  firstComment: 1,
  path: "src/cart.js",
  line: 3,
  comments: [{ from: "ada", text: "Why?" }],
};
const head = pull().head.sha;
const stored = { repo, number: 8, issue: 7, requester: "ada", requesterId: 1, branch: "b", head };

const facts = (changed: Partial<FixFacts>): FixFacts => ({
  by: "validation",
  pull: pull(),
  stored,
  failures: [failure("test", "f1")],
  threads: [],
  attempts: [],
  instruction: null,
  ...changed,
});

describe("a failed validation of the bot's commit", () => {
  test("is worked on, and the attempts are counted", () => {
    expect(decideFix(facts({}), config())).toMatchObject({
      end: "work",
      assignment: { attempt: { number: 1, of: 3 }, failures: [{ name: "test" }] },
    });
    const attempts = [attempt(false, failure("test", "f0"))];
    expect(decideFix(facts({ attempts }), config())).toMatchObject({
      end: "work",
      assignment: { attempt: { number: 2, of: 3 } },
    });
  });

  test.each<[string, Partial<FixFacts>, string]>([
    ["the pull is closed", { pull: pull({ open: false }) }, "the pull is closed"],
    ["the pull is not the bot's", { stored: null }, "the head is not a commit of the bot's"],
    ["somebody else pushed", { stored: { ...stored, head: null } }, "the head is not a commit of the bot's"],
    ["nothing fails any more", { failures: [] }, "nothing fails at this head"],
  ])("is left alone when %s", (_, changed, reason) => {
    expect(decideFix(facts(changed), config())).toEqual({ end: "nothing", reason });
  });

  test("is left alone where the file wants no attempts", () => {
    expect(decideFix(facts({}), config({ agent: { max_attempts: 0 } }))).toMatchObject({ end: "nothing" });
  });

  test("with a failure that was worked on before ends it, also one of the run that a person asked for", () => {
    const same = failure("test", "f1");
    for (const attempts of [
      [attempt(false, same)],
      [attempt(false, failure("test", "f2")), attempt(false, same)],
      [attempt(true, same)],
    ])
      expect(decideFix(facts({ attempts }), config())).toEqual({ end: "stop", why: "same failure again" });
  });

  test("ends after as many attempts at the same checks as the file allows", () => {
    const attempts = ["f4", "f3", "f2"].map((print) => attempt(false, failure("test", print)));
    expect(decideFix(facts({ attempts }), config())).toEqual({ end: "stop", why: "tried often enough" });
  });

  test("of another kind begins to count anew, but not for ever", () => {
    const other = ["f4", "f3", "f2"].map((print) => attempt(false, failure("lint", print)));
    expect(decideFix(facts({ attempts: other }), config())).toMatchObject({
      end: "work",
      assignment: { attempt: { number: 1, of: 3 } },
    });
    const turns = Array.from({ length: 9 }, (_, index) =>
      attempt(false, failure(index % 2 === 0 ? "lint" : "test", `t${index}`)),
    );
    expect(decideFix(facts({ attempts: turns }), config())).toEqual({ end: "stop", why: "tried often enough" });
  });

  test("begins to count anew when a person asked again", () => {
    const before = ["f4", "f3", "f1"].map((print) => attempt(false, failure("test", print)));
    const attempts = [attempt(true, failure("test", "f9")), ...before];
    expect(decideFix(facts({ attempts }), config())).toMatchObject({
      end: "work",
      assignment: { attempt: { number: 1, of: 3 } },
    });
  });
});

describe("a review that asks for changes", () => {
  const review = { by: "review", failures: [] } as const;

  test("of a pull that the bot looks after is worked on", () => {
    expect(decideFix(facts({ ...review, threads: [thread] }), config())).toMatchObject({
      end: "work",
      assignment: { threads: [thread], attempt: null },
    });
  });

  test("of a person's pull is worked on when one of its comments asks for it", () => {
    const asking = { ...thread, comments: [{ from: "ada", text: "Why?\n\n/codegen fix" }] };
    expect(decideFix(facts({ ...review, stored: null, threads: [asking] }), config())).toMatchObject({ end: "work" });
  });

  test.each<[string, Partial<FixFacts>]>([
    ["of a person's pull", { threads: [thread], stored: null }],
    ["whose threads are all resolved", { threads: [] }],
    [
      "that an event before this one told of",
      { threads: [thread], review: 12, attempts: [{ ...attempt(true), review: 12 }] },
    ],
  ])("%s is not", (_, changed) => {
    expect(decideFix(facts({ ...review, ...changed }), config())).toMatchObject({ end: "nothing" });
  });
});

describe("`/codegen fix`", () => {
  const asked = { by: "person", stored: null } as const;

  test("works on what fails, on open threads, or on the words behind it", () => {
    for (const what of [
      {},
      { failures: [], threads: [thread] },
      { failures: [], instruction: "add a test" },
    ] satisfies Partial<FixFacts>[])
      expect(decideFix(facts({ ...asked, ...what }), config())).toMatchObject({ end: "work" });
  });

  test("without any of these, or on a fork's pull, is answered", () => {
    expect(decideFix(facts({ ...asked, failures: [] }), config())).toEqual({ end: "answer", why: "nothing-to-fix" });
    expect(decideFix(facts({ ...asked, pull: pull({ fromFork: true }) }), config())).toEqual({
      end: "answer",
      why: "fork",
    });
  });
});

describe("an attempt", () => {
  const usage = { steps: 1, inputTokens: 1, outputTokens: 1, usd: 0, priced: false };
  const work = (more: Partial<Work>): Work => ({
    outcome: { end: "done", result: { title: "t", summary: "s", testsRun: [], openPoints: [] }, usage },
    changes: { additions: [{ path: "a", contents: "" }], deletions: [], refused: [] },
    checked: [],
    weakened: [],
    ...more,
  });
  const weakened = [{ path: "test/a.test.js", line: 1, why: "a test is skipped" }];

  test("is pushed when it changes something", () => {
    expect(judgeWork({ failures: [failure("test", "f")] }, work({}))).toBe("push");
  });

  test("that changes nothing ends it", () => {
    const changes = { additions: [], deletions: [], refused: [] };
    expect(judgeWork({ failures: [] }, work({ changes }))).toBe("nothing changed");
  });

  test("that weakens tests is not pushed where the aim is to be green, and is where a reviewer asked for it", () => {
    expect(judgeWork({ failures: [failure("test", "f")] }, work({ weakened }))).toBe("tests became weaker");
    expect(judgeWork({ failures: [] }, work({ weakened }))).toBe("push");
  });
});
