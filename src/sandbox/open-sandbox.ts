import { closeSync, constants, openSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { freePoint, rootEntries } from "./command-line.ts";
import { bubblewrapPlace } from "./bubblewrap-place.ts";
import { joinGroup } from "./cgroup-group.ts";
import type { Ground } from "./ground.ts";
import { startHolder, type Holder } from "./holder.ts";
import { livingSandbox } from "./living-sandbox.ts";
import type { Sandbox, SandboxOptions } from "./port.ts";
import { exposeOutside, serveInside } from "./relays.ts";
import { statsOf, writtenIn } from "./stats.ts";
import { claimUid } from "./uid.ts";

/**
 * Makes one sandbox: a uid, a cgroup, and a process that holds mounts and namespaces.
 * @throws UserError when the workspace cannot be used, or the host has no more room
 */
export async function openSandbox(ground: Ground, options: SandboxOptions): Promise<Sandbox> {
  const { limits } = options;
  const usable = (directories: readonly string[] = []) => Promise.all(directories.map(usableDirectory));
  const workspace = await usableDirectory(options.workspace);
  const layers = { above: await usable(options.over), below: await usable(options.layers) };
  const point = freePoint([
    workspace,
    ...layers.above,
    ...layers.below,
    ...ground.host.tools.map(({ source }) => source),
  ]);
  if (point === undefined)
    throw new UserError("The sandbox needs one of /mnt, /media, /srv or /opt, and no file of its own below that.");
  const undo: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const claim = ground.asRoot ? await claimUid() : undefined;
    if (claim !== undefined) undo.push(() => claim.release());
    const cgroup = ground.cgroups && (await joinGroup(ground.cgroups, limits, options.group));
    if (cgroup !== undefined) undo.push(() => cgroup.leave());
    const uid = claim?.uid;
    const files = { workspace, ...layers, point, disk: limits.disk, root: rootEntries(ground.host) };
    const cgroups = cgroup?.cgroup.directories ?? [];
    const holder = await startHolder({ ...files, cgroups, uid, seccomp: ground.seccomp }).catch((error: unknown) => {
      throw explained(error, uid);
    });
    undo.push(() => holder.close());
    cgroup?.countFiles(() => writtenIn(holder));
    if (holder.copied !== "") ground.onCopied(holder.copied);
    const root = openSync(holder.path("workspace"), constants.O_RDONLY | constants.O_DIRECTORY);
    undo.push(() => closeSync(root));
    const parts = { ground, limits, holder, point, uid, cgroup: cgroup?.cgroup };
    return livingSandbox({
      place: bubblewrapPlace(parts),
      // Held open, so that it is this directory whatever becomes of the holder and its number.
      directory: `/proc/self/fd/${root}/.`,
      serve: (connect) => serveInside(parts, connect),
      expose: (port) => exposeOutside(parts, port),
      stats: () => statsOf(parts),
      snapshot: (target) => snapshot(holder, target),
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function snapshot(holder: Holder, directory: string) {
  const target = await usableDirectory(directory);
  return holder.keep(target).catch((error: unknown) => {
    throw new UserError(`The snapshot could not be written to ${directory}: ${messageOf(error)}.`, { cause: error });
  });
}

function explained(error: unknown, uid: number | undefined): unknown {
  if (uid === undefined || !(error instanceof UserError) || !error.message.includes("cannot become uid")) return error;
  const advice =
    "Run the bot as an ordinary user (then the sandbox runs as that user), or give the bot's container the capabilities SETUID and SETGID.";
  return new UserError(`The bot runs as root. ${error.message} ${advice}`, { cause: error });
}

async function usableDirectory(path: string): Promise<string> {
  const found = isAbsolute(path) ? await lstat(path).catch(() => undefined) : undefined;
  if (found === undefined || !found.isDirectory())
    throw new UserError(`${path} is not a directory with an absolute path.`);
  return realpath(path);
}
