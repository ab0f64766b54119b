import { describe, expect, test } from "@jest/globals";
import { isRightLink, runPath } from "../../../src/domain/run-link.ts";

const runId = "3f0c8c0e-9d53-4a62-a5cf-0a7b8a1d2c11";
const now = new Date("2026-11-21T12:00:00Z");
const expiresAt = new Date("2026-12-01T00:00:00Z");

function linkOf(path: string): { runId: string; until: string | null; key: string | null } {
  const url = new URL(path, "http://bot.test");
  return {
    runId: url.pathname.slice("/runs/".length),
    until: url.searchParams.get("until"),
    key: url.searchParams.get("key"),
  };
}

describe("the link to the page of a run", () => {
  const path = runPath({ runId, expiresAt }, "newest");
  const link = linkOf(path);

  test("is the same text each time, and right with its key, also when that is no longer the newest", () => {
    expect(runPath({ runId, expiresAt }, "newest")).toBe(path);
    expect(path).toMatch(/^\/runs\/[\w-]+\?until=1796083200&key=[\w-]{43}$/);
    expect(isRightLink(link, ["newest"], now)).toBe(true);
    expect(isRightLink(link, ["newer", "newest"], now)).toBe(true);
  });

  test.each<[string, Partial<Record<"runId" | "until" | "key", unknown>>]>([
    ["of another run", { runId: "another" }],
    ["that lasts longer", { until: "1796083201" }],
    ["with another key", { key: `${"A".repeat(42)}A` }],
    ["with a shorter key", { key: link.key?.slice(0, 42) }],
    ["without a key", { key: undefined }],
    ["with two keys", { key: [link.key, link.key] }],
    ["without an end", { until: undefined }],
    ["with an odd end", { until: "1e99" }],
    ["with a space in its end", { until: " 1796083200" }],
  ])("%s is wrong", (_name, change) => {
    expect(isRightLink({ ...link, ...(change as object) }, ["newest"], now)).toBe(false);
  });

  test("is wrong without its key and after its end", () => {
    expect(isRightLink(link, ["other"], now)).toBe(false);
    expect(isRightLink(link, ["newest"], expiresAt)).toBe(false);
  });
});
