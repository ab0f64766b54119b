/**
 * `npm run bench:code`: what it costs to understand code, side by side in one run with the tools that people would install otherwise, on the
 * sources of packages. Packages and tools come from the package registry by npm, into a temporary folder that is removed at the end.
 *
 *   --package NAME@VERSION   sources that are analysed and linted; several times for several (default: rxjs, zod, @trpc/server, viem)
 *   --more NAME@VERSION      further sources for the big repository (default: effect)
 *   --rounds N               of each comparison (default 3)
 *   --folder PATH            keeps packages and tools there for the next time
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir, availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createAnalyseFile } from "../src/code/analyse-file.ts";
import { catalogue } from "../src/code/rules/catalogue.ts";
import { analyserFlags } from "../src/code/start-analyser.ts";
import type { Binding } from "../src/code/syntax/grammar.ts";
import { languageOf, languages } from "../src/code/syntax/languages.ts";
import { createGrammars } from "../src/code/syntax/load-grammar.ts";
import { fetchSources, installPeers } from "./code/packages.ts";
import { createSonarMeasure, runDependencyCruiser, runEslint, runNode } from "./code/peers.ts";
import { makeScene, timePulls } from "./code/pulls.ts";
import { readOptions } from "./options.ts";
import { report } from "./report.ts";

const values = readOptions(import.meta.url, {
  package: {
    type: "string",
    multiple: true,
    default: ["rxjs@7.8.2", "zod@4.1.12", "@trpc/server@11.6.0", "viem@2.38.0"],
  },
  more: { type: "string", multiple: true, default: ["effect@3.18.4"] },
  rounds: { type: "string", default: "3" },
  folder: { type: "string" },
});
const rounds = Math.max(1, Math.trunc(Number(values.rounds)) || 3);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const [cli, work] = [here("../handlers/cli.ts"), here("code/work.ts")];

/** What is measured is made anew each time; packages and tools may be there already. */
const root = await mkdtemp(join(tmpdir(), "codegen-bench-"));
const kept = values.folder === undefined ? root : resolve(values.folder);
try {
  await measure();
} finally {
  await rm(root, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const [small, large] = [join(kept, "small"), join(kept, "large")];
  say("packages and tools …");
  await installPeers(kept);
  const files = await fetchSources(kept, values.package, small);
  const moreFiles = await fetchSources(kept, [...values.package, ...values.more], large);

  const eslint: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`ESLint and codegen over ${files} files, ${round + 1} of ${rounds} …`);
    eslint.push(await runEslint(kept, small, files));
    ours.push(await analyseAll(small, files));
  }
  say("bare parsing …");
  const native = await ratioOf(small, "native");
  const wasm = await ratioOf(small, "wasm");
  say("memory …");
  const memory = { native: await growthOf(small, "native"), wasm: await growthOf(small, "wasm") };
  say(`graphs of ${moreFiles} files …`);
  const graphs = await timeGraphs(large, moreFiles);
  say("pulls …");
  const pulls = await timeScenes(large, { small: 100, large: 3_000 });
  say("cognitive complexity …");
  const agreement = await agree(small);

  report({
    bench: "code",
    rows: [
      {
        key: "eslint_ms",
        what: `ESLint, sonarjs and security, ${files} files, wall`,
        value: median(eslint),
        unit: "ms",
      },
      { key: "analysis_ms", what: "codegen analyze, all rules, wall", value: median(ours), unit: "ms" },
      {
        key: "analysis_vs_eslint_ratio",
        what: "how many times as fast",
        value: median(eslint) / median(ours),
        unit: "×",
        goal: { min: 10 },
      },
      {
        key: "analysis_vs_parse_ratio",
        what: "speed of the analysis by that of bare parsing, native, processor time",
        value: native,
        unit: "×",
        goal: { min: 0.4 },
      },
      { key: "analysis_vs_parse_wasm_ratio", what: "the same by wasm", value: wasm, unit: "×" },
      {
        key: "graph_cold_vs_depcruise_ratio",
        what: `graph of imports, ${moreFiles} files, by dependency-cruiser`,
        value: graphs.cold / graphs.peer,
        unit: "×",
        goal: { max: 0.5 },
      },
      {
        key: "graph_warm_vs_cold_ratio",
        what: "the same again in a new process",
        value: graphs.warm / graphs.cold,
        unit: "×",
        goal: { max: 0.1 },
      },
      {
        key: "graph_next_vs_cold_ratio",
        what: "the same 10 changed files later",
        value: graphs.next / graphs.cold,
        unit: "×",
      },
      {
        key: "pull10_ms",
        what: "a pull of 10 files among 3,000, base and head, analysers started",
        value: median(pulls.large),
        unit: "ms",
        goal: { max: 300 },
      },
      { key: "pull10_small_ms", what: "the same among 100", value: median(pulls.small), unit: "ms" },
      {
        key: "pull_growth_ratio",
        what: "among 3,000 by among 100",
        value: median(pulls.large) / median(pulls.small),
        unit: "×",
        goal: { max: 1.5 },
      },
      {
        key: "rss_growth_ratio",
        what: "memory after 20 rounds by that after 4, native",
        value: memory.native,
        unit: "×",
        goal: { max: 1.2 },
      },
      { key: "rss_growth_wasm_ratio", what: "the same by wasm", value: memory.wasm, unit: "×" },
      { key: "functions", what: "functions that are compared", value: agreement.functions, unit: "" },
      {
        key: "cognitive_agreement",
        what: "share with the cognitive complexity of eslint-plugin-sonarjs",
        value: agreement.share,
        unit: "",
        goal: { min: 0.99 },
      },
      {
        key: "rules_total",
        what: "rules",
        value: new Set(catalogue.map(({ id }) => id)).size,
        unit: "",
        goal: { min: 40 },
      },
      { key: "languages", what: "languages", value: languages.length, unit: "", goal: { min: 6 } },
    ],
  });
}

function say(sentence: string): void {
  console.error(sentence);
}

async function analyseAll(folder: string, files: number): Promise<number> {
  const { ms, stdout } = await runNode(cli, ["analyze", folder, "--format", "json"], root);
  const review = JSON.parse(stdout) as { metrics: { total: { head: { files: number } } }; leftOut: readonly unknown[] };
  const read = review.metrics.total.head.files + review.leftOut.length;
  if (read < files) throw new Error(`codegen read ${read} of ${files} files.`);
  return ms;
}

async function told<T>(...args: readonly string[]): Promise<T> {
  // In processes that are started as analysers are.
  const { code, stdout } = await runNode(work, args, root, analyserFlags);
  if (code !== 0) throw new Error(`bench/code/work.ts ${args[0]} ended with ${code}.`);
  return JSON.parse(stdout) as T;
}

async function ratioOf(folder: string, binding: Binding): Promise<number> {
  const { parse, whole, fallbacks } = await told<{ parse: number; whole: number; fallbacks: readonly string[] }>(
    "ratio",
    folder,
    binding,
    String(rounds + 2),
  );
  if (fallbacks.length > 0) say(`  not native: ${fallbacks.join(" ")}`);
  say(`  ${binding}: parsing ${parse.toFixed(0)} ms, analysis ${whole.toFixed(0)} ms of processor time`);
  return parse / whole;
}

async function growthOf(folder: string, binding: Binding): Promise<number> {
  const { after4, after20 } = await told<{ after4: number; after20: number }>("memory", folder, binding);
  say(`  ${binding}: ${after4.toFixed(0)} MB after 4 rounds, ${after20.toFixed(0)} MB after 20`);
  return after20 / after4;
}

/** Each its best, since what else the machine does only ever makes it longer. */
async function timeGraphs(
  folder: string,
  files: number,
): Promise<{ peer: number; cold: number; warm: number; next: number }> {
  const scene = makeScene(folder, join(root, "graph.git"), files, 1);
  const [first = "", second = ""] = scene.commits;
  const processes = String(availableParallelism());
  const graphOf = async (commit: string, store: string) =>
    (await told<{ ms: number }>("graph", scene.directory, commit, store, processes, join(root, "compiled"))).ms;
  const all = { peer: [] as number[], cold: [] as number[], warm: [] as number[], next: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const store = join(root, `graph-${round}.sqlite`);
    all.peer.push(await runDependencyCruiser(kept, folder, files));
    all.cold.push(await graphOf(first, store));
    all.warm.push(await graphOf(first, store));
    all.next.push(await graphOf(second, store));
  }
  return {
    peer: Math.min(...all.peer),
    cold: Math.min(...all.cold),
    warm: Math.min(...all.warm),
    next: Math.min(...all.next),
  };
}

async function timeScenes(
  folder: string,
  files: { readonly small: number; readonly large: number },
): Promise<{ readonly small: readonly number[]; readonly large: readonly number[] }> {
  const scenes = [files.small, files.large].map((count) =>
    makeScene(folder, join(root, `pulls-${count}.git`), count, 1 + 8 * rounds),
  );
  const [small = [], large = []] = await timePulls(scenes, join(root, "pulls"));
  return { small, large };
}

/** Of the functions that ESLint knows, how many we measure the same; what we do not find counts as wrong. */
async function agree(folder: string): Promise<{ functions: number; share: number }> {
  const measureByRule = createSonarMeasure(kept);
  const analyse = createAnalyseFile(createGrammars());
  let [functions, same] = [0, 0];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const language = languageOf(entry.name);
    if (!entry.isFile() || language === null) continue;
    const content = await readFile(path);
    const theirs = measureByRule(content.toString(), relative(folder, path));
    const own = await analyse(language, content);
    if (theirs === null || own.end !== "analysed") continue;
    const left = Map.groupBy(own.facts.functions, ({ startLine, endLine }) => `${startLine} ${endLine}`);
    for (const { startLine, endLine, cognitive } of theirs) {
      const ours = left.get(`${startLine} ${endLine}`)?.shift();
      functions += 1;
      if (ours?.cognitive === cognitive) same += 1;
    }
  }
  return { functions, share: same / Math.max(1, functions) };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
