/** What a set-up depends on in the run's files and in those of the base commit. */
import type { SetupFile } from "../src/snapshots/key.ts";
import { snapshotKey } from "../src/snapshots/key.ts";
import { listMatching } from "../src/workspace/matching-files.ts";
import type { PipelineDeps } from "./deps.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { limitsOf, openRepository, type Workbench } from "./workbench.ts";

export interface SetupKeys {
  readonly own: string;
  readonly base: string;
  /** The run's files are exactly those of the base commit. */
  readonly isBase: boolean;
  /** Files which `environment.files` names and that are not as in the base commit. */
  readonly changed: readonly string[];
}

/**
 * Reads both keys, from git's objects: files of a workspace may not be what a commit says. Where `environment.files` matches nothing, every
 * file counts, since nobody knows which of them the set-up reads.
 */
export async function readSetupKeys(
  deps: PipelineDeps,
  request: EnvironmentRequest,
  bench: Workbench,
): Promise<SetupKeys> {
  const { config, repo, base, secrets = {}, signal } = request;
  const { setup, files: globs, network, lfs, submodules } = config.environment;
  const trusted = await openRepository(deps, repo, base.sha, { signal });
  const trees = { own: await trusted.treeOf(bench.treeish), base: await trusted.treeOf(base.sha) };
  const isBase = trees.own === trees.base;
  const { memory, cpus, processes, disk } = limitsOf(config);
  const facts = {
    repository: repo.id,
    branch: base.branch,
    commands: setup,
    base: await deps.sandboxes.base(),
    network,
    secrets: Object.keys(secrets),
    besides: [...lfs.map((glob) => `lfs ${glob}`), ...submodules],
    limits: { memory, cpus, processes, disk },
  };
  const filesOf = async (tree: string) => (globs.length === 0 ? [] : await listMatching(trusted, tree, globs));
  const baseFiles = await filesOf(trees.base);
  const ownFiles = isBase ? baseFiles : await filesOf(trees.own);
  const keyOf = (tree: string, files: readonly SetupFile[]) =>
    snapshotKey({ ...facts, files: files.length === 0 ? { tree } : files });
  return {
    own: keyOf(trees.own, ownFiles),
    base: keyOf(trees.base, baseFiles),
    isBase,
    changed: changedIn(baseFiles, ownFiles),
  };
}

function changedIn(before: readonly SetupFile[], after: readonly SetupFile[]): string[] {
  const known = new Map(before.map((file) => [file.path, file]));
  const kept = new Set(after.map(({ path }) => path));
  const isSame = (file: SetupFile) => {
    const old = known.get(file.path);
    return old?.oid === file.oid && old.kind === file.kind && old.executable === file.executable;
  };
  const gone = before.filter(({ path }) => !kept.has(path));
  return [...after.filter((file) => !isSame(file)), ...gone].map(({ path }) => path).toSorted();
}
