import { describe, expect, test } from "@jest/globals";
import { requiredRole } from "../../../pipelines/admission.ts";
import { commandNames, type CommandName } from "../../../src/commands/grammar.ts";
import { atLeast, roles, type Role } from "../../../src/domain/permission.ts";
import { config } from "./facts.ts";

/** For each command the roles that may use it, from the weakest to the strongest: none, read, triage, write, maintain, admin. */
const matrix: Record<CommandName, string> = {
  plan: "· · x x x x",
  approve: "· · · x x x",
  revise: "· · x x x x",
  run: "· · · x x x",
  fix: "· · · x x x",
  revert: "· · · x x x",
  review: "· · · x x x",
  validate: "· · · x x x",
  "ok-to-test": "· · · x x x",
  generate: "· · · x x x",
  merge: "· · · · x x",
  hold: "· · · x x x",
  decline: "· · · x x x",
  cancel: "· · · x x x",
  retry: "· · · x x x",
  where: "· · x x x x",
  status: "· x x x x x",
  config: "· x x x x x",
  help: "· x x x x x",
};

const row = (need: Role) => roles.map((have) => (atLeast(have, need) ? "x" : "·")).join(" ");

describe("who may use a command", () => {
  test.each(commandNames)("%s", (name) => {
    expect(row(requiredRole(name, config()))).toBe(matrix[name]);
    expect(row(requiredRole(name, null))).toBe(matrix[name]);
  });

  test("is settled by the file for plans, work and merges, and for nothing else", () => {
    const strict = config({ permissions: { plan: "admin", run: "admin", merge: "admin" } });
    const changed = commandNames.filter((name) => requiredRole(name, strict) !== requiredRole(name, null));
    expect(changed).toEqual(["plan", "approve", "revise", "run", "merge"]);
    const mild = config({ permissions: { plan: "read", run: "triage", merge: "write" } });
    expect(changed.map((name) => requiredRole(name, mild))).toEqual(["read", "triage", "read", "triage", "write"]);
  });

  test("is never nobody at all", () => {
    for (const name of commandNames) expect(requiredRole(name, null)).not.toBe("none");
  });
});
