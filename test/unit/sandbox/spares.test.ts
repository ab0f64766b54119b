import { setImmediate } from "node:timers/promises";
import { describe, expect, jest, test } from "@jest/globals";
import { keepSpares, type Spare } from "../../../src/sandbox/spares.ts";

interface Process extends Spare {
  readonly number: number;
  held: boolean;
  dropped: boolean;
  end(): void;
}

/** Starts processes that are numbered in the order of their starts; the n-th fails when it is in `failing`. */
function starter(failing: readonly number[] = []) {
  const started: Process[] = [];
  let number = 0;
  const start = async (): Promise<Process> => {
    const mine = number++;
    if (failing.includes(mine)) throw new Error(`start ${mine} failed`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const made: Process = {
      number: mine,
      held: false,
      dropped: false,
      running: promise,
      end: resolve,
      hold: () => void (made.held = true),
      drop: () => void (made.dropped = true),
    };
    started.push(made);
    return made;
  };
  return { start, started };
}

/** Fake timers leave it alone, since it is no global. */
const settled = () => setImmediate();

describe("spare processes", () => {
  test("are started once the first was asked for, and given out in the order of their starts", async () => {
    const { start, started } = starter();
    const spares = keepSpares(start, { count: 2 });
    expect(started).toEqual([]);
    expect((await spares.take()).number).toBe(0);
    await settled();
    expect(started.map(({ held }) => held)).toEqual([true, false, false]);
    expect((await spares.take()).number).toBe(1);
    expect((await spares.take()).number).toBe(2);
  });

  test("that have ended meanwhile are not given out", async () => {
    const { start, started } = starter();
    const spares = keepSpares(start, { count: 1 });
    await spares.take();
    await settled();
    started[1]?.end();
    await settled();
    expect((await spares.take()).number).toBe(2);
  });

  test("that could not be started are no matter for whom none is wanted; who asks is told", async () => {
    const { start } = starter([1, 2]);
    const spares = keepSpares(start, { count: 1 });
    expect((await spares.take()).number).toBe(0);
    await settled();
    await expect(spares.take()).rejects.toThrow("start 2 failed");
    expect((await spares.take()).number).toBe(3);
  });

  test("end when nobody has asked for a while", async () => {
    jest.useFakeTimers();
    try {
      const { start, started } = starter();
      const spares = keepSpares(start, { count: 2, idleMs: 60_000 });
      await spares.take();
      await settled();
      jest.advanceTimersByTime(59_999);
      await settled();
      expect(started.map(({ dropped }) => dropped)).toEqual([false, false, false]);
      jest.advanceTimersByTime(1);
      await settled();
      expect(started.map(({ dropped }) => dropped)).toEqual([false, true, true]);
    } finally {
      jest.useRealTimers();
    }
  });
});
