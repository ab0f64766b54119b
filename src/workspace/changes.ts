import { constants } from "node:fs";
import { readlink } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { oidOf, oidOfFile, sha256OfFile } from "./blob-hash.ts";
import { noExtras, type Extras, type Submodule } from "./extras.ts";
import { openIgnoreRules, type IgnoreRules } from "./ignore-rules.ts";
import type { Mirror } from "./mirror.ts";
import type { TreeEntry } from "./objects.ts";
import {
  entriesOf,
  isGitName,
  openFile,
  readUpTo,
  withDirectory,
  type Entry,
  type SafeDirectory,
} from "./safe-directory.ts";

export interface Addition {
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

export interface Changes {
  /** New and changed files, sorted by path. */
  readonly additions: readonly Addition[];
  readonly deletions: readonly string[];
  /** Changes that are not taken over, with a sentence for a person. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  /** Files whose executable bit is not the commit's: changed ones, and those of which only the bit has changed. */
  readonly modeChanges: readonly { readonly path: string; readonly executable: boolean }[];
}

/** Bytes of one file, bytes of all, and how many files a change may have. */
export const changeLimits = { file: 5_000_000, total: 20_000_000, files: 500 };

const mostEntries = 200_000;
const deepest = 64;

/**
 * What the directory holds that the commit does not, and the other way round. Nothing in the directory is trusted: it
 * is walked without following links, ignored files are those of the commit's own .gitignore, and `.git` is never read.
 * @param extras what was put there besides the commit's own files: where it is as it was put, nothing has changed
 * @throws UserError when the directory holds more than 200 000 files that are not ignored
 */
export async function readChanges(
  mirror: Mirror,
  commit: string,
  directory: string,
  extras: Extras = noExtras,
): Promise<Changes> {
  const tracked = new Map((await mirror.listFiles(commit)).map((entry) => [entry.path, entry]));
  const ignore = await openIgnoreRules(mirror, [...tracked.values()]);
  try {
    const reader = createReader(tracked, extras.lfs);
    await walk(directory, tracked, ignore, reader);
    for (const [path, submodule] of extras.submodules)
      if (await isTouched(directory, path, submodule))
        reader.refuse(path, "it is a submodule, and its files belong to another repository");
    return reader.finish();
  } finally {
    await ignore.close();
  }
}

/** Whether a file that the submodule's commit has is another one now, or gone. New files may be what a build left there. */
async function isTouched(root: string, path: string, { mirror, commit }: Submodule): Promise<boolean> {
  for (const entry of await mirror.listFiles(commit)) {
    if (entry.kind !== "file" || entry.path.includes("\ufffd")) continue;
    const parts = `${path}/${entry.path}`.split("/");
    const name = parts.pop() ?? "";
    const isSame = await withDirectory(root, parts, async (parent) => {
      const { handle, stats } = await openFile(parent, name, constants.O_RDONLY, entry.path);
      try {
        if (stats.size !== entry.size) return false;
        return entry.oid === (await oidOfFile(handle, stats.size, entry.oid));
      } finally {
        await handle.close();
      }
    }).catch((error: unknown) => {
      if (error instanceof UserError) return false;
      throw error;
    });
    if (!isSame) return true;
  }
  return false;
}

type Reader = ReturnType<typeof createReader>;

/** Goes down level by level, so that git is asked about what it ignores once for each level. */
async function walk(
  root: string,
  tracked: ReadonlyMap<string, TreeEntry>,
  ignore: IgnoreRules,
  reader: Reader,
): Promise<void> {
  const directoriesOfTree = parentsOf(tracked.keys());
  let count = 0;
  let level: readonly (readonly string[])[] = [[]];
  while (level.length > 0) {
    const found: { parents: readonly string[]; entry: Entry; path: string }[] = [];
    for (const parents of level) {
      const entries = await withDirectory(root, parents, entriesOf).catch((error: unknown) => {
        if (parents.length === 0 || !(error instanceof UserError)) throw error;
        reader.refuseTree(parents.join("/"), error.message);
        return [];
      });
      count += entries.length;
      if (count > mostEntries)
        throw new UserError(`The workspace holds more than ${mostEntries} files that .gitignore does not name.`);
      for (const entry of entries)
        if (!isGitName(entry.name)) found.push({ parents, entry, path: [...parents, entry.name].join("/") });
    }
    const unknown = found.filter(
      ({ path, entry }) => entry.readable && !tracked.has(path) && !directoriesOfTree.has(path),
    );
    const ignored = await ignore.ask(
      unknown.map(({ path, entry }) => ({ path, isDirectory: entry.kind === "directory" })),
    );
    const next: (readonly string[])[] = [];
    for (const { parents, entry, path } of found) {
      if (ignored.has(path)) continue;
      if (!entry.readable) reader.refuse(path, "its name is not UTF-8");
      else if (tracked.get(path)?.kind === "submodule") reader.keep(path);
      else if (entry.kind === "other") reader.refuse(path, "it is neither a file nor a directory");
      else if (entry.kind !== "directory")
        await withDirectory(root, parents, (parent) =>
          entry.kind === "link" ? reader.link(parent, entry.name, path) : reader.file(parent, entry.name, path),
        ).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          reader.refuse(path, error.message);
        });
      else if (parents.length >= deepest) reader.refuseTree(path, `it is more than ${deepest} directories deep`);
      else next.push([...parents, entry.name]);
    }
    level = next;
  }
}

function createReader(tracked: ReadonlyMap<string, TreeEntry>, lfs: Extras["lfs"]) {
  const additions: Addition[] = [];
  const refused: { path: string; reason: string }[] = [];
  const modeChanges: { path: string; executable: boolean }[] = [];
  const seen = new Set<string>();
  const tooMany: string[] = [];
  let total = 0;

  const refuse = (path: string, reason: string) => {
    seen.add(path);
    refused.push({ path, reason });
  };
  return {
    refuse,
    keep: (path: string) => void seen.add(path),
    /** What is below a directory that cannot be read has not been deleted. */
    refuseTree(directory: string, reason: string) {
      refuse(directory, reason);
      for (const path of tracked.keys()) if (path.startsWith(`${directory}/`)) seen.add(path);
    },
    async link(parent: SafeDirectory, name: string, path: string) {
      const target = await readlink(parent.at(name), { encoding: "buffer" });
      const before = tracked.get(path);
      if (before?.kind === "link" && before.oid === oidOf(target, before.oid)) seen.add(path);
      else refuse(path, `it is a ${before === undefined ? "new" : "changed"} symbolic link`);
    },
    async file(parent: SafeDirectory, name: string, path: string) {
      const before = tracked.get(path);
      if (before?.kind === "link") return refuse(path, "a symbolic link became a file");
      const { handle, stats } = await openFile(parent, name, constants.O_RDONLY, path);
      try {
        const executable = (stats.mode & 0o100) !== 0;
        const isUnchanged =
          before !== undefined &&
          before.size === stats.size &&
          before.oid === (await oidOfFile(handle, stats.size, before.oid));
        seen.add(path);
        if (before !== undefined && before.executable !== executable) modeChanges.push({ path, executable });
        if (isUnchanged) return;
        const stored = lfs.get(path);
        if (stored?.size === stats.size && stored.sha256 === (await sha256OfFile(handle, stats.size))) return;
        if (stored !== undefined)
          return refuse(path, "its content is in Git LFS, where this App cannot put another one");
        if (additions.length >= changeLimits.files) return void tooMany.push(path);
        const { content, more } = await readUpTo(handle, changeLimits.file);
        if (more) return refuse(path, `it has more than ${changeLimits.file} bytes`);
        if (total + content.length > changeLimits.total)
          return refuse(path, `all changed files together have more than ${changeLimits.total} bytes`);
        total += content.length;
        additions.push({ path, content, executable });
      } finally {
        await handle.close();
      }
    },
    finish(): Changes {
      const [first] = tooMany;
      if (first !== undefined)
        refuse(
          first,
          `more than ${changeLimits.files} files have changed; this one and ${tooMany.length - 1} others are left out`,
        );
      // A name that is no text cannot be compared with what the walk found.
      const deletions = [...tracked.values()].filter(
        ({ path, kind }) => kind !== "submodule" && !seen.has(path) && !path.includes("\ufffd"),
      );
      return {
        additions: additions.toSorted(byPath),
        deletions: deletions.map(({ path }) => path).toSorted(),
        refused: refused.toSorted(byPath),
        modeChanges: modeChanges.toSorted(byPath),
      };
    },
  };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function parentsOf(paths: Iterable<string>): Set<string> {
  const parents = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const parent = path.slice(0, at);
      if (parents.has(parent)) break;
      parents.add(parent);
    }
  }
  return parents;
}
