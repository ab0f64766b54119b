import { git, GitError, type GitOptions } from "./git.ts";

interface Blob {
  readonly oid: string;
  /** Bytes, as `ls-tree -l` says them. */
  readonly size: number;
}

/** Contents that one git gives at most, unless a single one is longer. What is asked for first is less: who works with it need not wait for all. */
const most = { first: 256 * 1024, each: 16 * 1024 ** 2 };
const growth = 8;

/**
 * The contents of blobs, in their order, by one git for many. One group of them is read while the one before is in use.
 * @param options `gitDirectory` at least
 * @throws GitError, also when one of them is not there
 */
export async function* readContents<T extends Blob>(
  blobs: readonly T[],
  options: GitOptions,
): AsyncGenerator<readonly [T, Buffer], void, undefined> {
  const read = async (group: readonly T[] | undefined): Promise<Buffer> => {
    if (group === undefined) return Buffer.alloc(0);
    const input = group.map(({ oid }) => `${oid}\n`).join("");
    const maxOutput = group.reduce((sum, { size }) => sum + size + lineBytes, 0);
    return (await git(["cat-file", "--batch"], { ...options, input, maxOutput })).stdout;
  };
  const groups = groupsOf(blobs);
  let next = read(groups[0]);
  try {
    for (const [index, group] of groups.entries()) {
      const stdout = await next;
      next = read(groups[index + 1]);
      // It is waited for below.
      next.catch(() => undefined);
      let at = 0;
      for (const blob of group) {
        // "<oid> blob <size>", the content, an end of line.
        const start = stdout.indexOf("\n", at) + 1;
        const line = stdout.toString("latin1", at, Math.max(at, start - 1));
        if (line !== `${blob.oid} blob ${blob.size}`)
          throw new GitError(`git cat-file --batch: ${line} instead of ${blob.oid} blob ${blob.size}`, line, false);
        yield [blob, stdout.subarray(start, start + blob.size)];
        at = start + blob.size + 1;
      }
    }
  } finally {
    await next.catch(() => undefined);
  }
}

/** What stands around a content at most: an id of 64 digits, a kind, a size, two ends of line. */
const lineBytes = 128;

function groupsOf<T extends Blob>(blobs: readonly T[]): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const blob of blobs) {
    if (blob.size > room || groups.length === 0) {
      room = Math.min(most.first * growth ** groups.length, most.each);
      groups.push([]);
    }
    groups.at(-1)?.push(blob);
    room -= blob.size;
  }
  return groups;
}
