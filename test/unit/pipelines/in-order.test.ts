import { describe, expect, test } from "@jest/globals";
import type { PipelineDeps } from "../../../pipelines/deps.ts";
import { awaitEarlier } from "../../../pipelines/in-order.ts";
import { jobId, type Trigger } from "../../../pipelines/jobs.ts";
import type { RunState } from "../../../src/domain/run.ts";
import { RateLimited } from "../../../src/errors.ts";

/** The third command of a comment, which comes after the first. Absent: its job has opened no run. */
function wait(first: RunState | undefined, context: { attempt: number; lastAttempt: boolean }): Promise<void> {
  const runs = { byJob: async (id: string) => (id === jobId("guid", 0) && first ? { state: first } : null) };
  const comment = { kind: "comment", where: "issue", commentId: 1, bodyHash: "h", actor: { id: 1, login: "ada" } };
  const trigger = { ...comment, index: 2, after: [0] } as Trigger;
  return awaitEarlier({ store: { runs } } as unknown as PipelineDeps, { delivery: "guid", trigger }, context);
}

describe("a command below another one in its comment", () => {
  test.each(["queued", "running", "waiting"] as const)("waits while that is %s, however long", async (state) => {
    await expect(wait(state, { attempt: 1_000, lastAttempt: false })).rejects.toBeInstanceOf(RateLimited);
  });

  test.each(["succeeded", "failed", "cancelled", "superseded"] as const)("begins when that has %s", async (state) => {
    expect(await wait(state, { attempt: 1, lastAttempt: false })).toBeUndefined();
  });

  test("waits for one that has not begun, but not for ever: it may have been dropped", async () => {
    await expect(wait(undefined, { attempt: 1, lastAttempt: false })).rejects.toBeInstanceOf(RateLimited);
    expect(await wait(undefined, { attempt: 51, lastAttempt: false })).toBeUndefined();
  });

  test("says its last words whatever became of that", async () => {
    expect(await wait(undefined, { attempt: 1, lastAttempt: true })).toBeUndefined();
  });
});
