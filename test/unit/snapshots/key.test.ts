import { describe, expect, test } from "@jest/globals";
import { snapshotKey, type SetupFacts, type SetupFile } from "../../../src/snapshots/key.ts";

const lock: SetupFile = { path: "package-lock.json", kind: "file", executable: false, oid: "a".repeat(40) };
const script: SetupFile = { path: "setup.sh", kind: "file", executable: true, oid: "b".repeat(40) };
const facts: SetupFacts = {
  repository: 5,
  branch: "main",
  commands: ["npm ci", "npm run build"],
  files: [lock, script],
  base: "debian 12, node 24.11.0",
  network: ["registry.npmjs.org"],
  secrets: ["NPM_TOKEN"],
  besides: ["vendor/lib"],
  limits: { cpus: 2, memory: 2_000 },
};

describe("the key of a snapshot", () => {
  test("is the same for the same facts, in whatever order they were found", () => {
    const other = { ...facts, files: [script, lock], limits: { memory: 2_000, cpus: 2 } };
    expect(snapshotKey(other)).toBe(snapshotKey(facts));
    expect(snapshotKey(facts)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, Partial<SetupFacts>]>([
    ["another repository", { repository: 6 }],
    ["another branch that pulls go into", { branch: "next" }],
    ["another command", { commands: ["npm ci", "npm run build:all"] }],
    ["another order of commands", { commands: ["npm run build", "npm ci"] }],
    ["commands that look alike when joined", { commands: ["npm ci npm run build"] }],
    ["another content of a file", { files: [{ ...lock, oid: "c".repeat(40) }, script] }],
    ["another path of a file", { files: [{ ...lock, path: "web/package-lock.json" }, script] }],
    ["another mode of a file", { files: [lock, { ...script, executable: false }] }],
    ["a link in place of a file", { files: [{ ...lock, kind: "link" }, script] }],
    ["one file less", { files: [lock] }],
    ["the whole tree", { files: { tree: "d".repeat(40) } }],
    ["another host or image", { base: "debian 13, node 24.11.0" }],
    ["another host that it may reach", { network: [] }],
    ["no secrets", { secrets: [] }],
    ["no submodules", { besides: [] }],
    ["other limits", { limits: { cpus: 4, memory: 2_000 } }],
  ])("changes with %s", (_, change) => {
    expect(snapshotKey({ ...facts, ...change })).not.toBe(snapshotKey(facts));
  });
});
