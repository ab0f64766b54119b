/**
 * `npm run bench:locate -- --repo PATH …`: how well the files of a fix are found from the words of its commit, in any git history. A case is a
 * commit whose subject speaks of a fix and refers to an issue or a pull; the tree of its parent is searched; the one to five source files that it
 * changed, tests apart, are to be found. The scope in its subject (`fix(scope):`) is taken away. The same cases are put to BM25 over the contents
 * alone, and to BM25F with names, paths and commit history; the differences are given with paired bootstrap intervals of 95 %.
 *
 *   --repo PATH   a clone with its history, bare or not; several times for several
 *   --cases N     at most so many cases of each, the newest (default 60)
 */
import { createAnalyseFile } from "../src/code/analyse-file.ts";
import type { FileFacts } from "../src/code/facts.ts";
import { buildFileGraph } from "../src/code/graph/file-graph.ts";
import { isForeign, isManifest } from "../src/code/graph/repository-files.ts";
import { createResolver } from "../src/code/graph/resolve.ts";
import { createLocator, type CorpusFile } from "../src/code/locate/locate.ts";
import type { PastChange } from "../src/code/locate/past.ts";
import { countTerms } from "../src/code/locate/terms.ts";
import { languageOf } from "../src/code/syntax/languages.ts";
import { createGrammars } from "../src/code/syntax/load-grammar.ts";
import { isTestFile } from "../src/domain/test-files.ts";
import { openBlobs, listTree, readCommits } from "./locate/history.ts";
import { byContents, byWordsAndHistory } from "./locate/peers.ts";
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

type Method = "ours" | "words" | "history";

interface Outcome {
  /** Paths, the best first. */
  readonly ranked: Readonly<Record<Method, readonly string[]>>;
  readonly truth: ReadonlySet<string>;
}

/** What tests read is no more what a fix is about than they are. */
const fixture = /(?:^|\/)(?:__tests__|tests?|specs?|e2e|__fixtures__|fixtures?|testdata)\//;
const mostHistory = 6_000;
const analyse = createAnalyseFile(createGrammars());
const outcomes: Outcome[] = [];
for (const repo of values.repo) {
  const before = outcomes.length;
  await playRepository(repo);
  const own = outcomes.slice(before);
  const figures = (method: Method) => `${recallAt(own, 10, method).toFixed(2)} ${meanRank(own, method).toFixed(3)}`;
  console.log(
    `${repo}: ${own.length} cases; R@10 and MRR ${figures("ours")}, BM25 ${figures("words")}, BM25F with history ${figures("history")}`,
  );
}
report({
  bench: "locate",
  rows: [
    { key: "cases", what: "cases", value: outcomes.length, unit: "" },
    { key: "recall1", what: "R@1", value: recallAt(outcomes, 1), unit: "" },
    { key: "recall5", what: "R@5", value: recallAt(outcomes, 5), unit: "" },
    { key: "recall10", what: "R@10", value: recallAt(outcomes, 10), unit: "", goal: { min: 0.8 } },
    { key: "mrr", what: "MRR", value: meanRank(outcomes), unit: "" },
    { key: "mrr_bm25", what: "MRR of BM25 over contents", value: meanRank(outcomes, "words"), unit: "" },
    {
      key: "gain_low",
      what: "gain over it, lower bound of 95 %",
      value: lowerBound(gains("words")),
      unit: "",
      goal: { min: 0 },
    },
    {
      key: "recall10_history",
      what: "R@10 of BM25F with commit history",
      value: recallAt(outcomes, 10, "history"),
      unit: "",
    },
    { key: "mrr_history", what: "MRR of it", value: meanRank(outcomes, "history"), unit: "" },
    { key: "gain_history", what: "gain over it", value: mean(gains("history")), unit: "", goal: { min: 0 } },
    {
      key: "gain_history_low",
      what: "the same, lower bound of 95 %",
      value: lowerBound(gains("history")),
      unit: "",
    },
  ],
});

async function playRepository(repo: string): Promise<void> {
  const commits = await readCommits(repo, mostHistory + mostCases * 20);
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
    const words = byContents(corpus, query).slice(0, 50);
    const withHistory = byWordsAndHistory(corpus, history, query).slice(0, 50);
    outcomes.push({ ranked: { ours, words, history: withHistory }, truth: new Set(truth) });
    played += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${repo}: ${played}/${mostCases} `);
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  blobs.close();
}

function isSource(path: string): boolean {
  const isTest = isTestFile(path, "") || fixture.test(path);
  return languageOf(path) !== null && !isForeign(path) && !isTest && !/\.d\.[cm]?ts$/.test(path);
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

/** Of what is to be found, the mean part that is among the first `k`. */
function recallAt(some: readonly Outcome[], k: number, method: Method = "ours"): number {
  return mean(
    some.map(({ ranked, truth }) => ranked[method].slice(0, k).filter((path) => truth.has(path)).length / truth.size),
  );
}

/** The mean of the reciprocal ranks of the first that was to be found. */
function meanRank(some: readonly Outcome[], method: Method = "ours"): number {
  return mean(some.map((each) => reciprocal(each, method)));
}

function reciprocal({ ranked, truth }: Outcome, method: Method): number {
  const at = ranked[method].findIndex((path) => truth.has(path));
  return at === -1 ? 0 : 1 / (at + 1);
}

/** What ours has in reciprocal rank beyond another, case by case. */
function gains(peer: Method): readonly number[] {
  return outcomes.map((each) => reciprocal(each, "ours") - reciprocal(each, peer));
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
