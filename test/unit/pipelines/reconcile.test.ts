import { describe, expect, test } from "@jest/globals";
import { decideOrphans, decideRedeliveries } from "../../../pipelines/reconcile/decide.ts";
import type { FailedDelivery } from "../../../src/github/deliveries.ts";
import type { Run } from "../../../src/store/port.ts";
import { repo } from "./facts.ts";

const now = new Date("2026-01-01T12:00:00Z");

function failed(guid: string, agoMs: number, attempts = 1): FailedDelivery {
  return { id: 1, guid, event: "push", deliveredAt: new Date(now.getTime() - agoMs).toISOString(), attempts };
}

function guids(deliveries: readonly FailedDelivery[]): string[] {
  return decideRedeliveries(deliveries, now).map(({ guid }) => guid);
}

describe("a failed delivery", () => {
  test("is asked for again, the oldest first", () => {
    expect(guids([failed("new", 60_000), failed("old", 3_600_000), failed("middle", 120_000)])).toEqual([
      "old",
      "middle",
      "new",
    ]);
  });

  test("is left alone for half a minute", () => {
    expect(guids([failed("just now", 29_999), failed("settled", 30_000)])).toEqual(["settled"]);
    expect(guids([failed("from the future", -60_000)])).toEqual([]);
  });

  test("is given up after ten attempts", () => {
    expect(guids([failed("nine", 60_000, 9), failed("ten", 60_000, 10)])).toEqual(["nine"]);
  });

  test("waits for the next pass when there are more than fifty", () => {
    const many = Array.from({ length: 70 }, (_, n) => failed(`d${n}`, 60_000 + n));
    expect(guids(many)).toEqual(Array.from({ length: 50 }, (_, n) => `d${69 - n}`));
  });
});

describe("a run without a worker", () => {
  const run: Run = {
    id: "run-1",
    kind: "validate",
    repo,
    number: 8,
    head: null,
    state: "running",
    reason: null,
    jobId: "wh_1_0",
    actor: "alice",
    cancelRequestedBy: null,
    createdAt: now,
    updatedAt: now,
  };
  const job = { id: "wh_1_0", name: "validate", starts: 1, stalls: 0, attempts: 1, failedReason: null };

  test.each([
    ["completed", true],
    ["failed", true],
    ["unknown", true],
    ["active", false],
    ["waiting", false],
    ["delayed", false],
  ] as const)("whose job is %s is an orphan: %p", (state, orphan) => {
    expect(decideOrphans([{ run, job: { ...job, state } }])).toEqual(orphan ? [run] : []);
  });

  test("whose job is gone is an orphan", () => {
    expect(decideOrphans([{ run, job: null }])).toEqual([run]);
  });
});
