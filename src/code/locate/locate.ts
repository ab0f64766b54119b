/** Issue text → the files and symbols that it is about, each with the reason. Words, names and what is quoted; no network, no model. */
import { isTestFile } from "../../domain/test-files.ts";
import type { CodeSymbol } from "../facts.ts";
import { readEvidence, type Evidence } from "./evidence.ts";
import { createPast, type PastChange } from "./past.ts";
import { createSearchIndex, type Hit, type SearchIndex } from "./search-index.ts";
import { countTerms, termsOf } from "./terms.ts";

export interface CorpusFile {
  readonly path: string;
  /** Of its content, as `countTerms` gives it. */
  readonly terms: ReadonlyMap<string, number>;
  readonly symbols: readonly CodeSymbol[];
  /** Paths of the repository that it takes from. */
  readonly imports: readonly string[];
}

export interface Located {
  readonly path: string;
  /** 0 to 1, next to the best. */
  readonly score: number;
  /** Sentences' ends for a person, such as "defines `addUp`". */
  readonly reasons: readonly string[];
  readonly symbols: readonly { readonly symbol: CodeSymbol; readonly reason: string }[];
}

export interface Locator {
  /** The best first. @param limit at most so many files */
  locate(text: string, limit?: number): readonly Located[];
}

const fields = {
  content: { weight: 1, b: 0.75 },
  symbols: { weight: 3, b: 0.4 },
  path: { weight: 6, b: 0.3 },
  messages: { weight: 1, b: 0.6 },
};
/**
 * How much each source of evidence counts. The three of words come to 1 for a file that is the best by each. What counts for commits was fitted
 * to histories of which each was then ranked by what the others gave; what is named literally counts more than there, since issues quote more.
 */
const worth = {
  words: { all: 0.53, content: 0.25, path: 0.22 },
  like: 0.19,
  recency: 0.2,
  neighbours: 0.03,
  path: 1,
  frame: 0.75,
  name: 0.25,
  definition: 0.1,
  use: 0.14,
};
/** Of an identifier; more say nothing of any. */
const most = { defining: 10, using: 30 };
const demoted = { test: 0.35, aside: 0.85 };
const aside =
  /(?:^|\/)(?:docs?|examples?|fixtures?|__mocks__|mocks?|benchmarks?|bench|scripts?|demos?|playground|website|locales?|i18n|CHANGELOG[^/]*)(?:\/|$)|\.(?:md|mdx|txt|json|ya?ml|css|scss|html|svg|lock|snap)$/i;
const headingWeight = 2;

export function createLocator(files: readonly CorpusFile[], history: readonly PastChange[] = []): Locator {
  const numbers = new Map(files.map(({ path }, number) => [path, number]));
  const past = createPast(numbers, history);
  const documents = files.map(({ path, terms, symbols }, number) => ({
    terms: {
      content: terms,
      symbols: countTerms(symbols.map(({ name }) => name).join(" ")),
      path: countTerms(path.replaceAll(/[/.-]/g, " ")),
      messages: past.messages[number] ?? new Map<string, number>(),
    },
  }));
  const { content, path } = fields;
  const index = {
    all: createSearchIndex(documents, fields),
    content: createSearchIndex(documents, { content }),
    path: createSearchIndex(documents, { path }),
  };
  const neighbours = neighboursOf(files, numbers);
  const definitions = definitionsOf(files);
  return {
    locate(text, limit = 20) {
      const query = queryOf(text);
      const evidence = readEvidence(text);
      const found = new Map<number, { score: number; reasons: string[]; hit?: Hit }>();
      const add = (number: number, score: number, reason?: string) => {
        const known = found.get(number) ?? { score: 0, reasons: [] };
        found.set(number, known);
        known.score += score;
        if (reason !== undefined && !known.reasons.includes(reason)) known.reasons.push(reason);
        return known;
      };
      const lines = addEvidence(evidence, files, definitions, add);
      for (const kind of ["all", "path", "content"] as const) {
        const hits = index[kind].search(query);
        for (const hit of hits) {
          const known = add(hit.document, (worth.words[kind] * hit.score) / (hits[0]?.score ?? 1));
          if (kind !== "all") known.hit = hit;
        }
      }
      for (const [number, score] of past.like(query))
        add(number, worth.like * score, score > 0.5 ? changedBefore : undefined);
      for (const [number, known] of found) known.score += worth.recency * (past.recency[number] ?? 0);
      for (const [number, { score }] of [...found]
        .toSorted(([, one], [, other]) => other.score - one.score)
        .slice(0, 30))
        // Hubs are beside everything, so that it says little of them.
        for (const near of neighbours[number] ?? []) {
          const known = found.get(near);
          const degree = neighbours[near]?.length ?? 0;
          if (known !== undefined && degree > 0)
            known.score += (worth.neighbours * score * Math.min(1, known.score)) / Math.sqrt(degree);
        }
      const wantsTests = /\btests?\b|\bspecs?\b|\bflaky\b/i.test(text.split("\n")[0] ?? "");
      const ranked = [...found]
        .map(([number, each]) => ({
          ...each,
          number,
          score: each.score * demotion(files[number]?.path ?? "", wantsTests),
        }))
        .toSorted((one, other) => other.score - one.score || one.number - other.number)
        .slice(0, limit);
      const top = ranked[0]?.score ?? 1;
      return ranked.flatMap(({ number, score, reasons, hit }) => {
        const file = files[number];
        if (file === undefined) return [];
        return [
          {
            path: file.path,
            score: score / top,
            reasons: reasonsOf([...reasons, ...wordsOf(hit, index.all, reasons.length === 0)]),
            symbols: symbolsOf(
              file,
              query,
              { identifiers: evidence.identifiers, lines: lines.get(number) ?? [] },
              index.all,
            ),
          },
        ];
      });
    },
  };
}

/** The first line says what it is about; what follows often quotes much else. */
function queryOf(text: string): ReadonlyMap<string, number> {
  const [heading = "", ...rest] = text.split("\n");
  const query = new Map<string, number>();
  for (const term of termsOf(heading)) query.set(term, (query.get(term) ?? 0) + headingWeight);
  const body = countTerms(rest.join("\n").slice(0, 50_000));
  for (const [term, count] of body) query.set(term, (query.get(term) ?? 0) + 1 + Math.log(count));
  return query;
}

function demotion(path: string, wantsTests: boolean): number {
  if (isTestFile(path, "")) return wantsTests ? 0.9 : demoted.test;
  return aside.test(path) ? demoted.aside : 1;
}

type Add = (number: number, score: number, reason?: string) => unknown;

/** @returns the lines that are named, by the number of their file */
function addEvidence(
  evidence: Evidence,
  files: readonly CorpusFile[],
  definitions: ReadonlyMap<string, readonly number[]>,
  add: Add,
): ReadonlyMap<number, readonly number[]> {
  const lines = new Map<number, readonly number[]>();
  const byName = new Map<string, number[]>();
  files.forEach(({ path }, number) => {
    const name = path.split("/").at(-1) ?? path;
    byName.set(name, [...(byName.get(name) ?? []), number]);
  });
  let frames = 0;
  for (const { path, line, inStack } of evidence.files) {
    const same = byName.get(path.split("/").at(-1) ?? path) ?? [];
    const exact = same.filter((number) => {
      const own = files[number]?.path ?? "";
      return own === path || path.endsWith(`/${own}`) || (path.includes("/") && own.endsWith(`/${path}`));
    });
    const place = line === null ? "" : `, line ${line}`;
    if (line !== null) for (const number of exact) lines.set(number, [...(lines.get(number) ?? []), line]);
    if (inStack) frames += 1;
    if (exact.length > 0)
      for (const number of exact)
        add(
          number,
          inStack ? worth.frame / frames : worth.path,
          `${inStack ? "in the stack trace" : "named in the text"}${place}`,
        );
    else if (same.length > 0 && same.length <= 5 && !/^index\.|^__init__\.|^mod\.rs$/.test(path))
      for (const number of same) add(number, worth.name / same.length, `its name is in the text${place}`);
  }
  for (const identifier of evidence.identifiers) {
    const defining = definitions.get(identifier) ?? [];
    if (defining.length === 0 || defining.length > most.defining) continue;
    for (const number of defining) add(number, worth.definition / defining.length, `defines \`${identifier}\``);
  }
  addUses(evidence.identifiers, files, definitions, add);
  return lines;
}

/** The fewer files have a name, the more it says of each. */
function addUses(
  identifiers: readonly string[],
  files: readonly CorpusFile[],
  definitions: ReadonlyMap<string, readonly number[]>,
  add: Add,
): void {
  const uses = new Map<number, { share: number; names: string[] }>();
  for (const identifier of identifiers) {
    const [term = ""] = termsOf(identifier);
    const using = files.flatMap(({ terms }, number) => (terms.has(term) ? [number] : []));
    if (using.length > most.using) continue;
    for (const number of using) {
      const known = uses.get(number) ?? { share: 0, names: [] };
      uses.set(number, known);
      known.share += 1 / using.length;
      if (!definitions.get(identifier)?.includes(number)) known.names.push(identifier);
    }
  }
  const best = Math.max(...Array.from(uses.values(), ({ share }) => share));
  for (const [number, { share, names }] of uses)
    add(
      number,
      (worth.use * share) / best,
      share > best / 2 && names[0] !== undefined ? `has \`${names[0]}\`` : undefined,
    );
}

function definitionsOf(files: readonly CorpusFile[]): ReadonlyMap<string, readonly number[]> {
  const definitions = new Map<string, number[]>();
  files.forEach(({ symbols }, number) => {
    for (const { name } of symbols) {
      const known = definitions.get(name);
      if (known === undefined) definitions.set(name, [number]);
      else if (known.at(-1) !== number) known.push(number);
    }
  });
  return definitions;
}

function neighboursOf(
  files: readonly CorpusFile[],
  numbers: ReadonlyMap<string, number>,
): readonly (readonly number[])[] {
  const neighbours: Set<number>[] = files.map(() => new Set());
  files.forEach(({ imports }, number) => {
    for (const path of imports) {
      const other = numbers.get(path);
      if (other === undefined || other === number) continue;
      neighbours[number]?.add(other);
      neighbours[other]?.add(number);
    }
  });
  // What everything takes from says nothing about its neighbours.
  return neighbours.map((near) => (near.size > 40 ? [] : [...near]));
}

const changedBefore = "changed before for the like";

/** What has none of a text's words itself was found by those of its past. */
function reasonsOf(reasons: readonly string[]): readonly string[] {
  return reasons.length === 0 ? [changedBefore] : reasons.slice(0, 4);
}

function wordsOf(hit: Hit | undefined, index: SearchIndex, isOnly: boolean): readonly string[] {
  if (hit === undefined) return [];
  const telling = hit.because.filter(({ term, share }) => share > hit.score / 12 && index.idf(term) > 1).slice(0, 5);
  // Where only words count that most files have, they are the reason all the same.
  const words = telling.length === 0 && isOnly ? hit.because.slice(0, 2) : telling;
  return words.length === 0 ? [] : [`speaks of ${words.map(({ term }) => term).join(", ")}`];
}

const mostSymbols = 5;

function symbolsOf(
  { symbols }: CorpusFile,
  query: ReadonlyMap<string, number>,
  { identifiers, lines }: Pick<Evidence, "identifiers"> & { readonly lines: readonly number[] },
  index: SearchIndex,
): Located["symbols"] {
  const named = new Set(identifiers);
  return symbols
    .map((symbol) => {
      const terms = new Set(termsOf(symbol.name));
      const matched = [...terms].filter((term) => query.has(term));
      const byWords =
        matched.reduce((score, term) => score + index.idf(term) * (query.get(term) ?? 0), 0) /
        Math.max(1, Math.sqrt(terms.size));
      const isAtLine = lines.some((line) => line >= symbol.startLine && line <= symbol.endLine);
      const score = byWords + (named.has(symbol.name) ? 20 : 0) + (isAtLine && symbol.kind !== "class" ? 5 : 0);
      const reason = named.has(symbol.name)
        ? "named in the text"
        : isAtLine
          ? "at the line that is named"
          : `its name has ${matched.join(", ")}`;
      return { symbol, score, reason };
    })
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, mostSymbols)
    .map(({ symbol, reason }) => ({ symbol, reason }));
}
