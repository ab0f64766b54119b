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
 * Writes the files of a commit or tree, or changes those that an earlier run left. All get one time, that of this call: no program takes one of
 * them for older than another, or than what a set-up has made.
 * @throws as `checkout`
 */
export async function openTree(request: TreeRequest): Promise<OpenTree> {
  const { dataDir, repositoryId, workspace, mirror, treeish, signal } = request;
  const home = join(dataDir, "trees", String(repositoryId));
  // By a name of its own: a worker that takes the run over makes another one.
  const tree = join(workspace, `tree-${randomUUID()}`);
  const place = { mirror, treeish, directory: join(tree, "files"), indexFile: join(tree, "index") };
  const stopping = signal === undefined ? {} : { signal };
  const change = async (): Promise<boolean> =>
    changeCheckout({ ...place, ...stopping }).then(
      () => true,
      () => false,
    );
  let madeAt = await take(home, tree);
  if (madeAt !== undefined && !(await change())) {
    await removeDirectory(tree);
    madeAt = undefined;
  }
  if (madeAt === undefined) {
    madeAt = Date.now();
    await mkdir(tree, { mode: 0o700 });
    await checkout({ ...place, ...stopping });
  }
  await setTimes(place.directory);
  return {
    directory: place.directory,
    async handOn() {
      if (isOld(madeAt) || !(await isAsCheckedOut(place))) return;
      const bytes = await bytesIn(tree);
      await mkdir(home, { recursive: true, mode: 0o700 });
      await rename(tree, join(home, `${madeAt}-${bytes}-${randomUUID()}`));
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
  readonly madeAt: number;
  readonly bytes: number;
}

const names = /^(\d+)-(\d+)-[0-9a-f-]{36}$/;

async function listKept(home: string): Promise<readonly KeptTree[]> {
  const found = (await namesIn(home)).flatMap((name) => {
    const [, madeAt, bytes] = names.exec(name) ?? [];
    return madeAt === undefined ? [] : [{ path: join(home, name), madeAt: Number(madeAt), bytes: Number(bytes) }];
  });
  return found.toSorted(newestFirst);
}

function newestFirst(a: KeptTree, b: KeptTree): number {
  return b.madeAt - a.madeAt;
}

/** To rename it is to have it: of two who try, one does. @returns when all of it was last written, or undefined when there is none */
async function take(home: string, to: string): Promise<number | undefined> {
  for (const { path, madeAt } of await listKept(home)) if (!isOld(madeAt) && (await isMoved(path, to))) return madeAt;
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

async function setTimes(directory: string): Promise<void> {
  const touch = ["touch", "-h", "-d", `@${Date.now() / 1000}`, "--"];
  await launchOrThrow({
    file: "find",
    args: [directory, "-exec", ...touch, "{}", "+"],
    env: plainEnvironment,
    timeoutMs,
  });
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
