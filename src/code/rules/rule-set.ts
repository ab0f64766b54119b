import type { FlatTree } from "../syntax/flat-tree.ts";
import type { Grammar, Query, QueryMatch, SyntaxTree } from "../syntax/grammar.ts";
import { findNode } from "./find-node.ts";
import { createMayMatch, type MayMatch } from "./may-match.ts";
import type { Found, Rule } from "./rule.ts";

/** What a rule found, as its place in the text. */
export interface Hit {
  readonly rule: Rule;
  readonly found: Found;
  /** Of `@found`. */
  readonly start: number;
  readonly end: number;
}

interface Range {
  readonly start: number;
  end: number;
}

/** The rules of one language, with what is made ready once for all of its files. */
export interface RuleSet {
  run(tree: SyntaxTree, flat: FlatTree, options?: { readonly wholeTree?: boolean }): readonly Hit[];
}

/** Words that stand so near to each other are looked at together. */
const near = 40;
const most = { hits: 100, range: 5_000, inProgress: 128 };
/** Numbers of kinds: that no rule looks at, and of which the words count for nothing. 0 is for those that were not met yet. */
const [nobody, aside] = [1, 2];
const comment = /^(?:line_|block_)?comment$/;

/** @param rules those of the grammar's language count */
export function createRuleSet(grammar: Grammar, rules: readonly Rule[]): RuleSet {
  const own = rules.filter(({ languages }) => languages.includes(grammar.language));
  const queries: (Query | undefined)[] = [];
  const mayMatch: (MayMatch | undefined)[] = [];
  const words = readWords(own);
  const word = words.size === 0 ? null : new RegExp(`\\b(?:${[...words.keys()].join("|")})\\b`, "g");
  const byKind = Map.groupBy(
    own.flatMap(({ kinds = [] }, rule) => kinds.map((kind) => ({ kind, rule }))),
    ({ kind }) => kind,
  );
  /** The rules that look at a kind, by what its number is mapped to. */
  const looking: (readonly number[])[] = [[], [], []];
  const lookers = new Uint8Array(65_536);
  const learn = (flat: FlatTree, node: number): number => {
    const found = flat.isNamed(node) ? byKind.get(flat.type(node)) : undefined;
    const isComment = flat.isNamed(node) && comment.test(flat.type(node));
    const number = found === undefined ? (isComment ? aside : nobody) : looking.push(found.map(({ rule }) => rule)) - 1;
    lookers[flat.kind(node)] = number;
    return number;
  };

  /** As long as the rule has not been needed. */
  const isInVain = (number: number, rule: Rule, flat: FlatTree, places: readonly Range[]) =>
    queries[number] === undefined && !(mayMatch[number] ??= createMayMatch(rule))(flat, places);

  return {
    run(tree, flat, { wholeTree = false } = {}) {
      const { text } = flat;
      const ranges = own.map((): Range[] => []);
      if (wholeTree) for (const places of ranges) places.push({ start: 0, end: text.length + 1 });
      else {
        const isApart = own.map(({ within = "" }) => !text.includes(within));
        const comments: number[] = [];
        const worthIt: [rule: number, start: number][] = [];
        for (let node = 0; node < flat.size; node++) {
          const number = lookers[flat.kind(node)] || learn(flat, node);
          if (number === nobody) continue;
          if (number === aside) comments.push(node);
          for (const rule of looking[number] ?? [])
            if (isApart[rule] !== true && (own[rule]?.worth?.(flat, node) ?? true))
              worthIt.push([rule, flat.start(node)]);
        }
        if (word !== null) addWords(ranges, flat, { word, words, comments, isApart });
        for (const [rule, start] of worthIt) addRange(ranges[rule], start, start + 1);
      }
      return own
        .flatMap((rule, number) => {
          const places = ranges[number] ?? [];
          if (places.length === 0 || (!wholeTree && isInVain(number, rule, flat, places))) return [];
          return hitsOf(rule, (queries[number] ??= grammar.query(rule.query)), tree, flat, places);
        })
        .toSorted((a, b) => a.start - b.start || a.end - b.end);
    },
  };
}

/** A word that a rule looks for. */
interface Wanted {
  readonly rule: number;
  readonly after: RegExp | undefined;
  readonly called: boolean;
  readonly dotted: boolean;
}

function readWords(rules: readonly Rule[]): ReadonlyMap<string, readonly Wanted[]> {
  const all = rules.flatMap(({ words = [], after }, rule) =>
    words.map((word) => ({
      name: word.replace(/^\./, "").replace(/\($/, ""),
      rule,
      after,
      called: word.endsWith("("),
      dotted: word.startsWith("."),
    })),
  );
  return Map.groupBy(all, ({ name }) => name);
}

interface Sought {
  readonly word: RegExp;
  readonly words: ReadonlyMap<string, readonly Wanted[]>;
  /** In order: examples of code stand in them, and no code. */
  readonly comments: readonly number[];
  /** Rules that have nothing to look for in this file. */
  readonly isApart: readonly boolean[];
}

function addWords(ranges: readonly Range[][], flat: FlatTree, { word, words, comments, isApart }: Sought): void {
  const { text } = flat;
  let at = 0;
  word.lastIndex = 0;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const end = word.lastIndex;
    while (at < comments.length && flat.end(comments[at] ?? 0) <= match.index) at += 1;
    if (at < comments.length && flat.start(comments[at] ?? 0) <= match.index) {
      word.lastIndex = flat.end(comments[at] ?? 0);
      continue;
    }
    const isCalled = isUsed(text, end);
    // `$` belongs to a name, but is no part of a word for a pattern.
    const isDotted = /[.$:]/.test(text[match.index - 1] ?? "");
    for (const { rule, after, called, dotted } of words.get(match[0]) ?? [])
      if (isApart[rule] !== true && (!called || isCalled) && (!dotted || isDotted) && follows(after, text, end))
        addRange(ranges[rule], match.index, end);
  }
}

function follows(after: RegExp | undefined, text: string, end: number): boolean {
  if (after === undefined) return true;
  after.lastIndex = end;
  return after.test(text);
}

/** A call follows, or something that leads to one: a member, arguments of types, the sign of a macro. */
function isUsed(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && /\s/.test(text[at] ?? "")) at += 1;
  return "(<.!?`".includes(text[at] ?? " ") || text.startsWith("::", at);
}

function addRange(known: Range[] | undefined, start: number, end: number): void {
  const last = known?.at(-1);
  if (last !== undefined && start - last.end < near && end - last.start < most.range)
    last.end = Math.max(last.end, end);
  else known?.push({ start, end });
}

function hitsOf(rule: Rule, query: Query, tree: SyntaxTree, flat: FlatTree, ranges: readonly Range[]): readonly Hit[] {
  const seen = new Set<string>();
  const hits: Hit[] = [];
  for (const range of ranges)
    // In code that nests thousands of times the outermost are dropped, which takes the time of their number squared.
    for (const match of tree.matchesWithin(query, range, most.inProgress).matches) {
      const place = match.captures.find(({ name }) => name === "found");
      if (place === undefined || seen.has(`${place.start}-${place.end}`)) continue;
      const found = foundOf(flat, match);
      if (rule.reports?.(found) === false) continue;
      seen.add(`${place.start}-${place.end}`);
      hits.push({ rule, found, start: place.start, end: place.end });
      if (hits.length === most.hits) return hits;
    }
  return hits;
}

export function foundOf(tree: FlatTree, { captures }: QueryMatch): Found {
  const captured = (name: string) => captures.find((capture) => capture.name === name);
  return {
    tree,
    node(name) {
      const capture = captured(name);
      return capture === undefined ? -1 : findNode(tree, capture.start, capture.end, capture.type);
    },
    text(name) {
      const capture = captured(name);
      return capture === undefined ? "" : tree.text.slice(capture.start, capture.end);
    },
  };
}
