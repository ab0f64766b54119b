import { posix } from "node:path";
import { UserError } from "../errors.ts";
import type { Cgroup } from "./cgroups.ts";
import { bwrapArguments, descriptors, innerCommand } from "./command-line.ts";
import type { Ground } from "./ground.ts";
import type { Held, HeldOrder, Holder } from "./holder.ts";
import type { SandboxCommand, SandboxLimits, SandboxMount } from "./port.ts";

/** Everything that stays the same for the commands of one sandbox. */
export interface Place {
  readonly ground: Ground;
  readonly limits: SandboxLimits;
  readonly holder: Holder;
  readonly point: string;
  /** Whom commands run as, when the bot is root. */
  readonly uid: number | undefined;
  readonly cgroup: Cgroup | undefined;
}

export interface Launch {
  readonly run: readonly string[] | string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly SandboxMount[];
  readonly readOnly?: boolean;
  readonly tty?: boolean;
  readonly io: HeldOrder["io"];
  readonly input: boolean;
}

/** The kernel takes at most 128 KiB in one argument. */
const longestArgument = 100_000;

/** Has the holder start a command in its place. */
export function launchIn(place: Place, launch: Launch): Promise<Held> {
  const { ground, limits, point } = place;
  const inside = bwrapArguments({
    host: ground.host,
    point,
    mounts: launch.mounts ?? [],
    readOnly: launch.readOnly ?? false,
    limits,
    cwd: launch.cwd,
    env: launch.env ?? {},
    seccomp: ground.seccomp !== undefined,
  });
  const command = innerCommand(launch, place.cgroup === undefined ? limits.processes : undefined);
  return place.holder.run({
    io: launch.io,
    input: launch.input,
    openFiles: ground.host.openFiles,
    inside,
    argv: [ground.bwrap, "--args", String(descriptors.arguments), "--", ...command],
  });
}

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
