import { readLooseJson } from "../loose-json.ts";
import { folderOf, isForeign, within, type RepositoryFiles } from "./repository-files.ts";
import { sourceOf } from "./resolve-ecma.ts";

const keys = ["main", "module", "browser", "types", "typings", "source", "bin", "exports"];
const most = { leaves: 500, depth: 6 };

export function isPackageJson(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path) && !isForeign(path);
}

/** The files that the packages of a repository give to others, by their `package.json` (nodejs.org/api/packages.html): what is built by its sources. */
export function findPackageEntries(files: RepositoryFiles): ReadonlySet<string> {
  return new Set([...files.paths].filter(isPackageJson).flatMap((path) => entriesOf(files, path)));
}

function entriesOf(files: RepositoryFiles, path: string): readonly string[] {
  const json = readLooseJson(files.manifest(path) ?? "{}");
  const folder = folderOf(path);
  const leaves: string[] = [];
  for (const key of keys) collect(valueOf(json, key), 0, leaves);
  return leaves.flatMap((leaf) => {
    if (leaf.includes("*")) return matching(files, folder, leaf);
    return sourceOf(files, folder, leaf) ?? [];
  });
}

function valueOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function collect(value: unknown, depth: number, leaves: string[]): void {
  if (typeof value === "string" && leaves.length < most.leaves) leaves.push(value);
  else if (typeof value === "object" && value !== null && depth < most.depth)
    for (const each of Object.values(value)) collect(each, depth + 1, leaves);
}

/** `./dist/*.js` stands for all below `dist`, and below `src` if it is built from there. */
function matching({ paths }: RepositoryFiles, folder: string, leaf: string): readonly string[] {
  const before = leaf.slice(0, leaf.indexOf("*"));
  const prefixes = [
    before,
    before.replace(/^\.?\/?(?:dist|lib|build|out)\/(?:(?:esm|cjs|types|es)\/)?/, "src/"),
  ].flatMap((each) => within(folder, each) ?? []);
  return [...paths].filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
}
