import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { firstParts, inOrder, runSchedule, withNeeds, type Part } from "../../../pipelines/validate/schedule.ts";

/** `a, b: a, c: a b` */
function parts(text: string): Part[] {
  return text.split(",").map((part) => {
    const [name = "", needs = ""] = part.split(":");
    return { name: name.trim(), needs: needs.trim() === "" ? [] : needs.trim().split(" ") };
  });
}

/** Runs by hand: each part runs until it is ended from outside. */
function byHand(text: string, atOnce: number) {
  const open = new Map<string, { end(passed: boolean): void; fail(error: Error): void }>();
  const log: string[] = [];
  const over = runSchedule({
    parts: parts(text),
    atOnce,
    run: ({ name }) => {
      log.push(`+${name}`);
      return new Promise<boolean>((end, fail) => open.set(name, { end, fail }));
    },
    drop: async ({ name }, because) => void log.push(`${name} not, ${because}`),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    over,
    async end(name: string, passed = true): Promise<string[]> {
      open.get(name)?.end(passed);
      await settle();
      return log.splice(0);
    },
    async fail(name: string): Promise<string[]> {
      open.get(name)?.fail(new Error(name));
      await settle();
      return log.splice(0);
    },
    log: () => log.splice(0),
  };
}

describe("parts of a validation", () => {
  test("run side by side as far as there is room, in their order", async () => {
    const hand = byHand("a, b, c, d", 2);
    expect(hand.log()).toEqual(["+a", "+b"]);
    expect(await hand.end("b")).toEqual(["+c"]);
    expect(await hand.end("a", false)).toEqual(["+d"]);
    await hand.end("c");
    await hand.end("d");
    await hand.over;
  });

  test("wait for all that they need", async () => {
    const hand = byHand("c: a b, a, b, d: c", 4);
    expect(hand.log()).toEqual(["+a", "+b"]);
    expect(await hand.end("a")).toEqual([]);
    expect(await hand.end("b")).toEqual(["+c"]);
    expect(await hand.end("c")).toEqual(["+d"]);
    await hand.end("d");
    await hand.over;
  });

  test("do not run when what they need fails, nor does what needs them; others do", async () => {
    const hand = byHand("a, b: a, c: b, d", 1);
    expect(await hand.end("a", false)).toEqual(["+a", "b not, a", "c not, a", "+d"]);
    await hand.end("d");
    await hand.over;
  });

  test("do not wait for another need when one has failed", async () => {
    const hand = byHand("a, b, c: a b", 2);
    expect(await hand.end("b", false)).toEqual(["+a", "+b", "c not, b"]);
    await hand.end("a");
    await hand.over;
  });

  test("wait for nothing that is not there", async () => {
    const hand = byHand("a: gone", 1);
    expect(await hand.end("a")).toEqual(["+a"]);
    await hand.over;
  });

  test("come to their end when one of them breaks, and no other begins", async () => {
    const hand = byHand("a, b, c", 2);
    const over = hand.over.catch((error: unknown) => error);
    expect(await hand.fail("a")).toEqual(["+a", "+b"]);
    expect(await hand.end("b")).toEqual([]);
    expect(await over).toEqual(new Error("a"));
  });

  test("are each run or dropped once, whatever they need and however they end", async () => {
    const graph = fc
      .array(fc.record({ needs: fc.array(fc.nat(20), { maxLength: 4 }), passes: fc.boolean() }), { maxLength: 12 })
      .map((all) =>
        all.map(({ needs, passes }, n) => ({
          name: `p${n}`,
          passes,
          needs: needs.filter((need) => need < n).map((need) => `p${need}`),
        })),
      );
    await fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 4 }), async (all, atOnce) => {
        const passed = new Map<string, boolean>();
        let running = 0;
        await runSchedule({
          parts: all.toReversed(),
          atOnce,
          async run({ name, needs, passes }) {
            expect(needs.every((need) => passed.get(need))).toBe(true);
            expect((running += 1)).toBeLessThanOrEqual(atOnce);
            await Promise.resolve();
            running -= 1;
            expect(passed.has(name)).toBe(false);
            passed.set(name, passes);
            return passes;
          },
          async drop({ name, needs }, because) {
            expect(needs.some((need) => passed.get(need) === false)).toBe(true);
            expect(all.find((part) => part.name === because)?.passes).toBe(false);
            expect(passed.has(name)).toBe(false);
            passed.set(name, false);
          },
        });
        expect(passed.size).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  test("that need each other are a fault, not a wait without end", async () => {
    const run = async () => true;
    const drop = async () => undefined;
    await expect(runSchedule({ parts: parts("a: b, b: a"), atOnce: 1, run, drop })).rejects.toThrow("a, b");
  });

  test("that begin at once are those without needs, as many as there is room for", () => {
    const names = firstParts(parts("b: a, a, c, d"), 2).map(({ name }) => name);
    expect(names).toEqual(["a", "c"]);
  });

  test("bring what they need with them, and what that needs", () => {
    const all = parts("a, b: a, c: b, d");
    expect(withNeeds(all.slice(2, 3), all).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test("stand in an order in which none comes before what it needs", () => {
    expect(inOrder(parts("c: b, d, b: a, a")).map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
  });
});
