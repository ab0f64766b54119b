import { UserError } from "../errors.ts";
import { findCgroups, type CgroupHost } from "./cgroups.ts";
import { inspectHost, type Host } from "./host.ts";
import { ownedName } from "./owner.ts";
import { explainStart } from "./probe.ts";
import { seccompFilter } from "./seccomp.ts";

export interface BubblewrapOptions {
  /** The `node` that commands find last on PATH; default: the bot's own. */
  readonly node?: string;
  /** Name or path of bubblewrap. */
  readonly bwrap?: string;
  /** `false` bounds memory and processes without cgroups, as where the kernel offers none. */
  readonly cgroups?: boolean;
  /** Told once when files of a sandbox have to be copied, with the reason. */
  readonly onCopied?: (reason: string) => void;
}

/** What was found out once about this host and process. */
export interface Ground {
  readonly bwrap: string;
  readonly host: Host;
  readonly cgroups: CgroupHost | undefined;
  /** Root gives itself up before bubblewrap starts: a sandbox whose kernel uid is 0 could write below /proc/sys. */
  readonly asRoot: boolean;
  readonly seccomp: Uint8Array | undefined;
  readonly limits: string;
  readonly onCopied: (reason: string) => void;
}

/**
 * Finds out what this host gives, by trying it.
 * @throws UserError when bubblewrap is missing
 */
export async function prepareGround(options: BubblewrapOptions): Promise<Ground> {
  const bwrap = options.bwrap ?? "bwrap";
  const host = await inspectHost(bwrap, options.node ?? process.execPath).catch((error: unknown) => {
    throw new UserError(explainStart(error).join(" "), { cause: error });
  });
  const found = options.cgroups === false ? "switched off" : await findCgroups(ownedName("trial"));
  const cgroups = typeof found === "string" ? undefined : found;
  let said = false;
  return {
    bwrap,
    host,
    cgroups,
    asRoot: process.getuid?.() === 0,
    seccomp: seccompFilter(process.arch),
    limits:
      typeof found === "string"
        ? `no cgroups (${found}): memory watched five times a second, processes by rlimits, time by deadline, cores not bounded`
        : `cgroup v${found.version}`,
    onCopied: (reason) => {
      if (!said) options.onCopied?.(reason);
      said = true;
    },
  };
}
