import type { Socket } from "node:net";
import type { HostPattern } from "../domain/host-pattern.ts";
import type { RefusedHost } from "../messages/network.ts";
import { proxyEnvironment } from "./proxy-environment.ts";
import { egressDefaults, openProxy, type EgressLimits } from "./proxy.ts";
import { systemLookup, type Lookup } from "./resolve.ts";

export interface EgressOptions {
  /** `environment.network` of the trusted file. */
  readonly hosts: readonly HostPattern[];
  /** Hosts that the operator lets lead into private networks; each still has to be listed. */
  readonly privateHosts?: readonly HostPattern[];
  readonly lookup?: Lookup;
  readonly limits?: Partial<EgressLimits>;
}

export interface Egress {
  /** For every command that may use the network. */
  readonly env: Readonly<Record<string, string>>;
  /** What was asked for in vain since this was asked last. */
  takeRefused(): readonly RefusedHost[];
  close(): Promise<void>;
}

/** What of a sandbox this needs: to be reachable inside. */
export interface ServingSandbox {
  serve(connect: (connection: Socket) => void): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** A name that needs longer, and an address that does, will not do. */
const dialMs = 10_000;

/** Opens the listed hosts to one sandbox, by a proxy on its own loopback. */
export async function openEgress(sandbox: ServingSandbox, options: EgressOptions): Promise<Egress> {
  const proxy = openProxy({
    hosts: options.hosts,
    privateHosts: options.privateHosts ?? [],
    lookup: options.lookup ?? systemLookup,
    timeoutMs: dialMs,
    limits: { ...egressDefaults, ...options.limits },
  });
  const address = await sandbox.serve((connection) => proxy.connect(connection));
  return {
    env: proxyEnvironment(address.url),
    takeRefused: () => proxy.takeRefused(),
    async close() {
      proxy.close();
      await address.close();
    },
  };
}
