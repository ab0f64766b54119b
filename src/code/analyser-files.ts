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
  /** The command to start it, inside. */
  readonly run: readonly string[];
}

/** @param inside an absolute folder where the files are shown */
export function analyserFiles(inside: string): AnalyserFiles {
  const sources = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
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
    run: [at("node"), ...analyserFlags, at(join("src", relative(sources, analyserProgram)))],
  };
}

/** Names the program as it is now: another one for other sources, or another Node. */
export function analyserVersion(): string {
  const hash = createHash("sha256").update(process.version);
  const folder = dirname(analyserProgram);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size, mtimeMs } = statSync(join(entry.parentPath, entry.name));
    hash.update(`${entry.parentPath}/${entry.name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The package.json above: it says that these files are modules. */
function packageOf(folder: string): string {
  const file = join(folder, "package.json");
  if (existsSync(file)) return realpathSync(file);
  if (dirname(folder) === folder) throw new Error("The bot's package.json is missing.");
  return packageOf(dirname(folder));
}
