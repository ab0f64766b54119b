import type { Orders } from "./orders.ts";
import type { Bot, Scene } from "./scene.ts";

export interface Keeper {
  /** Rejects when a bot ends otherwise than by its own hand. */
  readonly broken: Promise<never>;
  /** Lets the present bot end in order. */
  stop(): Promise<void>;
}

/** Starts a new process of the bot whenever one was killed; the next is loaded while the present one works. */
export function keepAlive(scene: Scene, orders: Omit<Orders, "diary">, variables: Record<string, string> = {}): Keeper {
  const stopping = new AbortController();
  let next = scene.bot(orders, variables);
  let present: Bot = next;
  let ready = Promise.resolve();
  const work = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      present = next;
      ready = present.go();
      next = scene.bot(orders, variables);
      await ready;
      const { code, signal, output } = await present.ended;
      if (signal !== "SIGKILL" && !(stopping.signal.aborted && code === 0))
        throw new Error(`the bot ended with ${signal ?? code}, and not by its own hand:\n${output}`);
    }
  })();
  const broken = new Promise<never>((_, reject) => void work.catch(reject));
  // Whoever waits for the story hears of it; when the story is over nobody does.
  broken.catch(() => undefined);
  return {
    broken,
    async stop() {
      stopping.abort();
      next.kill("SIGKILL");
      // Before it is ready, it does not know how to end in order.
      await ready;
      present.kill("SIGTERM");
      await work;
    },
  };
}
