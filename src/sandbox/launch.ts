import { posix } from "node:path";
import type { Duplex } from "node:stream";
import { UserError } from "../errors.ts";
import type { SandboxCommand, SandboxLimits, SandboxMount } from "./port.ts";

/** Where commands are started, and what is known of them there. */
export interface Place {
  readonly limits: SandboxLimits;
  launch(order: Launch): Promise<Held>;
  /** Prepares what of the host a program is to see. */
  show(mount: SandboxMount): Promise<SandboxMount>;
  /** How many processes the kernel has killed here for want of memory. */
  oomKills(): Promise<number>;
  /** A process whose memory, with that of all below it, is to be watched, since the kernel does not bound it. */
  readonly watched: number | undefined;
  /** Nothing more can be written. */
  isFull(): Promise<boolean>;
}

/** A command that has been started. */
export interface Held {
  /** Input, output and error of this side, as far as they were asked for. */
  readonly streams: readonly Duplex[];
  kill(): void;
  /** Never rejects: when the holder is gone, so is what it ran. */
  readonly ended: Promise<HeldEnd>;
}

export interface HeldEnd {
  /** Of the command; absent when it did not come so far or was killed. */
  readonly exitCode?: number;
  /** Why nothing was started. */
  readonly failure?: string;
  readonly signalled: boolean;
}

export interface Launch {
  readonly run: readonly string[] | string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly SandboxMount[];
  readonly readOnly?: boolean;
  readonly tty?: boolean;
  /** `pipes` for who speaks with the command while it runs; else both outputs are one. */
  readonly io: "pipes" | "merged";
  /** Whether something will be written to a merged command's input. */
  readonly input: boolean;
}

/** The kernel takes at most 128 KiB in one argument. */
const longestArgument = 100_000;

/**
 * @returns the working directory as the sandbox names it
 * @throws UserError for a command that cannot be run as it is written
 */
export function checkCommand(command: Pick<SandboxCommand, "run" | "cwd" | "env">): string {
  const words = typeof command.run === "string" ? [command.run] : command.run;
  if (words.length === 0 || words[0] === "") throw new UserError("The command is empty.");
  const environment = Object.entries(command.env ?? {});
  const badName = environment.find(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (badName !== undefined)
    throw new UserError(`${JSON.stringify(badName[0])} cannot be the name of an environment variable.`);
  if ([...words, ...environment.map(([, value]) => value), command.cwd ?? ""].some((word) => word.includes("\0"))) {
    throw new UserError("The command, its directory or its environment contains a NUL character.");
  }
  if (words.some((word) => Buffer.byteLength(word) > longestArgument))
    throw new UserError(
      `The command has an argument of more than ${longestArgument} bytes; put it into a file or on standard input.`,
    );
  const cwd = posix.join("/workspace", command.cwd ?? ".");
  if (command.cwd?.startsWith("/") === true || (cwd !== "/workspace" && !cwd.startsWith("/workspace/"))) {
    throw new UserError(
      `The directory ${JSON.stringify(command.cwd)} is outside the workspace; give one relative to it.`,
    );
  }
  return cwd;
}
