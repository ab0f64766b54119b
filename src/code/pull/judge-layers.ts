import { Minimatch } from "minimatch";
import type { Edge, FileGraph } from "../graph/file-graph.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";
import type { Layer } from "./review-config.ts";

/**
 * New imports that `analysis.layers` forbids, of files and of packages by their names. Types count as well: a layer that knows another's types
 * knows it.
 * @param base null when there is none
 * @param edges the new ones
 * @param changed the files whose packages are looked at
 * @param renamed the base's path of a file of the head
 */
export function judgeLayers(
  base: FileGraph | null,
  head: FileGraph,
  {
    edges,
    changed,
    renamed,
  }: {
    readonly edges: readonly Edge[];
    readonly changed: ReadonlySet<string>;
    readonly renamed: ReadonlyMap<string, string>;
  },
  layers: readonly Layer[],
): readonly PlacedFinding[] {
  if (layers.length === 0) return [];
  const rules = layers.map(({ from, not, because }) => ({ from: glob(from), not: not.map(glob), text: from, because }));
  const imports = [
    ...edges.map(({ from, to, line }) => ({ from, to, line })),
    ...newPackageImports(base, head, changed, renamed),
  ];
  const seen = new Set<string>();
  return imports.flatMap(({ from, to, line }) =>
    rules
      .filter((rule) => rule.from.match(from) && rule.not.some((pattern) => pattern.match(to)))
      .filter((rule) => {
        const key = `${from}\n${to}\n${rule.text}`;
        return !seen.has(key) && seen.add(key);
      })
      .map(({ text, because }): PlacedFinding => ({
        path: from,
        rule: "dependencies/layer",
        severity: "error",
        startLine: line,
        endLine: line,
        message: `\`${text}\` must not import \`${to}\`${because === undefined ? "" : `: ${because}`}. The repository says so in \`analysis.layers\`.`,
        symbol: "",
        anchor: shortHash(`${text}\n${to}`),
      })),
  );
}

function newPackageImports(
  base: FileGraph | null,
  head: FileGraph,
  changed: ReadonlySet<string>,
  renamed: ReadonlyMap<string, string>,
): readonly { readonly from: string; readonly to: string; readonly line: number }[] {
  return [...head.externals].flatMap(([name, places]) => {
    const old = new Set((base?.externals.get(name) ?? []).map(({ path }) => path));
    return places
      .filter(({ path }) => changed.has(path) && !old.has(renamed.get(path) ?? path))
      .map(({ path, line }) => ({ from: path, to: name, line }));
  });
}

function glob(pattern: string): Minimatch {
  return new Minimatch(pattern, { dot: true });
}
