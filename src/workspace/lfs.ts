import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { UserError } from "../errors.ts";
import { largestPointer, parseLfsPointer, type LfsPointer } from "./lfs-pointer.ts";
import { downloadLfsObject, findLfsObjects, mostInBatch, type LfsDownload } from "./lfs-server.ts";
import { listMatching } from "./matching-files.ts";
import type { Mirror, Remote } from "./mirror.ts";
import { readContents } from "./read-contents.ts";
import { openFile, partsOf, withDirectory } from "./safe-directory.ts";

export interface LfsRequest {
  readonly mirror: Pick<Mirror, "directory" | "listFiles">;
  /** The commit or tree whose files are in the directory, with nobody at work in them yet. */
  readonly treeish: string;
  readonly directory: string;
  /** Which files are wanted; others stay the pointers that they are. */
  readonly globs: readonly string[];
  readonly remote: Remote;
  /** Bytes of all of them together. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

type Pointed = LfsPointer & { readonly path: string };

const mostFiles = 10_000;
const atOnce = 4;

/**
 * Puts what pointer files of Git LFS stand for in their place. No program of git's or of the repository has a part in it, and no setting of the
 * tree (`.lfsconfig`, `.gitattributes`): a file is a pointer if it is one.
 * @returns the pointers, by path
 * @throws UserError naming the file that cannot be had, or when they are more than the limits allow
 */
export async function fillLfsFiles(request: LfsRequest): Promise<ReadonlyMap<string, LfsPointer>> {
  const pointers = await findPointers(request);
  const { limit, remote, signal } = request;
  const total = pointers.reduce((sum, { size }) => sum + size, 0);
  if (pointers.length > mostFiles || total > limit)
    throw new UserError(
      `\`environment.lfs\` matches ${pointers.length} files of Git LFS with ${total} bytes; ${mostFiles} files with ${limit} bytes, the limit of the disk, are fetched at most. List fewer, or raise \`environment.limits.disk\`.`,
    );
  for (let start = 0; start < pointers.length; start += mostInBatch) {
    const batch = pointers.slice(start, start + mostInBatch);
    await fillAll(request, batch, await findLfsObjects(remote, batch, signal));
  }
  return new Map(pointers.map(({ path, sha256, size }) => [path, { sha256, size }]));
}

/** Ends when nothing is written any more, also when one of them fails. */
async function fillAll(
  request: LfsRequest,
  pointers: readonly Pointed[],
  found: ReadonlyMap<string, LfsDownload>,
): Promise<void> {
  const failing = new AbortController();
  const signal = AbortSignal.any([request.signal, failing.signal]);
  const queue = pointers.values();
  const work = async () => {
    for (const pointer of queue)
      if (!signal.aborted) await fill({ ...request, signal }, pointer, found.get(pointer.sha256));
  };
  const workers = Array.from({ length: atOnce }, () => work().catch((error: unknown) => failing.abort(error)));
  await Promise.all(workers);
  failing.signal.throwIfAborted();
}

async function findPointers({ mirror, treeish, globs }: LfsRequest): Promise<readonly Pointed[]> {
  if (globs.length === 0) return [];
  const small = (await listMatching(mirror, treeish, globs)).filter(
    // A name that is no text cannot be found again in the directory.
    ({ kind, size, path }) => kind === "file" && size < largestPointer && !path.includes("\ufffd"),
  );
  const pointers: Pointed[] = [];
  for await (const [{ path }, content] of readContents(small, { gitDirectory: mirror.directory })) {
    const pointer = parseLfsPointer(content);
    if (pointer !== undefined) pointers.push({ ...pointer, path });
  }
  return pointers;
}

async function fill({ directory, remote, signal }: LfsRequest, pointer: Pointed, where?: LfsDownload): Promise<void> {
  const { path, size, sha256 } = pointer;
  if (where === undefined)
    throw new UserError(
      `\`${path}\` is a pointer to an object that Git LFS does not have (${sha256.slice(0, 12)}…). Push it with \`git lfs push\`, or take the file out of \`environment.lfs\`.`,
    );
  const parents = partsOf(path);
  const name = parents.at(-1) ?? "";
  await withDirectory(directory, parents.slice(0, -1), async (parent) => {
    const { handle } = await openFile(parent, name, constants.O_WRONLY, path);
    try {
      await handle.truncate(0);
      const hash = createHash("sha256");
      let written = 0;
      for await (const chunk of downloadLfsObject(remote, where, size, signal)) {
        hash.update(chunk);
        await handle.writeFile(chunk);
        written += chunk.length;
      }
      if (written !== size || hash.digest("hex") !== sha256)
        throw new UserError(`What Git LFS gave for \`${path}\` is not what its pointer names; it is not used.`);
    } finally {
      await handle.close();
    }
  });
}
