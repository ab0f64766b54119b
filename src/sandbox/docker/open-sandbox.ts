import { lstat, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../../errors.ts";
import { ownedName } from "../owner.ts";
import type { Sandbox, SandboxAddress, SandboxOptions } from "../port.ts";
import { removeTree } from "../remove-tree.ts";
import { claimUid } from "../uid.ts";
import { containerSpec, type ContainerPlan } from "./container-spec.ts";
import { watchDisk } from "./disk-watch.ts";
import type { Engine } from "./engine.ts";
import { execInside } from "./exec-inside.ts";
import { makeFiles } from "./files.ts";
import { holdContainer } from "./holder.ts";
import { openContainer } from "./live-container.ts";
import { whilePaused, type DockerPlace } from "./place.ts";
import { expose, serve } from "./serve.ts";
import { startInside } from "./start-inside.ts";
import { statsOf } from "./stats.ts";

/**
 * Makes one sandbox: a copy of the workspace, a home directory, and a container that shows them. A bot started by root gives it a uid of its own,
 * another bot its own.
 * @throws UserError when the workspace cannot be used, or the engine cannot give a sandbox; TransientError as `Engine.ask`
 */
export async function openSandbox(engine: Engine, image: string, options: SandboxOptions): Promise<Sandbox> {
  const { limits } = options;
  const usable = (directories: readonly string[] = []) => Promise.all(directories.map(usableDirectory));
  const workspace = await usableDirectory(options.workspace);
  const layers = { above: await usable(options.over), below: await usable(options.layers) };
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
    const files = await makeFiles(plan, workspace, layers);
    const holder = holdContainer(() => openContainer(engine, containerSpec(plan)));
    undo.push(() => holder.close());
    await holder.container();
    const disk = watchDisk(files, limits.disk);
    return sandboxAt({ engine, plan, limits, files, disk, holder, others: new Set() }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function sandboxAt(place: DockerPlace, close: () => Promise<void>): Sandbox {
  const gone = new AbortController();
  const running = new Set<Promise<unknown>>();
  const addresses = new Set<SandboxAddress>();
  const attend = (work: Promise<unknown>) => {
    running.add(work);
    const forget = () => void running.delete(work);
    work.then(forget, forget);
  };
  const inside = async <T>(work: () => Promise<T>): Promise<T> => {
    if (gone.signal.aborted) throw new Error("This sandbox has been destroyed.");
    const result = work();
    attend(result);
    return result;
  };
  const keep = async (made: Promise<SandboxAddress>): Promise<SandboxAddress> => {
    const address = await made;
    addresses.add(address);
    return {
      url: address.url,
      close: () => {
        addresses.delete(address);
        return address.close();
      },
    };
  };
  let closing: Promise<void> | undefined;
  return {
    directory: place.plan.workspace,
    exec: (command) => inside(() => execInside(place, command, gone.signal)),
    start: (program) =>
      inside(async () => {
        const started = await startInside(place, program, gone.signal);
        attend(started.ended);
        return started;
      }),
    serve: (connect) => inside(() => keep(serve(place, connect))),
    expose: (port) => inside(() => keep(expose(place, port))),
    stats: () => inside(() => statsOf(place)),
    snapshot: (directory) =>
      inside(async () => {
        const target = await usableDirectory(directory);
        return whilePaused(place, () => place.files.keep(target));
      }),
    destroy() {
      closing ??= (async () => {
        gone.abort();
        // With the container everything ends that is still waited for.
        await place.holder.close();
        await Promise.allSettled(running);
        await Promise.all([...addresses].map((address) => address.close()));
        await close();
      })();
      return closing;
    },
  };
}

async function usableDirectory(path: string): Promise<string> {
  const found = isAbsolute(path) ? await lstat(path).catch(() => undefined) : undefined;
  if (found === undefined || !found.isDirectory())
    throw new UserError(`${path} is not a directory with an absolute path.`);
  return realpath(path);
}
