import { lstat, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../../errors.ts";
import { livingSandbox } from "../living-sandbox.ts";
import { ownedName } from "../owner.ts";
import type { Sandbox, SandboxOptions } from "../port.ts";
import { removeTree } from "../remove-tree.ts";
import { claimUid } from "../uid.ts";
import { containerSpec, type ContainerPlan } from "./container-spec.ts";
import { watchDisk } from "./disk-watch.ts";
import { dockerPlace, whilePaused, type DockerParts } from "./docker-place.ts";
import type { Engine } from "./engine.ts";
import { makeFiles } from "./files.ts";
import { holdContainer } from "./holder.ts";
import { openContainer } from "./live-container.ts";
import { expose, serve } from "./serve.ts";
import { statsOf } from "./stats.ts";

/**
 * Makes one sandbox: a copy of the workspace, a home directory, and a container that shows them. A bot started by root gives it a uid of its own,
 * another bot its own.
 * @throws UserError when the workspace cannot be used, or the engine cannot give a sandbox; TransientError as `Engine.ask`
 */
export async function openSandbox(engine: Engine, image: string, options: SandboxOptions): Promise<Sandbox> {
  const { limits } = options;
  const [workspace, layers, over] = [
    await usableDirectory(options.workspace),
    await Promise.all((options.layers ?? []).map(usableDirectory)),
    await Promise.all((options.over ?? []).map(usableDirectory)),
  ];
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    if (user.uid === 0) {
      const claim = await claimUid();
      undo.push(() => claim.release());
      user.uid = user.gid = claim.uid;
    }
    const base = await realpath(await mkdtemp(join(tmpdir(), ownedName("docker-"))));
    undo.push(() => removeTree(base));
    const at = (name: string) => join(base, name);
    const directories = { workspace: at("workspace"), home: at("home"), services: at("services") };
    const plan: ContainerPlan = { image, owner: ownedName("container"), user, limits, ...directories };
    const files = await makeFiles(plan, { workspace, layers, over });
    const oom = { kills: 0 };
    const holder = holdContainer(() => openContainer(engine, containerSpec(plan), () => (oom.kills += 1)));
    undo.push(() => holder.close());
    await holder.container();
    const disk = watchDisk(files, limits.disk);
    const parts: DockerParts = { engine, plan, limits, files, disk, holder, others: new Set(), oom };
    return livingSandbox({
      place: dockerPlace(parts),
      directory: plan.workspace,
      serve: (connect) => serve(parts, connect),
      expose: (port) => expose(parts, port),
      stats: () => statsOf(parts),
      snapshot: async (directory) => {
        const target = await usableDirectory(directory);
        return whilePaused(parts, () => files.keep(target));
      },
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function usableDirectory(path: string): Promise<string> {
  const found = isAbsolute(path) ? await lstat(path).catch(() => undefined) : undefined;
  if (found === undefined || !found.isDirectory())
    throw new UserError(`${path} is not a directory with an absolute path.`);
  return realpath(path);
}
