import { access } from "node:fs/promises";
import { PassThrough, type Duplex, type Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf, UserError } from "../../errors.ts";
import type { Held, HeldEnd, Launch, Place } from "../launch.ts";
import type { SandboxLimits } from "../port.ts";
import { containerSpec, type ContainerPlan } from "./container-spec.ts";
import { demultiplex } from "./demultiplex.ts";
import type { DiskWatch } from "./disk-watch.ts";
import { statusOf, type Engine } from "./engine.ts";
import { environmentOf, execute, isCutOff, type Execution, type ExecutionOrder } from "./execution.ts";
import type { SandboxFiles } from "./files.ts";
import type { Holder } from "./holder.ts";
import { isGone, openContainer, type LiveContainer } from "./live-container.ts";

/** What a sandbox by Docker is made of. */
export interface DockerParts {
  readonly engine: Engine;
  readonly plan: ContainerPlan;
  readonly limits: SandboxLimits;
  readonly files: SandboxFiles;
  readonly disk: DiskWatch;
  readonly holder: Holder;
  /** Containers of single programs. */
  readonly others: Set<LiveContainer>;
  /** How often memory ran out. */
  readonly oom: { kills: number };
}

type Take = ExecutionOrder["take"];

/** The kernel's word that memory ran out, and the end of what it killed, come by two ways. */
const oomMs = 150;
const killedCode = 137;

/** Has the engine start commands in the sandbox's container, or where they see what others do not, in one of their own. */
export function dockerPlace(parts: DockerParts): Place {
  let running = 0;
  return {
    limits: parts.limits,
    oomKills: async () => parts.oom.kills,
    watched: undefined,
    isFull: () => parts.disk.isFull(),
    show: async (mount) => {
      await access(mount.source);
      return mount;
    },
    async launch(order) {
      running += 1;
      const kills = parts.oom.kills;
      try {
        const held = await launchIn(parts, order, running === 1);
        const ended = held.ended.then(async (end) => {
          running -= 1;
          if (end.exitCode !== 0 && parts.oom.kills === kills) await pause(oomMs);
          return end;
        });
        return { ...held, ended };
      } catch (error) {
        running -= 1;
        throw error;
      }
    },
  };
}

/**
 * Executes in the sandbox's container. One that died a moment ago may not have told yet; then the next one is taken.
 * @throws as `execute`
 */
export async function executeIn({ engine, holder }: DockerParts, order: ExecutionOrder): Promise<Execution> {
  const container = await holder.container();
  try {
    return await execute(engine, container, order);
  } catch (error) {
    if (!isGone(error)) throw error;
    await container.kill();
    return execute(engine, await holder.container(), order);
  }
}

/** Does something while nothing in a sandbox runs. */
export async function whilePaused<T>({ engine, holder, others }: DockerParts, work: () => Promise<T>): Promise<T> {
  const containers = [await holder.container(), ...others];
  const each = (what: "pause" | "unpause") =>
    Promise.all(
      containers.map(({ api }) =>
        engine
          .ask(`${what} a container`, (_docker, abortSignal) => api[what]({ abortSignal }))
          .catch((error: unknown) => {
            // In one that has died nothing runs either.
            if (!isGone(error)) throw error;
          }),
      ),
    );
  try {
    await each("pause");
    return await work();
  } finally {
    await each("unpause");
  }
}

async function launchIn(parts: DockerParts, order: Launch, alone: boolean): Promise<Held> {
  const { io, input, tty = false, mounts = [], readOnly = false, env = {} } = order;
  const merged = io === "merged";
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const cut = new AbortController();
  const take: Take = (name, chunk) => waitingFor(name === "stdout" ? stdout : stderr, chunk, cut.signal);
  const started =
    mounts.length > 0 || readOnly
      ? await inOwnContainer(parts, { ...order, env, mounts, readOnly }, take)
      : await executeIn(parts, { ...order, env, tty, alone, merge: merged, take });
  const stdin = tty ? typed(started.stdin) : started.stdin;
  // What was still to be written to a command that has ended is nobody's loss.
  stdin.on("error", () => stdin.destroy());
  if (merged && !input) stdin.end();
  const kill = () => {
    cut.abort();
    started.kill();
  };
  let overfull = false;
  const unmeasure = parts.disk.during(() => {
    overfull = true;
    kill();
  });
  const ended = started.ended.then(({ code, failure }): HeldEnd => {
    unmeasure();
    stdout.end();
    stderr.end();
    // Ended for what it wrote it has failed, and there is no room: that tells why.
    if (overfull) return { exitCode: killedCode, signalled: true };
    if (failure !== undefined) return { failure, signalled: false };
    return code === undefined ? { signalled: true } : { exitCode: code, signalled: false };
  });
  const streams = merged ? [...(input ? [stdin] : []), stdout] : [stdin, stdout, stderr];
  return { streams, kill, ended };
}

/** It has the network of the sandbox's container, and its limits once more. */
async function inOwnContainer(
  { engine, plan, holder, others, oom }: DockerParts,
  { run, env, mounts, readOnly }: Required<Pick<Launch, "run" | "env" | "mounts" | "readOnly">>,
  take: Take,
): Promise<Execution> {
  const network = (await holder.container()).id;
  const words = typeof run === "string" ? ["/bin/sh", "-c", run] : run;
  const spec = containerSpec(plan, { network, run: words, env: environmentOf(env), mounts, readOnly });
  const container = await openContainer(engine, spec, () => (oom.kills += 1)).catch((error: unknown) => {
    if (statusOf(error) === undefined) throw error;
    throw new UserError(messageOf(error).trim(), { cause: error });
  });
  others.add(container);
  void container.died.then(() => others.delete(container));
  const drained = demultiplex(container.stream, take).catch((error: unknown) => {
    container.stream.destroy();
    if (!isCutOff(error)) throw error;
  });
  return {
    stdin: container.stream,
    kill: () => void container.kill(),
    ended: drained
      .then(() => container.died)
      .then(
        (code) => (code === undefined ? {} : { code }),
        () => ({}),
      ),
  };
}

/** At a terminal the input ends by a character. */
function typed(terminal: Writable): Duplex {
  const keys = new PassThrough();
  keys.pipe(terminal, { end: false });
  keys.once("end", () => terminal.write("\x04"));
  return keys;
}

/** Waits while nobody reads; not for what is to end. */
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
