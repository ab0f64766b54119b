import { connect, type Socket } from "node:net";
import { isListed, type HostPattern } from "../domain/host-pattern.ts";
import type { RefusalReason } from "../messages/network.ts";
import { resolveChecked, type Lookup } from "./resolve.ts";

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface DialOptions {
  /** What the repository's file opens. */
  readonly hosts: readonly HostPattern[];
  /** Of these, what the operator lets lead into private networks. */
  readonly privateHosts: readonly HostPattern[];
  readonly lookup: Lookup;
  readonly timeoutMs: number;
}

/** Addresses of one host that are tried, one after the other. */
const mostAddresses = 4;

/**
 * Connects to a host, if it is listed and all its addresses are ones that may be reached; to a checked address, never to a name.
 * @returns the connection, or why there is none
 */
export async function dial(target: Target, options: DialOptions, signal: AbortSignal): Promise<Socket | RefusalReason> {
  if (!isListed(options.hosts, target)) return "unlisted";
  const resolved = await resolveChecked(target, options);
  if (resolved.end !== "addresses") return resolved.end;
  for (const address of resolved.addresses.slice(0, mostAddresses)) {
    if (signal.aborted) break;
    const socket = await connectTo(address, target.port, options.timeoutMs, signal);
    if (socket !== null) return socket;
  }
  return "unreachable";
}

function connectTo(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const end = (result: Socket | null) => {
      clearTimeout(timer);
      resolve(result);
    };
    socket.once("connect", () => end(socket));
    socket.once("close", () => end(null));
    // What goes wrong closes the socket; that is all that is of interest.
    socket.on("error", () => socket.destroy());
  });
}
