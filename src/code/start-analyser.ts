import { spawn } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnalyserProcess } from "./analyser-process.ts";
import type { Binding } from "./syntax/grammar.ts";

/** Where the program of an analyser lies: beside this file, as source or built. */
export const analyserProgram = fileURLToPath(
  new URL(`./analyser-child${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
);

/**
 * There are as many analysers as cores: helpers that collect garbage and compile would only take from another one, and so does the compiler that
 * optimises most, whose code is hardly faster here. Most of what a file's analysis makes is gone with it, so young memory is large, and stays as
 * it is.
 */
export const analyserFlags = [
  "--single-threaded-gc",
  "--v8-pool-size=0",
  "--min-semi-space-size=16",
  "--max-semi-space-size=16",
  "--no-turbofan",
  // Later than usual: what is optimised within the first ten files hardly pays for itself.
  "--invocation-count-for-maglev=2000",
  "--invocation-count-for-maglev-osr=1000",
  // What Node keeps of a module is what was compiled when it was loaded: all of it, or each process compiles the rest anew.
  "--no-lazy",
];

/**
 * Starts an analyser as a process of this user, without anything of the environment: for files of whoever starts it.
 * @param compiled the folder where Node keeps what it has compiled; null: nothing is kept
 */
export async function startAnalyser(
  binding: Binding = "native",
  compiled: string | null = null,
): Promise<AnalyserProcess> {
  const child = spawn(process.execPath, [...analyserFlags, analyserProgram, binding], {
    env: compiled === null ? {} : { NODE_COMPILE_CACHE: compiled },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await once(child, "spawn");
  return { stdin: child.stdin, stdout: child.stdout, kill: () => void child.kill("SIGKILL"), ended };
}
