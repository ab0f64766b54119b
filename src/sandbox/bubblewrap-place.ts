import type { Cgroup } from "./cgroups.ts";
import { bwrapArguments, descriptors, innerCommand } from "./command-line.ts";
import type { Ground } from "./ground.ts";
import type { Holder } from "./holder.ts";
import type { Launch, Place } from "./launch.ts";
import type { SandboxLimits } from "./port.ts";
import { hasNoRoom } from "./stats.ts";

/** What a sandbox by bubblewrap is made of. */
export interface Parts {
  readonly ground: Ground;
  readonly limits: SandboxLimits;
  readonly holder: Holder;
  /** The holder's directory. */
  readonly point: string;
  /** Whom commands run as, when the bot is root. */
  readonly uid: number | undefined;
  readonly cgroup: Cgroup | undefined;
}

/** Has the holder start commands behind bubblewrap. */
export function bubblewrapPlace({ ground, limits, holder, point, cgroup }: Parts): Place {
  return {
    limits,
    oomKills: async () => (await cgroup?.oomKills()) ?? 0,
    watched: cgroup === undefined ? holder.pid : undefined,
    isFull: () => hasNoRoom(holder),
    show: async ({ source, at }) => ({ source: await holder.show(source, at), at }),
    launch: (order: Launch) => {
      const { mounts = [], readOnly = false, cwd, env = {}, io, input } = order;
      const seccomp = ground.seccomp !== undefined;
      const inside = bwrapArguments({ host: ground.host, point, mounts, readOnly, limits, cwd, env, seccomp });
      const command = innerCommand(order, cgroup === undefined ? limits.processes : undefined);
      const argv = [ground.bwrap, "--args", String(descriptors.arguments), "--", ...command];
      return holder.run({ io, input, openFiles: ground.host.openFiles, inside, argv });
    },
  };
}
