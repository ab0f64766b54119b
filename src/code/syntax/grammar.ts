import type { Language } from "./languages.ts";

/** One binding of tree-sitter with one language. Two bindings give the same trees for the same text. */
export interface Grammar {
  readonly language: Language;
  readonly binding: Binding;
  /** Texts of any content; what is no valid program has nodes of the kind `ERROR`. Release the tree when done. */
  parse(text: string): SyntaxTree;
  /** @throws QueryProblem when it is no query of this language */
  query(source: string): Query;
}

export type Binding = "native" | "wasm";

export interface SyntaxTree {
  walk(): Cursor;
  /** What a query finds within a range of the text, in UTF-16 units; a match counts when it touches the range. */
  matches(query: Query, range?: { readonly start: number; readonly end: number }): readonly QueryMatch[];
  /**
   * The same for queries of others: whose matches are in progress at once are limited, since a query can be written so that it takes for ever.
   * `complete` is false when some were dropped.
   */
  matchesWithin(
    query: Query,
    range: { readonly start: number; readonly end: number },
    mostInProgress: number,
  ): { readonly matches: readonly QueryMatch[]; readonly complete: boolean };
  /** Frees its memory, which the garbage collector knows nothing of. */
  release(): void;
}

/** Where a walk stands. Both bindings bring it in this form. */
export interface Cursor {
  readonly nodeType: string;
  readonly nodeTypeId: number;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  /** UTF-16 units, as in every index here. */
  readonly startIndex: number;
  readonly endIndex: number;
  /** 0 for none. */
  readonly currentFieldId: number;
  readonly currentFieldName: string | null;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** Why a text is no query. */
export class QueryProblem extends Error {
  override readonly name = "QueryProblem";
  /** Where in the text, in UTF-16 units. */
  readonly index: number;
  readonly kind: QueryProblemKind;

  constructor(kind: QueryProblemKind, index: number) {
    super(`no query: ${kind} at ${index}`);
    this.kind = kind;
    this.index = index;
  }
}

/** What there is not: such a form, such a kind of nodes, such a field, a capture of that name, a node of this kind at this place. */
export type QueryProblemKind = "form" | "node" | "field" | "capture" | "structure" | "predicate";

declare const compiled: unique symbol;
/** Compiled by the grammar that runs it. */
export interface Query {
  readonly [compiled]: true;
}

export interface QueryMatch {
  /** The number of the pattern in the query's source. */
  readonly pattern: number;
  readonly captures: readonly Capture[];
}

export interface Capture {
  readonly name: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
}
