/**
 * The programs that tests start again and again, in a few files in place of thirteen hundred modules: one starts with half of the work. Node keeps
 * what it compiles, of which a killed process would keep nothing (`flushCompileCache` in killed-bot.ts).
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { templateVariable } from "./embedded-template.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = {
  crashChild: "test/contract/queue/crash-child.ts",
  killedBot: "test/chaos/killed-bot.ts",
  server: "handlers/server.ts",
};

/** Flags of Node for a process that ends soon: threads that collect the garbage of a small young memory take longer than they save. */
export const shortLived = ["--single-threaded-gc", "--min-semi-space-size=16"];

/** To optimise the embedded store's WebAssembly does as well. Without that store the flag costs 50 ms: Node then compiles its own modules anew. */
export const shortLivedWithStore = [...shortLived, "--liftoff-only"];

/** With programs, grammars and data beside the code. */
const notBundled = [
  "@anthropic-ai/*",
  "@electric-sql/*",
  "@secretlint/*",
  "dockerode",
  "esbuild",
  "pino",
  "playwright",
  "tree-sitter*",
  "web-tree-sitter",
];
/** Optional parts of the libraries. */
const neverAskedFor = ["bullmq-otel", "pg-native", "redis", "smee-client"];

/** A program to start: bundled once for all tests of a run, in the folder that its global set-up has made; the source where there is none. */
export async function bundled(name: keyof typeof entries): Promise<string> {
  const run = process.env[templateVariable];
  if (run === undefined) return join(root, entries[name]);
  const folder = join(run, "programs");
  while (!existsSync(folder)) if (!(await make(folder))) await setTimeout(50);
  return join(folder, `${name}.mjs`);
}

/** False when another file's test is at it: to bundle takes seconds. */
async function make(folder: string): Promise<boolean> {
  const fresh = `${folder}-in-the-making`;
  try {
    await mkdir(fresh);
  } catch {
    return false;
  }
  // Perhaps it was ready between the look and the claim.
  if (existsSync(folder)) return true;
  try {
    await bundle(fresh);
    await rename(fresh, folder);
  } catch (error) {
    // Otherwise the others would wait for it.
    await rm(fresh, { recursive: true });
    throw error;
  }
  return true;
}

async function bundle(fresh: string): Promise<void> {
  // For the packages that stay where they are.
  await symlink(join(root, "node_modules"), join(fresh, "node_modules"));
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    plugins: [ownFiles],
    outdir: fresh,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // jsonc-parser's other build asks for files by names that a bundler does not see.
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "silent",
    // CommonJS packages inside an ES module still ask for `require`.
    banner: {
      js: `import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);`,
    },
    external: [...notBundled, ...neverAskedFor],
  });
}

/** Files beside ours are found by where the source lies. The store loads drizzle by a `require` of its own, which a bundler does not see. */
const ownFiles: Plugin = {
  name: "own files",
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = (await readFile(path, "utf8")).replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path)));
      const contents = path.endsWith("/src/store/drizzle.ts") ? source.replaceAll(/\bload\(/g, "require(") : source;
      return { contents, loader: "ts" };
    });
  },
};
