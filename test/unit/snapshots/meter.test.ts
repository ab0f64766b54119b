import { expect, test } from "@jest/globals";
import { createSnapshotMeter } from "../../../src/snapshots/meter.ts";

const snapshot = { scope: "base" as const, bytes: 100 };

test("snapshots are counted by whom they serve, and runs by whether one was there", async () => {
  const meter = createSnapshotMeter();
  const list = [snapshot, snapshot, { scope: 7, bytes: 30 }];
  meter.setUp(12, true);
  meter.restored(0.04, true);
  meter.restored(0.03, false);
  meter.restored(0.03, false);
  const lines = (await meter.text({ list: () => Promise.resolve(list as never) })).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'codegen_snapshots{scope="base"} 2',
      'codegen_snapshots{scope="pull"} 1',
      'codegen_snapshot_bytes{scope="base"} 200',
      'codegen_snapshot_bytes{scope="pull"} 30',
      'codegen_snapshot_looks_total{result="hit"} 2',
      'codegen_snapshot_looks_total{result="miss"} 1',
      "codegen_snapshot_restore_seconds_count 3",
      'codegen_setup_seconds_sum{kept="true"} 12',
    ]),
  );
});
