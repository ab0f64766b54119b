import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBubblewrap } from "../../../src/sandbox/bubblewrap.ts";
import type { Sandbox } from "../../../src/sandbox/port.ts";
import { bots, processesWith, smallLimits } from "./bots.ts";

const longest = 20_000;

describe.each(bots)("the sandbox of $name", (bot) => {
  const one = async (run: string, timeoutMs = longest, limits = smallLimits) => {
    const { results } = await bot.run({ limits, commands: [{ run, timeoutMs }] });
    const [result] = results;
    if (result === undefined) throw new Error("no result");
    return result;
  };

  test("ends a command that takes more memory than it may", async () => {
    const result = await one("node -e 'const kept = []; for (;;) kept.push(Buffer.alloc(1e7, 1))'");
    expect(result).toMatchObject({ end: "out-of-memory", code: null });
    expect(result.ms).toBeLessThan(longest);
  }, 30_000);

  test("bounds what a command may keep in /tmp and /dev/shm", async () => {
    for (const place of ["/tmp", "/dev/shm", "/var/tmp"]) {
      const result = await one(`for i in 1 2 3 4 5 6; do head -c 50M /dev/zero >${place}/$i || exit 9; done`);
      expect(result).toMatchObject({
        end: "exited",
        code: 9,
        output: expect.stringContaining("No space left on device"),
      });
    }
  }, 30_000);

  test("bounds the number of processes, so that a fork bomb bursts inside", async () => {
    const marker = `codegen-bomb-${process.pid}-${bot.name.length}`;
    const result = await one(`bomb() { bomb | bomb & }; : ${marker}; bomb; sleep 1; echo over`, 5_000);
    expect(["exited", "timed-out"]).toContain(result.end);
    expect(result.output).toMatch(/fork|Resource temporarily unavailable/i);
    expect(await processesWith(marker)).toEqual([]);
  }, 30_000);

  test("bounds the size of one file", async () => {
    const result = await one("head -c 65M /dev/zero >big; ls -s --block-size=M big; rm big");
    expect(result.output).toContain("64M big");
  }, 30_000);

  test("stops a command that never stops talking, and keeps how it began", async () => {
    const result = await one("echo first; yes");
    expect(result).toMatchObject({ end: "output-limit", code: null });
    expect(result.output.startsWith("first\ny\n")).toBe(true);
    expect(Buffer.byteLength(result.output)).toBeLessThan(smallLimits.output + 100);
    expect(result.droppedBytes).toBeGreaterThan(19 * smallLimits.output);
  }, 30_000);

  test("ends a command that ignores SIGTERM at its time limit", async () => {
    const result = await one("trap '' TERM INT HUP; while :; do sleep 0.1; done", 500);
    expect(result).toMatchObject({ end: "timed-out", code: null });
    expect(result.ms).toBeLessThan(5_000);
  }, 30_000);

  test("ends processes that have left their parents, at the time limit and at the end of the command alike", async () => {
    const marker = `86399.${process.pid}`;
    const hide = `setsid sh -c '(sleep ${marker} </dev/null >/dev/null 2>&1 &)'`;
    expect(await one(`${hide}; sleep 60`, 500)).toMatchObject({ end: "timed-out" });
    expect(await one(`${hide}; echo done`)).toMatchObject({ end: "exited", code: 0, output: "done\n" });
    expect(await processesWith(marker)).toEqual([]);
  }, 30_000);
});

describe("a command in a sandbox", () => {
  const opened: (() => Promise<void>)[] = [];
  const open = async (): Promise<Sandbox> => {
    const workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
    const sandbox = await createBubblewrap().create({ workspace, limits: smallLimits });
    opened.push(
      () => sandbox.destroy(),
      () => rm(workspace, { recursive: true, force: true }),
    );
    return sandbox;
  };
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  test("tells its exit code, its output in the order of writing, and its time", async () => {
    const sandbox = await open();
    const result = await sandbox.exec({ run: "echo a; echo b >&2; echo c; exit 7", timeoutMs: longest });
    expect(result).toMatchObject({ end: "exited", code: 7, output: "a\nb\nc\n", droppedBytes: 0 });
    expect(result.ms).toBeGreaterThan(0);
  });

  test("takes an argument list as it is, without a shell", async () => {
    const sandbox = await open();
    const result = await sandbox.exec({ run: ["printf", "%s|", "$HOME", "a b", "';"], timeoutMs: longest });
    expect(result.output).toBe("$HOME|a b|';|");
  });

  test("ends with 127 when its program is missing", async () => {
    const sandbox = await open();
    expect(await sandbox.exec({ run: ["no-such-program"], timeoutMs: longest })).toMatchObject({
      end: "exited",
      code: 127,
    });
  });

  test("reads its standard input to the end, also a large one", async () => {
    const sandbox = await open();
    expect(await sandbox.exec({ run: "wc -c", stdin: "x".repeat(3_000_000), timeoutMs: longest })).toMatchObject({
      output: "3000000\n",
    });
    expect(await sandbox.exec({ run: "cat /dev/stdin", stdin: "again", timeoutMs: longest })).toMatchObject({
      output: "again",
    });
    expect(await sandbox.exec({ run: "cat", timeoutMs: longest })).toMatchObject({ end: "exited", output: "" });
  });

  test("gets the environment and the directory that it is given", async () => {
    const sandbox = await open();
    await sandbox.exec({ run: "mkdir -p 'some dir/x'", timeoutMs: longest });
    const result = await sandbox.exec({
      run: 'pwd; echo "$A"',
      cwd: "some dir/x",
      env: { A: "1 'two'\n3" },
      timeoutMs: longest,
    });
    expect(result.output).toBe("/workspace/some dir/x\n1 'two'\n3\n");
  });

  test("streams its output in whole characters", async () => {
    const sandbox = await open();
    const pieces: string[] = [];
    const run = `node -e 'const b = Buffer.from("€😀".repeat(50)); let i = 0; (function next() { if (i < b.length) process.stdout.write(b.subarray(i, i += 1), next) })()'`;
    const result = await sandbox.exec({ run, timeoutMs: longest, onOutput: (piece) => pieces.push(piece) });
    expect(pieces.join("")).toBe("€😀".repeat(50));
    expect(result.output).toBe("€😀".repeat(50));
    expect(pieces.every((piece) => !piece.includes("\ufffd"))).toBe(true);
  });

  test("is cancelled by its signal, before and while it runs", async () => {
    const sandbox = await open();
    expect(await sandbox.exec({ run: "touch ran", timeoutMs: longest, signal: AbortSignal.abort() })).toMatchObject({
      end: "cancelled",
      ms: 0,
    });
    const controller = new AbortController();
    const running = sandbox.exec({
      run: "ls; echo started; sleep 60",
      timeoutMs: longest,
      signal: controller.signal,
      onOutput: () => controller.abort(),
    });
    expect(await running).toMatchObject({ end: "cancelled", code: null, output: "started\n" });
  });

  test("is killed when its sandbox is destroyed, after which nothing runs there any more", async () => {
    const sandbox = await open();
    let destroyed: Promise<void> | undefined;
    const result = await sandbox.exec({
      run: "echo started; sleep 60",
      timeoutMs: longest,
      onOutput: () => {
        destroyed ??= sandbox.destroy();
      },
    });
    await destroyed;
    expect(result).toMatchObject({ end: "killed", code: null });
    await expect(sandbox.exec({ run: "true", timeoutMs: longest })).rejects.toThrow("destroyed");
    await sandbox.destroy();
  });

  test("keeps files in the workspace and in its home for the next command, and nothing in /tmp", async () => {
    const sandbox = await open();
    await sandbox.exec({ run: "touch here ~/there /tmp/gone", timeoutMs: longest });
    expect(await sandbox.exec({ run: "ls . ~ /tmp", timeoutMs: longest })).toMatchObject({
      output: ".:\nhere\n\n/home/codegen:\nthere\n\n/tmp:\n",
    });
  });

  test.each([
    [{ run: [] }, "empty"],
    [{ run: "true", cwd: "../x" }, "outside the workspace"],
    [{ run: "true", cwd: "/etc" }, "outside the workspace"],
    [{ run: "true", cwd: "nowhere" }, "no directory"],
    [{ run: "true\0" }, "NUL"],
    [{ run: "true", env: { "A B": "1" } }, "environment variable"],
    [{ run: "x".repeat(200_000) }, "100000 bytes"],
  ])("that cannot be run is refused with the reason: %j", async (command, reason) => {
    const sandbox = await open();
    await expect(sandbox.exec({ ...command, timeoutMs: longest })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(reason),
    });
  });
});
