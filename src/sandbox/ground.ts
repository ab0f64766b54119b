import { UserError } from "../errors.ts";
import { findCgroups, type CgroupHost } from "./cgroups.ts";
import { inspectHost, type Host } from "./host.ts";
import { ownedName } from "./owner.ts";
import { explainStart } from "./probe.ts";
import { sandboxUids, setpriv, verifyDrop, type PrivilegeDrop } from "./uid.ts";

export interface BubblewrapOptions {
  /** The `node` that commands find last on PATH; default: the bot's own. */
  readonly node?: string;
  /** Name or path of bubblewrap. */
  readonly bwrap?: string;
  /** How root gives itself up before bubblewrap starts; default: setpriv. It is tried before anything runs. */
  readonly drop?: PrivilegeDrop;
  /** `false` bounds memory and processes without cgroups, as where the kernel offers none. */
  readonly cgroups?: boolean;
}

/** What was found out once about this host and process. */
export interface Ground {
  readonly bwrap: string;
  readonly host: Host;
  readonly cgroups: CgroupHost | undefined;
  /** Present when the bot is root. */
  readonly drop: PrivilegeDrop | undefined;
  readonly limits: string;
}

/**
 * Finds out what this host gives, by trying it.
 * @throws UserError when root cannot be given up, or bubblewrap is missing
 */
export async function prepareGround(options: BubblewrapOptions): Promise<Ground> {
  const bwrap = options.bwrap ?? "bwrap";
  const isRoot = process.getuid?.() === 0;
  const drop = isRoot ? (options.drop ?? setpriv) : undefined;
  if (drop !== undefined) await verifyDrop(drop, sandboxUids.last);
  const host = await inspectHost(bwrap, options.node ?? process.execPath).catch((error: unknown) => {
    throw new UserError(explainStart(error).join(" "), { cause: error });
  });
  const cgroups = options.cgroups === false ? "switched off" : await findCgroups(ownedName("trial"));
  if (typeof cgroups !== "string") return { bwrap, host, cgroups, drop, limits: `cgroup v${cgroups.version}` };
  const limits = `no cgroups (${cgroups}): memory watched five times a second, processes and file size by rlimits, time by deadline, cores not bounded`;
  return { bwrap, host, cgroups: undefined, drop, limits };
}
