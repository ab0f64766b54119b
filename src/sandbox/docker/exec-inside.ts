import { checkCommand } from "../launch.ts";
import { createOutputLog } from "../output.ts";
import type { ExecEnd, ExecResult, SandboxCommand } from "../port.ts";
import { floodFactor, longestTimer, streamTo } from "../exec-inside.ts";
import { watchSignals } from "../watch.ts";
import { executeIn, type DockerPlace } from "./place.ts";

/**
 * Runs one command in a place.
 * @param gone the sandbox is being destroyed
 * @throws UserError for a command that cannot be run as it is written, and as `Engine.ask`
 */
export async function execInside(place: DockerPlace, command: SandboxCommand, gone: AbortSignal): Promise<ExecResult> {
  const cwd = checkCommand(command);
  const { limits } = place;
  const started = performance.now();
  const log = createOutputLog(limits.output);
  const result = (end: ExecEnd, code: number | null): ExecResult => ({
    end,
    code,
    output: log.text(),
    droppedBytes: log.droppedBytes,
    ms: Math.round(performance.now() - started),
  });
  if (command.signal?.aborted === true) return result("cancelled", null);

  let cause: ExecEnd | undefined;
  let kill = () => {};
  const stop = (reason: ExecEnd) => {
    cause ??= reason;
    kill();
  };
  const deliver = streamTo(command.onOutput);
  const execution = await executeIn(place, {
    run: command.run,
    cwd,
    env: command.env ?? {},
    merge: true,
    tty: command.tty ?? false,
    take(_name, chunk) {
      log.add(chunk);
      deliver(chunk);
      if (log.total > floodFactor * limits.output) stop("output-limit");
    },
  });
  kill = () => execution.kill();
  // At a terminal the input ends by a character.
  const input = command.stdin ?? "";
  if (command.tty === true) execution.stdin.write(`${input}\x04`);
  else execution.stdin.end(input);
  const timer = setTimeout(() => stop("timed-out"), Math.min(longestTimer, Math.max(0, command.timeoutMs)));
  const unwatch = watchSignals([command.signal, gone], stop);
  const unmeasure = place.disk.during(() => stop("disk-limit"));
  try {
    const code = await execution.ended.catch((error: unknown) => {
      if (cause === undefined) throw error;
    });
    deliver(undefined);
    if (cause !== undefined) return result(cause, null);
    if (code === 0) return result("exited", 0);
    if (await execution.hasStarved()) return result("out-of-memory", null);
    if (await place.disk.isFull()) return result("disk-limit", null);
    return code === undefined ? result("killed", null) : result("exited", code);
  } finally {
    clearTimeout(timer);
    unwatch();
    unmeasure();
  }
}
