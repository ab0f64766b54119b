import { join } from "node:path";
import { launch } from "../../../../src/launcher.ts";

/** What one git process answered. `stdout` is raw: file contents are bytes, not text. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input?: Buffer | string;
  /** Nobody wants the output any more: git is killed, and its code is -1. */
  readonly signal?: AbortSignal;
}

/** Ten minutes: what takes longer hangs. */
const timeoutMs = 600_000;
const maxOutput = 1024 ** 3;

/**
 * Runs one git process, in `/`, from the bot's small process that starts programs: a start copies the page tables of the process that does, which
 * takes long from a test's.
 * @throws Error when git cannot be started or does not end
 */
export function execGit(call: GitCall): Promise<GitResult> {
  return exec("git", call);
}

/** `git http-backend` (gitprotocol-http), without a process of git that only starts it. @throws as `execGit` */
export async function execHttpBackend(call: Omit<GitCall, "args">): Promise<GitResult> {
  programs ??= (await execGit({ args: ["--exec-path"], env: gitEnvironment() })).stdout.toString().trim();
  return exec(join(programs, "git-http-backend"), { args: [], ...call });
}

/** Where git has those that it starts itself. */
let programs: string | undefined;

async function exec(file: string, call: GitCall): Promise<GitResult> {
  const { end, code, stdout, stderr } = await launch({ file, ...call, timeoutMs, maxOutput });
  if (end === "exited" || end === "aborted") return { code: code ?? -1, stdout, stderr };
  const why = end === "missing" ? "is not there: install git" : `was stopped: ${end}`;
  throw new Error(`${[file, ...call.args].join(" ")} ${why}`);
}

/** git ended with a code that the caller did not expect; the message holds git's own words. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly code: number;
  readonly stderr: string;
  constructor(args: readonly string[], result: GitResult) {
    const words = result.stderr.trim() || `no message`;
    super(`git ${args[0] ?? ""} ended with ${String(result.code)}: ${words}`);
    this.code = result.code;
    this.stderr = result.stderr;
  }
}

export interface RunOptions {
  readonly input?: Buffer | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer, not a failure. Default: 0. */
  readonly accept?: readonly number[];
}

/** The environment of every git process here: nothing of the machine's or the person's configuration gets in. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_OPTIONAL_LOCKS: "0",
  };
}

/**
 * Runs git in a bare repository with an argument list (never a shell).
 * Throws GitError when it ends with a code outside `accept`, an Error when git is not installed.
 */
export async function runGit(dir: string, args: readonly string[], options: RunOptions = {}): Promise<GitResult> {
  const result = await execGit({
    args: ["--git-dir", dir, "-c", "core.quotepath=off", ...args],
    env: { ...gitEnvironment(), ...options.env },
    input: options.input ?? "",
  });
  if (!(options.accept ?? [0]).includes(result.code)) throw new GitError(args, result);
  return result;
}

/** Splits the output of a `-z` command into its fields. */
export function zeroSeparated(output: Buffer): string[] {
  if (output.length === 0) return [];
  const fields = output.toString().split("\0");
  if (fields.at(-1) === "") fields.pop();
  return fields;
}
