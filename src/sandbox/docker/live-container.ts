import type { Container, ContainerCreateOptions } from "dockerode";
import { createInterface } from "node:readline";
import type { Duplex, Readable } from "node:stream";
import { statusOf, type Engine } from "./engine.ts";

/** A container that runs until nobody holds it any more. */
export interface LiveContainer {
  readonly id: string;
  readonly api: Container;
  /** Its standard input, and its output where the spec attaches that. */
  readonly stream: Duplex;
  /** Never rejects. The exit code of its main process, if the engine told one. */
  readonly died: Promise<number | undefined>;
  readonly isDead: boolean;
  /** Ends it with everything inside, and removes it. Never rejects: what an absent engine keeps is swept later. */
  kill(): Promise<void>;
}

/**
 * Makes and starts a container. It ends with the connection that this process holds to its input.
 * @param onOom the kernel has killed a process of it for want of memory
 * @throws as `Engine.ask`
 */
export async function openContainer(
  engine: Engine,
  spec: ContainerCreateOptions,
  onOom: () => void,
): Promise<LiveContainer> {
  const api = await engine.ask("make a container", (docker, abortSignal) =>
    docker.createContainer({ ...spec, abortSignal }),
  );
  const remove = () =>
    engine
      .ask("remove a container", (_docker, abortSignal) => api.remove({ force: true, v: true, abortSignal }))
      .catch(() => undefined);
  try {
    const filters = { container: [api.id], event: ["oom", "die"] };
    // Listened to before the start: a main process may end at once.
    const events = await engine.ask("tell its events", (docker, abortSignal) =>
      docker.getEvents({ filters, abortSignal }),
    );
    let isDead = false;
    const died = follow(events as Readable, onOom).finally(() => (isDead = true));
    const streams = { stdin: true, stdout: spec.AttachStdout ?? false, stderr: spec.AttachStderr ?? false };
    const stream = (await engine.ask("attach to a container", (_docker, abortSignal) =>
      api.attach({ stream: true, hijack: true, ...streams, abortSignal }),
    )) as Duplex;
    stream.on("error", () => stream.destroy());
    void died.then(() => stream.end());
    await engine.ask("start a container", (_docker, abortSignal) => api.start({ abortSignal }));
    return {
      id: api.id,
      api,
      stream,
      died,
      get isDead() {
        return isDead;
      },
      async kill() {
        await remove();
        stream.destroy();
        (events as Readable).destroy();
        await died;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whether the engine says that a container is not there, or not running. */
export function isGone(error: unknown): boolean {
  return statusOf(error) === 404 || statusOf(error) === 409;
}

async function follow(events: Readable, onOom: () => void): Promise<number | undefined> {
  let code: number | undefined;
  const lines = createInterface({ input: events });
  events.on("error", () => events.destroy());
  // A connection that breaks off does not end the lines by itself.
  events.once("close", () => lines.close());
  try {
    for await (const line of lines) {
      const { Action: action, Actor: actor } = JSON.parse(line) as {
        Action: string;
        Actor: { Attributes: { exitCode?: string } };
      };
      if (action === "oom") onOom();
      if (action !== "die") continue;
      code = Number(actor.Attributes.exitCode);
      break;
    }
  } catch {
    // Events that end early end the container for us: nothing could be said about it any more.
  }
  events.destroy();
  return code;
}
