import { posix } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import type { Cgroup } from "./cgroups.ts";
import { bwrapArguments, etcFiles, innerCommand, launchCommand, stagedPath, type Stage } from "./command-line.ts";
import { startContained } from "./contained-process.ts";
import type { Ground } from "./ground.ts";
import { watchMemory } from "./memory-watch.ts";
import { createOutputLog, type OutputLog } from "./output.ts";
import type { ExecEnd, ExecResult, SandboxCommand, SandboxLimits } from "./port.ts";
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

/** A command that writes this many times what is kept of its output says nothing any more, and is stopped. */
const floodFactor = 20;
const longestTimer = 2 ** 31 - 1;
/** The kernel takes at most 128 KiB in one argument. */
const longestArgument = 100_000;

/**
 * Runs one command in a place.
 * @param gone the sandbox is being destroyed
 * @throws UserError for a command that cannot be run as it is written, Error when bubblewrap itself fails
 */
export async function execInside(place: Place, command: SandboxCommand, gone: AbortSignal): Promise<ExecResult> {
  const cwd = checkCommand(command);
  const started = performance.now();
  const log = createOutputLog(place.limits.output);
  const result = (end: ExecEnd, code: number | null): ExecResult => ({
    end,
    code,
    output: log.text(),
    droppedBytes: log.droppedBytes,
    ms: Math.round(performance.now() - started),
  });
  if (command.signal?.aborted === true) return result("cancelled", null);
  const killsBefore = (await place.cgroup?.oomKills()) ?? 0;

  let cause: ExecEnd | undefined;
  let kill = () => {};
  const stop = (reason: ExecEnd) => {
    cause ??= reason;
    kill();
  };
  const deliver = streamTo(command.onOutput);
  const contained = await startContained({
    ...startOf(place, command, cwd),
    onOutput(chunk) {
      log.add(chunk);
      deliver(chunk);
      if (log.total > floodFactor * place.limits.output) stop("output-limit");
    },
  }).catch((error: unknown) => {
    throw new UserError(`The command could not be started: ${messageOf(error)}`, { cause: error });
  });
  kill = () => contained.kill();
  const timer = setTimeout(() => stop("timed-out"), Math.min(longestTimer, Math.max(0, command.timeoutMs)));
  const onCancel = () => stop("cancelled");
  const onGone = () => stop("killed");
  command.signal?.addEventListener("abort", onCancel, { once: true });
  gone.addEventListener("abort", onGone, { once: true });
  // An abort while the command was being started has no listener yet.
  for (const [signal, onAbort] of [
    [gone, onGone],
    [command.signal, onCancel],
  ] as const)
    if (signal?.aborted === true) onAbort();
  const unwatch =
    place.cgroup === undefined
      ? watchMemory(contained.pid, place.limits.memory, () => stop("out-of-memory"))
      : () => {};
  try {
    const ended = await contained.ended;
    deliver(undefined);
    if (cause !== undefined) return result(cause, null);
    const killed = ((await place.cgroup?.oomKills()) ?? 0) > killsBefore;
    if (killed && ended.exitCode !== 0) return result("out-of-memory", null);
    if (ended.exitCode !== undefined) return result("exited", ended.exitCode);
    if (ended.signalled) return result("killed", null);
    throw startFailure(command, log);
  } finally {
    clearTimeout(timer);
    unwatch();
    command.signal?.removeEventListener("abort", onCancel);
    gone.removeEventListener("abort", onGone);
  }
}

function startOf(place: Place, command: SandboxCommand, cwd: string) {
  const { ground, limits, stage, uid } = place;
  const filter = seccompFilter(process.arch);
  const inside = bwrapArguments({
    host: ground.host,
    workspace: stagedPath(stage, place.workspace),
    home: stagedPath(stage, place.home),
    tools: ground.host.tools.map(({ source, at }) => ({ source: stagedPath(stage, source), at })),
    limits,
    cwd,
    env: command.env ?? {},
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
    innerCommand(command.run, place.cgroup === undefined ? limits.processes : undefined),
  );
  const inputs = [
    inside.map((argument) => `${argument}\0`).join(""),
    etcFiles.passwd,
    etcFiles.group,
    etcFiles.hosts,
    ...(filter === undefined ? [] : [filter]),
  ];
  return { argv, inputs, stdin: command.stdin ?? "", ...(uid === undefined ? {} : { uid }) };
}

/** @returns the working directory as the sandbox names it */
function checkCommand(command: SandboxCommand): string {
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

/** Decodes across the borders of chunks; called with undefined at the end. */
function streamTo(onOutput: ((piece: string) => void) | undefined): (chunk: Buffer | undefined) => void {
  if (onOutput === undefined) return () => {};
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return (chunk) => {
    const piece = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    if (piece !== "") onOutput(piece);
  };
}

function startFailure(command: SandboxCommand, log: OutputLog): Error {
  const said = log.text().trim();
  if (said.includes("Can't chdir to"))
    return new UserError(`The workspace has no directory ${JSON.stringify(command.cwd)}.`);
  return new Error(`The sandbox did not start: ${said === "" ? "bubblewrap said nothing" : said}`);
}
