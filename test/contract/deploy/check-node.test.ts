/** Under an old Node a TypeScript file ends with an error code that helps nobody; the guard says what to do. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import { execa } from "execa";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const guard = "node deploy/check-node.mjs";
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

test("every script that has Node run TypeScript asks for the right Node first", () => {
  const typed = Object.keys(scripts).filter((name) => /\bnode\b[^&]*\.ts\b/.test(scripts[name] ?? ""));
  expect(typed).toEqual(expect.arrayContaining(["start", "dev", "demo", "github", "codegen", "bench:spine"]));
  // The tests are TypeScript as well, though the script does not name them.
  const unguarded = [...typed, "test"].filter((name) => scripts[`pre${name}`]?.split(" && ")[0] !== guard);
  expect(unguarded).toEqual([]);
});

test("the guard lets this Node pass without a word, so that a script's output is its own", async () => {
  const { all } = await execa(process.execPath, ["deploy/check-node.mjs"], { cwd: root, all: true });
  expect(all).toBe("");
});

test("the guard stops an older Node with one sentence that says what to do", async () => {
  const script = `globalThis.process = Object.create(process, { versions: { value: { node: "24.10.0" } } });
    await import(${JSON.stringify(pathToFileURL(join(root, "deploy/check-node.mjs")).href)});`;
  const { exitCode, stderr, stdout } = await execa(process.execPath, ["--input-type=module", "-e", script], {
    reject: false,
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(
    /^Codegen needs Node 24\.11 or newer, and this is 24\.10\.0\. `npm ci` brings the right one.*\.$/,
  );
});
