import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { findCgroups, type CgroupHost } from "./cgroups.ts";
import { inspectHost, type Host } from "./host.ts";
import { ownedName } from "./owner.ts";
import { defaultLimits, type SandboxOptions, type SandboxProbe, type SandboxProvider } from "./port.ts";
import { explainStart } from "./probe.ts";
import { openSandbox } from "./open-sandbox.ts";
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
 * Sandboxes by bubblewrap: own namespaces, never root, no network, a cleared environment, bounds by cgroups. Started by
 * root it runs each sandbox as a uid of its own (`sandboxUids`), else as the bot's user.
 */
export function createBubblewrap(options: BubblewrapOptions = {}): SandboxProvider {
  let ground: Promise<Ground> | undefined;
  const stand = () => {
    ground ??= prepare(options).catch((error: unknown) => {
      // Tried anew the next time: the administrator may have helped in between.
      ground = undefined;
      throw error;
    });
    return ground;
  };
  return {
    name: "bubblewrap",
    probe: () => probe(stand),
    create: async (request: SandboxOptions) => openSandbox(await stand(), request),
  };
}

async function prepare(options: BubblewrapOptions): Promise<Ground> {
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

async function probe(stand: () => Promise<Ground>): Promise<SandboxProbe> {
  let ground: Ground;
  try {
    ground = await stand();
  } catch (error) {
    return { ok: false, limits: "none", problems: [messageOf(error)] };
  }
  const found = { version: ground.host.version, limits: ground.limits };
  const workspace = await mkdtemp(join(tmpdir(), ownedName("probe-")));
  try {
    const sandbox = await openSandbox(ground, { workspace, limits: defaultLimits });
    try {
      const result = await sandbox.exec({ run: ["true"], timeoutMs: 10_000 });
      if (result.end === "exited" && result.code === 0) return { ok: true, ...found, problems: [] };
      return {
        ok: false,
        ...found,
        problems: explainStart(`\`true\` ended as ${result.end} with code ${result.code}: ${result.output.trim()}`),
      };
    } finally {
      await sandbox.destroy();
    }
  } catch (error) {
    return { ok: false, ...found, problems: error instanceof UserError ? [error.message] : explainStart(error) };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
