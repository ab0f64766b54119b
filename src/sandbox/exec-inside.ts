import type { Duplex } from "node:stream";
import { messageOf, TransientError, UserError } from "../errors.ts";
import { checkCommand, type Place } from "./launch.ts";
import { createOutputLog, type OutputLog } from "./output.ts";
import type { ExecEnd, ExecResult, SandboxCommand } from "./port.ts";
import { watch } from "./watch.ts";

/** A command that writes this many times what is kept of its output says nothing any more, and is stopped. */
const floodFactor = 20;
const longestTimer = 2 ** 31 - 1;
/** How long the output may stay open after the last process must have gone. */
const drainMs = 3_000;

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
  const killsBefore = await place.oomKills();

  let cause: ExecEnd | undefined;
  let kill = () => {};
  const stop = (reason: ExecEnd) => {
    cause ??= reason;
    kill();
  };
  const deliver = streamTo(command.onOutput);
  const input = command.stdin ?? "";
  const held = await place.launch({ ...command, cwd, io: "merged", input: input !== "" }).catch((error: unknown) => {
    throw gone.aborted || error instanceof TransientError
      ? error
      : new UserError(`The command could not be started: ${messageOf(error)}`, { cause: error });
  });
  kill = () => held.kill();
  const stdin = input === "" ? undefined : held.streams[0];
  const output = held.streams.at(-1);
  stdin?.end(input);
  output?.on("data", (chunk: Buffer) => {
    log.add(chunk);
    deliver(chunk);
    if (log.total > floodFactor * place.limits.output) stop("output-limit");
  });
  const timer = setTimeout(() => stop("timed-out"), Math.min(longestTimer, Math.max(0, command.timeoutMs)));
  const unwatch = watch(place, [command.signal, gone], stop);
  try {
    const ended = await held.ended;
    await drained(output);
    deliver(undefined);
    if (cause !== undefined) return result(cause, null);
    if (ended.failure !== undefined) throw new UserError(`The command could not be started: ${ended.failure}`);
    const killed = (await place.oomKills()) > killsBefore;
    if (killed && ended.exitCode !== 0) return result("out-of-memory", null);
    if (ended.exitCode !== undefined && ended.exitCode !== 0 && (await place.isFull()))
      return result("disk-limit", null);
    if (ended.exitCode !== undefined) return result("exited", ended.exitCode);
    if (ended.signalled) return result("killed", null);
    throw startFailure(command, log);
  } finally {
    clearTimeout(timer);
    unwatch();
    stdin?.destroy();
    output?.destroy();
  }
}

/** Somebody else in the sandbox may have got the other end, and keep it. */
async function drained(output: Duplex | undefined): Promise<void> {
  if (output === undefined || output.closed) return;
  const timer = setTimeout(() => output.destroy(), drainMs);
  await new Promise<void>((resolve) => output.once("close", () => resolve()));
  clearTimeout(timer);
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
