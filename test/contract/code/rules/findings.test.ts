import { describe, expect, test } from "@jest/globals";
import { createAnalyseFile } from "../../../../src/code/analyse-file.ts";
import type { FileFinding } from "../../../../src/code/finding.ts";
import type { Language } from "../../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";

const analyse = {
  native: createAnalyseFile(createGrammars("native")),
  wasm: createAnalyseFile(createGrammars("wasm")),
};
const bindings = ["native", "wasm"] as const;

async function findingsOf(
  text: string | Uint8Array,
  language: Language = "javascript",
  binding: (typeof bindings)[number] = "native",
): Promise<readonly FileFinding[]> {
  const analysis = await analyse[binding](language, typeof text === "string" ? Buffer.from(text) : text);
  if (analysis.end !== "analysed") throw new Error(analysis.reason);
  expect(analysis.stopped).toBeUndefined();
  return analysis.findings;
}
/** Not in one piece, so that nobody who looks for secrets finds them here. */
const secret = (...parts: readonly string[]) => parts.join("");

const chain = Array.from({ length: 1_000 }, (_, number) => `const a${number + 1} = a${number};\n`).join("");

describe("a finding", () => {
  test("has its place, its symbol, its weakness, and what stands better there", async () => {
    const text =
      'class Cart {\n  add(item) {\n    debugger;\n    /* 👩‍🚀 */ if (item == NaN) eval("x" + item);\n  }\n}\n';
    expect(await findingsOf(text)).toEqual([
      {
        rule: "correctness/debugger",
        severity: "error",
        startLine: 3,
        endLine: 3,
        startColumn: 5,
        endColumn: 14,
        message: "A stop for the debugger was left here from debugging. Remove it.",
        cwe: 489,
        symbol: "Cart.add",
        anchor: expect.stringMatching(/^[\da-f]{16}$/) as unknown,
        fix: { startLine: 3, endLine: 3, lines: [] },
      },
      expect.objectContaining({
        rule: "correctness/compares-nan",
        startColumn: 21,
        endColumn: 32,
        fix: { startLine: 4, endLine: 4, lines: ['    /* 👩‍🚀 */ if (Number.isNaN(item)) eval("x" + item);'] },
      }),
      expect.objectContaining({ rule: "security/eval", cwe: 95, startColumn: 39, endColumn: 49 }),
    ]);
  });

  test("has the same columns and a fix without ends of lines where lines end as on Windows", async () => {
    const [found] = await findingsOf("f();\r\nconst agent = new Agent({ rejectUnauthorized: false });\r\ng();\r\n");
    expect(found).toMatchObject({
      startLine: 2,
      startColumn: 27,
      endColumn: 52,
      fix: { startLine: 2, endLine: 2, lines: ["const agent = new Agent({ rejectUnauthorized: true });"] },
    });
  });

  test("counts no byte order mark as a column, and puts nothing in the place of its line", async () => {
    const [first, second] = await findingsOf("\uFEFFif (a === NaN) f();\nif (a === NaN) f();\n");
    expect(first).toMatchObject({ startLine: 1, startColumn: 5 });
    expect(first).not.toHaveProperty("fix");
    expect(second).toHaveProperty("fix");
  });

  test("is the same one after a move, another indentation, and with a comment in it", async () => {
    const [one] = await findingsOf("function f(a) { eval(a + 1); }\n");
    const [other] = await findingsOf("\n\nfunction f(a) {\n    eval(a /* why */ +\n      1);\n}\n");
    const [another] = await findingsOf("function f(a) { eval(a + 2); }\n");
    expect(other?.anchor).toBe(one?.anchor);
    expect(another?.anchor).not.toBe(one?.anchor);
  });
});

describe("a secret in code", () => {
  test.each([
    ["a token of GitHub", secret('const a = "gh', "p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx", '";')],
    ["a key of AWS", secret('const a = "AK', "IAQ7KLMN2PZ3R4STUV", '";')],
    [
      "a private key",
      secret("const a = `-----BEGIN RSA PRIV", "ATE KEY-----\n", "MIIEpAIBAAKCAQEA1c7".repeat(5), "`;"),
    ],
    ["the password of a database", secret('const a = "postgres://shop:k3Jx9', "vQz@db7.shop.io/x", '";')],
    ["a key of Stripe", secret('const a = "sk_', "live_51Hx8KqLzVbNmQwErTyUiOpAs", '";')],
  ])("is found and not said: %s", async (what, text) => {
    const findings = await findingsOf(text);
    expect(findings).toMatchObject([{ rule: "security/hard-coded-secret", severity: "error", cwe: 798, startLine: 1 }]);
    const [value = ""] = /(?<=["`]).*/.exec(text) ?? [];
    expect(findings[0]?.message).toContain(`Here is ${what}:`);
    expect(JSON.stringify(findings)).not.toContain(value.slice(0, 12));
  });

  test.each([
    "an example",
    secret('const a = "AKIA', "IOSFODNN7EXAMPLE", '";'),
    'const a = "postgres://postgres:postgres@localhost/x";',
    "const a = `https://${user}:${password}@example.com`;",
    'const a = "task_force_of_many_words_in_a_row";',
    'if (text.includes("-----BEGIN PRIVATE KEY-----")) f();',
  ])("is none: %s", async (text) => {
    expect(await findingsOf(text)).toEqual([]);
  });
});

describe("the rules", () => {
  test("find the same with either binding, also behind what takes more than one byte", async () => {
    const text =
      'const é = "漢字👩‍🚀";\nfunction f(req) { eval(req.body.é); }\nif (é === NaN) f();\nit.only("é", () => {});\n'.repeat(
        3,
      );
    const [native, wasm] = await Promise.all(bindings.map((binding) => findingsOf(text, "typescript", binding)));
    expect(native).toHaveLength(9);
    expect(wasm).toEqual(native);
  });

  test.each([
    ["broken code", "eval(x);\nfunction f( { ]]] if (a === NaN) }}} catch {} ;; <<<\n"],
    ["2,000 nested calls", `${"f(".repeat(2_000)}eval(x)${")".repeat(2_000)};\n`],
    ["2,000 nested functions", `${"function f(a) {\n".repeat(2_000)}eval(a);${"}\n".repeat(2_000)}`],
    ["2,000 sums", `function f(a) { eval(${"a + ".repeat(2_000)}1); }\n`],
    ["2,000 links of else", `if (a) f();${" else if (b)\n g(eval(x));".repeat(2_000)}\n`],
    ["1,000 names, each given to the next", `function f(a0) {\n${chain}eval(a1000); }\n`],
  ])("come to an end in %s", async (_, text) => {
    const findings = await findingsOf(text);
    expect(findings.some(({ rule }) => rule === "security/eval")).toBe(true);
  });

  test("leave out what is no text or too much of it", async () => {
    await expect(findingsOf(Buffer.from([0x65, 0xff, 0xfe]))).rejects.toThrow("it is not UTF-8");
    await expect(findingsOf(Buffer.alloc(5_000_000, "eval(x);"))).rejects.toThrow("it has more than 1,000,000 bytes");
  });
});
