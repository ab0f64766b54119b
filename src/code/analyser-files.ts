/** What an analyser needs of the host, to be shown where it runs. */
import { createRequire } from "node:module";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { analyserFlags, analyserProgram } from "./start-analyser.ts";

export interface AnalyserFiles {
  /** Directories and files of the host, and where each lies below `inside`. They hold programs and nothing of anybody's. */
  readonly mounts: readonly { readonly source: string; readonly at: string }[];
  /** Node with what it is told, inside. */
  readonly node: readonly string[];
  /** What it is to run, inside. */
  readonly program: string;
}

const sources = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** @param inside an absolute folder where the files are shown */
export function analyserFiles(inside: string): AnalyserFiles {
  const packages = dirname(dirname(realpathSync(createRequire(import.meta.url).resolve("tree-sitter/package.json"))));
  const manifest = packageOf(sources);
  const at = (path: string) => join(inside, ...path.split(sep));
  return {
    mounts: [
      { source: realpathSync(process.execPath), at: at("node") },
      { source: manifest, at: at("package.json") },
      { source: sources, at: at("src") },
      { source: packages, at: at("node_modules") },
    ],
    node: [at("node"), ...analyserFlags],
    program: at(join("src", relative(sources, analyserProgram))),
  };
}

let version: string | undefined;

/** Names the program as this process found it: another one for other sources, other packages, or another Node. */
export function analyserVersion(): string {
  return (version ??= findVersion());
}

function findVersion(): string {
  const hash = createHash("sha256").update(process.version);
  const add = (path: string) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  add(packageOf(sources));
  for (const entry of readdirSync(sources, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) add(join(entry.parentPath, entry.name));
  return hash.digest("hex").slice(0, 16);
}

/** The package.json above: it says that these files are modules. */
function packageOf(folder: string): string {
  const file = join(folder, "package.json");
  if (existsSync(file)) return realpathSync(file);
  if (dirname(folder) === folder) throw new Error("The bot's package.json is missing.");
  return packageOf(dirname(folder));
}
