/**
 * One measurement in a process of its own, told as a line of JSON: `ratio`, bare parsing and whole analysis in turn, by processor time;
 * `memory`, what the process holds after some rounds; `graph`, a graph of imports from the kept contents of a file.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAnalyseFile } from "../../src/code/analyse-file.ts";
import { createAnalysers } from "../../src/code/analysers.ts";
import { createCodeIndex } from "../../src/code/index/code-index.ts";
import { openFactStore } from "../../src/code/index/fact-store.ts";
import { startAnalyser } from "../../src/code/start-analyser.ts";
import type { Binding } from "../../src/code/syntax/grammar.ts";
import { languageOf, type Language } from "../../src/code/syntax/languages.ts";
import { breathe, createGrammars } from "../../src/code/syntax/load-grammar.ts";
import { openCommitFiles } from "../../src/workspace/commit-files.ts";
import { openObjects } from "../../src/workspace/objects.ts";

interface Source {
  readonly language: Language;
  readonly content: Buffer;
  readonly text: string;
}

const [, , what = "", folder = "", ...rest] = process.argv;
const said = await (what === "graph" ? graph() : what === "memory" ? memory() : ratio());
console.log(JSON.stringify(said));

async function readSources(most: number): Promise<readonly Source[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sources: Source[] = [];
  for (const path of paths.toSorted()) {
    const language = languageOf(path);
    if (language === null || sources.length === most) continue;
    const content = await readFile(path);
    if (content.length < 1_000_000) sources.push({ language, content, text: content.toString() });
  }
  return sources;
}

/** ms of processor time, medians of the rounds after the first. The two take turns with each file, so that a busy machine slows both alike. */
async function ratio(): Promise<object> {
  const [binding = "native", rounds = "5"] = rest;
  const sources = await readSources(Infinity);
  const grammars = createGrammars(binding as Binding);
  const analyse = createAnalyseFile(grammars);
  const parses: number[] = [];
  const wholes: number[] = [];
  for (let round = 0; round <= Number(rounds); round++) {
    let [parse, whole] = [0, 0];
    for (const { language, content, text } of sources) {
      parse += await processorTime(async () => {
        (await grammars.get(language)).parse(text).release();
        await breathe(text);
      });
      whole += await processorTime(async () => void (await analyse(language, content)));
    }
    if (round === 0) continue;
    parses.push(parse);
    wholes.push(whole);
  }
  const bytes = sources.reduce((sum, { content }) => sum + content.length, 0);
  return { parse: median(parses), whole: median(wholes), bytes, fallbacks: [...grammars.fallbacks.values()] };
}

/** MB after 4 rounds of at most 400 files, and after 20. */
async function memory(): Promise<object> {
  const [binding = "native"] = rest;
  const sources = await readSources(400);
  const analyse = createAnalyseFile(createGrammars(binding as Binding));
  const held: number[] = [];
  for (let round = 1; round <= 20; round++) {
    for (const { language, content } of sources) await analyse(language, content);
    held.push(process.memoryUsage.rss() / 1024 ** 2);
  }
  return { after4: held[3], after20: held[19] };
}

/**
 * ms until the graph of a commit of a bare repository is there, from a store that may know something. As everywhere in the product, the analysers
 * start while the files are looked for, and as Node has compiled them before.
 */
async function graph(): Promise<object> {
  const [commit = "", file = "", processes = "2", compiled = null] = rest;
  const begun = performance.now();
  const store = openFactStore({ file });
  const analysers = createAnalysers({ start: () => startAnalyser("native", compiled), processes: Number(processes) });
  void analysers.prepare(Infinity);
  const source = await openCommitFiles(openObjects(folder, 60_000), commit);
  const repository = await createCodeIndex({ analysers, store }).repository(source);
  const ms = performance.now() - begun;
  await analysers.close();
  store.close();
  return { ms, files: repository.graph.files.size, edges: repository.graph.edges.length };
}

async function processorTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
