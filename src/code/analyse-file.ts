import type { OwnRule } from "../domain/own-rule.ts";
import type { FileAnalysis } from "./facts.ts";
import { readContent } from "./readable.ts";
import { readFacts } from "./read-facts.ts";
import { findingOf } from "./rules/finding-of.ts";
import { loadRules } from "./rules/load-rules.ts";
import { createOwnRuleSet, type OwnRuleSet } from "./rules/own/own-rule-set.ts";
import { createRuleSet, type RuleSet } from "./rules/rule-set.ts";
import { findSecrets } from "./rules/secrets.ts";
import { createKinds, readFlatTree, type Kinds } from "./syntax/flat-tree.ts";
import type { Grammar } from "./syntax/grammar.ts";
import type { Language } from "./syntax/languages.ts";
import { breathe, type Grammars } from "./syntax/load-grammar.ts";

/** Analyses one file after the other in this process. */
export type AnalyseFile = (language: Language, content: Uint8Array, own?: OwnRulesOfFile) => Promise<FileAnalysis>;

/** What a repository brings itself. The same list is made ready once. */
export interface OwnRulesOfFile {
  readonly rules: readonly OwnRule[];
  /** Told before one of them begins. */
  readonly onRule?: (id: string) => void;
}

interface Known {
  readonly grammar: Grammar;
  readonly kinds: Kinds;
  readonly rules: RuleSet;
  own?: { readonly rules: readonly OwnRule[]; readonly set: OwnRuleSet };
}

/** Hostile content may take long or end the process: what others wrote is analysed in a process of its own, see `analysers.ts`. */
export function createAnalyseFile(grammars: Grammars): AnalyseFile {
  const all = new Map<Language, Known>();
  const knownOf = async (language: Language): Promise<Known> => {
    const before = all.get(language);
    if (before !== undefined) return before;
    const grammar = await grammars.get(language);
    const made = { grammar, kinds: createKinds(language), rules: createRuleSet(grammar, await loadRules(language)) };
    all.set(language, made);
    return made;
  };
  return async (language, content, own) => {
    const read = readContent(content);
    if (read.end === "left out") return read;
    const known = await knownOf(language);
    const tree = known.grammar.parse(read.text);
    try {
      const flat = readFlatTree(tree.walk(), read.text, known.kinds);
      const facts = readFacts(flat);
      const hits = known.rules.run(tree, flat);
      const ran =
        own === undefined || own.rules.length === 0 ? null : ownOf(known, own.rules).run(tree, flat, own.onRule);
      const found = [...hits, ...(ran?.hits ?? [])].map((hit) => findingOf(hit, flat, facts.symbols, hasMark(content)));
      const findings = [...found, ...(await findSecrets(flat, facts.symbols))].toSorted(
        (a, b) => a.startLine - b.startLine || (a.startColumn ?? 0) - (b.startColumn ?? 0),
      );
      const analysed = {
        facts,
        findings,
        ...(ran === null || ran.stopped.length === 0 ? {} : { stopped: ran.stopped }),
      };
      if (read.generated !== null) return { end: "left out", reason: read.generated, despite: analysed };
      return { end: "analysed", ...analysed };
    } finally {
      tree.release();
      await breathe(read.text);
    }
  };
}

function ownOf(known: Known, rules: readonly OwnRule[]): OwnRuleSet {
  if (known.own?.rules !== rules) known.own = { rules, set: createOwnRuleSet(known.grammar, rules) };
  return known.own.set;
}

/** A byte order mark of UTF-8. */
function hasMark(content: Uint8Array): boolean {
  return content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf;
}
