import { isAbsolute } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { messageOf, TransientError, UserError } from "../errors.ts";
import { checkCommand, type Held, type Place } from "./launch.ts";
import type { ExecEnd, RunningProgram, SandboxMount, SandboxProgram } from "./port.ts";
import { watch } from "./watch.ts";

/**
 * Starts a program in a place and leaves its streams to the caller.
 * @param gone the sandbox is being destroyed
 * @throws UserError for a program that cannot be started as it is written
 */
export async function startInside(place: Place, program: SandboxProgram, gone: AbortSignal): Promise<RunningProgram> {
  const cwd = checkCommand(program);
  const { run, env = {}, readOnly = false } = program;
  const mounts = await shown(place, program.mounts ?? []);
  const killsBefore = await place.oomKills();
  const held = await place
    .launch({ run, cwd, env, mounts, readOnly, io: "pipes", input: true })
    .catch((error: unknown) => {
      throw gone.aborted || error instanceof TransientError
        ? error
        : new UserError(`The program could not be started: ${messageOf(error)}`, { cause: error });
    });
  return attend(place, held, [program.signal, gone], killsBefore);
}

/** The files of the host as bubblewrap finds them. */
function shown(place: Place, mounts: readonly SandboxMount[]): Promise<SandboxMount[]> {
  const odd = mounts.find(({ source, at }) => !isAbsolute(source) || !isAbsolute(at) || /\0/.test(source + at));
  if (odd !== undefined) throw new UserError(`${odd.source} cannot be shown at ${odd.at}: both have to be absolute.`);
  return Promise.all(
    mounts.map((mount) =>
      place.show(mount).catch((error: unknown) => {
        throw new UserError(`${mount.source} cannot be shown in the sandbox: ${messageOf(error)}`, { cause: error });
      }),
    ),
  );
}

function attend(
  place: Place,
  held: Held,
  signals: readonly [AbortSignal | undefined, AbortSignal],
  killsBefore: number,
): RunningProgram {
  const [stdin, stdout, stderr] = held.streams;
  if (stdin === undefined || stdout === undefined || stderr === undefined)
    throw new Error("a program was started without pipes");
  let cause: ExecEnd | undefined;
  const stop = (reason: ExecEnd) => {
    cause ??= reason;
    held.kill();
  };
  const unwatch = watch(place, signals, stop);
  const ended = (async () => {
    const end = await held.ended;
    unwatch();
    stdin.destroy();
    if (cause !== undefined) return { end: cause, code: null };
    const starved = (await place.oomKills()) > killsBefore;
    if (starved && end.exitCode !== 0) return { end: "out-of-memory" as const, code: null };
    if (end.exitCode !== undefined) return { end: "exited" as const, code: end.exitCode };
    return { end: "killed" as const, code: null };
  })();
  return {
    stdin,
    stdout: keptFor(stdout, signals[1]),
    stderr: keptFor(stderr, signals[1]),
    kill: () => stop("killed"),
    ended,
  };
}

/** What it printed can be read after it has ended, and after its sandbox has, as far as it had come out. */
function keptFor(stream: Readable, gone: AbortSignal): Readable {
  const kept = new PassThrough();
  stream.pipe(kept);
  stream.once("close", () => kept.end());
  // Nobody may read it; then its end would not be seen.
  const close = () => void stream.destroy();
  gone.addEventListener("abort", close, { once: true });
  stream.once("close", () => gone.removeEventListener("abort", close));
  return kept;
}
