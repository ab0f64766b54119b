import { Cancelled } from "../errors.ts";
import { launch } from "../launcher.ts";

export interface GitOptions {
  /** The bare repository; always named, so that git never goes looking for one. */
  readonly gitDirectory?: string;
  readonly workTree?: string;
  /** A file outside the repository that serves as the index. */
  readonly indexFile?: string;
  readonly input?: string | Buffer;
  /** Given to the server of this URL as a header, by the environment only. */
  readonly credentials?: { readonly url: string; readonly token: string };
  readonly allowFileProtocol?: boolean;
  /** For the few subcommands that refuse to take paths as they are; those then begin with `./`. */
  readonly patternPaths?: boolean;
  /** ms; default 120 000 */
  readonly timeoutMs?: number;
  /** Bytes of standard output; more is an error. Default 64 MiB. */
  readonly maxOutput?: number;
  readonly signal?: AbortSignal;
  /** Exit codes that are answers and not failures; default 0 alone. */
  readonly accept?: readonly number[];
}

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
}

/** git ended badly. The message names the command and what git said; neither can hold a token. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly stderr: string;
  readonly timedOut: boolean;
  constructor(message: string, stderr: string, timedOut: boolean) {
    super(message);
    this.stderr = stderr;
    this.timedOut = timedOut;
  }
}

/** What programs of the host see that we start for a workspace; nothing of the bot's own environment. */
export const plainEnvironment = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent", LC_ALL: "C" };

/**
 * Runs git on the host. Neither the machine's nor a user's configuration counts, nothing that a repository brings is
 * executed (hooks, filters, helpers, fsmonitor, ssh, ext::), nothing is ever asked on a terminal.
 * @param args subcommand and arguments; paths and names that a stranger chose come after `--`
 * @throws GitError; the reason of `signal` when it is an error and else Cancelled; TransientError when git could not be waited for
 */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const { gitDirectory, workTree, input, signal, timeoutMs = 120_000, maxOutput = 64 * 1024 ** 2 } = options;
  const command = `git ${args.slice(0, 6).join(" ")}${args.length > 6 ? " …" : ""}`;
  const location = [
    ...(gitDirectory === undefined ? [] : [`--git-dir=${gitDirectory}`]),
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
  ];
  const { end, code, stdout, stderr } = await launch({
    file: "git",
    args: [...location, ...settings(options.allowFileProtocol === true), ...args],
    env: environment(options),
    timeoutMs,
    maxOutput,
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { signal }),
  });
  switch (end) {
    case "exited":
      if (code !== null && (options.accept ?? [0]).includes(code)) return { code, stdout };
      throw new GitError(`${command}: exit code ${code}: ${stderr.trim()}`, stderr, false);
    case "aborted":
      throw reasonOf(signal, command);
    case "timeout":
      throw new GitError(`${command}: no end after ${timeoutMs} ms`, stderr, true);
    case "excess":
      throw new GitError(`${command}: more than ${maxOutput} bytes of output`, stderr, false);
    case "missing":
      throw new GitError("git is missing: run `apt-get install git`", "", false);
  }
}

/** Splits output of `-z` into its fields. In `latin1` each character is a byte, so that no two names become the same. */
export function fieldsOf(output: Buffer, encoding: "utf8" | "latin1" = "utf8"): string[] {
  const fields = output.toString(encoding).split("\0");
  if (fields.at(-1) === "") fields.pop();
  return fields;
}

function settings(allowFileProtocol: boolean): string[] {
  const values = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.symlinks": "true",
    "core.autocrlf": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.sshCommand": "false",
    "core.pager": "cat",
    "credential.helper": "",
    "safe.bareRepository": "explicit",
    // A mirror may lie on a volume that another uid made; only the bot writes to it.
    "safe.directory": "*",
    "protocol.ext.allow": "never",
    "protocol.file.allow": allowFileProtocol ? "always" : "never",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function environment({ indexFile, credentials, allowFileProtocol, patternPaths }: GitOptions): Record<string, string> {
  return {
    ...plainEnvironment,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_LITERAL_PATHSPECS: patternPaths === true ? "0" : "1",
    GIT_ALLOW_PROTOCOL: allowFileProtocol === true ? "https:http:file" : "https:http",
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
    ...(credentials === undefined ? {} : headerFor(credentials)),
  };
}

/** git sends the header on after a redirect, to another host too; so with a token no redirect is followed. */
function headerFor({ url, token }: { readonly url: string; readonly token: string }): Record<string, string> {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    GIT_CONFIG_KEY_1: "http.followRedirects",
    GIT_CONFIG_VALUE_1: "false",
  };
}

function reasonOf(signal: AbortSignal | undefined, command: string): Error {
  const reason: unknown = signal?.reason;
  // The platform's own AbortError says nothing; a reason that somebody gave does.
  return reason instanceof Error && reason.name !== "AbortError"
    ? reason
    : new Cancelled("cancelled", `${command} was cancelled`);
}
