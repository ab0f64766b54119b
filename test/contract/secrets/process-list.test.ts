import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createBubblewrap } from "../../../src/sandbox/bubblewrap.ts";
import { ownedName } from "../../../src/sandbox/owner.ts";
import { smallLimits } from "../sandbox/bots.ts";

test("a secret that a command has is in no list of processes of the host, and in no file beside the sandbox", async () => {
  const value = `secret-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const workspace = await mkdtemp(join(tmpdir(), "codegen-secret-"));
  const sandbox = await createBubblewrap().create({ workspace, limits: smallLimits });
  const enough = new AbortController();
  try {
    const { promise: said, resolve: say } = Promise.withResolvers<string>();
    const running = sandbox.exec({
      run: 'echo "${#KEY} characters"; sleep 60',
      env: { KEY: value },
      timeoutMs: 30_000,
      signal: enough.signal,
      onOutput: say,
    });
    expect(await said).toBe(`${value.length} characters\n`);
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
    expect(lines.filter((line) => line.includes("sleep"))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(value))).toEqual([]);
    const ours = ownedName("").slice(0, -1);
    for (const folder of (await readdir(tmpdir())).filter((name) => name.startsWith(ours)))
      expect(await holding(join(tmpdir(), folder), value)).toEqual([]);
    enough.abort();
    expect((await running).end).toBe("cancelled");
  } finally {
    enough.abort();
    await sandbox.destroy();
    await rm(workspace, { recursive: true });
  }
}, 30_000);

/** Files below a folder with these words in them; what goes away meanwhile has none. */
async function holding(folder: string, words: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (file) => ((await readFile(file, "utf8").catch(() => "")).includes(words) ? [file] : [])),
  );
  return found.flat();
}
