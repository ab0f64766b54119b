/** What the content of one file says by itself: the same content in the same language has the same facts, wherever it lies. Plain JSON. */
import type { FileFinding } from "./finding.ts";
import type { FunctionMetrics } from "./metrics/function-metrics.ts";
import type { Language } from "./syntax/languages.ts";

/** Part of the key under which facts are kept: raise it when what is read from a file changes. */
export const factsVersion = 3;
/** Another part: raise it when what the rules find in a file changes. */
export const rulesVersion = 1;

export interface FileFacts {
  readonly language: Language;
  readonly lines: number;
  /** In the order of the text, a symbol before what lies in it. */
  readonly symbols: readonly CodeSymbol[];
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  /** Names with the lines on which they are used, without their declarations and imports; the first 50 of each. */
  readonly uses: readonly (readonly [name: string, lines: readonly number[]])[];
  readonly calls: readonly CallFact[];
  readonly comments: readonly CommentFact[];
  readonly functions: readonly FunctionMetrics[];
  /** By which copies are found, as `extract/blocks.ts` writes them. */
  readonly blocks: string;
  readonly ignores: readonly IgnoreFact[];
}

export type SymbolKind =
  "function" | "class" | "method" | "interface" | "type" | "enum" | "module" | "constant" | "field";

export interface CodeSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  /** 1-based and inclusive, as all lines here. */
  readonly startLine: number;
  readonly endLine: number;
  /** Its declaration without its body, on one line, at most 200 characters. */
  readonly signature: string;
  /** The number of the symbol that it lies in, or -1. */
  readonly parent: number;
  /** Others can use it: exported, public, or capitalised where the language says so. */
  readonly exported: boolean;
}

export interface ImportFact {
  /** As written: `./cart.ts`, `node:fs`, `..models.cart`, `github.com/a/b`, `crate::cart` */
  readonly from: string;
  /** `*` for the whole module, empty for its effects alone. */
  readonly names: readonly { readonly name: string; readonly as: string }[];
  readonly line: number;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
  /** Loaded when the line is reached and not before. */
  readonly dynamic: boolean;
}

export interface ExportFact {
  /** `default`, `*`, or the name by which others import it. */
  readonly name: string;
  /** The name within the file, or within `from`. */
  readonly local: string;
  /** Passed on from there. */
  readonly from?: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

export interface CallFact {
  /** The last name of what is called: `addUp`, `read` of `fs.read()` */
  readonly name: string;
  /** What stands before it: `fs`, `this`, `cart.items`; empty for none. At most 100 characters. */
  readonly of: string;
  readonly line: number;
  /** The number of the symbol that the call lies in, or -1. */
  readonly within: number;
}

export interface CommentFact {
  readonly startLine: number;
  readonly endLine: number;
  /** Without the signs of a comment, at most 2,000 characters. */
  readonly text: string;
}

/** `codegen:ignore RULE -- reason` */
export interface IgnoreFact {
  /** Where it stands. */
  readonly line: number;
  /** `security/eval`, `security/*` */
  readonly rules: readonly string[];
  readonly reason: string;
  /** What makes it count for nothing: there is no such form, a rule is missing or none, or there is no reason. */
  readonly problem?: "kind" | "rule" | "reason";
  /** A line, all of what begins there (`codegen:ignore-block`), or the file (`codegen:ignore-file`). */
  readonly scope: "line" | "block" | "file";
  /** What it is about: findings that begin in these lines. */
  readonly startLine: number;
  readonly endLine: number;
}

/** A file, read or not. */
export type FileAnalysis =
  | {
      readonly end: "analysed";
      readonly facts: FileFacts;
      /** In the order of the text. */
      readonly findings: readonly FileFinding[];
      /** Rules that did not look at the whole file, and why. */
      readonly stopped?: readonly StoppedRule[];
    }
  | {
      readonly end: "left out";
      /** A sentence for a person. */
      readonly reason: string;
      /** It may be otherwise the next time: the parser took too long or crashed. */
      readonly passing?: true;
      /** What the file holds, where only its own word that it is generated leaves it out: who judges pulls must not believe that of a pull. */
      readonly despite?: Pick<Extract<FileAnalysis, { end: "analysed" }>, "facts" | "findings" | "stopped">;
    };

export interface StoppedRule {
  readonly rule: string;
  /** A sentence for a person. */
  readonly reason: string;
}
