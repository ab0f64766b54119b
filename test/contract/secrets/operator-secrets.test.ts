import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { silentLog } from "../../../src/log.ts";
import { openSecrets } from "../../../src/secrets/operator-secrets.ts";

const repo = { owner: "Acme", name: "Shop" };
let folder: string;
let path: string;
let known: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codegen-secrets-"));
  path = join(folder, "secrets.yml");
  known = [];
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openSecrets({ path, know: (values) => known.push(...values), log: silentLog });
const write = async (text: string, mode = 0o600) => {
  await writeFile(path, text);
  await chmod(path, mode);
};

describe("the operator's secrets", () => {
  test("are found by the repository, then by its owner, and told to the redactor before anybody asks", async () => {
    await write(
      "acme/shop: { A: of-the-repository }\nacme: { A: of-the-owner, B: shared-value }\nother: { C: of-others }",
    );
    const secrets = open();
    expect(known).toEqual(["of-the-repository", "of-the-owner", "shared-value", "of-others"]);
    expect(secrets.lookUp(repo, ["A", "B", "C"])).toEqual({
      env: { A: "of-the-repository", B: "shared-value" },
      missing: ["C"],
    });
    expect(secrets.lookUp({ owner: "acme", name: "elsewhere" }, ["A"]).env).toEqual({ A: "of-the-owner" });
  });

  test("are read again when the file changes, and the redactor learns the new ones first", async () => {
    await write("acme: { A: first-value }");
    const secrets = open();
    expect(secrets.lookUp(repo, ["A"]).env).toEqual({ A: "first-value" });
    await write("acme: { A: second-value }");
    expect(secrets.lookUp(repo, ["A"]).env).toEqual({ A: "second-value" });
    expect(known).toEqual(["first-value", "second-value"]);
  });

  test("are given to nobody while the file is of no use, and to all again when it is mended", async () => {
    await write("acme: { A: first-value }");
    const secrets = open();
    await write("acme: [ A");
    expect(() => secrets.lookUp(repo, ["A"])).toThrow("Its operator finds the reason in its log");
    await write("acme: { A: first-value }", 0o644);
    expect(() => secrets.lookUp(repo, ["A"])).toThrow("Its operator finds the reason in its log");
    await write("acme: { A: third-value }");
    expect(secrets.lookUp(repo, ["A"]).env).toEqual({ A: "third-value" });
  });

  test.each([
    ["that others may read", "acme: {}", 0o640, /its mode is 0640.*chmod 600/],
    ["that others may write", "acme: {}", 0o602, /its mode is 0602/],
    ["with a mistake", "acme: { A: short }", 0o600, /line 1: the value has less than 6/],
  ])("in a file %s keep the bot from starting", async (_, text, mode, words) => {
    await write(text, mode);
    expect(open).toThrow(words);
    expect(known).toEqual([]);
  });

  test("keep the bot from starting where there is no file, or a folder", async () => {
    expect(open).toThrow(/cannot be read: ENOENT/);
    path = folder;
    await chmod(folder, 0o700);
    expect(open).toThrow(/it is not a file/);
  });

  test("are none where the operator names no file", () => {
    const secrets = openSecrets({ path: null, know: () => undefined, log: silentLog });
    expect(secrets.lookUp(repo, ["A"])).toEqual({ env: {}, missing: ["A"] });
  });
});
