import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** The only place where anybody else's code runs. One sandbox serves one run; its `/workspace` shows the run's workspace. */
export interface SandboxProvider {
  readonly name: string;
  /** Tries the real thing once and says what works, what is missing and what to install. Never throws. */
  probe(): Promise<SandboxProbe>;
  /**
   * Names what a command finds besides the workspace: distribution or image, tools and their versions. The text is another one when a set-up
   * should run anew for it, and the same for all sandboxes until then.
   * @throws UserError when the host cannot give a safe sandbox
   */
  base(): Promise<string>;
  /** @throws UserError when the host cannot give a safe sandbox (with what to do about it) */
  create(options: SandboxOptions): Promise<Sandbox>;
}

export interface SandboxProbe {
  readonly ok: boolean;
  readonly version?: string;
  /** `cgroup v1`, `cgroup v2`, or how memory and processes are bounded instead. */
  readonly limits: string;
  /** How files are kept apart: by an overlay, or by copies, and why. */
  readonly files?: string;
  /** Sentences for a person: each missing part and what to do. Empty when ok. */
  readonly problems: readonly string[];
}

export interface SandboxOptions {
  /** A directory of the host with the files of a commit. `/workspace` inside shows it; what is written there is kept apart from it. */
  readonly workspace: string;
  readonly limits: SandboxLimits;
  /** Directories that `Sandbox.snapshot` made, the topmost first: beneath the workspace's own files. They are only read, by any number of sandboxes. */
  readonly layers?: readonly string[];
  /** Layers likewise, the topmost first, but above the workspace's own files: what was changed or removed there is so here. */
  readonly over?: readonly string[];
  /** Sandboxes with the same one share one set of limits for memory, cores and processes: that of the first. */
  readonly group?: string;
  /** `own` is only for files and commands of whoever runs the bot; a provider that protects nobody takes nothing else. Default: `pull`. */
  readonly trust?: "pull" | "own";
}

export interface SandboxLimits {
  /** Bytes; the kernel kills what goes over. Files that were written do not count, though they may be kept in memory. */
  readonly memory: number;
  /** Cores, may be a fraction. */
  readonly cpus: number;
  readonly processes: number;
  /** Bytes that may be written in all, to the workspace and home. */
  readonly disk: number;
  /** Bytes of standard output and error kept, together; head and tail are kept, the middle is dropped and counted. */
  readonly output: number;
}

export const defaultLimits: SandboxLimits = {
  memory: 2 * 1024 ** 3,
  cpus: 2,
  processes: 512,
  disk: 2 * 1024 ** 3,
  output: 1024 ** 2,
};

export interface Sandbox {
  /** Runs a command to its end. Ends that the command itself causes are values, not exceptions. */
  exec(command: SandboxCommand): Promise<ExecResult>;
  /**
   * Starts a program that is spoken to while it runs. It ends by itself, by its signal, or with the sandbox; the limits of the sandbox hold.
   * @throws UserError for a program that cannot be started as it is written
   */
  start(program: SandboxProgram): Promise<RunningProgram>;
  /**
   * `/workspace` as this process sees it, while the sandbox lives: for path-safe reading and writing (src/workspace/safe-files.ts). No other
   * process finds it there, and `realpath` does not either.
   */
  readonly directory: string;
  /** Makes a service of the bot reachable inside, for everything that runs in this sandbox. What comes over its connections is untrusted. */
  serve(connect: (connection: Socket) => void): Promise<SandboxAddress>;
  /** Makes a port of the sandbox's loopback reachable for the host, at an address of the host's loopback. Nobody has to listen there yet. */
  expose(port: number): Promise<SandboxAddress>;
  stats(): Promise<SandboxStats>;
  /**
   * Keeps what was written since the sandbox was made, to the workspace and home, as a layer for others. What runs meanwhile may be kept half.
   * @param directory of the host, existing and empty
   * @throws UserError when it cannot be written there
   */
  snapshot(directory: string): Promise<SnapshotSize>;
  /** Kills what still runs and removes what was made. Safe to call twice. */
  destroy(): Promise<void>;
}

/** An address, `http://127.0.0.1:PORT`, until it is closed or the sandbox destroyed. At most 32 connections at a time. */
export interface SandboxAddress {
  readonly url: string;
  close(): Promise<void>;
}

/** `null` is what this host does not count. */
export interface SandboxStats {
  /** Bytes, with written files where those are kept in memory. */
  readonly memory: number | null;
  readonly memoryPeak: number | null;
  readonly cpuMs: number | null;
  readonly processes: number | null;
  /** Bytes that what was written to the workspace and home takes. */
  readonly written: number | null;
}

export interface SnapshotSize {
  readonly bytes: number;
  readonly files: number;
}

export interface SandboxCommand {
  /** An argument list, or a line for `/bin/sh -c` inside the sandbox. */
  readonly run: readonly string[] | string;
  /** Relative to `/workspace`. */
  readonly cwd?: string;
  /** The whole environment besides PATH and HOME; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly stdin?: string;
  /** Runs it at a terminal of its own, as some programs show colours and progress only there. */
  readonly tty?: boolean;
  readonly signal?: AbortSignal;
  /** Called with pieces of output as they come, both streams in order of arrival. */
  readonly onOutput?: (piece: string) => void;
}

/** `disk-limit`: it failed, and nothing more could be written. */
export type ExecEnd = "exited" | "timed-out" | "out-of-memory" | "disk-limit" | "output-limit" | "cancelled" | "killed";

export interface ExecResult {
  readonly end: ExecEnd;
  /** Exit code when `end` is `exited`, else null. */
  readonly code: number | null;
  /** Both streams as they came, cut in the middle at the limit. */
  readonly output: string;
  readonly droppedBytes: number;
  readonly ms: number;
}

export interface SandboxProgram {
  readonly run: readonly string[];
  /** The whole environment besides PATH and HOME; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files or directories of the host that are seen inside and cannot be written there. */
  readonly mounts?: readonly SandboxMount[];
  /** `/workspace` cannot be written. */
  readonly readOnly?: boolean;
  readonly signal?: AbortSignal;
}

export interface SandboxMount {
  /** Absolute, of the host. */
  readonly source: string;
  /** Absolute, inside. */
  readonly at: string;
}

export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Kills it and everything that it started. */
  kill(): void;
  /** Never rejects. `code` as in {@link ExecResult}. */
  readonly ended: Promise<{ readonly end: ExecEnd; readonly code: number | null }>;
}
