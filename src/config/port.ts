import type { CodegenConfig } from "./schema.ts";

/** A mistake in `.codegen.yml`, with its place: 1-based line and column. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, e.g. `validation.commands[0].timeout`. */
  readonly key: string;
  /** What stands there, as it was written, or its kind and size where that is long; absent when the key is missing. */
  readonly value?: string;
  /** One sentence: what is wrong and what is allowed (with the nearest known key for a typo). */
  readonly message: string;
}

/** The mistakes of a file in the order of the text; of many, the first, and how many more there are. */
export interface ConfigProblems {
  readonly problems: readonly ConfigProblem[];
  /** Absent: these are all. */
  readonly more?: number;
}

export type LoadedConfig =
  | { readonly state: "absent"; readonly config: CodegenConfig }
  | { readonly state: "ok"; readonly config: CodegenConfig; readonly notInEffect: readonly string[] }
  | ({ readonly state: "invalid" } & ConfigProblems);
