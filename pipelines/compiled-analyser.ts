/**
 * The analyser's program in one file, and as Node has compiled it (nodejs.org/api/module.html, "Module compile cache"): with it a process starts in
 * a third of the time. What Node compiled is made by the program itself in a sandbox of its own, which sees no file of anybody's. Both are only read
 * afterwards.
 */
import { randomUUID } from "node:crypto";
import { chmod, cp, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { analyserFiles, analyserVersion } from "../src/code/analyser-files.ts";
import { analyserProgram } from "../src/code/start-analyser.ts";
import type { ToAnalyser } from "../src/code/analyser-lines.ts";
import { languages } from "../src/code/syntax/languages.ts";
import { messageOf } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import type { SandboxLimits, SandboxMount, SandboxProvider } from "../src/sandbox/port.ts";

export interface CompiledOptions {
  /** Of the host, where it is kept. */
  readonly folder: string;
  readonly sandboxes: SandboxProvider;
  readonly limits: SandboxLimits;
  /** Where an analyser's files are shown. */
  readonly inside: string;
  readonly log: Log;
}

/** What to give to a program that starts. */
interface Compiled {
  readonly mount: readonly SandboxMount[];
  readonly env: Readonly<Record<string, string>>;
  /** In place of the sources. */
  readonly program?: string;
}

const none: Compiled = { mount: [], env: {} };
const names = { program: "analyser.mjs", cache: "cache" };
const longestMs = 60_000;
/** Those that are being made, by folder: one is enough. */
const making = new Map<string, Promise<void>>();

export function openCompiled(options: CompiledOptions): { find(): Promise<Compiled>; close(): Promise<void> } {
  const { folder, inside, log } = options;
  const place = join(folder, analyserVersion());
  const at = join(inside, "compiled");
  return {
    /** What is there already. A host that starts analysers for the second time will again: then it is made, beside the work. */
    async find() {
      if (await exists(place))
        return {
          mount: [{ source: place, at }],
          env: { NODE_COMPILE_CACHE: join(at, names.cache) },
          program: join(at, names.program),
        };
      const mark = join(folder, "started");
      if (!(await exists(mark))) {
        await mkdir(folder, { recursive: true });
        await writeFile(mark, "");
      } else if (!making.has(folder)) {
        const work = make(options, place, at)
          .catch((error: unknown) => log.warn({ problem: messageOf(error) }, "analysers start slowly"))
          .finally(() => making.delete(folder));
        making.set(folder, work);
      }
      return none;
    },
    close: async () => making.get(folder),
  };
}

async function make({ folder, sandboxes, limits, inside }: CompiledOptions, place: string, at: string): Promise<void> {
  const workspace = join(folder, `${randomUUID()}.work`);
  const fresh = join(folder, `${randomUUID()}.new`);
  await mkdir(workspace, { recursive: true });
  try {
    await mkdir(fresh);
    await writeFile(join(fresh, names.program), await bundled());
    await makeReadable(fresh);
    const sandbox = await sandboxes.create({ workspace, limits });
    try {
      const { mounts, node } = analyserFiles(inside);
      const run = [...node, join(at, names.program), "native"];
      const signal = AbortSignal.timeout(longestMs);
      const env = { NODE_COMPILE_CACHE: `/workspace/${names.cache}` };
      const program = await sandbox.start({ run, mounts: [...mounts, { source: fresh, at }], env, signal });
      program.stdin.on("error", () => undefined);
      program.stdin.end(languages.map((language) => `${JSON.stringify(sample(language))}\n${content}`).join(""));
      const said = await text(program.stdout);
      await program.ended;
      if (said.match(/^\{"say":"analysis"/gm)?.length !== languages.length)
        throw new Error("the program did not answer");
      await cp(join(sandbox.directory, names.cache), join(fresh, names.cache), { recursive: true });
    } finally {
      await sandbox.destroy();
    }
    await makeReadable(fresh);
    // Those of other versions are of no use any more.
    for (const name of await readdir(folder))
      if (/^[0-9a-f]{16}$/.test(name)) await rm(join(folder, name), { recursive: true, force: true });
    await rename(fresh, place);
  } finally {
    await rm(workspace, { recursive: true, force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Packages with parts that are no modules stay where they are. */
const apart = ["tree-sitter*", "web-tree-sitter", "@secretlint/*"];

let bundling: Promise<Uint8Array> | undefined;

/** Once for this process, whatever the folder: to stop esbuild would end what another asked of it. */
function bundled(): Promise<Uint8Array> {
  bundling ??= bundle().catch((error: unknown) => {
    bundling = undefined;
    throw error;
  });
  return bundling;
}

async function bundle(): Promise<Uint8Array> {
  const { build, stop } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [analyserProgram],
    external: apart,
    write: false,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    logLevel: "silent",
  });
  // Its process would stay.
  await stop();
  return outputFiles[0]?.contents ?? new Uint8Array();
}

const content = "a";

function sample(language: (typeof languages)[number]): ToAnalyser {
  return { say: "file", language, bytes: content.length, without: null };
}

/** Each sandbox has a user of its own. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
