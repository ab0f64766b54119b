import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** The only place where anybody else's code runs. One sandbox serves one run; its `/workspace` is the run's workspace. */
export interface SandboxProvider {
  readonly name: string;
  /** Tries the real thing once and says what works, what is missing and what to install. Never throws. */
  probe(): Promise<SandboxProbe>;
  /** @throws UserError when the host cannot give a safe sandbox (with what to do about it) */
  create(options: SandboxOptions): Promise<Sandbox>;
}

export interface SandboxProbe {
  readonly ok: boolean;
  readonly version?: string;
  /** `cgroup v1`, `cgroup v2`, or how memory and processes are bounded instead. */
  readonly limits: string;
  /** Sentences for a person: each missing part and what to do. Empty when ok. */
  readonly problems: readonly string[];
}

export interface SandboxOptions {
  /** A directory of the host; it is `/workspace` inside, readable and writable. The provider hands its files to the sandbox's uid. */
  readonly workspace: string;
  readonly limits: SandboxLimits;
}

export interface SandboxLimits {
  /** Bytes; the kernel kills what goes over. */
  readonly memory: number;
  /** Cores, may be a fraction. */
  readonly cpus: number;
  readonly processes: number;
  /** Bytes of one file that a command may write. */
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
  /** Kills what still runs and removes what was made. Safe to call twice. */
  destroy(): Promise<void>;
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
  readonly signal?: AbortSignal;
  /** Called with pieces of output as they come, both streams in order of arrival. */
  readonly onOutput?: (piece: string) => void;
}

export type ExecEnd = "exited" | "timed-out" | "out-of-memory" | "output-limit" | "cancelled" | "killed";

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
  /** The one thing outside that it reaches. */
  readonly service?: SandboxService;
  readonly signal?: AbortSignal;
}

export interface SandboxMount {
  /** Absolute, of the host. */
  readonly source: string;
  /** Absolute, inside. */
  readonly at: string;
}

/** A service of the bot, found inside at an address of the sandbox's own loopback. */
export interface SandboxService {
  /** The variable of the program's environment that holds the address, `http://127.0.0.1:PORT`. */
  readonly variable: string;
  /** Called with each connection from inside. Everything that comes over it is untrusted. */
  connect(connection: Socket): void;
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
