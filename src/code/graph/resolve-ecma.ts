/** What a module specifier of JavaScript or TypeScript means: relative files, `paths` of tsconfig, packages of the same repository, Node's and others'. */
import { isBuiltin } from "node:module";
import { readLooseJson } from "../loose-json.ts";
import { folderOf, foldersAbove, within, type RepositoryFiles } from "./repository-files.ts";
import type { Target } from "./resolve.ts";

const endings = [".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte"];
/** What is imported by the name that it will have once it is built. */
const sources: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".d.ts", ".jsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts", ".d.mts"],
  ".cjs": [".cts", ".d.cts"],
};
/** Conditions of `exports`, in the order in which a reader of sources wants them. */
const conditions = ["source", "development", "types", "import", "module", "node", "default", "require"];

export function createEcmaResolver(files: RepositoryFiles): (from: string, specifier: string) => Target {
  const configs = new Map<string, TsPaths | null>();
  const packages = readPackages(files);
  const resolve = (from: string, folder: string, specifier: string): Target => {
    const plain = specifier.replace(/[?#].*$/, (query) =>
      specifier.startsWith("#") && query === specifier ? query : "",
    );
    if (/^\.{1,2}(?:\/|$)/.test(plain)) return toTarget(fileAt(files, within(folder, plain)));
    if (plain.startsWith("/")) return { end: "unknown" };
    if (isBuiltin(plain)) return { end: "external", name: plain.startsWith("node:") ? plain : `node:${plain}` };
    const mapped = byPaths(files, configOf(files, configs, folder), plain);
    if (mapped !== null) return { end: "file", path: mapped };
    if (plain.startsWith("#")) return toTarget(byImports(files, packages, from, plain));
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(plain)?.[0] ?? plain;
    const own = packages.byName.get(name);
    // No package can be called so: it is a name of ours that leads nowhere.
    if (/^(?:@$|~|@[^/]*$)/.test(name)) return { end: "unknown" };
    if (own === undefined) return { end: "external", name };
    const found = inPackage(files, own, `.${plain.slice(name.length)}`);
    return found === null ? { end: "external", name } : { end: "file", path: found };
  };
  // Files of one folder import much the same, and mean the same by it.
  const known = new Map<string, Map<string, Target>>();
  return (from, specifier) => {
    const folder = folderOf(from);
    const inFolder = known.get(folder) ?? new Map<string, Target>();
    known.set(folder, inFolder);
    const target = inFolder.get(specifier) ?? resolve(from, folder, specifier);
    inFolder.set(specifier, target);
    return target;
  };
}

function toTarget(path: string | null): Target {
  return path === null ? { end: "unknown" } : { end: "file", path };
}

/** The file that a path without its ending, of a folder, or of what it is built to, stands for. */
function fileAt({ paths }: RepositoryFiles, path: string | null): string | null {
  if (path === null) return null;
  if (paths.has(path)) return path;
  const [ending = ""] = /\.[cm]?jsx?$/.exec(path) ?? [];
  for (const source of sources[ending] ?? []) {
    const candidate = `${path.slice(0, -ending.length)}${source}`;
    if (paths.has(candidate)) return candidate;
  }
  for (const each of endings) if (paths.has(`${path}${each}`)) return `${path}${each}`;
  for (const each of endings) {
    const candidate = path === "" ? `index${each}` : `${path}/index${each}`;
    if (paths.has(candidate)) return candidate;
  }
  return null;
}

interface TsPaths {
  /** Where `baseUrl` leads; null when there is none. */
  readonly base: string | null;
  readonly paths: readonly {
    readonly before: string;
    readonly after: string;
    readonly exact: boolean;
    readonly to: readonly string[];
  }[];
}

function byPaths(files: RepositoryFiles, config: TsPaths | null, specifier: string): string | null {
  for (const { before, after, exact, to } of config?.paths ?? []) {
    const fits = exact ? specifier === before : specifier.startsWith(before) && specifier.endsWith(after);
    if (!fits || (!exact && specifier.length < before.length + after.length)) continue;
    const star = specifier.slice(before.length, specifier.length - after.length);
    for (const path of to) {
      const replaced = path.replace("*", () => star);
      const found = fileAt(files, within("", replaced));
      if (found !== null) return found;
    }
  }
  const base = config?.base ?? null;
  return base === null ? null : fileAt(files, within(base, specifier));
}

/** The nearest config at a folder or above it: as for the compiler, that one counts and no other. */
function configOf(files: RepositoryFiles, known: Map<string, TsPaths | null>, folder: string): TsPaths | null {
  const before = known.get(folder);
  if (before !== undefined) return before;
  const names = ["tsconfig.json", "jsconfig.json"].map((name) => (folder === "" ? name : `${folder}/${name}`));
  const path = names.find((name) => files.manifest(name) !== undefined);
  const above = folder === "" ? null : folderOf(folder);
  const config =
    path !== undefined ? readConfig(files, path, 0) : above === null ? null : configOf(files, known, above);
  known.set(folder, config);
  return config;
}

const deepestExtends = 10;

/** A config with what it extends within the repository. */
function readConfig(files: RepositoryFiles, path: string, depth: number): TsPaths {
  const config = record(readLooseJson(files.manifest(path) ?? "{}"));
  const folder = folderOf(path);
  const options = record(config["compilerOptions"]);
  const parents = [config["extends"]]
    .flat()
    .filter((each): each is string => typeof each === "string" && each.startsWith("."));
  const inherited = parents
    .map((each) => within(folder, each))
    .flatMap((each) =>
      [each, each && `${each}.json`]
        .filter((name): name is string => name !== null && files.manifest(name) !== undefined)
        .slice(0, 1),
    )
    .map((each): TsPaths => (depth < deepestExtends ? readConfig(files, each, depth + 1) : { base: null, paths: [] }));
  const last = inherited.at(-1);
  const base = typeof options["baseUrl"] === "string" ? within(folder, options["baseUrl"]) : (last?.base ?? null);
  if (options["paths"] === undefined) return { base, paths: last?.paths ?? [] };
  const root = typeof options["baseUrl"] === "string" ? (base ?? folder) : folder;
  const paths = Object.entries(record(options["paths"])).flatMap(([pattern, to]) => {
    const star = pattern.indexOf("*");
    const targets = [to].flat().filter((each): each is string => typeof each === "string");
    return [
      {
        before: star === -1 ? pattern : pattern.slice(0, star),
        after: star === -1 ? "" : pattern.slice(star + 1),
        exact: star === -1,
        to: targets.flatMap((each) => within(root, each) ?? []),
      },
    ];
  });
  return {
    base,
    paths: paths.toSorted(
      (one, other) => Number(other.exact) - Number(one.exact) || other.before.length - one.before.length,
    ),
  };
}

interface Package {
  readonly folder: string;
  readonly json: Readonly<Record<string, unknown>>;
}

interface Packages {
  readonly byName: ReadonlyMap<string, Package>;
  readonly byFolder: ReadonlyMap<string, Package>;
}

function readPackages(files: RepositoryFiles): Packages {
  const [byName, byFolder] = [new Map<string, Package>(), new Map<string, Package>()];
  for (const path of files.paths) {
    if (!/(?:^|\/)package\.json$/.test(path)) continue;
    const text = files.manifest(path);
    if (text === undefined) continue;
    const json = record(readLooseJson(text));
    const found = { folder: folderOf(path), json };
    byFolder.set(found.folder, found);
    if (typeof json["name"] === "string" && !byName.has(json["name"])) byName.set(json["name"], found);
  }
  return { byName, byFolder };
}

/** `exports`, else the main file, else the folder; what is built is looked for among the sources. */
function inPackage(files: RepositoryFiles, { folder, json }: Package, subpath: string): string | null {
  for (const target of exported(json["exports"], subpath)) {
    const found = sourceOf(files, folder, target);
    if (found !== null) return found;
  }
  if (subpath !== ".") return fileAt(files, within(folder, subpath)) ?? fileAt(files, within(folder, `src/${subpath}`));
  for (const key of ["source", "types", "typings", "module", "main"]) {
    const found = typeof json[key] === "string" ? sourceOf(files, folder, json[key]) : null;
    if (found !== null) return found;
  }
  return fileAt(files, within(folder, "src")) ?? fileAt(files, folder);
}

function byImports(files: RepositoryFiles, packages: Packages, from: string, specifier: string): string | null {
  for (const folder of foldersAbove(from)) {
    const own = packages.byFolder.get(folder);
    if (own === undefined) continue;
    for (const target of exported(own.json["imports"], specifier)) {
      const found = sourceOf(files, folder, target);
      if (found !== null) return found;
    }
    return null;
  }
  return null;
}

/** The file itself, or the source that it is built from: `dist/a.js` → `src/a.ts`. */
export function sourceOf(files: RepositoryFiles, folder: string, target: string): string | null {
  const built = target
    .replace(/^(?!\.)/, "./")
    .replace(/^\.\/(?:dist|lib|build|out)\/(?:(?:esm|cjs|types|es)\/)?/, "./src/");
  return (
    [target, built]
      .map((each) => fileAt(files, within(folder, each.replace(/\.d\.([cm]?)ts$/, ".$1js"))))
      .find((found) => found !== null) ?? null
  );
}

/** What `exports` or `imports` of a package.json give for a subpath, the best condition first (nodejs.org/api/packages.html). */
function exported(map: unknown, subpath: string): readonly string[] {
  if (map === undefined || map === null) return [];
  const keys = typeof map === "object" && !Array.isArray(map) ? Object.keys(map) : [];
  if (!keys.some((key) => /^[.#]/.test(key))) return subpath === "." ? chosen(map, 0) : [];
  const entries = Object.entries(record(map));
  const exact = entries.find(([key]) => key === subpath);
  if (exact !== undefined) return chosen(exact[1], 0);
  for (const [key, value] of entries.toSorted(([one], [other]) => other.length - one.length)) {
    const [before = "", after] = key.split("*");
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    const star = subpath.slice(before.length, subpath.length - after.length);
    return chosen(value, 0).map((each) => each.replaceAll("*", () => star));
  }
  return [];
}

function chosen(value: unknown, depth: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((each: unknown) => (depth < 5 ? chosen(each, depth + 1) : []));
  const map = record(value);
  return conditions.flatMap((key) => (depth < 5 && key in map ? chosen(map[key], depth + 1) : []));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : {};
}
