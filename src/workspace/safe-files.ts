import { constants } from "node:fs";
import { mkdir, unlink, type FileHandle } from "node:fs/promises";
import { Minimatch } from "minimatch";
import { UserError } from "../errors.ts";
import {
  entriesOf,
  isGitName,
  openChild,
  openFile,
  partsOf,
  readUpTo,
  withDirectory,
  type SafeDirectory,
} from "./safe-directory.ts";

/** Access to the files of a workspace that cannot leave it; structurally the file part of `AgentWorkspace`. */
export interface WorkspaceFiles {
  /** Text of at most `most` bytes, 1 MB when that is not said. @throws UserError */
  read(path: string, options?: { readonly most?: number }): Promise<string>;
  /** Makes missing directories; keeps the mode of an existing file. @throws UserError */
  write(path: string, content: string): Promise<void>;
  /** Removes a file or link. @throws UserError */
  remove(path: string): Promise<void>;
  /** Regular files below a directory ("" = root), at most `limit`, sorted. `.git` and `node_modules` below it are left out. */
  list(directory: string, limit: number): Promise<readonly string[]>;
  /**
   * Lines that contain the text, in the files that `list` gives. Binary files and those over 1 MB are skipped.
   * @throws UserError for an empty text, and after ten seconds
   */
  search(text: string, options: { readonly glob?: string; readonly limit: number }): Promise<readonly SearchHit[]>;
}

export interface SearchHit {
  readonly path: string;
  readonly line: number;
  /** The line without surrounding space, cut after 300 characters. */
  readonly text: string;
}

const largestText = 1_000_000;
const searchMs = 10_000;

/**
 * @param directory of the host, in which nobody else can replace the directory itself
 * Files that this makes belong to the directory's owner, so that the sandbox can change them when the bot is root.
 */
export function openWorkspaceFiles(directory: string): WorkspaceFiles {
  return {
    async read(path, { most = largestText } = {}) {
      const { parents, name } = fileOf(path);
      return withDirectory(directory, parents, async (parent) => {
        const content = await textIn(parent, name, path, most);
        if (typeof content !== "string") throw new UserError(`${path} ${content.problem}`);
        return content;
      });
    },
    async write(path, content) {
      const { parents, name } = fileOf(path);
      if (Buffer.byteLength(content) > largestText)
        throw new UserError(`${path} would have more than ${largestText} bytes.`);
      const owner = await withDirectory(directory, [], async ({ handle }) => handle.stat());
      const give = async (handle: FileHandle) => {
        if (process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid);
      };
      await withDirectory(
        directory,
        parents,
        (parent) => writeIn(parent, name, path, content, give),
        (parent, part, shown) => enterOrMake(parent, part, shown, give),
      );
    },
    async remove(path) {
      const { parents, name } = fileOf(path);
      await withDirectory(directory, parents, async (parent) => {
        await unlink(parent.at(name)).catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") throw new UserError(`${path} does not exist.`, { cause: error });
          if (error.code === "EISDIR" || error.code === "EPERM")
            throw new UserError(`${path} is a directory; remove its files.`, { cause: error });
          if (error.code === "EACCES")
            throw new UserError(`${path} cannot be removed: permission denied.`, { cause: error });
          throw error;
        });
      });
    },
    async list(below, limit) {
      const parts = partsOf(below);
      const paths: string[] = [];
      for await (const file of filesBelow(directory, parts)) {
        if (paths.length >= limit) break;
        paths.push(file.path);
      }
      return paths;
    },
    async search(text, { glob, limit }) {
      if (text === "" || text.includes("\n"))
        throw new UserError("The text to search for must be one line, and not empty.");
      if (glob !== undefined && glob.length > 1_000) throw new UserError("The glob is longer than 1000 characters.");
      const pattern =
        glob === undefined ? undefined : new Minimatch(glob, { dot: true, matchBase: !glob.includes("/") });
      const deadline = Date.now() + searchMs;
      const hits: SearchHit[] = [];
      for await (const file of filesBelow(directory, [])) {
        if (hits.length >= limit) break;
        if (Date.now() > deadline)
          throw new UserError(`The search took more than ${searchMs / 1000} s; narrow it with a glob.`);
        if (pattern !== undefined && !pattern.match(file.path)) continue;
        hits.push(...(await hitsIn(directory, file, text, limit - hits.length)));
      }
      return hits;
    },
  };
}

interface FoundFile {
  readonly path: string;
  readonly parents: readonly string[];
  readonly name: string;
}

const deepest = 64;

/** All files in sorted order. Each directory is opened anew from the root, so that few are open at a time. */
async function* filesBelow(root: string, parents: readonly string[], isStart = true): AsyncGenerator<FoundFile> {
  const entries = await withDirectory(root, parents, entriesOf).catch((error: unknown) => {
    // What vanished or was closed while we walk is left out; where the walk starts it is an error.
    if (isStart || !(error instanceof UserError)) throw error;
    return [];
  });
  for (const { name, kind, readable } of entries) {
    if (!readable || isGitName(name)) continue;
    if (kind === "file") yield { path: [...parents, name].join("/"), parents, name };
    else if (kind === "directory" && name !== "node_modules" && parents.length < deepest)
      yield* filesBelow(root, [...parents, name], false);
  }
}

async function hitsIn(
  root: string,
  { path, parents, name }: FoundFile,
  text: string,
  limit: number,
): Promise<SearchHit[]> {
  const content = await withDirectory(root, parents, (parent) => textIn(parent, name, path, largestText)).catch(
    (error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    },
  );
  if (typeof content !== "string" || !content.includes(text)) return [];
  const hits: SearchHit[] = [];
  for (const [index, line] of content.split("\n").entries()) {
    if (hits.length >= limit) break;
    if (line.includes(text)) hits.push({ path, line: index + 1, text: line.trim().slice(0, 300) });
  }
  return hits;
}

async function textIn(
  parent: SafeDirectory,
  name: string,
  path: string,
  most: number,
): Promise<string | { readonly problem: string }> {
  const { handle } = await openFile(parent, name, constants.O_RDONLY, path);
  try {
    const { content, more } = await readUpTo(handle, most);
    if (more) return { problem: `has more than ${most} bytes.` };
    if (content.includes(0)) return { problem: "is a binary file." };
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      return { problem: "is no UTF-8 text." };
    }
  } finally {
    await handle.close();
  }
}

type Give = (handle: FileHandle) => Promise<void>;

async function writeIn(parent: SafeDirectory, name: string, path: string, content: string, give: Give): Promise<void> {
  const { handle } = await openOrMake(parent, name, path, give);
  try {
    await handle.truncate(0);
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

async function openOrMake(parent: SafeDirectory, name: string, path: string, give: Give) {
  try {
    const made = await openFile(parent, name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, path);
    await give(made.handle);
    return made;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return openFile(parent, name, constants.O_WRONLY, path);
  }
}

async function enterOrMake(parent: SafeDirectory, name: string, shown: string, give: Give): Promise<FileHandle> {
  const made = await mkdir(parent.at(name), 0o755).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  const handle = await openChild(parent, name, shown);
  if (made) await give(handle);
  return handle;
}

function fileOf(path: string): { parents: readonly string[]; name: string } {
  const parts = partsOf(path);
  const name = parts.at(-1);
  if (name === undefined || path.endsWith("/")) throw new UserError(`${JSON.stringify(path)} does not name a file.`);
  return { parents: parts.slice(0, -1), name };
}
