import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { AnalyserProcess } from "../../../src/code/analyser-process.ts";
import { createAnalysers, type AnalyseOptions, type Analysers, type CodeFile } from "../../../src/code/analysers.ts";
import type { FileAnalysis } from "../../../src/code/facts.ts";
import { readOwnRules } from "../../../src/config/own-rules.ts";
import { startAnalyser } from "../../../src/code/start-analyser.ts";
import type { Binding } from "../../../src/code/syntax/grammar.ts";
import { until } from "../until.ts";

let open: Analysers | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const file = (text: string): CodeFile => ({ language: "javascript", content: Buffer.from(text) });
const files = (count: number, odd: Readonly<Record<number, string>> = {}): CodeFile[] =>
  Array.from({ length: count }, (_, number) => file(odd[number] ?? `function f${number}() {}`));

/** Speaks as an analyser does, and hangs or dies at the contents that say so. */
const fragile = `
  let [rest, told] = [Buffer.alloc(0), null];
  process.stdin.on("data", (piece) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const end = rest.indexOf(10);
      if (told === null && end === -1) return;
      if (told === null) [told, rest] = [JSON.parse(rest.subarray(0, end)), rest.subarray(end + 1)];
      const { say, bytes = 0 } = told;
      if (rest.length < bytes) return;
      if (say === "file") answer(rest.subarray(0, bytes).toString());
      [told, rest] = [null, rest.subarray(bytes)];
    }
  });
  function answer(text) {
    if (text === "die") process.exit(3);
    if (text === "hang") for (;;);
    if (text === "rave") return console.log("[1, 2\\n".repeat(20_000));
    const analysis = JSON.stringify({ end: "left out", reason: text });
    console.log(JSON.stringify({ say: "analysis", blocks: "", isPassing: false }) + "\\0" + analysis + "\\0" + analysis);
  }`;

const moment = `id: no-moment
languages: [javascript]
pattern: '(import_statement source: (string) @found (#match? @found "moment"))'
message: Use Temporal.
examples: { bad: ['import m from "moment"'], good: ['import t from "t"'] }
`;
const endless = `id: endless
languages: [javascript]
pattern: (program (_)* @a (_)* @b (_)* @found)
message: It goes on and on.
examples: { bad: ["f()"] }
`;
const mistakes = `- id: wrong-node
  languages: [javascript]
  pattern: |
    (call_expresion) @found
  message: m
  examples: { bad: ["f()"] }
- id: wrong-field
  languages: [javascript]
  pattern: |
    (call_expression
      arguments: (arguments) fnction: (_) @found)
  message: m
  examples: { bad: ["f()"] }
- id: half
  languages: [javascript]
  pattern: "(number @found"
  message: m
  examples: { bad: ["f()"] }
- id: no-capture
  languages: [javascript]
  pattern: (number)
  message: m
  examples: { bad: ["1"] }
- id: finds-nothing
  languages: [javascript]
  pattern: (number) @found
  message: m
  examples:
    { bad: ["f()"], good: ["1"] }
`;

/** The rules of files, and one that is right. */
function ownRules(rules: Readonly<Record<string, string>>) {
  const texts = Object.entries(rules).map(([name, text]) => ({ path: `.codegen/rules/${name}.yml`, text }));
  const read = readOwnRules([...texts, { path: ".codegen/rules/x.yml", text: moment }]);
  expect(read.problems).toEqual([]);
  return read.rules;
}

/** All of them, in the order of the files. */
async function analyseAll(all: readonly CodeFile[], options?: AnalyseOptions): Promise<readonly FileAnalysis[]> {
  const analyses: FileAnalysis[] = [];
  await open?.analyse(
    { files: all, count: all.length },
    ({ analysis }, at) => (analyses[at] = JSON.parse(analysis) as FileAnalysis),
    options,
  );
  return analyses;
}

const startCompiled = (binding: Binding = "native") => startAnalyser(binding, process.env.NODE_COMPILE_CACHE ?? null);

let started = 0;
async function startFragile(): Promise<AnalyserProcess> {
  started += 1;
  const child = spawn(process.execPath, ["-e", fragile], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  return { stdin: child.stdin, stdout: child.stdout, kill: () => void child.kill("SIGKILL"), ended };
}

describe("analysers", () => {
  test.each(["native", "wasm"] as const)(
    "read many files side by side and answer in their order: %s",
    async (binding) => {
      open = createAnalysers({ start: () => startCompiled(binding), processes: 2 });
      const analyses = await analyseAll(files(40, { 7: "\0" }));
      const names = analyses.map((one) => (one.end === "analysed" ? one.facts.symbols[0]?.name : one.reason));
      expect(names).toEqual(
        Array.from({ length: 40 }, (_, number) =>
          number === 7 ? "The file is not analysed: it is binary." : `f${number}`,
        ),
      );
    },
  );

  test("read files with all that a text may hold between its lines", async () => {
    open = createAnalysers({ start: () => startCompiled(), processes: 1 });
    const long = `// ${"é".repeat(40)}\n`.repeat(5_000);
    const texts = ["/* one\u2028two\u2029three */\n", "", "// a\u0001b\r\n", long, "// \ud800"];
    const analyses = await analyseAll(texts.map(file));
    const comments = analyses.map((one) =>
      one.end === "analysed" ? one.facts.comments.map(({ text }) => text.slice(0, 40)) : one,
    );
    expect(comments).toEqual([["one\u2028two\u2029three"], [], ["a\u0001b"], ["é".repeat(40)], ["\ufffd"]]);
  });

  test("leave out a file at which a process hangs, dies or says what it never should, and read the rest", async () => {
    open = createAnalysers({ start: startFragile, processes: 2, timeoutMs: 2_000 });
    const texts = Array.from({ length: 30 }, (_, number) =>
      number === 3 ? "die" : number === 12 ? "rave" : number === 20 ? "hang" : `${number}`,
    );
    const analyses = await analyseAll(texts.map(file));
    expect(analyses.map((one) => one.end === "left out" && one.reason)).toEqual(
      texts.map((text) => {
        if (text === "die" || text === "rave") return "The file is not analysed: its parser crashed.";
        return text === "hang" ? "The file is not analysed: it took longer than 2 s." : text;
      }),
    );
  });

  test.each(["native", "wasm"] as const)(
    "try the rules of a repository, and tell the mistakes of each with its place: %s",
    async (binding) => {
      open = createAnalysers({ start: () => startCompiled(binding), processes: 1 });
      const { rules, problems } = await open.check(ownRules({ mistakes }));
      expect(rules.rules.map(({ id }) => id)).toEqual(["own/no-moment"]);
      expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
        "4:6 own/wrong-node: There is no kind of node with this name in JavaScript.",
        "11:30 own/wrong-field: There is no field with this name in JavaScript.",
        "16:21 own/half: Here is something that a pattern cannot have; perhaps a parenthesis or a quote is missing.",
        "21:12 own/no-capture: Put `@found` behind what is to be reported.",
        "29:13 own/finds-nothing: The rule does not find this example, which is a bad one.",
        "29:28 own/finds-nothing: The rule finds this example, which is a good one.",
      ]);
      const [analysis] = await analyseAll([file('import a from "moment";\n')], { own: rules });
      expect(analysis).toMatchObject({
        findings: [{ rule: "own/no-moment", severity: "warning", startLine: 1, startColumn: 15, endColumn: 23 }],
      });
    },
  );

  test.each(["native", "wasm"] as const)(
    "stop a rule that does not come to an end, and keep what the files say: %s",
    async (binding) => {
      open = createAnalysers({ start: () => startCompiled(binding), processes: 1, ruleTimeoutMs: 700 });
      const { rules } = await open.check(ownRules({ endless }));
      expect(rules.rules.map(({ id }) => id)).toEqual(["own/endless", "own/no-moment"]);
      const long = 'import a from "moment";\n' + "f(1);\n".repeat(2_000);
      const analyses = await analyseAll([file(long), file("g();\n")], { own: rules });
      expect(analyses).toMatchObject([
        {
          end: "analysed",
          facts: { lines: 2_001 },
          findings: [{ rule: "own/no-moment" }],
          stopped: [
            { rule: "own/endless", reason: "The rule own/endless is not run any more: it took longer than 0.7 s." },
          ],
        },
        { end: "analysed", stopped: [{ rule: "own/endless" }] },
      ]);
    },
  );

  test("keep what was compiled as soon as one file is analysed, for those that start later", async () => {
    const folder = mkdtempSync(join(tmpdir(), "codegen-compiled-"));
    try {
      open = createAnalysers({ start: () => startAnalyser("native", folder), processes: 1 });
      await analyseAll(files(1));
      // The folder itself is there from the start.
      const entries = () => readdirSync(folder, { recursive: true, withFileTypes: true });
      const kept = () => entries().filter((entry) => entry.isFile()).length || undefined;
      expect(await until("it is kept", kept)).toBeGreaterThan(0);
    } finally {
      await open?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("keep their processes for the next files, and replace them after so many", async () => {
    started = 0;
    open = createAnalysers({ start: startFragile, processes: 1, recycleAfter: 25 });
    for (let round = 0; round < 4; round++) await analyseAll(files(10));
    expect(started).toBe(2);
  });

  test("start one process ahead, which the first files take, and which ends with them all", async () => {
    started = 0;
    open = createAnalysers({ start: startFragile, processes: 1 });
    await open.prepare(1);
    await open.prepare(90);
    expect(await analyseAll(files(2))).toHaveLength(2);
    await open.prepare(1);
    expect(started).toBe(1);
    await open.close();
    let killed = 0;
    const start = async () => {
      const child = await startFragile();
      const kill = () => {
        killed += 1;
        child.kill();
      };
      return { ...child, kill };
    };
    const other = createAnalysers({ start, processes: 1 });
    void other.prepare(1);
    await other.close();
    expect(killed).toBe(1);
  });

  test("stop when they are told to, and take nothing once closed", async () => {
    open = createAnalysers({ start: startFragile, processes: 1 });
    const stop = new AbortController();
    const work = analyseAll([file("hang")], { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(work).rejects.toThrow("enough");
    expect(await analyseAll([])).toEqual([]);
    await open.close();
    await expect(analyseAll(files(1))).rejects.toThrow("closed");
  });

  test("stop when a file cannot be had, and are ready for others", async () => {
    open = createAnalysers({ start: startFragile, processes: 2 });
    const coming = async function* () {
      yield* files(40);
      throw new Error("git has no such file");
    };
    await expect(open.analyse({ files: coming(), count: 80 }, () => undefined)).rejects.toThrow("git has no such file");
    expect(await analyseAll(files(3))).toHaveLength(3);
  });

  test("say so when no process can be started", async () => {
    open = createAnalysers({ start: () => Promise.reject(new Error("no room")), processes: 2 });
    await open.prepare(1);
    await expect(analyseAll(files(10))).rejects.toThrow("no room");
  });
});
