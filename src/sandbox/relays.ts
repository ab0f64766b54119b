import { chown } from "node:fs/promises";
import { connect as dial, createServer, type Socket } from "node:net";
import { messageOf, UserError } from "../errors.ts";
import type { HeldRelay } from "./holder.ts";
import type { Parts } from "./bubblewrap-place.ts";
import type { SandboxAddress } from "./port.ts";

const mostConnections = 32;
/** Counts the relays of this process: each has a socket of its own. */
let made = 0;

/** A service of the bot at an address of the sandbox's loopback. The socket between them lies where nothing of the sandbox sees it. */
export async function serveInside(place: Parts, connect: (connection: Socket) => void): Promise<SandboxAddress> {
  const name = `serve-${++made}`;
  const path = place.holder.path(name);
  const { close } = await listenOn({ path }, connect);
  try {
    if (place.uid !== undefined) await chown(path, place.uid, place.uid);
    const relay = await place.holder.relayIn(name);
    return withRelay(`http://127.0.0.1:${relay.port}`, relay, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** A port of the sandbox's loopback at an address of the host's. */
export async function exposeOutside(place: Parts, port: number): Promise<SandboxAddress> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UserError(`${port} is no port.`);
  const name = `expose-${++made}`;
  const relay = await place.holder.relayOut(name, port);
  const { address } = await listenOn({ host: "127.0.0.1", port: 0 }, (near) => {
    const far = dial(place.holder.path(name));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  return withRelay(address.url, relay, () => address.close());
}

function withRelay(url: string, relay: HeldRelay, close: () => Promise<void>): SandboxAddress {
  return {
    url,
    close: async () => {
      await relay.close();
      await close();
    },
  };
}

/** Takes a bounded number of connections. @returns what closes it with all of them, and its address where it has a port */
export async function listenOn(
  at: { readonly path: string } | { readonly host: string; readonly port: number },
  connected: (connection: Socket) => void,
): Promise<{ readonly close: () => Promise<void>; readonly address: SandboxAddress }> {
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    connection.on("error", () => connection.destroy());
    connected(connection);
  });
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new UserError(`The sandbox cannot be connected: ${messageOf(error)}`)));
    server.listen(at, resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const connection of open) connection.destroy();
    });
  server.unref();
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  return { close, address: { url: `http://127.0.0.1:${port}`, close } };
}
