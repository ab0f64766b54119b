import { spawn } from "node:child_process";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createAnalysers, type AnalyserProcess, type Analysers, type CodeFile } from "../../../src/code/analysers.ts";
import { startAnalyser } from "../../../src/code/start-analyser.ts";

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
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const text = Buffer.from(JSON.parse(line).content, "base64").toString();
    if (text === "die") process.exit(3);
    if (text === "hang") for (;;);
    console.log(JSON.stringify({ end: "left out", reason: text }));
  });`;

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
      open = createAnalysers({ start: () => startAnalyser(binding), processes: 2 });
      const analyses = await open.analyse(files(40, { 7: "\0" }));
      const names = analyses.map((one) => (one.end === "analysed" ? one.facts.symbols[0]?.name : one.reason));
      expect(names).toEqual(
        Array.from({ length: 40 }, (_, number) =>
          number === 7 ? "The file is not analysed: it is binary." : `f${number}`,
        ),
      );
    },
  );

  test("leave out a file at which a process hangs or dies, and read the rest", async () => {
    open = createAnalysers({ start: startFragile, processes: 2, timeoutMs: 2_000 });
    const texts = Array.from({ length: 30 }, (_, number) =>
      number === 3 ? "die" : number === 20 ? "hang" : `${number}`,
    );
    const analyses = await open.analyse(texts.map(file));
    expect(analyses.map((one) => one.end === "left out" && one.reason)).toEqual(
      texts.map((text) => {
        if (text === "die") return "The file is not analysed: its parser crashed.";
        return text === "hang" ? "The file is not analysed: it took longer than 2 s." : text;
      }),
    );
  });

  test("keep their processes for the next files, and replace them after so many", async () => {
    started = 0;
    open = createAnalysers({ start: startFragile, processes: 1, recycleAfter: 25 });
    for (let round = 0; round < 4; round++) await open.analyse(files(10));
    expect(started).toBe(2);
  });

  test("stop when they are told to, and take nothing once closed", async () => {
    open = createAnalysers({ start: startFragile, processes: 1 });
    const stop = new AbortController();
    const work = open.analyse([file("hang")], stop.signal);
    stop.abort(new Error("enough"));
    await expect(work).rejects.toThrow("enough");
    expect(await open.analyse([])).toEqual([]);
    await open.close();
    await expect(open.analyse(files(1))).rejects.toThrow("closed");
  });

  test("say so when no process can be started", async () => {
    open = createAnalysers({ start: () => Promise.reject(new Error("no room")), processes: 2 });
    await expect(open.analyse(files(10))).rejects.toThrow("no room");
  });
});
