import { z } from "zod";

/**
 * Who may use a snapshot: `base` was made from a commit of the base branch and serves all runs of the repository; a number is the pull from
 * whose code it was made, and it serves that pull alone. A set-up runs code of its commit, so what a pull made must never reach another.
 */
export type Scope = "base" | number;

export interface SnapshotName {
  /** GitHub's number of the repository. */
  readonly repository: number;
  /** As `snapshotKey` gives it. */
  readonly key: string;
  readonly scope: Scope;
}

const Refusals = z.strictObject({
  run: z.string(),
  refused: z
    .array(
      z.strictObject({
        host: z.string(),
        port: z.int(),
        reason: z.enum(["unlisted", "not-public", "unresolved", "unreachable", "limit"]),
        count: z.int(),
      }),
    )
    .readonly(),
});

const About = z.strictObject({
  v: z.literal(1),
  repository: z.int().min(0),
  /** `owner/name` when it was made, for people. */
  name: z.string(),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  scope: z.union([z.literal("base"), z.int().min(1)]),
  commit: z.string(),
  made: z.iso.datetime(),
  /** The machine's start in which it was made. */
  boot: z.string(),
  setupMs: z.number().min(0),
  /** What commands of the set-up asked of the network in vain and yet succeeded: what runs later may fail for it. */
  refused: z.array(Refusals).readonly(),
  bytes: z.int().min(0),
  files: z.int().min(0),
  /** Why there are no files: the set-up cannot be kept apart from its commit. It is noted, so that nobody tries again. */
  unfit: z.string().nullable(),
});
/** What is written beside the files of a snapshot. */
export type About = z.infer<typeof About>;

/** @returns undefined for what is none, as a crash or another version may leave it */
export function parseAbout(text: string): About | undefined {
  try {
    return About.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The name of a snapshot's directory, below that of its repository. */
export function folderOf({ scope, key }: Pick<SnapshotName, "scope" | "key">): string {
  return scope === "base" ? `base-${key}` : `pull-${scope}-${key}`;
}
