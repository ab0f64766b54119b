import { describe, expect, test } from "@jest/globals";
import { denySecrets, secretsFor, type Withheld } from "../../../pipelines/secrets.ts";
import { createRedactor } from "../../../src/redact.ts";
import { readingWithoutSecrets, withoutSecrets } from "../../../pipelines/secrets.ts";
import { config, repo } from "./facts.ts";

const values: Record<string, string> = { NPM_TOKEN: "npm-value", DEPLOY_KEY: "deploy-value" };
const secrets = {
  lookUp: (_: unknown, names: readonly string[]) => ({
    env: Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name] ?? ""]] : []))),
    missing: names.filter((name) => !(name in values)),
  }),
};
const settings = (setup: string[], setupSecrets: string[]) =>
  config({
    environment: { setup, secrets: ["NPM_TOKEN", "DEPLOY_KEY", "UNSET"], setup_secrets: setupSecrets },
  });
const none = settings([], []);
const npm = settings(["npm ci"], ["NPM_TOKEN"]);

describe("a command", () => {
  test.each<[string, typeof none, string[], Withheld, unknown]>([
    ["names no secret", none, [], null, null],
    ["names none, on a fork", none, [], "fork", null],
    ["names one that has a value", none, ["DEPLOY_KEY"], null, null],
    [
      "names one that has none",
      none,
      ["DEPLOY_KEY", "UNSET"],
      null,
      { why: "missing", names: ["UNSET"], setup: false },
    ],
    ["names one, on a fork", none, ["DEPLOY_KEY"], "fork", { why: "fork", names: ["DEPLOY_KEY"], setup: false }],
    ["names one, after a bot's commit", none, ["UNSET"], "bot", { why: "bot", names: ["UNSET"], setup: false }],
    ["comes after a set-up that names one", npm, [], null, null],
    ["comes after such a set-up, on a fork", npm, [], "fork", { why: "fork", names: ["NPM_TOKEN"], setup: true }],
    [
      "comes after a set-up that names one without a value",
      settings(["npm ci"], ["UNSET"]),
      ["DEPLOY_KEY"],
      null,
      { why: "missing", names: ["UNSET"], setup: true },
    ],
    ["comes after no set-up, which names one", settings([], ["NPM_TOKEN"]), [], "fork", null],
  ])("that %s", (_, file, names, withheld, denied) => {
    expect(denySecrets({ secrets }, repo, file, { secrets: names }, withheld)).toEqual(denied);
  });

  test("gets the values that it names and no others", () => {
    expect(secretsFor({ secrets }, repo, ["DEPLOY_KEY"], null)).toEqual({ DEPLOY_KEY: "deploy-value" });
    expect(secretsFor({ secrets }, repo, [], "fork")).toEqual({});
  });

  test("is not run half-blind, nor on a fork, also where nobody has asked before", () => {
    expect(() => secretsFor({ secrets }, repo, ["DEPLOY_KEY", "UNSET"], null)).toThrow(/^UNSET cannot be given/);
    expect(() => secretsFor({ secrets }, repo, ["DEPLOY_KEY"], "fork")).toThrow(/^DEPLOY_KEY cannot be given/);
  });
});

describe("what a command leaves", () => {
  const deps = { redactor: createRedactor(["deploy-value"]) };

  test("is kept without the secrets, before anything is cut from it", async () => {
    const result = { end: "exited", code: 0, output: "it is deploy-value!", droppedBytes: 0, ms: 1 } as const;
    expect(withoutSecrets(deps, result).output).toBe("it is [redacted]!");
  });

  test("is read from its files likewise", async () => {
    const unused = () => Promise.reject(new Error("not asked for"));
    const workspace = {
      read: (path: string) => Promise.resolve(`${path}: deploy-value`),
      list: unused,
      search: unused,
      write: unused,
      remove: unused,
      run: unused,
      start: unused,
    };
    expect(await readingWithoutSecrets(deps, { workspace }).workspace.read("a.xml")).toBe("a.xml: [redacted]");
  });
});
