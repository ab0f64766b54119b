import { execFile } from "node:child_process";
import { chown, lstat, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, UserError } from "../errors.ts";

import { createCgroup, type Cgroup } from "./cgroups.ts";
import { stageCommand, stagePoint, type Stage } from "./command-line.ts";
import { execInside, type Place } from "./exec-inside.ts";
import type { Ground } from "./ground.ts";
import { hostEnvironment } from "./host-environment.ts";
import { ownedName } from "./owner.ts";
import type { ExecResult, Sandbox, SandboxCommand, SandboxOptions } from "./port.ts";
import { isReachable } from "./reach.ts";
import { removeTree } from "./remove-tree.ts";
import { claimUid } from "./uid.ts";

const run = promisify(execFile);
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
      await run("chown", ["-R", "-h", "-P", `${uid}:${uid}`, "--", workspace], {
        env: hostEnvironment,
        timeout: 120_000,
      });
    }
    let cgroup: Cgroup | undefined;
    if (ground.cgroups !== undefined) {
      cgroup = await createCgroup(ground.cgroups, ownedName(`run-${++made}`), options.limits);
      const group = cgroup;
      undo.push(() => group.remove());
    }
    const stage =
      uid === undefined
        ? undefined
        : await stageFor(uid, [workspace, home, ...ground.host.tools.map(({ source }) => source)]);
    return sandboxAt({ ground, limits: options.limits, workspace, home, uid, cgroup, stage }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function sandboxAt(place: Place, close: () => Promise<void>): Sandbox {
  const gone = new AbortController();
  const running = new Set<Promise<ExecResult>>();
  let closing: Promise<void> | undefined;
  return {
    exec(command: SandboxCommand) {
      if (gone.signal.aborted) return Promise.reject(new Error("This sandbox has been destroyed."));
      const result = execInside(place, command, gone.signal);
      running.add(result);
      const forget = () => void running.delete(result);
      result.then(forget, forget);
      return result;
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

/** The stage for paths that the uid cannot walk to, such as a project below /root; undefined when it can walk to all. */
async function stageFor(uid: number, paths: readonly string[]): Promise<Stage | undefined> {
  const sources: string[] = [];
  for (const path of paths) if (!(await isReachable(path, uid))) sources.push(path);
  if (sources.length === 0) return undefined;
  const point = stagePoint(sources);
  const advice = `${sources.join(", ")} cannot be reached by the sandbox's uid ${uid}: let others pass the directories above (chmod o+x), or keep them elsewhere`;
  if (point === undefined) throw new UserError(`${advice}.`);
  const stage = { point, sources };
  const [file = "", ...args] = stageCommand(stage);
  await run(file, [...args, "true"], { env: hostEnvironment, timeout: 10_000 }).catch((error: unknown) => {
    throw new UserError(`${advice}. A private mount is not possible either: ${messageOf(error).trim()}`, {
      cause: error,
    });
  });
  return stage;
}
