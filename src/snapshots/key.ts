import { createHash } from "node:crypto";

/** All that the files which a set-up leaves depend on. */
export interface SetupFacts {
  /** GitHub's number of the repository: nothing is ever shared between two. */
  readonly repository: number;
  /**
   * The branch that the pull goes into, whose own commit made what is shared. Whoever may push to one branch must not reach what runs for another.
   */
  readonly branch: string;
  readonly commands: readonly string[];
  /** Either the files that `environment.files` matches, or the whole tree. */
  readonly files: readonly SetupFile[] | { readonly tree: string };
  /** What a command finds besides the workspace: image or distribution, tools and versions. */
  readonly base: string;
  /** Hosts that the set-up may reach. */
  readonly network: readonly string[];
  /** Names of the secrets that it is given; a run that is given none must not get what another one made with them. */
  readonly secrets: readonly string[];
  /** What is there besides the commit's own files, as `environment.lfs` and `environment.submodules` name it. */
  readonly besides: readonly string[];
  /** Limits that a set-up can see, such as cores to build with; not its time. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface SetupFile {
  readonly path: string;
  readonly kind: "file" | "link" | "submodule";
  readonly executable: boolean;
  /** git's name of the content. */
  readonly oid: string;
}

/** Raised when snapshots of an older version must not be used any more. */
const version = 1;

/** The name of what a set-up leaves: equal facts give the same one, and in any order of the files. @returns SHA-256 in hex */
export function snapshotKey(facts: SetupFacts): string {
  const { files } = facts;
  const content = [
    version,
    facts.repository,
    facts.branch,
    facts.commands,
    "tree" in files
      ? files.tree
      : files.map(({ path, kind, executable, oid }) => [path, kind, executable, oid]).toSorted(byPath),
    facts.base,
    facts.network.toSorted(),
    facts.secrets.toSorted(),
    facts.besides.toSorted(),
    Object.entries(facts.limits).toSorted(byPath),
  ];
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

function byPath([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
