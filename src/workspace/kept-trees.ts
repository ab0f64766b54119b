/**
 * Files of commits that go from run to run: to write them all takes many times as long as to change the few that differ. They lie in
 * `<dataDir>/trees/<repository>/`, and are one run's alone from when it takes them until it hands them on.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, statfs } from "node:fs/promises";
import { join } from "node:path";
import { launchOrThrow } from "../launcher.ts";
import { changeCheckout, checkout, isAsCheckedOut, type CheckoutRequest } from "./checkout.ts";
import { plainEnvironment } from "./git.ts";
import { setAllTimes, setTimes, toMs } from "./tree-times.ts";
import { removeDirectory, removeWorkspace } from "./workspaces.ts";

export interface TreeRequest extends Pick<CheckoutRequest, "mirror" | "treeish" | "signal"> {
  readonly dataDir: string;
  readonly repositoryId: number;
  /** The directory of the run, in which they are put. */
  readonly workspace: string;
}

export interface OpenTree {
  /** The files. */
  readonly directory: string;
  /** Gives all of them a new time, unless theirs is later than this one in ms. Nobody may be at work over them. */
  makeNewerThan(ms: number): Promise<void>;
  /**
   * Gives them to a later run, if they are to the last byte what the commit says and nothing else is there. Nobody may be at work over them any
   * more, and they are no longer the caller's.
   */
  handOn(): Promise<void>;
}

/** ms; then they are all written anew. */
const longestMs = 86_400_000;
/** A validation has the files of its head and those of its base. */
const mostOfRepository = 2;
const mostBytes = 10 * 1024 ** 3;
const timeoutMs = 600_000;

/**
 * Writes the files of a commit or tree, or changes those that an earlier run left. All have one and the same time, so that no program takes one of
 * them for made before another.
 * @throws as `checkout`
 */
export async function openTree(request: TreeRequest): Promise<OpenTree> {
  const { dataDir, repositoryId, workspace, mirror, treeish, signal } = request;
  const home = join(dataDir, "trees", String(repositoryId));
  // By a name of its own: a worker that takes the run over makes another one.
  const tree = join(workspace, `tree-${randomUUID()}`);
  const directory = join(tree, "files");
  const place = { mirror, treeish, directory, indexFile: join(tree, "index") };
  const stopping = signal === undefined ? {} : { signal };
  const reuse = async (): Promise<Pick<KeptTree, "madeAt" | "time"> | undefined> => {
    const kept = await take(home, tree);
    if (kept === undefined) return undefined;
    try {
      const changed = await changeCheckout({ ...place, ...stopping });
      return (await setTimes(directory, changed, kept.time)) ? kept : { ...kept, time: await setAllTimes(directory) };
    } catch {
      // Whatever it was: if it does not come from what was kept, it comes again.
      await removeDirectory(tree);
      return undefined;
    }
  };
  const writeAll = async () => {
    const madeAt = Date.now();
    await mkdir(tree, { mode: 0o700 });
    await checkout({ ...place, ...stopping });
    return { madeAt, time: await setAllTimes(directory) };
  };
  const files = (await reuse()) ?? (await writeAll());
  let { time } = files;
  return {
    directory,
    async makeNewerThan(ms) {
      if (toMs(time) <= ms) time = await setAllTimes(directory);
    },
    async handOn() {
      if (isOld(files.madeAt) || !(await isAsCheckedOut(place))) return;
      const bytes = await bytesIn(tree);
      await mkdir(home, { recursive: true, mode: 0o700 });
      await rename(tree, join(home, `${files.madeAt}-${time}-${bytes}-${randomUUID()}`));
      await sweepTrees(dataDir);
    },
  };
}

/** Removes what is older than a day, beyond two of a repository, or together more than 10 GB or a tenth of the disk. @returns how many went */
export async function sweepTrees(dataDir: string): Promise<number> {
  const root = join(dataDir, "trees");
  const gone: KeptTree[] = [];
  const stay: KeptTree[] = [];
  for (const repository of await namesIn(root))
    for (const [nth, tree] of (await listKept(join(root, repository))).entries())
      (nth < mostOfRepository && !isOld(tree.madeAt) ? stay : gone).push(tree);
  let room = stay.length === 0 ? 0 : await roomOn(root);
  for (const tree of stay.toSorted(newestFirst))
    if (tree.bytes > room) gone.push(tree);
    else room -= tree.bytes;
  for (const { path } of gone) await remove(dataDir, path);
  return gone.length;
}

interface KeptTree {
  readonly path: string;
  /** ms; when all of it was last written. */
  readonly madeAt: number;
  /** The time of its files, in steps. */
  readonly time: number;
  readonly bytes: number;
}

const names = /^(\d+)-(\d+)-(\d+)-[0-9a-f-]{36}$/;

/** What has another name is of another version of the bot, and as good as old. */
async function listKept(home: string): Promise<readonly KeptTree[]> {
  const found = (await namesIn(home)).map((name) => {
    const [madeAt = 0, time = 0, bytes = 0] = (names.exec(name) ?? []).slice(1).map(Number);
    return { path: join(home, name), madeAt, time, bytes };
  });
  return found.toSorted(newestFirst);
}

function newestFirst(a: KeptTree, b: KeptTree): number {
  return b.madeAt - a.madeAt;
}

/** To rename it is to have it: of two who try, one does. */
async function take(home: string, to: string): Promise<KeptTree | undefined> {
  for (const kept of await listKept(home)) if (!isOld(kept.madeAt) && (await isMoved(kept.path, to))) return kept;
  return undefined;
}

/** By way of the workspaces, where what a crash leaves is swept. */
async function remove(dataDir: string, path: string): Promise<void> {
  const id = `tree-${randomUUID()}`;
  await mkdir(join(dataDir, "workspaces"), { recursive: true });
  if (await isMoved(path, join(dataDir, "workspaces", id))) await removeWorkspace(dataDir, id);
}

function isMoved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

function isOld(madeAt: number): boolean {
  return Math.abs(Date.now() - madeAt) > longestMs;
}

function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

/** Bytes that all may take: none when the disk is nearly full. */
async function roomOn(directory: string): Promise<number> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return bavail < blocks / 20 ? 0 : Math.min(mostBytes, (blocks * bsize) / 10);
}

async function bytesIn(directory: string): Promise<number> {
  const said = await launchOrThrow({
    file: "du",
    args: ["-s", "-B1", "--", directory],
    env: plainEnvironment,
    timeoutMs,
  });
  return Number.parseInt(said, 10);
}
