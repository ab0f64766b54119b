import { afterEach, describe, expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { launch, launchOrThrow } from "../../../src/launcher.ts";
import { env, launcherPid, longLiving, shell, withClock } from "./scene.ts";

const scenes: ReturnType<typeof longLiving>[] = [];
function scene() {
  const made = longLiving();
  scenes.push(made);
  return made;
}
afterEach(() => {
  for (const made of scenes.splice(0)) made.close();
});

describe("a program's output", () => {
  test("comes back with every value that a byte can have", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const { end, code, stdout } = await launch({ file: "cat", args: [], env, input: bytes, timeoutMs: 20_000 });
    expect({ end, code }).toEqual({ end: "exited", code: 0 });
    expect(Buffer.isBuffer(stdout)).toBe(true);
    expect(stdout.equals(bytes)).toBe(true);
  });

  test("may have 30 MB and goes through whole", async () => {
    const bytes = Buffer.alloc(30_000_000);
    for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + (at >> 8)) & 255;
    const given = { file: "cat", args: [], env, input: bytes, timeoutMs: 20_000, maxOutput: bytes.length };
    const { end, stdout } = await launch(given);
    expect(end).toBe("exited");
    expect(stdout.equals(bytes)).toBe(true);
  });

  test("without an end is cut off at the bound, and the small process holds no more than that", async () => {
    const before = await memoryOf(await launcherPid());
    const { end, stdout } = await shell("cat /dev/zero", { maxOutput: 20_000_000 });
    expect(end).toBe("excess");
    expect(stdout.length).toBeLessThanOrEqual(20_000_000);
    expect((await memoryOf(await launcherPid())) - before).toBeLessThan(8_000_000);
    expect(await shell("printf 12345", { maxOutput: 5 })).toMatchObject({
      end: "exited",
      stdout: Buffer.from("12345"),
    });
    expect(await shell("printf 123456", { maxOutput: 5 })).toMatchObject({ end: "excess" });
  });

  test("to standard error is kept at its end, with letters whole that came in parts", async () => {
    const { stderr } = await shell(`head -c 20000 /dev/zero | tr '\\0' x >&2; printf '\\303' >&2; printf '\\274' >&2`);
    expect(stderr).toHaveLength(8_192);
    expect(stderr).toMatch(/^x+ü$/);
  });
});

describe("a program's input", () => {
  test("may have 60 MB and goes through whole, while the small process holds a few pieces of it", async () => {
    const bytes = randomBytes(60_000_000);
    const before = await memoryOf(await launcherPid());
    const { stdout } = await launch({ file: "sha256sum", args: [], env, input: bytes, timeoutMs: 20_000 });
    expect(stdout.toString()).toBe(`${createHash("sha256").update(bytes).digest("hex")}  -\n`);
    expect((await memoryOf(await launcherPid())) - before).toBeLessThan(12_000_000);
  });

  test("that is left unread does not keep what else has to be heard", async () => {
    const { script, started } = scene();
    const controller = new AbortController();
    const end = shell(script, { input: Buffer.alloc(5_000_000), signal: controller.signal });
    await started;
    expect(await shell("cat", { input: "meanwhile" })).toMatchObject({ stdout: Buffer.from("meanwhile") });
    controller.abort();
    expect(await end).toMatchObject({ end: "aborted" });
  });
});

describe("a program", () => {
  test("gets its arguments as they are, its environment and nothing else", async () => {
    const args = ["-c", 'printf "%s|" "$@"; env', "sh", "a b", "", "$HOME; 'x'", "ü\n"];
    const { stdout } = await launch({ file: "sh", args, env: { ...env, GIVEN: "1" }, timeoutMs: 20_000 });
    const [output = "", variables = ""] = stdout.toString().split(/\|(?=[A-Z]+=)/);
    expect(output).toBe("a b||$HOME; 'x'|ü\n");
    expect(variables.trim().split("\n").toSorted()).toEqual(["GIVEN=1", `PATH=${env.PATH}`, "PWD=/"]);
  });

  test("leaves no secret of its environment in anybody's arguments", async () => {
    const { stdout } = await shell(`tr '\\0' ' ' </proc/$PPID/cmdline; tr '\\0' ' ' </proc/$PPID/environ`, {
      env: { ...env, SECRET: "ghs_secret" },
    });
    expect(stdout.toString()).toMatch(/launcher\.pl PATH=/);
    expect(stdout.toString()).not.toContain("ghs_");
  });

  test.each([
    ["exit 0", 0],
    ["exit 3", 3],
    ["kill -9 $$", null],
  ])("that ends by `%s` ends with %s", async (script, code) => {
    expect(await shell(script)).toMatchObject({ end: "exited", code });
  });

  test("may close its output long before it ends", async () => {
    expect(await shell("exec >&- 2>&-; sleep 0.1; exit 5")).toMatchObject({ end: "exited", code: 5 });
  });

  test("may end without reading its input", async () => {
    expect(await shell("exit 4", { input: Buffer.alloc(5_000_000) })).toMatchObject({ end: "exited", code: 4 });
  });

  test("that does not exist is missing, and one that the system refuses says why", async () => {
    const call = { args: [], env, timeoutMs: 20_000 };
    expect(await launch({ ...call, file: "no-such-program" })).toMatchObject({ end: "missing", code: null });
    await expect(launch({ ...call, file: "/etc/passwd" })).rejects.toMatchObject({
      code: "EACCES",
      message: expect.stringContaining("/etc/passwd cannot be started"),
    });
    await expect(launch({ ...call, file: "true", args: ["a\0b"] })).rejects.toThrow(/null bytes/);
    await expect(launch({ ...call, file: "true", args: ["x".repeat(3_000_000)] })).rejects.toThrow(/E2BIG/);
  });

  test("that has to end well says how it did not", async () => {
    const call = { file: "sh", env, timeoutMs: 20_000 };
    expect(await launchOrThrow({ ...call, args: ["-c", "echo ü"] })).toBe("ü\n");
    await expect(launchOrThrow({ ...call, args: ["-c", "echo why >&2; exit 2"] })).rejects.toThrow(
      "Command failed: sh -c echo why >&2; exit 2 (exit code 2)\nwhy",
    );
    await expect(launchOrThrow({ ...call, args: ["-c", "cat /dev/zero"] })).rejects.toThrow(/too much output/);
    await expect(launchOrThrow({ ...call, args: ["-c", "sleep 600"], timeoutMs: 50 })).rejects.toThrow(
      /no end after 50 ms/,
    );
    await expect(launchOrThrow({ ...call, file: "no-such-program", args: [] })).rejects.toThrow(
      "spawn no-such-program ENOENT",
    );
  });

  test("starts beside two hundred others", async () => {
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const ends = await Promise.all(numbers.map((number) => shell(`echo ${number}; cat`, { input: `in ${number}` })));
    expect(ends.map(({ stdout }) => stdout.toString())).toEqual(numbers.map((number) => `${number}\nin ${number}`));
  });
});

describe("a program is stopped with all that it started", () => {
  test("when its time is over", async () => {
    const { script, started, gone } = scene();
    const end = await withClock(async (advance) => {
      const running = shell(script, { timeoutMs: 300 });
      await started;
      advance(300);
      return running;
    });
    expect(end).toMatchObject({ end: "timeout" });
    await gone;
  });

  test("when it is aborted, and one that was aborted before never starts", async () => {
    const { script, started, gone } = scene();
    const controller = new AbortController();
    const end = shell(script, { signal: controller.signal });
    await started;
    controller.abort();
    expect(await end).toMatchObject({ end: "aborted" });
    await gone;
    expect(await shell("exit 0", { signal: controller.signal })).toMatchObject({ end: "aborted", code: null });
  });

  test("and is not waited for when something has left its group with its output", async () => {
    const { stdout } = await shell("echo $PPID");
    const end = await shell("setsid sh -c 'echo $$ >&2; sleep 600' & sleep 600", { timeoutMs: 500 });
    expect(end.end).toBe("timeout");
    process.kill(-Number(end.stderr), "SIGKILL");
    expect(await launcherPid()).toBe(Number(stdout.toString()));
  });
});

describe("the small process", () => {
  test("fails what is under way when it is killed, takes it along, and is there again for the next", async () => {
    const { script, started, gone } = scene();
    const failure = shell(script).catch((error: unknown) => error);
    await started;
    // Its answer comes after what it has to say about the other.
    const killed = await launcherPid();
    process.kill(killed, "SIGKILL");
    expect(await failure).toMatchObject({
      name: "TransientError",
      message: "sh was cut off: the process that starts programs ended (SIGKILL).",
    });
    await gone;
    const next = await launcherPid();
    expect(next).not.toBe(killed);
    expect(await launcherPid()).toBe(next);
  });

  test("answers the call that comes in the moment of its death, or fails it", async () => {
    process.kill(await launcherPid(), "SIGKILL");
    const end = await shell("echo here").then(
      ({ stdout }) => stdout.toString(),
      (error: Error) => error.name,
    );
    expect(["here\n", "TransientError"]).toContain(end);
    expect(await shell("echo here")).toMatchObject({ end: "exited" });
  });

  test("that is frozen is given up when something has to stop", async () => {
    const { script, started, gone } = scene();
    const controller = new AbortController();
    const end = shell(script, { signal: controller.signal });
    await started;
    const frozen = await launcherPid();
    process.kill(frozen, "SIGSTOP");
    await withClock(async (advance) => {
      controller.abort();
      advance(10_000);
    });
    expect(await end).toMatchObject({ end: "aborted" });
    await gone;
    expect(await launcherPid()).not.toBe(frozen);
  });

  test("that cannot be made fails the call, and is made for the next when it can be", async () => {
    const bot = fileURLToPath(new URL("poor-bot.mjs", import.meta.url));
    const { stdout } = await shell(`ulimit -n 100; exec '${process.execPath}' '${bot}'`);
    expect(stdout.toString()).toBe(
      "TransientError: The process that starts programs cannot be made: spawn perl EMFILE, then here\n\n",
    );
  });

  test("ends after a minute without use", async () => {
    const first = await launcherPid();
    await withClock(async (advance) => {
      expect(await launcherPid()).toBe(first);
      advance(59_999);
      expect(await launcherPid()).toBe(first);
      advance(60_000);
      expect(await launcherPid()).not.toBe(first);
    });
  });

  test("does not end by the signals that reach the whole bot", async () => {
    const pid = await launcherPid();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pid, signal);
    expect(await launcherPid()).toBe(pid);
  });
});

async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await shell(`grep VmHWM /proc/${pid}/status`);
  return Number(/\d+/.exec(stdout.toString())?.[0]) * 1024;
}
