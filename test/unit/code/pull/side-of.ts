import { createAnalyseFile } from "../../../../src/code/analyse-file.ts";
import type { FileAnalysis } from "../../../../src/code/facts.ts";
import type { FileFinding } from "../../../../src/code/finding.ts";
import { findAlike } from "../../../../src/code/index/find-alike.ts";
import { buildFileGraph } from "../../../../src/code/graph/file-graph.ts";
import { createResolver } from "../../../../src/code/graph/resolve.ts";
import { analysisDefaults } from "../../../../src/domain/analysis-defaults.ts";
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
export async function sideOf(texts: Texts): Promise<PullSide> {
  const paths = new Set(Object.keys(texts));
  const all = new Map<string, FileAnalysis>();
  for (const [path, text] of Object.entries(texts)) {
    const language = languageOf(path);
    if (language !== null) all.set(path, withFindings(await analyse(language, Buffer.from(text)), text));
  }
  const facts = new Map([...all].flatMap(([path, one]) => (one.end === "analysed" ? [[path, one.facts]] : [])));
  const some = <T>(values: ReadonlyMap<string, T>, wanted: readonly string[]) =>
    new Map([...values].filter(([path]) => wanted.includes(path)));
  return {
    paths,
    graph: buildFileGraph(facts, createResolver({ paths, manifest: (path) => texts[path] })),
    analyse: (wanted) => Promise.resolve(some(all, wanted)),
    read: (wanted) => Promise.resolve(some(new Map(Object.entries(texts)), wanted)),
    alike: (hashes, apart) =>
      [...facts].flatMap(([path, { blocks }]) =>
        findAlike(new Map([[path, apart.has(path) ? "" : blocks]]), hashes).map(({ block }) => ({ path, ...block })),
      ),
  };
}

function withFindings(analysis: FileAnalysis, text: string): FileAnalysis {
  if (analysis.end === "analysed") return { ...analysis, findings: findEvals(analysis, text) };
  if (analysis.despite === undefined) return analysis;
  return { ...analysis, despite: { ...analysis.despite, findings: findEvals(analysis.despite, text) } };
}

/** The review of a pull that makes `head` out of `base`; of all of `head` when there is no base. */
export async function review(base: Texts | null, head: Texts, config: Partial<ReviewConfig> = {}): Promise<PullReview> {
  const paths = [...new Set([...Object.keys(base ?? {}), ...Object.keys(head)])];
  return reviewPull({
    base: base && (await sideOf(base)),
    head: await sideOf(head),
    changed: paths.filter((path) => base?.[path] !== head[path]),
    config: { ...analysisDefaults, ...config },
  });
}

/** Findings as `rule path:line`. */
export function said(findings: PullReview["findings"]): readonly string[] {
  return findings.map(({ rule, path, startLine }) => `${rule} ${path}:${startLine}`);
}
