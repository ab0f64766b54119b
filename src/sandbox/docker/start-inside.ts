import { PassThrough, type Writable } from "node:stream";
import { access } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { checkCommand } from "../launch.ts";
import type { ExecEnd, RunningProgram, SandboxMount, SandboxProgram } from "../port.ts";
import { watchSignals } from "../watch.ts";
import { containerSpec } from "./container-spec.ts";
import { demultiplex, type StreamName } from "./demultiplex.ts";
import { environmentOf, isCutOff } from "./execution.ts";
import { openContainer, watchStarving } from "./live-container.ts";
import { executeIn, type DockerPlace } from "./place.ts";

/** A program as it was started, however that was. */
interface Started {
  hasStarved(): Promise<boolean>;
  readonly stdin: Writable;
  kill(): void;
  readonly ended: Promise<number | undefined>;
}
type Take = (name: StreamName, chunk: Buffer) => Promise<void> | void;

/**
 * Starts a program in a place and leaves its streams to the caller.
 * @param gone the sandbox is being destroyed
 * @throws UserError for a program that cannot be started as it is written, and as `Engine.ask`
 */
export async function startInside(
  place: DockerPlace,
  program: SandboxProgram,
  gone: AbortSignal,
): Promise<RunningProgram> {
  const cwd = checkCommand(program);
  const { run, env = {}, mounts = [], readOnly = false } = program;
  await checkMounts(mounts);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const cut = new AbortController();
  const take: Take = (name, chunk) => waitingFor(name === "stdout" ? stdout : stderr, chunk, cut.signal);
  const order = { run, env, cwd };
  const started =
    mounts.length > 0 || readOnly
      ? await inOwnContainer(place, order, { mounts, readOnly }, take)
      : await executeIn(place, { ...order, merge: false, tty: false, take });
  // What was still to be written to a program that has ended is nobody's loss.
  started.stdin.on("error", () => started.stdin.destroy());
  const running = attend(started, [program.signal, gone], cut, () => {
    stdout.end();
    stderr.end();
  });
  return { stdin: started.stdin, stdout, stderr, ...running };
}

async function checkMounts(mounts: readonly SandboxMount[]): Promise<void> {
  const odd = mounts.find(({ source, at }) => !isAbsolute(source) || !isAbsolute(at) || /\0/.test(source + at));
  if (odd !== undefined) throw new UserError(`${odd.source} cannot be shown at ${odd.at}: both have to be absolute.`);
  for (const { source } of mounts)
    await access(source).catch((error: unknown) => {
      throw new UserError(`${source} cannot be shown in the sandbox: ${messageOf(error)}`, { cause: error });
    });
}

interface Order {
  readonly run: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What others do not see can be shown only to a container of its own. It has the network of the sandbox's container, and its limits once more. */
async function inOwnContainer(
  { engine, plan, holder, others }: DockerPlace,
  { run, env }: Order,
  shown: Pick<Required<SandboxProgram>, "mounts" | "readOnly">,
  take: Take,
): Promise<Started> {
  const network = (await holder.container()).id;
  const container = await openContainer(
    engine,
    containerSpec(plan, { network, run, env: environmentOf(env), ...shown }),
  );
  others.add(container);
  void container.died.then(() => others.delete(container));
  const { stream } = container;
  const drained = demultiplex(stream, take).catch((error: unknown) => {
    stream.destroy();
    if (!isCutOff(error)) throw error;
  });
  return {
    hasStarved: watchStarving(container),
    stdin: stream,
    kill: () => void container.kill(),
    ended: drained.then(() => container.died),
  };
}

function attend(
  started: Started,
  signals: readonly [AbortSignal | undefined, AbortSignal],
  cut: AbortController,
  close: () => void,
): Pick<RunningProgram, "kill" | "ended"> {
  let cause: ExecEnd | undefined;
  const stop = (reason: ExecEnd) => {
    cause ??= reason;
    cut.abort();
    started.kill();
  };
  const unwatch = watchSignals(signals, stop);
  const ended = (async () => {
    const code = await started.ended.catch(() => undefined);
    unwatch();
    close();
    if (cause !== undefined) return { end: cause, code: null };
    if (code !== 0 && (await started.hasStarved())) return { end: "out-of-memory" as const, code: null };
    return code === undefined ? { end: "killed" as const, code: null } : { end: "exited" as const, code };
  })();
  return { kill: () => stop("killed"), ended };
}

/** Waits while nobody reads; not for a program that is to end. */
async function waitingFor(target: Writable, chunk: Buffer, cut: AbortSignal): Promise<void> {
  if (target.write(chunk) || cut.aborted) return;
  await new Promise<void>((resolve) => {
    const over = () => {
      target.off("drain", over);
      cut.removeEventListener("abort", over);
      resolve();
    };
    target.once("drain", over);
    cut.addEventListener("abort", over, { once: true });
  });
}
