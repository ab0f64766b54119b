/** What is known of one whole state of a repository: its paths, and which file takes from which. */
import type { ExportFact, ImportFact } from "../facts.ts";
import { buildFileGraph, graphOf, type FileGraph, type FileLinks, type FileTargets } from "../graph/file-graph.ts";
import { createResolver, type Resolve, type Target } from "../graph/resolve.ts";
import { languages } from "../syntax/languages.ts";

export interface Repository {
  /** That of its source. */
  readonly id: string | null;
  /** Every path, also of what is no source. */
  readonly paths: ReadonlySet<string>;
  /** The names of the contents of the files in the graph. */
  readonly blobs: ReadonlyMap<string, string>;
  /** The texts of the files that say what imports mean. */
  readonly manifests: ReadonlyMap<string, string>;
  readonly graph: FileGraph;
  /** Source files that the graph lacks, with the reason as a sentence. */
  readonly leftOut: ReadonlyMap<string, string>;
}

export type RepositoryParts = Omit<Repository, "graph"> & { readonly files: ReadonlyMap<string, FileLinks> };

export function buildRepository(parts: RepositoryParts): Repository {
  const { files, ...others } = parts;
  return { ...others, graph: buildFileGraph(files, resolverOf(parts)) };
}

/** What an import leads to there. */
export function resolverOf({ paths, manifests }: Pick<Repository, "paths" | "manifests">): Resolve {
  return createResolver({ paths, manifest: (path) => manifests.get(path) });
}

/** As it is kept: arrays in place of objects, and numbers in place of paths, since it is read at the begin of each pull. */
interface Written {
  readonly paths: string;
  readonly files: readonly WrittenFile[];
  readonly manifests: readonly (readonly [number, string])[];
  readonly leftOut: readonly (readonly [number, string])[];
}
type WrittenFile = readonly [
  path: number,
  blob: string,
  language: number,
  imports: readonly WrittenImport[],
  exports: readonly WrittenExport[],
];
type WrittenImport = readonly [
  from: string,
  /** Name and alias in turn. */
  names: readonly string[],
  line: number,
  flags: number,
  targets: readonly WrittenTarget[],
];
type WrittenExport = readonly [name: string, local: string, line: number, typeOnly: 0 | 1, from?: string];
/** The number of a path, the name of another's package, or neither. */
type WrittenTarget = number | string | null;

const typeOnly = 1;
const dynamic = 2;

export function writeRepository({ paths, blobs, manifests, graph, leftOut }: Repository): Uint8Array {
  const names = [...paths];
  const numbers = new Map(names.map((path, number) => [path, number]));
  const number = (path: string) => numbers.get(path) ?? -1;
  const target = (to: Target): WrittenTarget =>
    to.end === "file" ? number(to.path) : to.end === "external" ? to.name : null;
  const written: Written = {
    paths: names.join("\0"),
    files: [...graph.files].map(([path, { language, imports, exports }]): WrittenFile => {
      const targets = graph.targets.get(path);
      return [
        number(path),
        blobs.get(path) ?? "",
        languages.indexOf(language),
        imports.map((fact, at) => [
          fact.from,
          fact.names.flatMap(({ name, as }) => [name, as]),
          fact.line,
          (fact.typeOnly ? typeOnly : 0) | (fact.dynamic ? dynamic : 0),
          targets?.[at]?.map(target) ?? [],
        ]),
        exports.map((fact) => {
          const said = [fact.name, fact.local, fact.line, fact.typeOnly ? 1 : 0] as const;
          return fact.from === undefined ? said : [...said, fact.from];
        }),
      ];
    }),
    manifests: [...manifests].map(([path, text]) => [number(path), text]),
    leftOut: [...leftOut].map(([path, reason]) => [number(path), reason]),
  };
  return Buffer.from(JSON.stringify(written));
}

/** @param content as {@link writeRepository} gave it */
export function readRepository(id: string, content: Uint8Array): Repository {
  const written = JSON.parse(Buffer.from(content.buffer, content.byteOffset, content.length).toString()) as Written;
  const names = written.paths === "" ? [] : written.paths.split("\0");
  const name = (number: number) => names[number] ?? "";
  const unknown: Target = { end: "unknown" };
  const files = new Map<string, FileLinks>();
  const targets = new Map<string, FileTargets>();
  const blobs = new Map<string, string>();
  for (const [path, blob, language, imports, exports] of written.files) {
    blobs.set(name(path), blob);
    files.set(name(path), {
      language: languages[language] ?? "javascript",
      imports: imports.map(readImport),
      exports: exports.map(readExport),
    });
    targets.set(
      name(path),
      imports.map(([, , , , to]) =>
        to.map((each): Target => {
          if (each === null) return unknown;
          return typeof each === "number" ? { end: "file", path: name(each) } : { end: "external", name: each };
        }),
      ),
    );
  }
  return {
    id,
    paths: new Set(names),
    blobs,
    manifests: new Map(written.manifests.map(([path, text]) => [name(path), text])),
    leftOut: new Map(written.leftOut.map(([path, reason]) => [name(path), reason])),
    graph: graphOf(files, targets),
  };
}

function readImport([from, flat, line, flags]: WrittenImport): ImportFact {
  const names: { name: string; as: string }[] = [];
  for (let at = 0; at < flat.length; at += 2) names.push({ name: flat[at] ?? "", as: flat[at + 1] ?? "" });
  return { from, names, line, typeOnly: (flags & typeOnly) !== 0, dynamic: (flags & dynamic) !== 0 };
}

function readExport([name, local, line, isType, from]: WrittenExport): ExportFact {
  return { name, local, line, typeOnly: isType === 1, ...(from === undefined ? {} : { from }) };
}
