import type { Node } from "jsonc-parser";
import { readLooseJson, readLooseJsonTree } from "../loose-json.ts";
import {
  lineAt,
  linesOf,
  most,
  named,
  parsed,
  record,
  textOrNull,
  type Declared,
  type Ecosystem,
  type Locked,
} from "./ecosystem.ts";

const lists = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** Packages of the registry only: of the same repository, of folders and aliases others are told by their own manifests. */
export const npm: Ecosystem = {
  name: "npm",
  isManifest: (path) => /(?:^|\/)package\.json$/.test(path),
  declared(text) {
    const root = readLooseJsonTree(text);
    return lists.flatMap((list) => {
      const entries = root && propertyOf(root, list)?.children;
      return (entries ?? []).slice(0, most.declared).flatMap((entry): readonly Declared[] => {
        const [key, value] = entry.children ?? [];
        const [name, wanted]: unknown[] = [key?.value, value?.value];
        if (typeof name !== "string" || typeof wanted !== "string") return [];
        if (/^(?:workspace|file|link|portal):/.test(wanted)) return [];
        return [{ name, wanted: textOrNull(wanted), line: lineAt(text, entry.offset) }];
      });
    });
  },
  ownNames: (text) => named(record(readLooseJson(text))),
  locks: ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"],
  locked(text, path) {
    if (path.endsWith(".json")) return npmLock(text);
    if (path.endsWith("bun.lock")) return bunLock(text);
    return path.endsWith("yarn.lock") ? yarnLock(text) : pnpmLock(text);
  },
};

function propertyOf(object: Node, name: string): Node | undefined {
  const property = object.children?.find(({ children }) => children?.[0]?.value === name);
  return property?.children?.[1];
}

/** Versions 2 and 3 have `packages` with licences, version 1 `dependencies` without. */
function npmLock(text: string): ReadonlyMap<string, Locked> {
  const lock = parsed(JSON.parse, text);
  const found = new Map<string, Locked>();
  for (const [path, value] of Object.entries(record(lock["packages"]))) {
    const entry = record(value);
    const at = path.lastIndexOf("node_modules/");
    // A link leads to a package of the same repository.
    if (at === -1 || entry["link"] === true) continue;
    const name = path.slice(at + "node_modules/".length);
    // The one at the top is the one that is imported.
    if (at === 0 || !found.has(name))
      found.set(name, { version: textOrNull(entry["version"]), licence: licenceOf(entry["license"]) });
  }
  for (const [name, value] of Object.entries(record(lock["dependencies"])))
    if (!found.has(name)) found.set(name, { version: textOrNull(record(value)["version"]), licence: null });
  return found;
}

/** Old packages have an object, or several. */
function licenceOf(value: unknown): string | null {
  const all = [value].flat().flatMap((each) => textOrNull(each) ?? textOrNull(record(each)["type"]) ?? []);
  return all.length === 0 ? null : all.join(" OR ");
}

function bunLock(text: string): ReadonlyMap<string, Locked> {
  const packages = record(record(readLooseJson(text))["packages"]);
  return new Map(
    Object.values(packages).flatMap((value): [string, Locked][] => {
      const [, name, version] = /^((?:@[^/]+\/)?[^@]+)@(.+)$/.exec(String([value].flat()[0])) ?? [];
      return name === undefined || version === undefined ? [] : [[name, { version, licence: null }]];
    }),
  );
}

/** The keys below `packages:`, `/name@1.0.0` and without the slash since version 9. */
function pnpmLock(text: string): ReadonlyMap<string, Locked> {
  const found = new Map<string, Locked>();
  for (const { text: line } of linesOf(text)) {
    const [, name, version] = /^ {2}'?\/?((?:@[\w.-]+\/)?[\w.-]+)[@/](\d[\w.+-]*)/.exec(line) ?? [];
    if (name !== undefined && version !== undefined && line.trimEnd().endsWith(":"))
      found.set(name, { version, licence: null });
  }
  return found;
}

/** `"name@^1", name@^2:` with its version on the line behind, in both formats of Yarn. */
function yarnLock(text: string): ReadonlyMap<string, Locked> {
  const found = new Map<string, Locked>();
  let name: string | undefined;
  for (const { text: line } of linesOf(text)) {
    const version = /^ {2}version:? "?([\w.+-]+)/.exec(line)?.[1];
    if (name !== undefined && version !== undefined) found.set(name, { version, licence: null });
    name = /^"?((?:@[\w.-]+\/)?[\w.-]+)@(?!workspace:)/.exec(line)?.[1];
  }
  return found;
}
