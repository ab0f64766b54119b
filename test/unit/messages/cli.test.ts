import { expect, test } from "@jest/globals";
import { snapshotList, snapshotsDropped, type SnapshotLine } from "../../../src/messages/cli.ts";

const now = new Date("2026-03-04T12:00:00Z");
const kept: SnapshotLine = {
  key: "0123456789abcdef".repeat(4),
  name: "acme/shop",
  scope: "base",
  bytes: 240 * 1024 ** 2,
  files: 12_000,
  setupMs: 41_260,
  unfit: null,
  usedAt: new Date(now.getTime() - 3 * 3_600_000),
  inUse: false,
};
const ofPull = { ...kept, key: "f".repeat(64), scope: 8, bytes: 1_500, files: 3, inUse: true };
const note = {
  ...kept,
  key: "e".repeat(64),
  bytes: 0,
  files: 0,
  unfit: "the set-up changes package-lock.json",
  usedAt: now,
};

test("snapshots are listed in columns, with what they take in all", () => {
  expect(`\n${snapshotList([kept, ofPull, note], now)}\n`).toMatchInlineSnapshot(`
   "
   0123456789ab  acme/shop  base  240 MB    12000 files                           set up in 41.3 s  used 3 h ago
   ffffffffffff  acme/shop  #8    1.5 KB    3 files                               set up in 41.3 s  in use
   eeeeeeeeeeee  acme/shop  base  not kept  the set-up changes package-lock.json  set up in 41.3 s  used just now
   3 in all, 240 MB
   "
  `);
});

test("what was dropped is said, and what stays since a run uses it", () => {
  expect(snapshotsDropped([], [])).toBe("No snapshot matches; `codegen snapshot list` shows all.");
  expect(snapshotsDropped([kept], [])).toBe("Dropped 1, 240 MB.");
  expect(snapshotsDropped([kept], [ofPull])).toBe(
    "Dropped 1, 240 MB. In use by a run, so kept: ffffffffffff. Drop it again when the run has ended.",
  );
});
