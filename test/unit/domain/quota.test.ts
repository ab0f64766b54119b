import { describe, expect, test } from "@jest/globals";
import { quotaWindowMs, untilQuotaMs } from "../../../src/domain/quota.ts";

const minute = 60_000;
const hour = 60 * minute;
const use = (ageMs: number, ms: number) => ({ ageMs, ms });

describe("the quota of an account", () => {
  test("lets who has used nothing, or less than all of it, go on at once", () => {
    expect(untilQuotaMs([], 10 * minute)).toBe(0);
    expect(untilQuotaMs([use(hour, 9 * minute)], 10 * minute)).toBe(0);
  });

  test("is back when the oldest use that was one too many is a day old", () => {
    const uses = [use(hour, 4 * minute), use(20 * hour, 4 * minute), use(10 * hour, 4 * minute)];
    expect(untilQuotaMs(uses, 12 * minute)).toBe(4 * hour);
    expect(untilQuotaMs(uses, 8 * minute)).toBe(14 * hour);
    expect(untilQuotaMs(uses, 4 * minute)).toBe(23 * hour);
  });

  test("does not count what is a day old", () => {
    expect(untilQuotaMs([use(quotaWindowMs, hour), use(quotaWindowMs + 1, hour)], minute)).toBe(0);
  });
});
