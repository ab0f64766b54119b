import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createBubblewrap } from "../../../src/sandbox/bubblewrap.ts";
import type { SandboxOptions } from "../../../src/sandbox/port.ts";
import { smallLimits } from "./bots.ts";

const provider = createBubblewrap({});
let root: string;
let workspace: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "codegen-test-"));
  workspace = join(root, "files");
  await mkdir(join(workspace, "dir"), { recursive: true });
  for (const path of ["changed", "removed", "dir/old"]) await writeFile(join(workspace, path), "of the commit\n");
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What a command prints in a sandbox of its own. */
async function says(run: string, options: Partial<SandboxOptions>, keepIn?: string): Promise<string> {
  const sandbox = await provider.create({ workspace, limits: smallLimits, ...options });
  try {
    const { output } = await sandbox.exec({ run, timeoutMs: 20_000 });
    if (keepIn !== undefined) {
      await mkdir(keepIn);
      await sandbox.snapshot(keepIn);
    }
    return output;
  } finally {
    await sandbox.destroy();
  }
}

describe("what one sandbox left, in another", () => {
  const change =
    "echo left >changed; rm removed; rm -r dir; mkdir dir; echo left >dir/new; mkdir made; echo left >made/it; echo left >~/it";
  const look = "cat changed; ls removed 2>/dev/null; ls dir made; cat ~/it";

  test("is seen over the workspace's own files: changed, removed, replaced and made", async () => {
    const left = join(root, "left");
    expect(await says(change, {}, left)).toBe("");
    expect(await says(look, { over: [left] })).toBe("left\ndir:\nnew\n\nmade:\nit\nleft\n");
  });

  test("is beneath them as a layer: what the commit has stays as it is", async () => {
    const left = join(root, "left");
    await says("echo left >changed; echo left >made", {}, left);
    expect(await says("cat changed made", { layers: [left] })).toBe("of the commit\nleft\n");
  });

  test("lies in the order that was asked for, and is changed by nobody", async () => {
    const [first, second] = [join(root, "first"), join(root, "second")];
    await says("echo first >it; echo first >other", {}, first);
    expect(await says("cat it; echo second >it", { over: [first] }, second)).toBe("first\n");
    expect(await says("cat it other; echo third >it", { over: [second, first] })).toBe("second\nfirst\n");
    expect(await says("cat it other", { over: [second, first] })).toBe("second\nfirst\n");
  });
});
