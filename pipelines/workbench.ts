/** The place where one run works: files of one commit on the host side, and sandboxes that show them for everything that is executed. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CodegenConfig } from "../src/config/schema.ts";
import type { RepoRef, Sha } from "../src/domain/ids.ts";
import { messageOf, UserError } from "../src/errors.ts";
import { defaultLimits, type Sandbox, type SandboxLimits } from "../src/sandbox/port.ts";
import { readChanges, type Changes } from "../src/workspace/changes.ts";
import { noExtras } from "../src/workspace/extras.ts";
import { openTree, type OpenTree } from "../src/workspace/kept-trees.ts";
import { openMirror, type Mirror } from "../src/workspace/mirror.ts";
import { createWorkspace, removeWorkspace } from "../src/workspace/workspaces.ts";
import { openBench, type Bench } from "./bench.ts";
import type { PipelineDeps } from "./deps.ts";
import { addExtras, type ExtrasWish } from "./extras.ts";

/** What is written before there is a sandbox goes to the files, afterwards to the sandbox's own layer over them. */
export interface Workbench extends Bench {
  readonly mirror: Mirror;
  /** The commit or tree whose files it began with. */
  readonly treeish: string;
  /**
   * Begins anew with snapshots beneath the files, also in forks; what was written here is gone. The files are newer than what snapshots hold, so
   * that no program takes something for made of them that was made of others.
   * @param made when the last of the snapshots was
   * @throws UserError where no sandbox can be made with them; they are forgotten then
   */
  beginWith(layers: readonly string[], made: Date): Promise<void>;
  /** What the files hold that the commit does not. */
  changes(): Promise<Changes>;
  /**
   * Another sandbox, which begins with the files as they are here when this is first asked, and the same limits. Nothing is to be executed here
   * any more from then on.
   * @param over what others left, over all that, the topmost first
   */
  fork(over: readonly string[]): Promise<Fork>;
  /** Stops what runs and removes the files. */
  close(): Promise<void>;
}

export interface Fork extends Bench {
  /** Keeps what was written here as long as the workbench is there. @returns the directory, for other forks */
  keep(): Promise<string>;
}

export interface WorkbenchRequest {
  readonly runId: string;
  readonly repo: RepoRef;
  readonly commit: Sha;
  /** Where the commit can be found when the server does not give it by its id, e.g. `refs/pull/7/head`. */
  readonly ref?: string;
  /** Show the files of the merge of `commit` into this commit instead of its own. */
  readonly onto?: Sha;
  /** What `.codegen.yml` lists besides the commit's own files; absent: nothing. */
  readonly extras?: ExtrasWish;
  readonly limits: SandboxLimits;
  /** Hosts that commands may reach once the network is opened; absent: none. */
  readonly network?: readonly string[];
  readonly signal: AbortSignal;
}

/** Fetches exactly one commit into the repository's mirror and writes its files, without `.git`, into a directory of the run. */
export async function openWorkbench(deps: PipelineDeps, request: WorkbenchRequest): Promise<Workbench> {
  const { runId, repo, commit, ref, signal } = request;
  const mirror = await openRepository(deps, repo, commit, { ...(ref === undefined ? {} : { ref }), signal });
  const treeish = request.onto === undefined ? commit : await mergedTree(deps, mirror, request, request.onto);
  const root = await createWorkspace(deps.dataDir, runId);
  let tree: OpenTree;
  let extras = noExtras;
  try {
    tree = await openTree({ dataDir: deps.dataDir, repositoryId: repo.id, workspace: root, mirror, treeish, signal });
    if (request.extras !== undefined) {
      await openRepository(deps, repo, request.extras.base, { signal });
      extras = await addExtras(deps, request.extras, { repo, mirror, treeish, directory: tree.directory, signal });
    }
  } catch (error) {
    await removeWorkspace(deps.dataDir, runId);
    throw error;
  }
  const { directory } = tree;
  const { limits, network = [] } = request;
  let layers: readonly string[] = [];
  let isWhole = extras.lfs.size === 0 && extras.submodules.size === 0;
  const onChange = () => void (isWhole = false);
  const shown = { runId, directory, layers: () => layers, limits, network, group: runId, signal, onChange };
  const benches: Bench[] = [];
  const open = (over: readonly string[]) => {
    const made = openBench(deps, { ...shown, over });
    benches.push(made);
    return made;
  };
  const bench = open([]);
  const notHandedOn = (error: unknown) =>
    deps.log.warn({ run: runId, error: messageOf(error) }, "the files of a commit could not be handed on");
  const close = async () => {
    await Promise.all(benches.map((one) => one.close()));
    if (isWhole) await tree.handOn().catch(notHandedOn);
    isWhole = false;
    await removeWorkspace(deps.dataDir, runId);
  };
  let kept = 0;
  const keep = async (sandbox: Sandbox): Promise<string> => {
    const left = join(root, `left-${++kept}`);
    await mkdir(left, { mode: 0o700 });
    await sandbox.snapshot(left);
    return left;
  };
  let settled: Promise<readonly string[]> | undefined;
  const settle = async (): Promise<readonly string[]> => {
    if (!bench.isUsed()) return [];
    const left = await keep(await bench.openSandbox());
    // The files are twice in memory otherwise.
    await bench.close();
    return [left];
  };
  return {
    ...bench,
    mirror,
    treeish,
    async beginWith(below, made) {
      await bench.close();
      await tree.makeNewerThan(made.getTime());
      layers = below;
      try {
        await bench.openSandbox();
      } catch (error) {
        layers = [];
        throw error;
      }
    },
    changes: () => readChanges(mirror, commit, bench.directory(), extras),
    async fork(over) {
      settled ??= settle();
      const fork = open([...over, ...(await settled)]);
      return { ...fork, keep: async () => keep(await fork.openSandbox()) };
    },
    close,
  };
}

async function mergedTree(deps: PipelineDeps, mirror: Mirror, request: WorkbenchRequest, onto: Sha): Promise<string> {
  await openRepository(deps, request.repo, onto, { signal: request.signal });
  const merged = await mirror.mergeTree(onto, request.commit);
  if (merged.clean) return merged.tree;
  throw new UserError(
    `The pull conflicts with its base branch in ${merged.conflicts.slice(0, 10).join(", ")}. Resolve the conflicts; validation starts again with the next push.`,
  );
}

/** Where a run that has a workspace of its own puts the files of the base commit. */
export function baseWorkspace(runId: string): string {
  return `${runId}${ofBase}`;
}

/** Where a workspace's set-up is done in files of the base commit, so that others can begin with what it leaves. */
export function setupWorkspace(workspace: string): string {
  return `${workspace}${ofSetup}`;
}

/** The run that a workspace belongs to. */
export function ownerOf(workspace: string): string {
  const suffix = [ofBase, ofSetup].find((one) => workspace.endsWith(one));
  return suffix === undefined ? workspace : ownerOf(workspace.slice(0, -suffix.length));
}

const ofBase = ".base";
const ofSetup = ".setup";

/** The repository's mirror, with the commit in it. */
export async function openRepository(
  deps: PipelineDeps,
  repo: RepoRef,
  commit: Sha,
  options: { ref?: string; signal?: AbortSignal },
): Promise<Mirror> {
  const mirror = openMirror({ dataDir: deps.dataDir, repositoryId: repo.id });
  const token = await deps.github.gitToken(repo);
  await mirror.ensureCommit({ url: deps.github.cloneUrl(repo), token, sha: commit, ...options });
  return mirror;
}

/** The limits of `.codegen.yml` as the sandbox takes them. */
export function limitsOf(config: CodegenConfig): SandboxLimits {
  const { memory, cpus, processes, disk } = config.environment.limits;
  return { ...defaultLimits, memory, cpus, processes, disk };
}
