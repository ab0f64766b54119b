import { chmod, link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { launchOrThrow } from "../../launcher.ts";
import { hostEnvironment } from "../host-environment.ts";
import type { SandboxOptions, SnapshotSize } from "../port.ts";
import { accountFiles, type ContainerPlan } from "./container-spec.ts";
import { above, copyEntries, listTree, mergeTrees, type Tree } from "./tree.ts";

/** The files of one sandbox on the host, which its container shows. */
export interface SandboxFiles {
  /** Bytes that what was written takes, about. */
  written(): Promise<number>;
  /** Copies what differs from the beginning into a directory; nothing may write meanwhile. */
  keep(directory: string): Promise<SnapshotSize>;
}

/** What lies beneath each part, the topmost first. */
type Beneath = Readonly<Record<"workspace" | "home", readonly string[]>>;

/** Makes the directories of a plan. The workspace is a copy: an engine has no bounded directory that the bot could see too. */
export async function makeFiles(
  plan: ContainerPlan,
  { workspace, layers = [], over = [] }: Pick<SandboxOptions, "workspace" | "layers" | "over">,
): Promise<SandboxFiles> {
  const { uid, gid } = plan.user;
  const beneath: Beneath = {
    workspace: [...partOf(over, "workspace"), workspace, ...partOf(layers, "workspace")],
    home: partOf([...over, ...layers], "home"),
  };
  await mkdir(plan.services);
  // The umask of the bot may be stricter than what the sandbox's user needs.
  await chmod(plan.services, 0o755);
  for (const [name, content] of Object.entries(accountFiles(plan.user))) {
    await writeFile(join(plan.services, name), content);
    await chmod(join(plan.services, name), 0o644);
  }
  for (const part of ["workspace", "home"] as const) {
    await mkdir(plan[part], { mode: 0o700 });
    await fill(plan[part], beneath[part]);
    // -h and -P: links are not followed, whatever they point to.
    if (process.getuid?.() === 0) await run("chown", "-R", "-h", "-P", `${uid}:${gid}`, "--", plan[part]);
  }
  const size = () => sizeOf([plan.workspace, plan.home]);
  const before = await size();
  return {
    written: async () => Math.max(0, (await size()) - before),
    async keep(directory) {
      const parts = (["workspace", "home"] as const).map((part) =>
        keepPart(plan[part], beneath[part], join(directory, part)),
      );
      const sizes = await Promise.all(parts).catch((error: unknown) => {
        throw new UserError(`The snapshot could not be written to ${directory}: ${messageOf(error)}`, { cause: error });
      });
      return {
        bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
        files: sizes.reduce((sum, { files }) => sum + files, 0),
      };
    },
  };
}

function partOf(layers: readonly string[], part: string): readonly string[] {
  return layers.map((layer) => join(layer, part));
}

async function fill(target: string, roots: readonly string[]): Promise<void> {
  const [only, ...more] = roots;
  if (only === undefined) return;
  if (more.length === 0) return void (await run("cp", "-a", "--reflink=auto", "--", `${only}/.`, target));
  const merged = await mergeTrees(roots);
  for (const root of roots.toReversed())
    await copyEntries(
      root,
      target,
      [...merged].filter(([, entry]) => entry.root === root).map(([path]) => path),
    );
}

/** As an overlay keeps it: what is new or changed, and a character device 0/0 in the place of what is gone. */
async function keepPart(from: string, beneath: readonly string[], to: string): Promise<SnapshotSize> {
  const [before, now] = await Promise.all([mergeTrees(beneath), listTree(from)]);
  const changed = [...now].filter(([path, { sign }]) => before.get(path)?.sign !== sign);
  const gone = [...before.keys()].filter((path) => !now.has(path) && isDirectory(now, above(path).at(-1)));
  const wanted = new Set(changed.map(([path]) => path));
  for (const path of [...wanted, ...gone]) for (const parent of above(path)) wanted.add(parent);
  await mkdir(to, { mode: 0o700 });
  await copyEntries(
    from,
    to,
    [...now.keys()].filter((path) => wanted.has(path)),
  );
  await hide(to, gone);
  const files = changed.filter(([, { type }]) => type !== "d");
  return { bytes: files.reduce((sum, [, { bytes }]) => sum + bytes, 0), files: files.length + gone.length };
}

async function hide(directory: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const device = join(directory, ".codegen-hidden");
  await run("mknod", "-m", "0000", "--", device, "c", "0", "0");
  const at = (path: string) => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, "latin1")]);
  for (const path of paths) await link(device, at(path));
  await rm(device);
}

function isDirectory(tree: Tree, path: string | undefined): boolean {
  return path === undefined || tree.get(path)?.type === "d";
}

async function sizeOf(directories: readonly string[]): Promise<number> {
  const said = await run("du", "-s", "-x", "-B1", "--", ...directories);
  return said
    .trim()
    .split("\n")
    .reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
}

function run(file: string, ...args: string[]): Promise<string> {
  return launchOrThrow({ file, args, env: hostEnvironment, timeoutMs: 300_000 });
}
