import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openWorkspaceFiles } from "../../../src/workspace/safe-files.ts";
import { temporary } from "./repository.ts";
import { outputSync } from "../../support/run-sync.ts";

const places = temporary();
afterEach(() => places.removeAll());

/** A workspace, and beside it a place that nothing may reach. */
function layout() {
  const base = places.directory();
  const workspace = join(base, "workspace");
  const outside = join(base, "outside");
  for (const directory of [workspace, outside]) mkdirSync(directory);
  writeFileSync(join(outside, "secret"), "secret");
  writeFileSync(join(workspace, "inside"), "inside");
  mkdirSync(join(workspace, "dir"));
  return { workspace, outside, files: openWorkspaceFiles(workspace) };
}

/** Each makes a way out, and names the path that would take it. */
const waysOut: readonly (readonly [string, (workspace: string, outside: string) => string])[] = [
  ["a link to a file by its full path", (w, o) => link(join(o, "secret"), w, "x")],
  ["a link to a file by a relative path", (w) => link("../outside/secret", w, "x")],
  ["a link to a directory", (w, o) => `${link(o, w, "x")}/secret`],
  ["a link to a directory by a relative path", (w) => `${link("../outside", w, "x")}/secret`],
  ["a link to the parent directory", (w) => `${link("..", w, "x")}/outside/secret`],
  ["a link to the root of the file system", (w, o) => `${link("/", w, "x")}${join(o, "secret")}`],
  ["a link in a subdirectory", (w) => link("../../outside/secret", w, "dir/x")],
  ["a link to a directory in a subdirectory", (w) => `${link("../../outside", w, "dir/x")}/secret`],
  ["a link to a link", (w) => link("b", w, "x") && link("../outside/secret", w, "b") && "x"],
  ["a link to a link to a directory", (w) => link("b", w, "x") && link("../outside", w, "b") && "x/secret"],
  ["a link to itself", (w) => link("x", w, "x")],
  ["a link through /proc/self/cwd", (w, o) => `${link("/proc/self/root", w, "x")}${join(o, "secret")}`],
  ["a link through /proc/self/fd", (w) => `${link("/proc/self/fd", w, "x")}/0`],
  ["a link to nothing, where a write would make a file", (w) => link("../outside/new", w, "x")],
  ["a path with ..", () => "../outside/secret"],
  ["a path with .. in its middle", () => "dir/../../outside/secret"],
  ["an absolute path", (_, o) => join(o, "secret")],
  ["a path with a NUL", () => "inside\0/../../outside/secret"],
  ["a path into .git", () => ".git/config"],
  ["a path into a .git of another spelling", () => "dir/.GIT/hooks/x"],
  ["the workspace itself", () => ""],
  ["a file as if it were a directory", () => "inside/x"],
  ["a name of a thousand characters", () => "n".repeat(1_000)],
];

describe("files of a workspace", () => {
  test.each(waysOut)("are not left by %s", async (_name, make) => {
    const { workspace, outside, files } = layout();
    const path = make(workspace, outside);
    await expect(files.read(path)).rejects.toMatchObject({ name: "UserError" });
    await expect(files.write(path, "changed")).rejects.toMatchObject({ name: "UserError" });
    expect(await files.search("secret", { limit: 10 })).toEqual([]);
    expect(await files.list("", 10)).toEqual(["inside"]);
    await files.remove(path).catch(() => {});
    expect(readdirSync(outside)).toEqual(["secret"]);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  });

  test("are not left by listing a linked directory", async () => {
    const { workspace, outside, files } = layout();
    link(outside, workspace, "x");
    await expect(files.list("x", 10)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("symbolic link"),
    });
    await expect(files.list("..", 10)).rejects.toMatchObject({ name: "UserError" });
  });

  test("are not left while somebody swaps a directory for a link all the time", async () => {
    const { workspace, outside, files } = layout();
    writeFileSync(join(workspace, "dir", "secret"), "harmless");
    // Whatever the other side makes in a gap, the swapping goes on.
    const script = `
      const { renameSync, rmSync, symlinkSync } = require("node:fs");
      symlinkSync(${JSON.stringify(outside)}, "link");
      const attempt = (work) => { try { work(); return true; } catch { return false; } };
      const swap = (from, to) => attempt(() => renameSync(from, to)) || attempt(() => rmSync(to, { recursive: true, force: true }));
      process.stdout.write("ready");
      for (let turn = 0; ; turn++) { swap("dir", "kept"); swap("link", "dir"); swap("dir", "link"); swap("kept", "dir"); }`;
    const swapper = spawn(process.execPath, ["-e", script], { cwd: workspace, stdio: ["ignore", "pipe", "inherit"] });
    const gone = once(swapper, "exit");
    await once(swapper.stdout, "data");
    const seen = new Set<string>();
    for (let turn = 0; turn < 1_000; turn++) {
      const outcomes = await Promise.allSettled([files.read("dir/secret"), files.write("dir/secret", "harmless")]);
      for (const outcome of outcomes)
        seen.add(outcome.status === "fulfilled" ? String(outcome.value) : String(outcome.reason.name));
    }
    swapper.kill("SIGKILL");
    // It was at work to the end, and both happened: the directory was there, and it was swapped away.
    expect(await gone).toEqual([null, "SIGKILL"]);
    expect([...seen]).toEqual(expect.arrayContaining(["harmless", "UserError"]));
    expect(seen.has("secret")).toBe(false);
    expect(readdirSync(outside)).toEqual(["secret"]);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  }, 60_000);

  test.each([
    ["a FIFO", (path: string) => outputSync("mkfifo", [path])],
    [
      "a socket",
      (path: string) =>
        outputSync(process.execPath, [
          "-e",
          `require("net").createServer().listen(${JSON.stringify(path)}, () => process.exit())`,
        ]),
    ],
    ["a directory", (path: string) => mkdirSync(path)],
  ])("that are %s are refused at once", async (_name, make) => {
    const { workspace, files } = layout();
    make(join(workspace, "odd"));
    await expect(files.read("odd")).rejects.toMatchObject({ name: "UserError" });
    await expect(files.write("odd", "x")).rejects.toMatchObject({ name: "UserError" });
    expect(await files.list("", 10)).toEqual(["inside"]);
  });

  test("are read as text of up to a megabyte, and refused with the reason otherwise", async () => {
    const { workspace, files } = layout();
    writeFileSync(join(workspace, "text"), "\ufeffünï\r\n€");
    writeFileSync(join(workspace, "binary"), Buffer.from([65, 0, 66]));
    writeFileSync(join(workspace, "latin"), Buffer.from([0xe4, 0xf6]));
    writeFileSync(join(workspace, "large"), "x".repeat(1_000_001));
    expect(await files.read("./text")).toBe("\ufeffünï\r\n€");
    await expect(files.read("binary")).rejects.toThrow("binary");
    await expect(files.read("latin")).rejects.toThrow("UTF-8");
    await expect(files.read("large")).rejects.toThrow("1000000 bytes");
    await expect(files.read("nothing")).rejects.toThrow("nothing does not exist.");
    await expect(files.write("much", "x".repeat(1_000_001))).rejects.toThrow("1000000 bytes");
  });

  test("are written with their directories, shortened, and keep their mode", async () => {
    const { workspace, files } = layout();
    await files.write("a/b/c.txt", "long content");
    await files.write("a/b/c.txt", "short");
    expect(await files.read("a/b/c.txt")).toBe("short");
    writeFileSync(join(workspace, "run"), "x", { mode: 0o755 });
    chmodSync(join(workspace, "run"), 0o755);
    await files.write("run", "y");
    expect(statSync(join(workspace, "run")).mode & 0o777).toBe(0o755);
    await files.remove("a/b/c.txt");
    await expect(files.remove("a/b/c.txt")).rejects.toThrow("does not exist");
    await expect(files.remove("a/b")).rejects.toThrow("directory");
  });

  test("are removed as links, and what they lead to stays", async () => {
    const { workspace, outside, files } = layout();
    await files.remove(link(join(outside, "secret"), workspace, "x"));
    expect(readdirSync(workspace).toSorted()).toEqual(["dir", "inside"]);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  });

  test("are listed in order, up to the limit, without .git and node_modules", async () => {
    const { workspace, files } = layout();
    rmSync(join(workspace, "inside"));
    for (const path of ["a.txt", "a/z", "a/b", "a-b", "node_modules/x/y", ".git/config", ".github/w.yml"])
      await files.write(path, "1").catch(() => {});
    mkdirSync(join(workspace, ".git"));
    writeFileSync(join(workspace, ".git", "config"), "");
    expect(await files.list("", 100)).toEqual([".github/w.yml", "a-b", "a.txt", "a/b", "a/z"]);
    expect(await files.list("", 2)).toEqual([".github/w.yml", "a-b"]);
    expect(await files.list("a", 100)).toEqual(["a/b", "a/z"]);
    expect(await files.list("node_modules", 100)).toEqual(["node_modules/x/y"]);
    await expect(files.list("none", 1)).rejects.toThrow("does not exist");
  });

  test("are searched as plain text, by globs, up to the limit", async () => {
    const { workspace, files } = layout();
    await files.write("src/one.ts", "a.b\n  (x) \nA.B\na.b again");
    await files.write("src/deep/two.js", "a.b");
    writeFileSync(join(workspace, "binary"), Buffer.from("a.b\0"));
    expect(await files.search("a.b", { limit: 10 })).toEqual([
      { path: "src/deep/two.js", line: 1, text: "a.b" },
      { path: "src/one.ts", line: 1, text: "a.b" },
      { path: "src/one.ts", line: 4, text: "a.b again" },
    ]);
    expect(await files.search("(x)", { limit: 10 })).toEqual([{ path: "src/one.ts", line: 2, text: "(x)" }]);
    expect((await files.search("a.b", { glob: "*.js", limit: 10 })).map(({ path }) => path)).toEqual([
      "src/deep/two.js",
    ]);
    expect((await files.search("a.b", { glob: "src/*.ts", limit: 1 })).map(({ path }) => path)).toEqual(["src/one.ts"]);
    await expect(files.search("", { limit: 1 })).rejects.toMatchObject({ name: "UserError" });
    const started = performance.now();
    await files.write("a".repeat(32), "a.b");
    expect(await files.search("a.b", { glob: `${"*a".repeat(16)}b`, limit: 1 })).toEqual([]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("share their content with hard links only inside", async () => {
    const { workspace, files } = layout();
    linkSync(join(workspace, "inside"), join(workspace, "twin"));
    await files.write("twin", "both");
    expect(await files.read("inside")).toBe("both");
  });

  test("belong to the workspace's owner, whoever the bot is", async () => {
    const { workspace, files } = layout();
    const owner = process.getuid?.() === 0 ? 61_183 : statSync(workspace).uid;
    chownSync(workspace, owner, owner === 61_183 ? owner : statSync(workspace).gid);
    await files.write("new/dir/file", "x");
    for (const path of ["new", "new/dir", "new/dir/file"]) expect(statSync(join(workspace, path)).uid).toBe(owner);
  });
});

function link(target: string, workspace: string, at: string): string {
  symlinkSync(target, join(workspace, at));
  return at;
}
