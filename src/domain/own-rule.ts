/** Rules that a repository brings itself, of its base branch. */

/** The languages that they can be about. */
export const ruleLanguages = ["typescript", "tsx", "javascript", "python", "go", "rust", "java"] as const;

export interface OwnRule {
  /** `own/no-moment` */
  readonly id: string;
  readonly languages: readonly (typeof ruleLanguages)[number][];
  readonly severity: "notice" | "warning" | "error";
  readonly message: string;
  readonly cwe?: number;
  /** A query of tree-sitter, whose capture `@found` is what is reported. */
  readonly pattern: string;
  /** Programs in the first of the languages. */
  readonly examples: { readonly bad: readonly string[]; readonly good: readonly string[] };
  /** Where the parts stand, 1-based. */
  readonly places: {
    readonly path: string;
    readonly rule: Place;
    readonly bad: readonly Place[];
    readonly good: readonly Place[];
    /** Of the pattern's first line; `indent` are the columns before its other lines. */
    readonly pattern: Place & { readonly indent: number };
  };
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The rules of one state of a repository. */
export interface OwnRules {
  /** A hash of all of them; empty for none. */
  readonly version: string;
  readonly rules: readonly OwnRule[];
}

/** What is wrong with one of them; the others go on. */
export interface OwnRuleProblem extends Place {
  readonly path: string;
  /** A sentence for a person. */
  readonly message: string;
}

export const noOwnRules: OwnRules = { version: "", rules: [] };

/** Whether a path of the repository is one of a file with rules of its own. `.codegen.yml` may hold some as well. */
export function isRuleFile(path: string): boolean {
  return /^\.codegen\/rules\/[^/]+\.ya?ml$/.test(path);
}

/** Where an index of a rule's pattern stands in its file. */
export function placeInPattern({ pattern, places }: OwnRule, index: number): Place {
  const before = pattern.slice(0, index).split("\n");
  const column = (before.at(-1) ?? "").length;
  const { line, column: first, indent } = places.pattern;
  return before.length === 1
    ? { line, column: first + column }
    : { line: line + before.length - 1, column: indent + 1 + column };
}
