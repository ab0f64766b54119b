import { setTimeout } from "node:timers/promises";

/** Asks again until the answer is not undefined. Fails when it takes longer than `ms`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  ms = 10_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await setTimeout(10);
  }
}
