import { messageOf, UserError } from "../errors.ts";
import { startContained } from "./contained-process.ts";
import { checkCommand, launchOf, type Place } from "./launch.ts";
import { watchMemory } from "./memory-watch.ts";
import { createOutputLog, type OutputLog } from "./output.ts";
import type { ExecEnd, ExecResult, SandboxCommand } from "./port.ts";

/** A command that writes this many times what is kept of its output says nothing any more, and is stopped. */
const floodFactor = 20;
const longestTimer = 2 ** 31 - 1;

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
  const onOutput = (chunk: Buffer) => {
    log.add(chunk);
    deliver(chunk);
    if (log.total > floodFactor * place.limits.output) stop("output-limit");
  };
  const contained = await startContained({
    ...launchOf(place, place.stage, { ...command, cwd }),
    io: { stdin: command.stdin ?? "", ...(place.uid === undefined ? {} : { uid: place.uid }), onOutput },
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
