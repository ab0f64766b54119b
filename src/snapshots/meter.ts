import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Snapshots } from "./port.ts";

/** Counts what snapshots save, for Prometheus. */
export interface SnapshotMeter {
  /** A sandbox was made that begins with a snapshot: one that was there, or (`isFresh`) one that was made just before. */
  restored(seconds: number, isFresh: boolean): void;
  /** A set-up ran; `kept` tells whether others can begin with what it left. */
  setUp(seconds: number, kept: boolean): void;
  /** Prometheus text. */
  text(snapshots: Pick<Snapshots, "list">): Promise<string>;
}

export function createSnapshotMeter(): SnapshotMeter {
  const registry = new Registry();
  const registers = [registry];
  const count = new Gauge({
    name: "codegen_snapshots",
    help: "Snapshots on this host, by whom they serve",
    labelNames: ["scope"],
    registers,
  });
  const bytes = new Gauge({
    name: "codegen_snapshot_bytes",
    help: "Bytes of the snapshots on this host, by whom they serve",
    labelNames: ["scope"],
    registers,
  });
  const looks = new Counter({
    name: "codegen_snapshot_looks_total",
    help: "Runs with a set-up, by whether a snapshot was there (hit) or the set-up ran (miss)",
    labelNames: ["result"],
    registers,
  });
  for (const result of ["hit", "miss"]) looks.inc({ result }, 0);
  const restore = new Histogram({
    name: "codegen_snapshot_restore_seconds",
    help: "Making a sandbox that begins with a snapshot",
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const setup = new Histogram({
    name: "codegen_setup_seconds",
    help: "Set-ups that ran, by whether what they left was kept",
    labelNames: ["kept"],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900],
    registers,
  });
  return {
    restored(seconds, isFresh) {
      if (!isFresh) looks.inc({ result: "hit" });
      restore.observe(seconds);
    },
    setUp(seconds, kept) {
      looks.inc({ result: "miss" });
      setup.observe({ kept: String(kept) }, seconds);
    },
    async text(snapshots) {
      const all = await snapshots.list();
      for (const scope of ["base", "pull"]) {
        const own = all.filter((one) => (one.scope === "base") === (scope === "base"));
        count.set({ scope }, own.length);
        bytes.set(
          { scope },
          own.reduce((sum, one) => sum + one.bytes, 0),
        );
      }
      return registry.metrics();
    },
  };
}
