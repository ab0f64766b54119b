import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { messageOf, StartError } from "../src/errors.ts";

export interface HeldPort {
  readonly port: number;
  /** Gives it free for the server that it was held for, which listens at once. */
  release(): Promise<void>;
}

/**
 * Holds a port until the edge listens on it: links to pages name it from the worker's first job on, which begins before.
 * @param port 0 takes a free one; only that needs to be held
 * @throws StartError when there is no such address
 */
export async function holdPort(host: string, port: number): Promise<HeldPort> {
  if (port !== 0) return { port, release: () => Promise.resolve() };
  // Whoever comes too early finds nobody, as before a start.
  const holder = createServer((socket) => socket.destroy()).listen(0, host);
  try {
    await once(holder, "listening");
  } catch (error) {
    throw cannotListen(host, port, error);
  }
  // A start that fails ends the process, which nothing of this may keep.
  holder.unref();
  return {
    port: (holder.address() as AddressInfo).port,
    async release() {
      holder.close();
      await once(holder, "close");
    },
  };
}

export function cannotListen(host: string, port: number, error: unknown): StartError {
  return new StartError(`Cannot listen on ${host}:${port}: ${messageOf(error)}. Choose another HOST or PORT.`, {
    cause: error,
  });
}
