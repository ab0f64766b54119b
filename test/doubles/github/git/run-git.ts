import { execGit } from "./git-runner.ts";

/** What one git process answered. `stdout` is raw: file contents are bytes, not text. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
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
