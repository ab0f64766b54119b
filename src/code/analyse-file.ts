import type { FileAnalysis } from "./facts.ts";
import { readContent } from "./readable.ts";
import { readFacts } from "./read-facts.ts";
import { createKinds, readFlatTree, type Kinds } from "./syntax/flat-tree.ts";
import type { Language } from "./syntax/languages.ts";
import { breathe, type Grammars } from "./syntax/load-grammar.ts";

/** Analyses one file after the other in this process. */
export type AnalyseFile = (language: Language, content: Uint8Array) => Promise<FileAnalysis>;

/** Hostile content may take long or end the process: what others wrote is analysed in a process of its own, see `analysers.ts`. */
export function createAnalyseFile(grammars: Grammars): AnalyseFile {
  const kinds = new Map<Language, Kinds>();
  return async (language, content) => {
    const read = readContent(content);
    if (read.end === "left out") return read;
    const known = kinds.get(language) ?? createKinds(language);
    kinds.set(language, known);
    const grammar = await grammars.get(language);
    const tree = grammar.parse(read.text);
    try {
      const facts = readFacts(readFlatTree(tree.walk(), read.text, known));
      if (read.generated !== null) return { end: "left out", reason: read.generated, despite: { facts, findings: [] } };
      return { end: "analysed", facts, findings: [] };
    } finally {
      tree.release();
      await breathe();
    }
  };
}
