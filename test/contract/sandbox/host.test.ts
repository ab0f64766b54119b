import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { SandboxProbe } from "../../../src/sandbox/port.ts";
import { createBubblewrap, sweepSandboxes } from "../../../src/sandbox/bubblewrap.ts";
import { claimUid } from "../../../src/sandbox/uid.ts";
import { until } from "../until.ts";
import { isRoot, processesWith, smallLimits } from "./bots.ts";

const bubblewrap = join(import.meta.dirname, "../../../src/sandbox/bubblewrap.ts");
const made: string[] = [];
const directory = async () => {
  const path = await mkdtemp(join(tmpdir(), "codegen-test-"));
  made.push(path);
  return path;
};
afterEach(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true, force: true });
});

// Only root can give itself up; for an ordinary user there is nothing to prove here.
if (isRoot) {
  describe("a bot started by root", () => {
    test("without the right to become another user gives no sandbox, and the probe says why", async () => {
      const script = `
        const { createBubblewrap } = await import(${JSON.stringify(bubblewrap)});
        const provider = createBubblewrap();
        const made = await provider.create({ workspace: ${JSON.stringify(await directory())}, limits: ${JSON.stringify(smallLimits)} }).catch((error) => error.message);
        console.log(JSON.stringify([made, await provider.probe()]));`;
      const missing = ["--bounding-set", "-setuid,-setgid", "--inh-caps", "-setuid,-setgid"];
      const args = [...missing, process.execPath, "--input-type=module", "-e", script];
      const bot = spawn("setpriv", args, { stdio: ["ignore", "pipe", "inherit"] });
      const [refusal, probe] = JSON.parse(await text(bot.stdout)) as [string, SandboxProbe];
      expect(refusal).toMatch(/runs as root.*cannot become uid 61\d{3}.*Run the bot as an ordinary user/);
      expect(probe).toMatchObject({ ok: false, problems: [expect.stringContaining("runs as root")] });
    });

    test("without the right to mount copies files, says so once, and in the probe", async () => {
      const workspace = await directory();
      await writeFile(join(workspace, "own"), "own\n");
      const script = `
        const { createBubblewrap } = await import(${JSON.stringify(bubblewrap)});
        const said = [];
        const provider = createBubblewrap({ onCopied: (reason) => said.push(reason) });
        const output = [];
        for (const round of [1, 2]) {
          const sandbox = await provider.create({ workspace: ${JSON.stringify(workspace)}, limits: ${JSON.stringify(smallLimits)} });
          output.push((await sandbox.exec({ run: "cat own && echo changed >own && stat -c %U own", timeoutMs: 20000 })).output);
          await sandbox.destroy();
        }
        console.log(JSON.stringify([said.length, output, (await provider.probe()).files]));`;
      const bounds = ["--bounding-set", "-sys_admin,-sys_ptrace", "--inh-caps", "-sys_admin,-sys_ptrace"];
      const args = [...bounds, process.execPath, "--input-type=module", "-e", script];
      const bot = spawn("setpriv", args, { stdio: ["ignore", "pipe", "inherit"] });
      const [said, output, files] = JSON.parse(await text(bot.stdout)) as [number, string[], string];
      expect([said, output]).toEqual([1, ["own\ncodegen\n", "own\ncodegen\n"]]);
      expect(files).toMatch(/^copied: .*not permitted/);
    });

    test("gives each sandbox another uid, which sees the files of its workspace as its own", async () => {
      const provider = createBubblewrap();
      const workspaces = [await directory(), await directory()];
      for (const workspace of workspaces) {
        await writeFile(join(workspace, "file"), "");
        await symlink("/etc/passwd", join(workspace, "link"));
      }
      const sandboxes = await Promise.all(
        workspaces.map((workspace) => provider.create({ workspace, limits: smallLimits })),
      );
      const uids = await Promise.all(
        sandboxes.map(async (sandbox) => (await stat(join(sandbox.directory, "file"))).uid),
      );
      expect(new Set(uids).size).toBe(2);
      expect(Math.min(...uids)).toBeGreaterThanOrEqual(61_000);
      for (const [index, sandbox] of sandboxes.entries()) {
        expect((await lstat(join(sandbox.directory, "link"))).uid).toBe(uids[index]);
        const change = "chmod 600 file && rm file link && touch mine && stat -c %U mine";
        expect(await sandbox.exec({ run: change, timeoutMs: 10_000 })).toMatchObject({ output: "codegen\n" });
      }
      await Promise.all(sandboxes.map((sandbox) => sandbox.destroy()));
      expect((await stat("/etc/passwd")).uid).toBe(0);
      expect((await stat(join(workspaces[0] ?? "", "file"))).uid).toBe(0);
    });

    test("works where only root can walk to the workspace", async () => {
      const mountsBefore = await readFile("/proc/self/mountinfo", "utf8");
      const closed = await directory();
      await chmod(closed, 0o700);
      const workspace = join(closed, "below");
      await mkdir(workspace, { mode: 0o700 });
      await writeFile(join(closed, "secret"), "x");
      const sandbox = await createBubblewrap().create({ workspace, limits: smallLimits });
      const result = await sandbox.exec({ run: "touch made && ls -A . /mnt", timeoutMs: 10_000 });
      await sandbox.destroy();
      expect(result.output).toMatch(/^ls: cannot access '\/mnt': No such file or directory\n\.:\nmade\n$/);
      expect(await readFile("/proc/self/mountinfo", "utf8")).toBe(mountsBefore);
    });
  });
}

describe("uid claims", () => {
  test("are exclusive until they are released, and end with a clear refusal", async () => {
    const range = { first: 61_190, last: 61_191 };
    const [one, two] = [await claimUid(range), await claimUid(range)];
    expect([one.uid, two.uid]).toEqual([61_190, 61_191]);
    await expect(claimUid(range)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("All 2 sandboxes"),
    });
    await one.release();
    const again = await claimUid(range);
    expect(again.uid).toBe(61_190);
    await Promise.all([two.release(), again.release()]);
  });
});

describe("the host", () => {
  test("without bubblewrap is told what to install", async () => {
    const provider = createBubblewrap({ bwrap: "/nowhere/bwrap" });
    expect(await provider.probe()).toEqual({
      ok: false,
      limits: "none",
      problems: [expect.stringContaining("apt-get install bubblewrap")],
    });
    await expect(provider.create({ workspace: await directory(), limits: smallLimits })).rejects.toMatchObject({
      name: "UserError",
    });
  });

  test("is told when its bubblewrap does not start", async () => {
    const bwrap = join(await directory(), "bwrap");
    await chmod(join(bwrap, ".."), 0o755);
    await writeFile(
      bwrap,
      '#!/bin/sh\ncase "$1" in --help) echo "--size BYTES";; --version) echo "bubblewrap 9.9";; *) echo "bwrap: setting up uid map: Permission denied"; exit 1;; esac\n',
      { mode: 0o755 },
    );
    const probe = await createBubblewrap({ bwrap }).probe();
    expect(probe).toMatchObject({ ok: false, version: "9.9" });
    expect(probe.problems.join()).toMatch(/uid map|sysctl/);
  });

  test("refuses a workspace that is no directory", async () => {
    const workspace = await directory();
    await symlink(workspace, join(workspace, "link"));
    for (const path of ["relative", "/no/such/place", join(workspace, "link")]) {
      await expect(createBubblewrap().create({ workspace: path, limits: smallLimits })).rejects.toMatchObject({
        name: "UserError",
      });
    }
  });

  test("keeps nothing of a sandbox that is gone, not even of a home that was closed from inside", async () => {
    const sandbox = await createBubblewrap().create({ workspace: await directory(), limits: smallLimits });
    await sandbox.exec({ run: "mkdir -p ~/a/b; touch ~/a/b/c; chmod 000 ~/a/b ~/a ~", timeoutMs: 10_000 });
    await sandbox.destroy();
    expect((await readdir(tmpdir())).filter((name) => name.includes(`.${process.pid}.`))).toEqual([]);
  });

  test("loses a killed bot's processes at once, and the rest of it by the sweep, which leaves the living alone", async () => {
    const marker = `86398.${process.pid}`;
    const living = await createBubblewrap().create({ workspace: await directory(), limits: smallLimits });
    const script = `
      const { createBubblewrap } = await import(${JSON.stringify(bubblewrap)});
      const sandbox = await createBubblewrap().create({ workspace: ${JSON.stringify(await directory())}, limits: ${JSON.stringify(smallLimits)} });
      await sandbox.exec({ run: "echo started; sleep ${marker}", timeoutMs: 60000, onOutput: () => process.stdout.write("started") });`;
    const bot = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(bot.stdout, "data");
    expect((await processesWith(marker)).length).toBeGreaterThan(0);
    bot.kill("SIGKILL");
    await once(bot, "exit");
    const gone = async () => (await processesWith(marker)).length === 0 || undefined;
    await until("what the killed bot ran is gone", gone, 3_000);
    const removed = await sweepSandboxes();
    expect(removed.filter((path) => path.includes(`.${bot.pid}.`)).length).toBeGreaterThan(0);
    expect(removed.filter((path) => path.includes(`.${process.pid}.`))).toEqual([]);
    expect(await living.exec({ run: "touch ~/still && echo here", timeoutMs: 10_000 })).toMatchObject({
      output: "here\n",
    });
    await living.destroy();
  }, 30_000);
});
