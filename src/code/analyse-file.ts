import type { FileAnalysis } from "./facts.ts";
import { readContent } from "./readable.ts";
import { readFacts } from "./read-facts.ts";
import { catalogue } from "./rules/catalogue.ts";
import { findingOf } from "./rules/finding-of.ts";
import { createRuleSet, type RuleSet } from "./rules/rule-set.ts";
import { createKinds, readFlatTree, type Kinds } from "./syntax/flat-tree.ts";
import type { Grammar } from "./syntax/grammar.ts";
import type { Language } from "./syntax/languages.ts";
import { breathe, type Grammars } from "./syntax/load-grammar.ts";

/** Analyses one file after the other in this process. */
export type AnalyseFile = (language: Language, content: Uint8Array) => Promise<FileAnalysis>;

/** Hostile content may take long or end the process: what others wrote is analysed in a process of its own, see `analysers.ts`. */
export function createAnalyseFile(grammars: Grammars): AnalyseFile {
  const known = new Map<Language, { readonly grammar: Grammar; readonly kinds: Kinds; readonly rules: RuleSet }>();
  const knownOf = async (language: Language) => {
    const before = known.get(language);
    if (before !== undefined) return before;
    const grammar = await grammars.get(language);
    const made = { grammar, kinds: createKinds(language), rules: createRuleSet(grammar, catalogue) };
    known.set(language, made);
    return made;
  };
  return async (language, content) => {
    const read = readContent(content);
    if (read.end === "left out") return read;
    const { grammar, kinds, rules } = await knownOf(language);
    const tree = grammar.parse(read.text);
    try {
      const flat = readFlatTree(tree.walk(), read.text, kinds);
      const facts = readFacts(flat);
      const findings = rules.run(tree, flat).map((hit) => findingOf(hit, flat, facts.symbols, hasMark(content)));
      if (read.generated !== null) return { end: "left out", reason: read.generated, despite: { facts, findings } };
      return { end: "analysed", facts, findings };
    } finally {
      tree.release();
      await breathe();
    }
  };
}

/** A byte order mark of UTF-8. */
function hasMark(content: Uint8Array): boolean {
  return content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf;
}
