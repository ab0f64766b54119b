import { describe, expect, test } from "@jest/globals";
import { judge, putBack, shutdown } from "../../pipelines/job-outcome.ts";
import { Cancelled, LeaseLost, RateLimited, TransientError, UserError } from "../../src/errors.ts";

const calm = { signal: new AbortController().signal, lastAttempt: false, ageMs: 0, maxWaitMs: 1_000 };
const stopping = { ...calm, signal: AbortSignal.abort(shutdown) };

describe("the judgement of a job", () => {
  test.each([
    ["a mistake of the person", new UserError("no"), calm, "refused", "finish"],
    ["a cancellation", new Cancelled("cancelled", "no"), calm, "cancelled", "finish"],
    ["a newer run", new Cancelled("superseded", "no"), calm, "superseded", "finish"],
    ["a limit", new RateLimited("slow", 5), calm, "put-back", "later"],
    ["a lost lease", new LeaseLost("gone"), calm, "lease-lost", "later"],
    ["an error that may pass", new TransientError("502"), calm, "retried", "fail"],
    ["the same on the last attempt", new TransientError("502"), { ...calm, lastAttempt: true }, "failed", "dead"],
    ["something that is no error", "text", calm, "retried", "fail"],
    ["any error while the process ends", new TransientError("aborted"), stopping, "handed-back", "later"],
    ["a mistake of the person while the process ends", new UserError("no"), stopping, "refused", "finish"],
    ["a limit that lasts too long", new RateLimited("slow", 5), { ...calm, ageMs: 7_200_000 }, "dead", "dead"],
  ])("%s", (_what, error, circumstances, outcome, kind) => {
    const judgement = judge(error, circumstances);
    expect(judgement.outcome).toBe(outcome);
    expect(judgement.action.kind).toBe(kind);
  });

  test("an error that came of the queue's taking the job away counts as a lost lease", () => {
    const signal = AbortSignal.abort(new LeaseLost("gone"));
    expect(judge(new Error("aborted"), { ...calm, signal }).outcome).toBe("lease-lost");
  });

  test("a job waits as long as it was asked to, and says why and how long it waited when it is given up", () => {
    expect(judge(new RateLimited("slow", 5), calm).action).toEqual({ kind: "later", delayMs: 5 });
    const given = putBack("too new", 5, "warn", { ageMs: 9_000_000, maxWaitMs: 1 });
    expect(given.action).toEqual({ kind: "dead", reason: "waited 2.5 h in vain: too new" });
  });
});
