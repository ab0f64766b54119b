import type { SandboxProvider } from "./port.ts";

export interface BubblewrapOptions {
  /** The `node` that commands find last on PATH; default: the bot's own. */
  readonly node?: string;
}

/** Sandboxes by bubblewrap: own namespaces, an unprivileged user, no network, cgroup limits. */
export declare function createBubblewrap(options?: BubblewrapOptions): SandboxProvider;

/** Removes what dead processes of ours left: cgroups, home directories, uid claims. @returns the names of what was removed */
export declare function sweepSandboxes(): Promise<readonly string[]>;
