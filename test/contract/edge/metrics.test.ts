import { expect, test } from "@jest/globals";
import { createMetrics, type Metrics } from "../../../handlers/http/metrics.ts";
import { runKinds, runStates } from "../../../src/domain/run.ts";
import { silentLog } from "../../../src/log.ts";
import type { RunCount } from "../../../src/store/port.ts";

/** Metrics whose store is asked by `runs`, at a time that the test moves. */
function metricsOf(runs: () => Promise<readonly RunCount[]>): { metrics: Metrics; later: (seconds: number) => void } {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const metrics = createMetrics({
    queue: async () => "bullmq_job_count 3\n",
    worker: async () => "codegen_snapshots 2\n",
    runs,
    events: ["issues"],
    clock: { now: () => new Date(now) },
    log: silentLog,
  });
  return { metrics, later: (seconds) => void (now += seconds * 1_000) };
}

test("runs are shown in every kind and state, and in nothing else", async () => {
  const { metrics } = metricsOf(async () => [{ kind: "merge", state: "failed", count: 4 }]);
  const lines = (await metrics.text()).split("\n").filter((line) => line.startsWith("codegen_runs{"));
  expect(lines).toHaveLength(runKinds.length * runStates.length);
  expect(lines).toContain('codegen_runs{kind="merge",state="failed"} 4');
  expect(lines.filter((line) => !line.endsWith(" 0"))).toHaveLength(1);
});

test("runs are counted anew every ten seconds at most, and a number that fell is shown", async () => {
  let [asked, count] = [0, 1];
  const { metrics, later } = metricsOf(async () => {
    asked += 1;
    return count === 0 ? [] : [{ kind: "plan", state: "running", count }];
  });
  const line = async (): Promise<string> =>
    /codegen_runs\{kind="plan",state="running"\} \d/.exec(await metrics.text())?.[0] ?? "";
  for (let index = 0; index < 5; index += 1) expect(await line()).toMatch(/ 1$/);
  expect(asked).toBe(1);
  count = 0;
  later(10);
  expect(await line()).toMatch(/ 0$/);
  expect(asked).toBe(2);
});

test.each([
  ["fails", () => Promise.reject(new Error("no store"))],
  ["hangs", () => new Promise<never>(() => {})],
])("a store that %s takes nobody else's numbers with it", async (_how, runs) => {
  const { metrics } = metricsOf(runs);
  metrics.delivered("issues", "queued: plan", 0.01);
  const text = await metrics.text();
  expect(text).toContain('codegen_deliveries_total{event="issues",outcome="queued"} 1');
  expect(text).toContain("bullmq_job_count 3");
  expect(text).toContain("codegen_snapshots 2");
  expect(text).not.toContain("codegen_runs");
});
