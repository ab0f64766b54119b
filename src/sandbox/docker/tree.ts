import { launchOrThrow, launch } from "../../launcher.ts";
import { hostEnvironment } from "../host-environment.ts";

/** One file, directory or link. Names are bytes, read as Latin-1. */
export interface TreeEntry {
  /** The directory that holds it. */
  readonly root: string;
  /** As `find` says it: `f`, `d`, `l`, `c` … */
  readonly type: string;
  readonly bytes: number;
  /** Equal for what nobody has changed. */
  readonly sign: string;
}

/** By path, parents before what is in them. */
export type Tree = ReadonlyMap<string, TreeEntry>;

const mostBytes = 512 * 1024 ** 2;
const treeMs = 300_000;

/** Everything below a directory, without following a link. */
export async function listTree(root: string): Promise<Tree> {
  const args = [root, "-mindepth", "1", "-printf", String.raw`%P\0%y %m %s %T@ %l\0`];
  const { stdout, code, stderr } = await launch({
    file: "find",
    args,
    env: hostEnvironment,
    timeoutMs: treeMs,
    maxOutput: mostBytes,
  });
  if (code !== 0) throw new Error(`The files below ${root} cannot be listed: ${stderr.trim()}`);
  const fields = stdout.toString("latin1").split("\0");
  const tree = new Map<string, TreeEntry>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [path = "", facts = ""] = fields.slice(at, at + 2);
    const [type = "", mode = "", size = "", time = ""] = facts.split(" ", 4);
    const target = facts.slice([type, mode, size, time].join(" ").length);
    // The times of a directory say nothing that its entries do not, those of a link nothing at all.
    const sign = type === "d" ? `d ${mode}` : type === "l" ? `l${target}` : facts;
    tree.set(path, { root, type, bytes: type === "f" ? Number(size) : 0, sign });
  }
  return tree;
}

/**
 * What an overlay of directories would show.
 * @param roots the topmost first; a character device in one hides what lies below it
 */
export async function mergeTrees(roots: readonly string[]): Promise<Tree> {
  const merged = new Map<string, TreeEntry>();
  for (const root of roots.toReversed()) {
    const top = await listTree(root);
    const covering = new Set([...top].filter(([, { type }]) => type !== "d").map(([path]) => path));
    for (const path of merged.keys()) if (isCovered(path, covering)) merged.delete(path);
    for (const [path, entry] of top) if (!isHidden(entry)) merged.set(path, entry);
  }
  return merged;
}

/** Whether an entry of a layer says that there is nothing. */
export function isHidden({ type }: TreeEntry): boolean {
  return type === "c";
}

/** The directories above a path, but for the root. */
export function above(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join("/"));
}

/** Copies entries of one directory into another: owners become this process's, modes, times and links stay. */
export async function copyEntries(from: string, to: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await launchOrThrow({
    file: "sh",
    args: ["-c", copyScript, "sh", from, to],
    env: hostEnvironment,
    input: Buffer.from(paths.map((path) => `${path}\0`).join(""), "latin1"),
    timeoutMs: treeMs,
  });
}

// Posix keeps parts of seconds. The status of the writing tar comes through a third descriptor: a pipeline has that of its last program.
const copyScript = `status=$({ { tar -C "$1" --format=posix --null --no-unquote --no-recursion -T - -cf - ; echo $? >&3
} | tar -C "$2" --no-same-owner -xpf - >&2; } 3>&1) && exit "$status"`;

function isCovered(path: string, covering: ReadonlySet<string>): boolean {
  return covering.has(path) || above(path).some((parent) => covering.has(parent));
}
