import { dirname, isAbsolute, join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { startContained, type Contained } from "./contained-process.ts";
import { checkCommand, launchOf, type Place } from "./launch.ts";
import { watchMemory } from "./memory-watch.ts";
import type { ExecEnd, RunningProgram, SandboxProgram } from "./port.ts";
import { behindForwarder, serveInside } from "./serve-inside.ts";
import { stageFor } from "./stage-for.ts";

/** Counts the services of this process: each has a socket of its own. */
let served = 0;

/**
 * Starts a program in a place and leaves its streams to the caller.
 * @param gone the sandbox is being destroyed
 * @throws UserError for a program that cannot be started as it is written
 */
export async function startInside(place: Place, program: SandboxProgram, gone: AbortSignal): Promise<RunningProgram> {
  const cwd = checkCommand(program);
  const { mounts = [], service } = program;
  const odd = mounts.find(({ source, at }) => !isAbsolute(source) || !isAbsolute(at) || /\0/.test(source + at));
  if (odd !== undefined) throw new UserError(`${odd.source} cannot be shown at ${odd.at}: both have to be absolute.`);
  // Beside the home directory, which the sandbox sees, and not in it.
  const socket = join(dirname(place.home), `service-${++served}`);
  const open = service && (await serveInside(socket, place.uid, (connection) => service.connect(connection)));
  try {
    const shown = [...mounts, ...(open === undefined ? [] : [open.mount])];
    const tools = place.ground.host.tools.map(({ source }) => source);
    const sources = [place.workspace, place.home, ...tools, ...shown.map(({ source }) => source)];
    const launch = {
      cwd,
      run: service === undefined ? program.run : behindForwarder(service.variable, program.run),
      env: program.env ?? {},
      mounts: shown,
      readOnly: program.readOnly ?? false,
    };
    const killsBefore = (await place.cgroup?.oomKills()) ?? 0;
    const contained = await startContained({
      ...launchOf(place, await stageFor(place.uid, sources), launch),
      io: "pipes",
    }).catch((error: unknown) => {
      throw new UserError(`The program could not be started: ${messageOf(error)}`, { cause: error });
    });
    return attend(place, contained, [program.signal, gone], killsBefore, () => open?.close());
  } catch (error) {
    await open?.close();
    throw error;
  }
}

function attend(
  place: Place,
  contained: Contained,
  [cancelled, gone]: readonly [AbortSignal | undefined, AbortSignal],
  killsBefore: number,
  close: () => Promise<void> | undefined,
): RunningProgram {
  const { pipes } = contained;
  if (pipes === undefined) throw new Error("a program was started without pipes");
  const [stdin, stdout, stderr] = pipes;
  // What was still to be written to a program that has ended is nobody's loss.
  stdin.on("error", () => stdin.destroy());
  let cause: ExecEnd | undefined;
  const stop = (reason: ExecEnd) => {
    cause ??= reason;
    contained.kill();
  };
  const onCancel = () => stop("cancelled");
  const onGone = () => stop("killed");
  cancelled?.addEventListener("abort", onCancel, { once: true });
  gone.addEventListener("abort", onGone, { once: true });
  if (gone.aborted) onGone();
  if (cancelled?.aborted === true) onCancel();
  const unwatch =
    place.cgroup === undefined
      ? watchMemory(contained.pid, place.limits.memory, () => stop("out-of-memory"))
      : () => {};
  const ended = (async () => {
    const end = await contained.ended.catch(() => ({ signalled: true, exitCode: undefined }));
    unwatch();
    cancelled?.removeEventListener("abort", onCancel);
    gone.removeEventListener("abort", onGone);
    await close();
    if (cause !== undefined) return { end: cause, code: null };
    const starved = ((await place.cgroup?.oomKills()) ?? 0) > killsBefore;
    if (starved && end.exitCode !== 0) return { end: "out-of-memory" as const, code: null };
    if (end.exitCode !== undefined) return { end: "exited" as const, code: end.exitCode };
    return { end: "killed" as const, code: null };
  })();
  return { stdin, stdout, stderr, kill: () => stop("killed"), ended };
}
