/** Real code and the tools that are compared with, both from the package registry by npm, into a temporary folder. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Tools that are compared with, in the versions that the goals were set by. */
const peers = [
  "eslint@10.15.0",
  "eslint-plugin-sonarjs@4.2.2",
  "eslint-plugin-security@4.1.0",
  "@typescript-eslint/parser@8.73.0",
  "typescript@5.9.3",
  "dependency-cruiser@18.7.2",
];

/** Installs the peers below a folder, without running anything of theirs; once. */
export async function installPeers(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await writeFile(join(root, "package.json"), '{"private":true,"type":"module"}');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  await npm(root, ["install", ...flags, "--save-exact", ...peers]);
}

/** Puts the TypeScript sources of packages, with their manifests, into a folder each. @returns how many files they have */
export async function fetchSources(root: string, packages: readonly string[], into: string): Promise<number> {
  let files = 0;
  for (const each of packages) {
    const folder = join(into, each.replace(/^@/, "").replaceAll("/", "-"));
    if (existsSync(folder)) {
      files += await keepSources(folder);
      continue;
    }
    const packed = join(root, "packed", each.replaceAll(/[/@]/g, "-"));
    await mkdir(packed, { recursive: true });
    await npm(root, ["pack", "--silent", "--ignore-scripts", "--pack-destination", packed, each]);
    const [archive] = await readdir(packed);
    if (archive === undefined) throw new Error(`npm gave no archive for ${each}.`);
    await run("tar", ["-xzf", join(packed, archive), "-C", packed]);
    await cp(join(packed, "package"), folder, {
      recursive: true,
      filter: (path) => !/\/(?:dist|node_modules)$/.test(path),
    });
    files += await keepSources(folder);
    await rm(packed, { recursive: true });
  }
  return files;
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  try {
    await run("npm", [...args], { cwd, timeout: 600_000, maxBuffer: 64 * 1024 ** 2 });
  } catch (error) {
    throw new Error(`npm ${args[0]} failed: is a package registry within reach? ${String(error).slice(0, 500)}`, {
      cause: error,
    });
  }
}

async function keepSources(folder: string): Promise<number> {
  let kept = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const isSource = /\.(?:ts|tsx|mts|cts)$/.test(entry.name) && !/\.d\.[cm]?ts$/.test(entry.name);
    if (isSource) kept += 1;
    else if (entry.name !== "package.json") await rm(join(entry.parentPath, entry.name));
  }
  return kept;
}
