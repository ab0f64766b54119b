/**
 * `npm run bench:locate -- --repo PATH …`: how well the files of a fix are found from the words of its commit, in any git history. A case is a
 * commit whose subject speaks of a fix and refers to an issue or a pull; the tree of its parent is searched; the one to five source files that it
 * changed, tests apart, are to be found. The scope in its subject (`fix(scope):`) is taken away. The same cases are put to BM25 over the contents
 * alone, and the difference is given with a paired bootstrap interval of 95 %.
 *
 *   --repo PATH   a clone with its history, bare or not; several times for several
 *   --cases N     at most so many cases of each, the newest (default 60)
 */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { createAnalyseFile } from "../src/code/analyse-file.ts";
import type { FileFacts } from "../src/code/facts.ts";
import { buildFileGraph } from "../src/code/graph/file-graph.ts";
import { isForeign, isManifest } from "../src/code/graph/repository-files.ts";
import { createResolver } from "../src/code/graph/resolve.ts";
import { createLocator, type CorpusFile, type PastChange } from "../src/code/locate/locate.ts";
import { createSearchIndex } from "../src/code/locate/search-index.ts";
import { countTerms } from "../src/code/locate/terms.ts";
import { languageOf } from "../src/code/syntax/languages.ts";
import { createGrammars } from "../src/code/syntax/load-grammar.ts";
import { isTestFile } from "../src/domain/test-files.ts";
import { readOptions } from "./options.ts";
import { report } from "./report.ts";

const values = readOptions(import.meta.url, {
  repo: { type: "string", multiple: true, default: [] },
  cases: { type: "string", default: "60" },
});
const mostCases = Math.max(1, Math.trunc(Number(values.cases)) || 60);
if (values.repo.length === 0) {
  console.error("Name a git history: npm run bench:locate -- --repo PATH [--repo PATH …] [--cases N]");
  process.exit(2);
}

interface Commit {
  readonly id: string;
  readonly parent: string;
  readonly subject: string;
  readonly body: string;
  readonly changed: readonly string[];
}

interface Outcome {
  readonly ours: readonly string[];
  readonly words: readonly string[];
  readonly truth: ReadonlySet<string>;
}

const mostHistory = 6_000;
const analyse = createAnalyseFile(createGrammars());
const outcomes: Outcome[] = [];
for (const repo of values.repo) {
  const before = outcomes.length;
  await playRepository(repo);
  const own = outcomes.slice(before);
  console.log(
    `${repo}: ${own.length} cases, R@10 ${mean(own.map((each) => recall(each.ours, each, 10))).toFixed(3)}, MRR ${mean(own.map((each) => reciprocal(each.ours, each))).toFixed(3)} (BM25 ${mean(own.map((each) => reciprocal(each.words, each))).toFixed(3)})`,
  );
}
const gains = outcomes.map((each) => reciprocal(each.ours, each) - reciprocal(each.words, each));
report({
  bench: "locate",
  rows: [
    { key: "cases", what: "cases", value: outcomes.length, unit: "" },
    { key: "recall1", what: "R@1", value: mean(outcomes.map((each) => recall(each.ours, each, 1))), unit: "" },
    { key: "recall5", what: "R@5", value: mean(outcomes.map((each) => recall(each.ours, each, 5))), unit: "" },
    {
      key: "recall10",
      what: "R@10",
      value: mean(outcomes.map((each) => recall(each.ours, each, 10))),
      unit: "",
      goal: { min: 0.8 },
    },
    { key: "mrr", what: "MRR", value: mean(outcomes.map((each) => reciprocal(each.ours, each))), unit: "" },
    {
      key: "mrr_bm25",
      what: "MRR of BM25 over contents",
      value: mean(outcomes.map((each) => reciprocal(each.words, each))),
      unit: "",
    },
    { key: "gain_low", what: "gain, lower bound of 95 %", value: lowerBound(gains), unit: "", goal: { min: 0 } },
  ],
});

async function playRepository(repo: string): Promise<void> {
  const commits = await readCommits(repo);
  const blobs = openBlobs(repo);
  const known = new Map<string, { facts: FileFacts | null; terms: ReadonlyMap<string, number>; text: string }>();
  let played = 0;
  for (const [at, commit] of commits.entries()) {
    if (played >= mostCases) break;
    if (!/\bfix(?:e[sd]|ing)?\b/i.test(commit.subject) || !/#\d+/.test(commit.subject)) continue;
    const tree = await listTree(repo, commit.parent);
    const sources = new Map([...tree].filter(([path]) => isSource(path)));
    const truth = commit.changed.filter((path) => sources.has(path));
    if (truth.length < 1 || truth.length > 5) continue;
    for (const [path, blob] of tree) {
      if (known.has(blob) || !(isSource(path) || isManifest(path))) continue;
      const content = await blobs.read(blob);
      const language = languageOf(path);
      const analysis = language === null ? null : await analyse(language, content);
      const text = content.length > 1_000_000 ? "" : content.toString("utf8");
      const isRead = analysis?.end === "analysed";
      known.set(blob, {
        facts: isRead ? analysis.facts : null,
        terms: isRead ? countTerms(text) : new Map(),
        text: isManifest(path) ? text : "",
      });
    }
    const corpus = corpusOf(tree, sources, known);
    const history = commits
      .slice(at + 1, at + 1 + mostHistory)
      .map(({ subject, body, changed }): PastChange => ({ message: `${subject}\n${body}`, paths: changed }));
    const query = `${commit.subject.replace(/^(\w+)\([^)]*\)(!?:)/, "$1$2").replaceAll(/\(?#\d+\)?/g, "")}\n${commit.body}`;
    const ours = createLocator(corpus, history)
      .locate(query, 50)
      .map(({ path }) => path);
    const index = createSearchIndex(
      corpus.map(({ terms }) => ({ terms: { content: terms } })),
      { content: { weight: 1, b: 0.75 } },
    );
    const words = index
      .search(countTerms(query))
      .slice(0, 50)
      .map(({ document }) => corpus[document]?.path ?? "");
    outcomes.push({ ours, words, truth: new Set(truth) });
    played += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${repo}: ${played}/${mostCases} `);
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  blobs.close();
}

function isSource(path: string): boolean {
  return languageOf(path) !== null && !isForeign(path) && !isTestFile(path, "") && !/\.d\.[cm]?ts$/.test(path);
}

function corpusOf(
  tree: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, { facts: FileFacts | null; terms: ReadonlyMap<string, number>; text: string }>,
): readonly CorpusFile[] {
  const facts = new Map(
    [...sources].flatMap(([path, blob]) => {
      const found = known.get(blob)?.facts;
      return found ? [[path, found] as const] : [];
    }),
  );
  const manifest = (path: string) => (isManifest(path) ? known.get(tree.get(path) ?? "")?.text : undefined);
  const graph = buildFileGraph(facts, createResolver({ paths: new Set(tree.keys()), manifest }));
  return [...sources].map(([path, blob]) => ({
    path,
    terms: known.get(blob)?.terms ?? new Map<string, number>(),
    symbols: facts.get(path)?.symbols ?? [],
    imports: (graph.outgoing.get(path) ?? []).map(({ to }) => to),
  }));
}

async function readCommits(repo: string): Promise<readonly Commit[]> {
  const format = "%x01%H%x00%P%x00%s%x00%b%x00";
  const text = await git(repo, [
    "log",
    "--no-merges",
    "--no-renames",
    "-n",
    String(mostHistory + mostCases * 20),
    `--format=${format}`,
    "--name-only",
  ]);
  return text.split("\u0001").flatMap((entry): readonly Commit[] => {
    const [id = "", parents = "", subject = "", body = "", names = ""] = entry.split("\0");
    const parent = parents.split(" ")[0] ?? "";
    return id === "" || parent === ""
      ? []
      : [{ id, parent, subject, body, changed: names.split("\n").filter((name) => name !== "") }];
  });
}

async function listTree(repo: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const text = await git(repo, ["ls-tree", "-r", "-z", commit]);
  return new Map(
    text.split("\0").flatMap((line): readonly [string, string][] => {
      const [, mode = "", blob = "", path = ""] = /^(\d+) blob (\w+)\t(.*)$/s.exec(line) ?? [];
      return mode.startsWith("100") ? [[path, blob]] : [];
    }),
  );
}

async function git(repo: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["-C", repo, ...args], { maxBuffer: 1024 ** 3 });
  return stdout;
}

/** Blobs one after the other from one `git cat-file --batch`. A blob that a partial history lacks is empty. */
function openBlobs(repo: string): { read(blob: string): Promise<Buffer>; close(): void } {
  const child = spawn("git", ["-C", repo, "cat-file", "--batch"], { stdio: ["pipe", "pipe", "ignore"] });
  let buffer: Buffer = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    wake?.();
  });
  const more = () => new Promise<void>((resolve) => (wake = resolve));
  return {
    async read(blob) {
      child.stdin.write(`${blob}\n`);
      while (!buffer.includes(10)) await more();
      const at = buffer.indexOf(10);
      const [, kind, size = "0"] = buffer.subarray(0, at).toString().split(" ");
      buffer = buffer.subarray(at + 1);
      if (kind !== "blob") return Buffer.alloc(0);
      while (buffer.length < Number(size) + 1) await more();
      const content = Buffer.from(buffer.subarray(0, Number(size)));
      buffer = buffer.subarray(Number(size) + 1);
      return content;
    },
    close: () => child.stdin.end(),
  };
}

function recall(ranked: readonly string[], { truth }: Outcome, k: number): number {
  return ranked.slice(0, k).filter((path) => truth.has(path)).length / truth.size;
}

function reciprocal(ranked: readonly string[], { truth }: Outcome): number {
  const at = ranked.findIndex((path) => truth.has(path));
  return at === -1 ? 0 : 1 / (at + 1);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0) / Math.max(1, numbers.length);
}

/** The 2.5th percentile of the means of 5,000 samples drawn with replacement; the same draws each time. */
function lowerBound(differences: readonly number[]): number {
  if (differences.length === 0) return 0;
  let seed = 12_345;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const means = Array.from({ length: 5_000 }, () =>
    mean(differences.map(() => differences[Math.floor(random() * differences.length)] ?? 0)),
  );
  return means.toSorted((one, other) => one - other)[Math.floor(means.length * 0.025)] ?? 0;
}
