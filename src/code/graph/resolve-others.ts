/** What an import of Python, Go, Rust or Java means within a repository. */
import { folderOf, foldersAbove, within, type RepositoryFiles } from "./repository-files.ts";
import type { Target } from "./resolve.ts";

/** By the module and the names that are taken from it. */
export type ModuleResolver = (from: string, module: string, names: readonly string[]) => readonly Target[];

/** Dotted modules from the folder of the file, from the top, and from any folder that holds the first of the names. */
export function createPythonResolver({ paths }: RepositoryFiles): ModuleResolver {
  const roots = rootsOf(paths, /^(.*?)([^/]+)(?:\/__init__)?\.py$/);
  const moduleAt = (path: string | null) =>
    path === null
      ? null
      : ([`${path}.py`, `${path}/__init__.py`, `${path}.pyi`].find((each) => paths.has(each)) ?? null);
  const all = (base: string | null, names: readonly string[]): readonly string[] => {
    const own = moduleAt(base);
    const below = names.flatMap((name) => (base === null ? [] : (moduleAt(within(base, name)) ?? [])));
    return below.length > 0 && (own === null || own.endsWith("__init__.py")) ? below : own === null ? below : [own];
  };
  return (from, module, names) => {
    const [, dots = "", rest = ""] = /^(\.*)(.*)$/.exec(module) ?? [];
    const path = rest.replaceAll(".", "/");
    if (dots !== "") {
      const folder = foldersAbove(from)[dots.length - 1];
      return folder === undefined ? [{ end: "unknown" }] : targets(all(within(folder, path), names));
    }
    const first = rest.split(".")[0] ?? rest;
    for (const root of [...foldersAbove(from), ...(roots.get(first) ?? [])]) {
      const found = all(within(root, path), names);
      if (found.length > 0) return targets(found);
    }
    return [{ end: "external", name: first }];
  };
}

/** A package is every file of its folder but the tests. */
export function createGoResolver(files: RepositoryFiles): ModuleResolver {
  const modules = [...files.paths]
    .filter((path) => /(?:^|\/)go\.mod$/.test(path))
    .flatMap((path) => {
      const name = /^module\s+(\S+)/m.exec(files.manifest(path) ?? "")?.[1];
      return name === undefined ? [] : [{ name, folder: folderOf(path) }];
    })
    .toSorted((one, other) => other.name.length - one.name.length);
  const byFolder = new Map<string, string[]>();
  for (const path of files.paths) {
    if (!path.endsWith(".go") || path.endsWith("_test.go")) continue;
    const folder = folderOf(path);
    const same = byFolder.get(folder);
    if (same === undefined) byFolder.set(folder, [path]);
    else same.push(path);
  }
  return (_, module) => {
    const own = modules.find(({ name }) => module === name || module.startsWith(`${name}/`));
    if (own === undefined) return [{ end: "external", name: externalGo(module) }];
    const folder = within(own.folder, `.${module.slice(own.name.length)}`);
    return targets(folder === null ? [] : (byFolder.get(folder) ?? []));
  };
}

function externalGo(module: string): string {
  const parts = module.split("/");
  return parts[0]?.includes(".") === true ? parts.slice(0, 3).join("/") : module;
}

/** Modules of a crate are files beside or below the one that declares them; `src/lib.rs` and `src/main.rs` are its top. */
export function createRustResolver({ paths }: RepositoryFiles): ModuleResolver {
  const moduleFile = (folder: string, name: string) =>
    [within(folder, `${name}.rs`), within(folder, `${name}/mod.rs`)].find((path) => path !== null && paths.has(path)) ??
    null;
  /** Follows the names as far as they are modules; the rest is what is in them. */
  const follow = (folder: string, names: readonly string[]): string | null => {
    let [found, at]: [string | null, string] = [null, folder];
    for (const name of names) {
      const next = moduleFile(at, name);
      if (next === null) break;
      [found, at] = [next, within(at, name) ?? at];
    }
    return found;
  };
  return (from, module, names) => {
    const [first = "", ...rest] = module.split("::");
    const folder = ownFolder(from);
    const top = /^(?:.*\/)?src(?=\/|$)/.exec(folderOf(from))?.[0] ?? folderOf(from);
    const path = [...rest, ...names.slice(0, 1)];
    if (first === "crate") return targets([follow(top, path) ?? ownerOf(paths, top)].filter((each) => each !== null));
    if (first === "self") return targets([follow(folder, path) ?? from]);
    if (first === "super") {
      const above = within(folder, "..") ?? "";
      return targets([follow(above, path) ?? ownerOf(paths, above)].filter((each) => each !== null));
    }
    const beside = follow(folder, [first, ...path]);
    return beside === null ? [{ end: "external", name: first }] : targets([beside]);
  };
}

/** The file that declares the modules of a folder. */
function ownerOf(paths: ReadonlySet<string>, folder: string): string | null {
  const candidates = [`${folder}.rs`, ...["mod.rs", "lib.rs", "main.rs"].map((name) => within(folder, name))];
  return candidates.find((path) => path !== null && paths.has(path)) ?? null;
}

/** Where the modules that a file declares lie. */
function ownFolder(path: string): string {
  const folder = folderOf(path);
  const name = /([^/]+)\.rs$/.exec(path)?.[1] ?? "";
  return /^(?:mod|lib|main)$/.test(name) ? folder : (within(folder, name) ?? folder);
}

/** `a.b.C` is the file `a/b/C.java` below some folder of sources. */
export function createJavaResolver({ paths }: RepositoryFiles): ModuleResolver {
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = /([^/]+)\.java$/.exec(path)?.[1];
    if (name === undefined) continue;
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  const classFile = (dotted: string) => {
    const path = dotted.replaceAll(".", "/");
    return (byName.get(path.split("/").at(-1) ?? "") ?? [])
      .filter((each) => each === `${path}.java` || each.endsWith(`/${path}.java`))
      .slice(0, 1);
  };
  return (_, module, names) => {
    // What is imported is a class, or a member of one.
    const found = names.flatMap((name) =>
      name === "*" ? classFile(module) : [...classFile(`${module}.${name}`), ...classFile(module)].slice(0, 1),
    );
    return found.length > 0 ? targets(found) : [{ end: "external", name: module.split(".").slice(0, 2).join(".") }];
  };
}

/** The folders in which a module of a name lies, by the name. */
function rootsOf(paths: ReadonlySet<string>, module: RegExp): ReadonlyMap<string, readonly string[]> {
  const roots = new Map<string, string[]>();
  for (const path of paths) {
    const [, folder = "", name = ""] = module.exec(path) ?? [];
    if (name === "") continue;
    const root = folder.replace(/\/$/, "");
    const same = roots.get(name);
    if (same === undefined) roots.set(name, [root]);
    else if (same.length < 20 && !same.includes(root)) same.push(root);
  }
  return roots;
}

function targets(paths: readonly string[]): readonly Target[] {
  return paths.length === 0 ? [{ end: "unknown" }] : paths.map((path) => ({ end: "file", path }));
}
