import { createAnalyseFile } from "../../../../src/code/analyse-file.ts";
import { decodeBlocks } from "../../../../src/code/extract/blocks.ts";
import type { FileAnalysis } from "../../../../src/code/facts.ts";
import type { FileFinding } from "../../../../src/code/finding.ts";
import { buildFileGraph } from "../../../../src/code/graph/file-graph.ts";
import { createResolver } from "../../../../src/code/graph/resolve.ts";
import type { ReviewConfig } from "../../../../src/code/pull/review-config.ts";
import { reviewPull, type PullReview } from "../../../../src/code/pull/review-pull.ts";
import type { PullSide } from "../../../../src/code/pull/side.ts";
import { languageOf } from "../../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";

/** Files by path. */
export type Texts = Readonly<Record<string, string>>;

const analyse = createAnalyseFile(createGrammars());

/** Finds `eval(…)` and nothing else, in the way of a real rule. */
function findEvals(
  { facts }: { facts: Extract<FileAnalysis, { end: "analysed" }>["facts"] },
  text: string,
): readonly FileFinding[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at): readonly FileFinding[] => {
    if (!line.includes("eval(") || line.trim().startsWith("//")) return [];
    const around = facts.symbols.findLast(({ startLine, endLine }) => startLine <= at + 1 && at + 1 <= endLine);
    return [
      {
        rule: "security/eval",
        severity: "error",
        startLine: at + 1,
        endLine: at + 1,
        message: "It runs what it is given.",
        symbol: around?.name ?? "",
        anchor: (/eval\([^)]*\)/.exec(line)?.[0] ?? "").replaceAll(/\s/g, ""),
      },
    ];
  });
}

/** A commit that holds these files. */
export function sideOf(texts: Texts): PullSide {
  const paths = new Set(Object.keys(texts));
  const analyses = async (wanted: readonly string[]) => {
    const found = new Map<string, FileAnalysis>();
    for (const path of wanted) {
      const language = languageOf(path);
      const text = texts[path];
      if (language === null || text === undefined) continue;
      const analysis = await analyse(language, Buffer.from(text));
      if (analysis.end === "analysed") found.set(path, { ...analysis, findings: findEvals(analysis, text) });
      else if (analysis.despite === undefined) found.set(path, analysis);
      else
        found.set(path, { ...analysis, despite: { ...analysis.despite, findings: findEvals(analysis.despite, text) } });
    }
    return found;
  };
  return {
    paths,
    analyse: analyses,
    async graph() {
      const files = [...(await analyses([...paths]))].flatMap(([path, one]) =>
        one.end === "analysed" ? [[path, one.facts] as const] : [],
      );
      return buildFileGraph(new Map(files), createResolver({ paths, manifest: (path) => texts[path] }));
    },
    async read(wanted) {
      return new Map(wanted.flatMap((path) => (texts[path] === undefined ? [] : [[path, texts[path]]])));
    },
    async alike(hashes, apart) {
      const others = await analyses([...paths].filter((path) => !apart.has(path)));
      return [...others].flatMap(([path, one]) =>
        one.end !== "analysed"
          ? []
          : decodeBlocks(one.facts.blocks)
              .filter(({ hash }) => hashes.has(hash))
              .map((block) => ({ path, ...block })),
      );
    },
  };
}

export const usual: ReviewConfig = {
  thresholds: {
    cognitive: 15,
    cyclomatic: 20,
    lines: 100,
    parameters: 7,
    nesting: 4,
    maintainability: 20,
    duplication: 10,
  },
  rules: {},
  layers: [],
  ignore: [],
};

/** The review of a pull that makes `head` out of `base`; of all of `head` when there is no base. */
export async function review(base: Texts | null, head: Texts, config: Partial<ReviewConfig> = {}): Promise<PullReview> {
  const paths = [...new Set([...Object.keys(base ?? {}), ...Object.keys(head)])];
  return reviewPull({
    base: base && sideOf(base),
    head: sideOf(head),
    changed: paths.filter((path) => base?.[path] !== head[path]),
    config: { ...usual, ...config },
  });
}

/** Findings as `rule path:line`. */
export function said(findings: PullReview["findings"]): readonly string[] {
  return findings.map(({ rule, path, startLine }) => `${rule} ${path}:${startLine}`);
}
