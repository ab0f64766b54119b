import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Transform } from "node:stream";
import type { RefusalReason, RefusedHost } from "../messages/network.ts";
import { dial, type DialOptions, type Target } from "./dial.ts";
import { forward } from "./forward.ts";
import { createRefusedHosts } from "./refused-hosts.ts";
import { tunnel } from "./tunnel.ts";

// The one way out of a sandbox. It speaks HTTP as a proxy does (RFC 9110 §9.3.6 CONNECT, RFC 9112 §3.2.2 absolute form), to the listed hosts
// and nobody else. It opens no TLS and so sees of a tunnel only host and port: what is said in it, and for which of the names behind that
// address, is between the program and the host. It holds no credentials, and passes none of its own on.

export interface EgressLimits {
  /** Connections from the sandbox at the same time. */
  readonly connections: number;
  /** Bytes in both directions together, over the life of the sandbox. */
  readonly bytes: number;
  /** Bytes of the head of a request or an answer. */
  readonly headBytes: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** Of one connection. */
  readonly connectionMs: number;
}

export const egressDefaults: EgressLimits = {
  connections: 32,
  bytes: 8 * 1024 ** 3,
  headBytes: 16 * 1024,
  idleMs: 2 * 60_000,
  connectionMs: 60 * 60_000,
};

export interface ProxyOptions extends DialOptions {
  readonly limits: EgressLimits;
}

export interface Proxy {
  /** Takes a connection from the sandbox. Everything that comes over it is untrusted. */
  connect(connection: Socket): void;
  /** What was asked for in vain since this was asked last. */
  takeRefused(): readonly RefusedHost[];
  /** Ends what is under way. */
  close(): void;
}

/** What a request is answered with. */
export interface Exchange {
  readonly limits: EgressLimits;
  /** Connects to a host, or notes that and why it is refused. */
  reach(target: Target): Promise<Socket | RefusalReason>;
  /** Lets bytes through as long as the sandbox may move more. */
  meter(target: Target): Transform;
}

/** Opens the proxy of one sandbox. Nothing listens: connections are handed to it. */
export function openProxy(options: ProxyOptions): Proxy {
  const { limits } = options;
  const refused = createRefusedHosts();
  const closed = new AbortController();
  const open = new Set<Socket>();
  let left = limits.bytes;
  const exchange: Exchange = {
    limits,
    async reach(target) {
      const found = left > 0 ? await dial(target, options, closed.signal) : "limit";
      if (typeof found === "string") refused.add(target, found);
      else found.setTimeout(limits.idleMs, () => found.destroy());
      return found;
    },
    meter: (target) =>
      new Transform({
        transform(chunk: Buffer, _, done) {
          left -= chunk.length;
          if (left > 0) return done(null, chunk);
          refused.add(target, "limit");
          done(new Error("the sandbox has moved as much data as it may"));
        },
      }),
  };
  const server = createServer(
    { maxHeaderSize: limits.headBytes },
    (request: IncomingMessage, response: ServerResponse) => settle(response, forward(exchange, request, response)),
  );
  // The server sets it anew after each request.
  server.timeout = limits.idleMs;
  server.on("connect", (request, near, head) => settle(near, tunnel(exchange, request, near, head)));
  return {
    connect(connection) {
      if (closed.signal.aborted || open.size >= limits.connections) return void connection.destroy();
      open.add(connection);
      const timer = setTimeout(() => connection.destroy(), limits.connectionMs).unref();
      connection.on("timeout", () => connection.destroy());
      connection.on("error", () => connection.destroy());
      connection.once("close", () => {
        clearTimeout(timer);
        open.delete(connection);
      });
      server.emit("connection", connection);
    },
    takeRefused: () => refused.take(),
    close() {
      closed.abort();
      for (const connection of open) connection.destroy();
    },
  };
}

/** Whatever goes wrong with one request ends that request and nothing else. */
function settle(near: { destroy(): unknown }, work: Promise<void>): void {
  work.catch(() => near.destroy());
}
