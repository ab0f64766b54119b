import type { RefusalReason, RefusedHost } from "../messages/network.ts";

/** Who asks for more different hosts than that looks for a way out; the first ones say enough. */
const mostHosts = 100;

export interface RefusedHosts {
  add(target: { readonly host: string; readonly port: number }, reason: RefusalReason): void;
  /** What was added since this was asked last, in the order of the first time. */
  take(): readonly RefusedHost[];
}

/** What a sandbox asked for in vain, counted. */
export function createRefusedHosts(): RefusedHosts {
  let seen = new Map<string, RefusedHost>();
  return {
    add({ host, port }, reason) {
      const key = `${host}:${port} ${reason}`;
      const before = seen.get(key);
      if (before === undefined && seen.size >= mostHosts) return;
      seen.set(key, { host, port, reason, count: (before?.count ?? 0) + 1 });
    },
    take() {
      const taken = [...seen.values()];
      seen = new Map();
      return taken;
    },
  };
}
