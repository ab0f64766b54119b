/** What a pointer file of Git LFS stands for. */
export interface LfsPointer {
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** A pointer is smaller than this, whatever extensions it names. */
export const largestPointer = 1024;

/**
 * Reads a pointer file, or undefined when the file is none. Strict, so that no two readers take it for two things: the lines in their order and
 * no others, as git-lfs writes them. A pointer with extensions is none for us: its content is not what was stored.
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md (version 1)
 */
export function parseLfsPointer(content: Buffer): LfsPointer | undefined {
  if (content.length >= largestPointer) return undefined;
  const [, sha256, digits] =
    /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9]\d{0,15})\n$/.exec(
      content.toString("latin1"),
    ) ?? [];
  const size = Number(digits);
  return sha256 === undefined || !Number.isSafeInteger(size) ? undefined : { sha256, size };
}
