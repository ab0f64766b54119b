import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { anyText } from "../any-text.ts";
import { readFileSync } from "node:fs";
import { parseConfig } from "../../../src/config/load.ts";
import { analysisDefaults } from "../../../src/domain/analysis-defaults.ts";
import { defaultConfig } from "../../../src/config/schema.ts";
import { costly, good, mistakes } from "./corpus.ts";

function says(text: string | Uint8Array): string[] {
  const loaded = parseConfig(text);
  if (loaded.state !== "invalid") return [loaded.state];
  return loaded.problems.map(({ line, column, key, value, message }) => {
    const named = message.replace(/^`[^`]*`(?: \(it is .*?\))?: /s, "");
    return [
      `${line}:${column}`,
      key || (message.startsWith('`""`') ? '""' : ""),
      value === undefined ? "" : `(${value})`,
      named,
    ]
      .filter((part) => part !== "")
      .join(" ");
  });
}

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("a file with", () => {
  test.each(Object.entries(mistakes))("%s is refused with its place", (_, mistake) => {
    expect(says(mistake.text)).toEqual(mistake.says);
  });

  test.each(Object.entries(good))("%s is accepted", (_, text) => {
    expect(says(text)).toEqual(["ok"]);
  });

  test("a mistake is told with the key, what stands there and what is allowed in one sentence", () => {
    expect(parseConfig("agent:\n  plan: maybe")).toEqual({
      state: "invalid",
      problems: [
        {
          line: 2,
          column: 3,
          key: "agent.plan",
          value: "maybe",
          message: "`agent.plan` (it is maybe): must be one of required, optional, never",
        },
      ],
    });
  });

  test.each([
    ["unknown keys", Array.from({ length: 50 }, (_, n) => `key${n}: 1`).join("\n")],
    ["keys that stand again", "version: 1\n".repeat(51)],
    ["wrong values", `analysis: { rules: { ${Array.from({ length: 50 }, (_, n) => `a/b${n}: fatal`).join(", ")} } }`],
  ])("many %s is told twenty of them, and how many more there are", (_, text) => {
    const loaded = parseConfig(text);
    if (loaded.state !== "invalid") throw new Error(loaded.state);
    expect(loaded.problems).toHaveLength(20);
    expect(loaded.more).toBe(30);
  });
});

describe("a costly file:", () => {
  test.each(Object.entries(costly))("%s", (_, { text, says: wanted }) => {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5 && least > 100_000; round += 1) {
      const before = process.threadCpuUsage();
      expect(says(text)[0]).toMatch(wanted);
      const spent = process.threadCpuUsage(before);
      least = Math.min(least, spent.user + spent.system);
    }
    // The processor time of this thread, not the clock, so that neither a busy machine nor other tests fail this one.
    expect(least).toBeLessThanOrEqual(100_000);
  });
});

describe("a file", () => {
  test("that does not exist means the defaults", () => {
    expect(parseConfig(null)).toEqual({ state: "absent", config: defaultConfig });
    expect(defaultConfig.analysis).toEqual(analysisDefaults);
    expect(parseConfig("")).toEqual({ state: "ok", config: defaultConfig, notInEffect: [] });
  });

  test.each<[string, readonly number[] | Buffer, string]>([
    [
      "in Latin 1",
      Buffer.from("agent:\n  rules: [café]\n", "latin1"),
      "2:14 The file is not UTF-8: the byte 0xE9 is no part of a character here; save it as UTF-8.",
    ],
    [
      "that ends within a character",
      Buffer.from("# €").subarray(0, 4),
      "1:3 The file is not UTF-8: the byte 0xE2 is no part of a character here; save it as UTF-8.",
    ],
    [
      "in UTF-16 with its mark",
      Buffer.from("\uFEFFversion: 1", "utf16le"),
      "1:1 The file is UTF-16 and not UTF-8; save it as UTF-8.",
    ],
    [
      "in UTF-16 without a mark",
      Buffer.from("version: 1", "utf16le").swap16(),
      "1:1 The file is UTF-16 and not UTF-8; save it as UTF-8.",
    ],
    ["in UTF-8", Buffer.from("\uFEFFagent: { rules: [café €, '\uFFFD'] }"), "ok"],
    ["of no bytes", [], "ok"],
  ])("%s is read or refused by its bytes", (_, bytes, wanted) => {
    expect(says(Uint8Array.from(bytes))).toEqual([wanted]);
  });

  test("comes out in milliseconds and bytes, with defaults filled in", () => {
    const loaded = parseConfig(
      "validation: { commands: [{ name: t, run: x, timeout: 90s }, { name: u, run: y }] }\nenvironment: { limits: { memory: 512MB } }",
    );
    expect(loaded).toMatchObject({
      state: "ok",
      config: {
        validation: { commands: [{ timeout: 90_000, retries: 0 }, { timeout: 600_000 }] },
        environment: { limits: { memory: 512 * 1024 ** 2, disk: 2 * 1024 ** 3 } },
      },
    });
  });

  test("with a matrix comes out as a command for each combination, and needs are needs of all of them", () => {
    const loaded = parseConfig(
      "validation: { commands: [{ name: t, run: x, matrix: { node: [20, 22], os: [linux, '10.0'] } }, { name: u, run: y, needs: [t] }] }",
    );
    if (loaded.state !== "ok") throw new Error(loaded.state);
    const [first, ...rest] = loaded.config.validation.commands;
    expect(first).toEqual({
      name: "t (20, linux)",
      run: "x",
      env: { NODE: "20", OS: "linux" },
      needs: [],
      timeout: 600_000,
      retries: 0,
      allow_failure: false,
      secrets: [],
    });
    const others = ["t (20, 10.0)", "t (22, linux)", "t (22, 10.0)"];
    expect(rest.map(({ name }) => name)).toEqual([...others, "u"]);
    expect(rest.at(-1)).toMatchObject({ needs: [first?.name, ...others], env: {} });
  });

  test.each([
    ["/health?a=b", { by: "http", path: "/health?a=b", port: null }],
    ["'http://localhost:8080/up'", { by: "http", path: "/up", port: 8080 }],
    ["9000", { by: "port", port: 9000 }],
    ["{ log: listening (on) }", { by: "log", text: "listening (on)", isPattern: false }],
    ["{ log: '/on \\d+/' }", { by: "log", text: "on \\d+", isPattern: true }],
  ])("that waits for %s says how the application shows that it is ready", (ready, sign) => {
    const loaded = parseConfig(`validation: { deploy: { start: x, port: 3000, ready: ${ready} } }`);
    expect(loaded).toMatchObject({ state: "ok", config: { validation: { deploy: { ready: sign, needs: [] } } } });
  });

  test("names the keys that this version does not act upon", () => {
    const text =
      "agent: { backend: model, models: { code: a:b, review: c:d } }\nweb: {}\nenvironment: { network: [a.example] }\nmerge: {}";
    expect(parseConfig(text)).toMatchObject({
      state: "ok",
      notInEffect: ["web"],
    });
  });

  test("does not change the prototype of anything", () => {
    parseConfig("__proto__: { polluted: true }\nanalysis: { rules: { __proto__: error } }");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("of any content gives an answer, with places inside of it", () => {
    const piece = fc.constantFrom(
      "agent",
      ":",
      " ",
      "\n",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ",",
      "&a",
      "*a",
      "|",
      ">",
      "'",
      '"',
      "#",
      "?",
      "!!x",
      "1",
      "\t",
      "---\n",
      "%",
      "\u00E9",
      "\uD800",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyText(100),
          fc.array(piece, { maxLength: 60 }).map((all) => all.join("")),
        ),
        (text) => {
          const loaded = parseConfig(text);
          if (loaded.state !== "invalid") return;
          expect(loaded.problems.length).toBeGreaterThan(0);
          for (const { line, column, message } of loaded.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split("\n").length + 1);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(message).not.toBe("");
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the examples", () => {
  test("of the documentation, with every key, is accepted", () => {
    const loaded = parseConfig(file("fixtures/config/full.codegen.yml"));
    expect(loaded).toMatchObject({
      state: "ok",
      config: {
        agent: { plan: "required", budget: { tokens: 2_000_000, minutes: 20, usd: 5 } },
        validation: { test: "merge_result", commands: [{ name: "test", timeout: 300_000, retries: 1 }] },
        web: { budget: { lcp: 2_500 } },
      },
    });
  });

  test("of the sample repository is accepted and wholly in effect", () => {
    expect(parseConfig(file("fixtures/teashop/.codegen.yml"))).toMatchObject({ state: "ok", notInEffect: [] });
  });
});
