import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { prepareGround, type BubblewrapOptions, type Ground } from "./ground.ts";
import { hostBase } from "./host-base.ts";
import { ownedName } from "./owner.ts";
import { defaultLimits, type SandboxOptions, type SandboxProbe, type SandboxProvider } from "./port.ts";
import { explainStart } from "./probe.ts";
import { openSandbox } from "./open-sandbox.ts";

export type { BubblewrapOptions };
export { sweepSandboxes } from "./sweep.ts";

/**
 * Sandboxes by bubblewrap: own namespaces, never root, no network, a cleared environment, bounds by cgroups. Started by
 * root it runs each sandbox as a uid of its own (`sandboxUids`), else as the bot's user.
 */
export function createBubblewrap(options: BubblewrapOptions = {}): SandboxProvider {
  let ground: Promise<Ground> | undefined;
  const stand = () => {
    ground ??= prepareGround(options).catch((error: unknown) => {
      // Tried anew the next time: the administrator may have helped in between.
      ground = undefined;
      throw error;
    });
    return ground;
  };
  return {
    name: "bubblewrap",
    probe: () => probe(stand),
    base: async () => {
      await stand();
      return hostBase(options.node ?? process.execPath);
    },
    create: async (request: SandboxOptions) => openSandbox(await stand(), request),
  };
}

async function probe(stand: () => Promise<Ground>): Promise<SandboxProbe> {
  let ground: Ground;
  try {
    ground = await stand();
  } catch (error) {
    return { ok: false, limits: "none", problems: [messageOf(error)] };
  }
  let files = "laid over each other";
  const found = { version: ground.host.version, limits: ground.limits };
  const tried = { ...ground, onCopied: (reason: string) => void (files = `copied: ${reason}`) };
  const workspace = await mkdtemp(join(tmpdir(), ownedName("probe-")));
  try {
    const sandbox = await openSandbox(tried, { workspace, limits: defaultLimits });
    try {
      const result = await sandbox.exec({ run: ["true"], timeoutMs: 10_000 });
      if (result.end === "exited" && result.code === 0) return { ok: true, ...found, files, problems: [] };
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
