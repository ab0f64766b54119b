/** What is said between a process that analyses and the one that started it: a line of JSON each, and contents as they are. */
import type { OwnRule } from "../domain/own-rule.ts";
import type { OwnRuleFault } from "./rules/own/check-own-rule.ts";
import type { Language } from "./syntax/languages.ts";
import type { WrittenAnalysis } from "./written-analysis.ts";

export type ToAnalyser =
  /** Answered by an analysis. */
  | {
      readonly say: "file";
      readonly language: Language;
      /** Of its content, which follows the line. */
      readonly bytes: number;
      /** Of the rules that were sent before, those that are not to be run; null when none are. */
      readonly without: readonly string[] | null;
    }
  /** Rules of a repository, for the files that follow. Not answered. */
  | { readonly say: "rules"; readonly rules: readonly OwnRule[] }
  /** Answered by what is wrong with it. */
  | { readonly say: "check"; readonly rule: OwnRule };

/** Stands between texts of JSON on one line, since it stands in none. */
export const betweenParts = "\0";

export type FromAnalyser =
  /** On the same line follow the links and the analysis, in this order: they are not read again to be kept. */
  | ({ readonly say: "analysis" } & Omit<WrittenAnalysis, "links" | "analysis">)
  | { readonly say: "faults"; readonly faults: readonly OwnRuleFault[] }
  /** A rule of the repository begins: no answer, but whom to blame when none comes. */
  | { readonly say: "rule"; readonly rule: string };
