import type { FindingSeverity } from "../finding.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import type { Language } from "../syntax/languages.ts";

/** What to look for in one family of languages: a query of tree-sitter, and what a query cannot say. */
export interface Rule {
  /** `security/…` or `correctness/…`; the same in every family that has the rule. */
  readonly id: string;
  /** Its query is one of the grammars of all of these. */
  readonly languages: readonly Language[];
  readonly severity: FindingSeverity;
  /** The number of the weakness in the Common Weakness Enumeration. */
  readonly cwe?: number;
  /**
   * One of these words stands in whatever the query matches: it is run around them and nowhere else. Written as `word(`, only where it is called
   * or something is taken of it; as `.word`, only behind a dot.
   */
  readonly words?: readonly string[];
  /** What must follow such a word, as a sticky pattern. */
  readonly after?: RegExp;
  /** Or a node of one of these kinds begins or lies within it, at which the query is run if `worth` says so. */
  readonly kinds?: readonly string[];
  /** The rule has nothing to look for in a file without this text. */
  readonly within?: string;
  /** A cheap look at a node of `kinds` before the query is run. */
  worth?(tree: FlatTree, node: number): boolean;
  /** The capture `@found` is what is reported. */
  readonly query: string;
  /** Whether a match is one to report; by default each is. */
  reports?(found: Found): boolean;
  /** What stands better in the place of `@found`, or of another capture, where putting it there is safe; null for nothing. */
  fix?(found: Found): Fix | null;
  /** Why it matters and what to do, in one or two sentences. */
  readonly message: string;
  /** Programs that the tests run the rule on: each bad one is found exactly once. */
  readonly examples: { readonly bad: readonly string[]; readonly good: readonly string[] };
  /** What the fix makes of the first bad example. */
  readonly fixed?: string;
}

export interface Fix {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const ecma: readonly Language[] = ["typescript", "tsx", "javascript"];

/** A match, with its captures as nodes of the flat tree. */
export interface Found {
  readonly tree: FlatTree;
  /** The node of a capture, or -1 when the match has none of that name. */
  node(capture: string): number;
  /** Its text, empty for none. */
  text(capture: string): string;
}
