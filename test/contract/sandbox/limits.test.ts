import { describe, expect, test } from "@jest/globals";
import { bots, processesWith, smallLimits } from "./bots.ts";

const longest = 20_000;

// How it is for the bot as it is here stands in the suite for all providers.
describe.each(bots.slice(1))("the sandbox of $name", (bot) => {
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
    const result = await one(`bomb() { bomb | bomb & }; : ${marker}; bomb; sleep 0.3; echo over`, 5_000);
    expect(["exited", "timed-out"]).toContain(result.end);
    expect(result.output).toMatch(/fork|Resource temporarily unavailable/i);
    expect(await processesWith(marker)).toEqual([]);
  }, 30_000);

  test("bounds what may be written in all", async () => {
    const result = await one("head -c 80M /dev/zero >big");
    expect(result).toMatchObject({ end: "disk-limit", output: expect.stringContaining("No space left on device") });
  }, 30_000);

  test("ends processes that have left their parents, at the time limit and at the end of the command alike", async () => {
    const marker = `86399.${process.pid}`;
    const hide = `setsid sh -c '(sleep ${marker} </dev/null >/dev/null 2>&1 &)'`;
    expect(await one(`${hide}; sleep 60`, 500)).toMatchObject({ end: "timed-out" });
    expect(await one(`${hide}; echo done`)).toMatchObject({ end: "exited", code: 0, output: "done\n" });
    expect(await processesWith(marker)).toEqual([]);
  }, 30_000);
});
