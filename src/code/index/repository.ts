/** What is known of one whole state of a repository: its paths, and which file takes from which. */
import { crc32 } from "node:zlib";
import type { ExportFact, ImportFact } from "../facts.ts";
import {
  buildFileGraph,
  findPassing,
  graphOf,
  type FileGraph,
  type FileLinks,
  type FileTargets,
} from "../graph/file-graph.ts";
import { createResolver, type Resolve, type Target } from "../graph/resolve.ts";
import { languages, type Language } from "../syntax/languages.ts";

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

/**
 * As it is kept, since it is read at the begin of each pull: after the CRC-32 of all that follows, a line of JSON with arrays in place of objects
 * and numbers in place of paths, then one for each file with what is asked of few of them, so that the others' need not be read. That happens much
 * later, when damage could no longer be made good.
 */
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
  passing: readonly number[],
  /** Bytes of its line, which is `WrittenNames`. */
  bytes: number,
];
type WrittenImport = readonly [from: string, line: number, flags: number, targets: readonly WrittenTarget[]];
type WrittenNames = readonly [
  /** For each import, name and alias in turn. */
  imports: readonly (readonly string[])[],
  exports: readonly WrittenExport[],
];
type WrittenExport = readonly [name: string, local: string, line: number, typeOnly: 0 | 1, from?: string];
/** The number of a path, the name of another's package, or neither. */
type WrittenTarget = number | string | null;

const lineEnd = 10;
const typeOnly = 1;
const dynamic = 2;

export function writeRepository({ paths, blobs, manifests, graph, leftOut }: Repository): Uint8Array {
  const names = [...paths];
  const numbers = new Map(names.map((path, number) => [path, number]));
  const number = (path: string) => numbers.get(path) ?? -1;
  const target = (to: Target): WrittenTarget =>
    to.end === "file" ? number(to.path) : to.end === "external" ? to.name : null;
  const lines: Buffer[] = [];
  const files = [...graph.files].map(([path, { language, imports, exports, passing }]): WrittenFile => {
    const targets = graph.targets.get(path);
    const line = Buffer.from(`${JSON.stringify(writeNames(imports, exports))}\n`);
    lines.push(line);
    return [
      number(path),
      blobs.get(path) ?? "",
      languages.indexOf(language),
      imports.map((fact, at) => [
        fact.from,
        fact.line,
        (fact.typeOnly ? typeOnly : 0) | (fact.dynamic ? dynamic : 0),
        targets?.[at]?.map(target) ?? [],
      ]),
      passing ?? findPassing({ exports }),
      line.length,
    ];
  });
  const written: Written = {
    paths: names.join("\0"),
    files,
    manifests: [...manifests].map(([path, text]) => [number(path), text]),
    leftOut: [...leftOut].map(([path, reason]) => [number(path), reason]),
  };
  const all = Buffer.concat([Buffer.from(`${JSON.stringify(written)}\n`), ...lines]);
  return Buffer.concat([Buffer.from(`${crc32(all)}\n`), all]);
}

function writeNames(imports: readonly ImportFact[], exports: readonly ExportFact[]): WrittenNames {
  return [
    imports.map(({ names }) => names.flatMap(({ name, as }) => [name, as])),
    exports.map((fact) => {
      const said = [fact.name, fact.local, fact.line, fact.typeOnly ? 1 : 0] as const;
      return fact.from === undefined ? said : [...said, fact.from];
    }),
  ];
}

/** @param content as {@link writeRepository} gave it @throws when it is anything else */
export function readRepository(id: string, content: Uint8Array): Repository {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const begin = bytes.indexOf(lineEnd) + 1;
  const all = bytes.subarray(begin);
  if (bytes.toString("latin1", 0, begin) !== `${crc32(all)}\n`)
    throw new Error("What was kept of the repository is damaged.");
  const first = all.indexOf(lineEnd) + 1;
  const written = JSON.parse(all.toString("utf8", 0, first)) as Written;
  const names = written.paths === "" ? [] : written.paths.split("\0");
  const name = (number: number) => names[number] ?? "";
  const unknown: Target = { end: "unknown" };
  const files = new Map<string, FileLinks>();
  const targets = new Map<string, FileTargets>();
  const blobs = new Map<string, string>();
  let at = first;
  for (const [path, blob, language, imports, passing, size] of written.files) {
    blobs.set(name(path), blob);
    files.set(name(path), new KeptFile(languages[language] ?? "javascript", imports, passing, { in: all, at, size }));
    at += size;
    targets.set(
      name(path),
      imports.map(([, , , to]) =>
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

interface Piece {
  readonly in: Buffer;
  readonly at: number;
  readonly size: number;
}

/** A file whose names are read when somebody asks for them. */
class KeptFile implements FileLinks {
  readonly language: Language;
  readonly imports: readonly ImportFact[];
  readonly passing: readonly number[];
  readonly #written: Piece;
  #names: WrittenNames | undefined;
  #exports: readonly ExportFact[] | undefined;

  constructor(language: Language, imports: readonly WrittenImport[], passing: readonly number[], written: Piece) {
    this.language = language;
    this.passing = passing;
    this.imports = imports.map(([from, line, flags], at) => new KeptImport(this, at, from, line, flags));
    this.#written = written;
  }

  get names(): WrittenNames {
    const { in: all, at, size } = this.#written;
    return (this.#names ??= JSON.parse(all.toString("utf8", at, at + size)) as WrittenNames);
  }

  get exports(): readonly ExportFact[] {
    return (this.#exports ??= this.names[1].map(readExport));
  }
}

class KeptImport implements ImportFact {
  readonly from: string;
  readonly line: number;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  readonly #file: KeptFile;
  readonly #at: number;

  constructor(file: KeptFile, at: number, from: string, line: number, flags: number) {
    this.from = from;
    this.line = line;
    this.typeOnly = (flags & typeOnly) !== 0;
    this.dynamic = (flags & dynamic) !== 0;
    this.#file = file;
    this.#at = at;
  }

  get names(): ImportFact["names"] {
    const flat = this.#file.names[0][this.#at] ?? [];
    return Array.from({ length: flat.length / 2 }, (_, at) => ({
      name: flat[2 * at] ?? "",
      as: flat[2 * at + 1] ?? "",
    }));
  }
}

function readExport([name, local, line, isType, from]: WrittenExport): ExportFact {
  return { name, local, line, typeOnly: isType === 1, ...(from === undefined ? {} : { from }) };
}
