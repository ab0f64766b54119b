import { posix } from "node:path";
import { UserError } from "../errors.ts";
import type { Cgroup } from "./cgroups.ts";
import { bwrapArguments, etcFiles, innerCommand, launchCommand, stagedPath, type Stage } from "./command-line.ts";
import type { Ground } from "./ground.ts";
import type { SandboxCommand, SandboxLimits, SandboxMount } from "./port.ts";
import { seccompFilter } from "./seccomp.ts";

/** Everything that stays the same for the commands of one sandbox. */
export interface Place {
  readonly ground: Ground;
  readonly limits: SandboxLimits;
  readonly workspace: string;
  readonly home: string;
  readonly uid: number | undefined;
  readonly cgroup: Cgroup | undefined;
  readonly stage: Stage | undefined;
}

export interface Launch {
  readonly run: readonly string[] | string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly SandboxMount[];
  readonly readOnly?: boolean;
}

/** The kernel takes at most 128 KiB in one argument. */
const longestArgument = 100_000;

/** How a command is started in a place: the argument list of the host, and what the descriptors behind it hold. */
export function launchOf(place: Place, stage: Stage | undefined, launch: Launch) {
  const { ground, limits, uid } = place;
  const filter = seccompFilter(process.arch);
  const staged = ({ source, at }: SandboxMount) => ({ source: stagedPath(stage, source), at });
  const inside = bwrapArguments({
    host: ground.host,
    workspace: stagedPath(stage, place.workspace),
    home: stagedPath(stage, place.home),
    tools: ground.host.tools.map(staged),
    mounts: (launch.mounts ?? []).map(staged),
    readOnly: launch.readOnly ?? false,
    limits,
    cwd: launch.cwd,
    env: launch.env ?? {},
    seccomp: filter !== undefined,
  });
  const argv = launchCommand(
    {
      bwrap: ground.bwrap,
      cgroups: place.cgroup?.directories ?? [],
      ...(ground.drop === undefined || uid === undefined ? {} : { drop: { how: ground.drop, uid } }),
      ...(stage === undefined ? {} : { stage }),
      limits,
      openFiles: ground.host.openFiles,
    },
    innerCommand(launch.run, place.cgroup === undefined ? limits.processes : undefined),
  );
  const inputs = [
    inside.map((argument) => `${argument}\0`).join(""),
    etcFiles.passwd,
    etcFiles.group,
    etcFiles.hosts,
    ...(filter === undefined ? [] : [filter]),
  ];
  return { argv, inputs };
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
