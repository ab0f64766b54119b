import { foldersAbove } from "../graph/repository-files.ts";
import type { Declared, Ecosystem, Locked } from "../packages/ecosystem.ts";
import { go } from "../packages/go.ts";
import { java } from "../packages/java.ts";
import { npm } from "../packages/npm.ts";
import { python } from "../packages/python.ts";
import { rust } from "../packages/rust.ts";
import { isVendored } from "./choose-files.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";
import type { PullSide } from "./side.ts";

/** A package of others that the repository did not use before. */
export interface NewPackage {
  readonly ecosystem: Ecosystem["name"];
  readonly name: string;
  /** What the lock file chose, else what is asked for. */
  readonly version: string | null;
  /** Null where no lock file tells it. */
  readonly licence: string | null;
  /** A manifest asks for it; else it came behind another one. */
  readonly direct: boolean;
  /** The manifest or the lock file. */
  readonly path: string;
}

const ecosystems: readonly Ecosystem[] = [npm, python, rust, go, java];
/** Characters of a manifest: what is longer was made to do harm. */
const longest = 1_000_000;
const most = { manifests: 300, packages: 500 };

/**
 * Packages that a pull adds, those that come behind them too; findings for what its manifests ask for.
 * @param base null when there is none: then nothing is new
 */
export async function reviewPackages({
  base,
  head,
  changed,
}: {
  readonly base: PullSide | null;
  readonly head: PullSide;
  readonly changed: readonly string[];
}): Promise<{
  readonly findings: readonly PlacedFinding[];
  readonly packages: readonly NewPackage[];
}> {
  if (base === null) return { findings: [], packages: [] };
  const all = await Promise.all(ecosystems.map((ecosystem) => reviewEcosystem(ecosystem, base, head, changed)));
  return {
    findings: all.flatMap(({ findings }) => findings),
    packages: all.flatMap(({ packages }) => packages).slice(0, most.packages),
  };
}

async function reviewEcosystem(ecosystem: Ecosystem, base: PullSide, head: PullSide, changed: readonly string[]) {
  const paths = changed.filter((path) => !isVendored(path));
  const manifests = paths.filter((path) => ecosystem.isManifest(path) && head.paths.has(path));
  const locks = paths.filter((path) => isLock(ecosystem, path) && head.paths.has(path));
  if (manifests.length + locks.length === 0) return { findings: [], packages: [] };
  const texts = await readShort(head, manifests);
  const asked = [...texts].flatMap(([path, text]) =>
    ecosystem.declared(text, path).map((declared) => ({ path, declared })),
  );
  const known = asked.length === 0 ? new Set<string>() : await namesIn(ecosystem, base);
  const own = new Set([...texts].flatMap(([path, text]) => ecosystem.ownNames(text, path)));
  const added = firstOfEach(asked.filter(({ declared: { name } }) => !known.has(name) && !own.has(name)));
  const chosen = await head.read([
    ...new Set([...locks, ...added.map(({ path }) => lockFor(ecosystem, path, head)).filter((path) => path !== null)]),
  ]);
  const locked = new Map([...chosen].map(([path, text]) => [path, ecosystem.locked(text, path)]));
  const direct = added.map(({ path, declared }) => newPackage(ecosystem, path, declared, locked));
  const behind = await packagesBehind(
    ecosystem,
    base,
    locks,
    locked,
    new Set(asked.map(({ declared }) => declared.name)),
  );
  return {
    findings: added.map(({ path, declared }, at) => findingOf(path, declared, direct[at], behind.length)),
    packages: [...direct, ...behind],
  };
}

/** Whether a file says which packages of others are used. */
export function isPackageFile(path: string): boolean {
  return !isVendored(path) && ecosystems.some((each) => each.isManifest(path) || isLock(each, path));
}

function isLock({ locks }: Ecosystem, path: string): boolean {
  return locks.includes(path.split("/").at(-1) ?? "");
}

/** Beside the manifest, or in the nearest folder above: workspaces have one for all. */
function lockFor({ locks }: Ecosystem, manifest: string, { paths }: PullSide): string | null {
  for (const folder of foldersAbove(manifest))
    for (const name of locks) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (paths.has(path)) return path;
    }
  return null;
}

/** What any manifest of a commit asks for, and is called itself. */
async function namesIn(ecosystem: Ecosystem, side: PullSide): Promise<ReadonlySet<string>> {
  const paths = [...side.paths]
    .filter((path) => ecosystem.isManifest(path) && !isVendored(path))
    .slice(0, most.manifests);
  const texts = await readShort(side, paths);
  return new Set(
    [...texts].flatMap(([path, text]) => [
      ...ecosystem.declared(text, path).map(({ name }) => name),
      ...ecosystem.ownNames(text, path),
    ]),
  );
}

async function readShort(side: PullSide, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await side.read(paths))].filter(([, text]) => text.length <= longest));
}

function firstOfEach(asked: readonly { readonly path: string; readonly declared: Declared }[]) {
  const seen = new Set<string>();
  return asked.filter(({ declared: { name } }) => !seen.has(name) && seen.add(name));
}

function newPackage(
  ecosystem: Ecosystem,
  path: string,
  { name, wanted }: Declared,
  locked: ReadonlyMap<string, ReadonlyMap<string, Locked>>,
): NewPackage {
  const found = [...locked.values()].map((packages) => packages.get(name)).find((one) => one !== undefined);
  return {
    ecosystem: ecosystem.name,
    name,
    version: found?.version ?? wanted,
    licence: found?.licence ?? null,
    direct: true,
    path,
  };
}

/** What changed lock files hold and did not hold before, but for what is asked for by name. */
async function packagesBehind(
  ecosystem: Ecosystem,
  base: PullSide,
  locks: readonly string[],
  locked: ReadonlyMap<string, ReadonlyMap<string, Locked>>,
  asked: ReadonlySet<string>,
): Promise<readonly NewPackage[]> {
  const texts = await base.read(locks.filter((path) => base.paths.has(path)));
  return locks.flatMap((path) => {
    const old = ecosystem.locked(texts.get(path) ?? "", path);
    // A lock file that comes, comes with everything.
    if (old.size === 0) return [];
    return [...(locked.get(path) ?? [])]
      .filter(([name]) => !old.has(name) && !asked.has(name))
      .map(([name, { version, licence }]) => ({
        ecosystem: ecosystem.name,
        name,
        version,
        licence,
        direct: false,
        path,
      }));
  });
}

function findingOf(
  path: string,
  { name, line }: Declared,
  found: NewPackage | undefined,
  behind: number,
): PlacedFinding {
  const version = found?.version ? ` ${found.version}` : "";
  const licence = found?.licence ? `its licence is ${found.licence}` : "no lock file tells its licence";
  const more = behind === 0 ? "" : ` The lock file has ${behind} more new packages that come behind.`;
  return {
    path,
    rule: "dependencies/new-package",
    severity: "notice",
    startLine: line,
    endLine: line,
    message: `\`${name}\`${version} is new to this repository: ${licence}.${more} Everybody who installs it trusts its authors from now on.`,
    symbol: "",
    anchor: shortHash(name),
  };
}
