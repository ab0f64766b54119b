import { chown, lstat, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../errors.ts";
import { launchOrThrow } from "../launcher.ts";
import { createCgroup, type Cgroup } from "./cgroups.ts";
import { execInside } from "./exec-inside.ts";
import type { Ground } from "./ground.ts";
import { hostEnvironment } from "./host-environment.ts";
import type { Place } from "./launch.ts";
import { ownedName } from "./owner.ts";
import type { Sandbox, SandboxCommand, SandboxOptions, SandboxProgram } from "./port.ts";
import { removeTree } from "./remove-tree.ts";
import { stageFor } from "./stage-for.ts";
import { startInside } from "./start-inside.ts";
import { claimUid } from "./uid.ts";

/** Two sandboxes on one workspace would run as two uids that cannot both own its files. */
const taken = new Set<string>();
/** Counts the sandboxes of this process: two made in the same moment must not share a cgroup. */
let made = 0;

/**
 * Makes one sandbox: a uid, a cgroup, a home directory; the workspace's files become the uid's.
 * @throws UserError when the workspace cannot be used, or the host has no more room
 */
export async function openSandbox(ground: Ground, options: SandboxOptions): Promise<Sandbox> {
  const workspace = await usableWorkspace(options.workspace);
  if (taken.has(workspace))
    throw new UserError(`${workspace} is the workspace of a sandbox already; destroy that one first.`);
  taken.add(workspace);
  const undo: (() => Promise<void>)[] = [async () => void taken.delete(workspace)];
  const close = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const claim = ground.drop === undefined ? undefined : await claimUid();
    if (claim !== undefined) undo.push(() => claim.release());
    const uid = claim?.uid;
    const base = await mkdtemp(join(tmpdir(), ownedName("home-")));
    undo.push(() => removeTree(base));
    const home = join(await realpath(base), "home");
    await mkdir(home, { mode: 0o700 });
    if (uid !== undefined) {
      await chown(base, uid, uid);
      await chown(home, uid, uid);
      // -h and -P: links are not followed, whatever they point to.
      await launchOrThrow({
        file: "chown",
        args: ["-R", "-h", "-P", `${uid}:${uid}`, "--", workspace],
        env: hostEnvironment,
        timeoutMs: 120_000,
      });
    }
    let cgroup: Cgroup | undefined;
    if (ground.cgroups !== undefined) {
      cgroup = await createCgroup(ground.cgroups, ownedName(`run-${++made}`), options.limits);
      const group = cgroup;
      undo.push(() => group.remove());
    }
    const stage = await stageFor(uid, [workspace, home, ...ground.host.tools.map(({ source }) => source)]);
    return sandboxAt({ ground, limits: options.limits, workspace, home, uid, cgroup, stage }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function sandboxAt(place: Place, close: () => Promise<void>): Sandbox {
  const gone = new AbortController();
  const running = new Set<Promise<unknown>>();
  const attend = (work: Promise<unknown>) => {
    running.add(work);
    const forget = () => void running.delete(work);
    work.then(forget, forget);
  };
  const refusal = () => Promise.reject(new Error("This sandbox has been destroyed."));
  let closing: Promise<void> | undefined;
  return {
    exec(command: SandboxCommand) {
      if (gone.signal.aborted) return refusal();
      const result = execInside(place, command, gone.signal);
      attend(result);
      return result;
    },
    start(program: SandboxProgram) {
      if (gone.signal.aborted) return refusal();
      const started = startInside(place, program, gone.signal);
      attend(started.then(({ ended }) => ended));
      return started;
    },
    destroy() {
      closing ??= (async () => {
        gone.abort();
        await Promise.allSettled(running);
        await close();
      })();
      return closing;
    },
  };
}

async function usableWorkspace(path: string): Promise<string> {
  const found = isAbsolute(path) ? await lstat(path).catch(() => undefined) : undefined;
  if (found === undefined || !found.isDirectory())
    throw new UserError(`The workspace ${path} is not a directory with an absolute path.`);
  return realpath(path);
}
