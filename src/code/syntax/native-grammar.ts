/** tree-sitter as an add-on of Node: the default wherever it loads. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import {
  QueryProblem,
  type Capture,
  type Cursor,
  type Grammar,
  type Query,
  type QueryMatch,
  type QueryProblemKind,
  type SyntaxTree,
} from "./grammar.ts";
import { messageOf } from "../../errors.ts";
import { grammarPackages } from "./grammar-packages.ts";
import type { Language } from "./languages.ts";

interface NativeNode {
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
}

interface NativeTree {
  /** Found and made anew each time that it is asked for. */
  readonly rootNode: NativeNode & { walk(): Cursor };
}

/** Pairs of a kind (of a step) and a value, in one list. */
type PredicateSteps = readonly (string | number)[];
type Predicate = (captures: readonly { name: string; node: { text: string } }[]) => boolean;

interface NativeQuery {
  readonly predicates: readonly Predicate[][];
  _getPredicates(): readonly (readonly PredicateSteps[])[];
  didExceedMatchLimit(): boolean;
  matches(
    node: NativeNode,
    options?: { startIndex: number; endIndex: number; matchLimit?: number },
  ): { pattern: number; captures: { name: string; node: NativeNode }[] }[];
}

interface TreeSitter {
  new (): { setLanguage(language: unknown): void; parse(text: string, old: undefined, options: object): NativeTree };
  Query: new (language: unknown, source: string) => NativeQuery;
}

/** @throws when the add-on or the grammar's does not load here */
export function loadNativeGrammar(language: Language): Grammar {
  const load = createRequire(import.meta.url);
  const TreeSitter = load("tree-sitter") as TreeSitter;
  const { name, member } = grammarPackages[language];
  // The package's own way in also reads what kinds of nodes there are, for classes of nodes that nobody here asks for: half the time of its start.
  const build = createRequire(load.resolve("tree-sitter"))("node-gyp-build") as (
    folder: string,
  ) => Record<string, unknown>;
  const found = build(dirname(load.resolve(`${name}/package.json`)));
  const grammar = member === undefined ? found : found[member];
  const parser = new TreeSitter();
  parser.setLanguage(grammar);
  return {
    language,
    binding: "native",
    // Without a size of its own this version takes no text of 32,768 units or more.
    parse: (text) => asTree(parser.parse(text, undefined, { bufferSize: text.length + 1 })),
    query: (source) => withOwnLists(compile(TreeSitter, grammar, source)) as unknown as Query,
  };
}

const problemKinds: Readonly<Record<string, QueryProblemKind>> = {
  Syntax: "form",
  NodeType: "node",
  Field: "field",
  Capture: "capture",
  Structure: "structure",
};

function compile(TreeSitter: TreeSitter, grammar: unknown, source: string): NativeQuery {
  try {
    return new TreeSitter.Query(grammar, source);
  } catch (error) {
    const [, kind = "", index = "0"] = /TSQueryError(\w+) at position (\d+)/.exec(messageOf(error)) ?? [];
    throw new QueryProblem(problemKinds[kind] ?? "predicate", Number(index));
  }
}

function asTree({ rootNode }: NativeTree): SyntaxTree {
  const matches = (query: Query, range?: { readonly start: number; readonly end: number }, matchLimit?: number) => {
    // This version takes the beginning in bytes, two for each unit, and the end in units.
    const place = range === undefined ? undefined : { startIndex: range.start * 2, endIndex: range.end };
    const options = place === undefined ? undefined : { ...place, ...(matchLimit === undefined ? {} : { matchLimit }) };
    return (query as unknown as NativeQuery).matches(rootNode, options).map(({ pattern, captures }): QueryMatch => ({
      pattern,
      captures: captures.map(({ name, node }): Capture => ({
        name,
        type: node.type,
        start: node.startIndex,
        end: node.endIndex,
      })),
    }));
  };
  return {
    walk: () => rootNode.walk(),
    matches: (query, range) => matches(query, range),
    matchesWithin: (query, range, mostInProgress) => ({
      matches: matches(query, range, mostInProgress),
      complete: !(query as unknown as NativeQuery).didExceedMatchLimit(),
    }),
    // Freed by a finalizer, which runs when the loop of events turns: see `breathe`.
    release: () => undefined,
  };
}

/**
 * In this version all `#any-of?` of a process share the list of the one that was compiled last: they are put in place anew, each with its own.
 */
function withOwnLists(query: NativeQuery): NativeQuery {
  for (const [pattern, descriptions] of query._getPredicates().entries()) {
    let at = 0;
    for (const steps of descriptions) {
      const [operator, capture, ...values] = steps.filter((_, index) => index % 2 === 1);
      // These are no conditions, and stand elsewhere.
      if (operator === "set!" || operator === "is?" || operator === "is-not?") continue;
      const own = query.predicates[pattern];
      if (own !== undefined && (operator === "any-of?" || operator === "not-any-of?"))
        own[at] = anyOf(String(capture), new Set(values), operator === "any-of?");
      at += 1;
    }
  }
  return query;
}

function anyOf(capture: string, values: ReadonlySet<unknown>, isPositive: boolean): Predicate {
  return (captures) => {
    const texts = captures.filter(({ name }) => name === capture).map(({ node }) => node.text);
    return texts.length === 0 ? !isPositive : texts.every((text) => values.has(text) === isPositive);
  };
}
