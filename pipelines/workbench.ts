/**
 * The place where one run works: files of one commit on the host side, and a sandbox that shows them for everything that is executed. What is
 * written before there is a sandbox goes to the files, afterwards to the sandbox's own layer over them.
 */
import { join } from "node:path";
import type { AgentWorkspace } from "../src/agents/port.ts";
import type { CodegenConfig } from "../src/config/schema.ts";
import type { RepoRef, Sha } from "../src/domain/ids.ts";
import { UserError } from "../src/errors.ts";
import {
  defaultLimits,
  type ExecResult,
  type Sandbox,
  type SandboxCommand,
  type SandboxLimits,
} from "../src/sandbox/port.ts";
import { readChanges, type Changes } from "../src/workspace/changes.ts";
import { checkout } from "../src/workspace/checkout.ts";
import { openMirror, type Mirror } from "../src/workspace/mirror.ts";
import { openWorkspaceFiles } from "../src/workspace/safe-files.ts";
import { createWorkspace, removeWorkspace } from "../src/workspace/workspaces.ts";
import type { PipelineDeps } from "./deps.ts";
import { networkOf, type SandboxNetwork } from "./network.ts";
import { startProgram } from "./workspace-program.ts";

export interface Workbench {
  readonly mirror: Mirror;
  /** Runs a command in the sandbox, which is made for the first one: reading a repository needs none. */
  execute(command: SandboxCommand): Promise<ExecResult>;
  /** The sandbox, made when somebody first wants it. @throws UserError where the host cannot give a safe one */
  openSandbox(): Promise<Sandbox>;
  readonly workspace: AgentWorkspace;
  /** Closed, but for whom opens it. */
  readonly network: SandboxNetwork;
  /** What the files hold that the commit does not. */
  changes(): Promise<Changes>;
  /** Stops what runs and removes the files. */
  close(): Promise<void>;
}

export interface WorkbenchRequest {
  readonly runId: string;
  readonly repo: RepoRef;
  readonly commit: Sha;
  /** Where the commit can be found when the server does not give it by its id, e.g. `refs/pull/7/head`. */
  readonly ref?: string;
  /** Show the files of the merge of `commit` into this commit instead of its own. */
  readonly onto?: Sha;
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
  const directory = join(root, "files");
  let sandbox: Promise<Sandbox> | undefined;
  const network = networkOf(deps, request.network ?? [], () => open());
  const close = async () => {
    await network.close();
    await sandbox?.then((open) => open.destroy()).catch(() => undefined);
    await removeWorkspace(deps.dataDir, runId);
  };
  try {
    await checkout({ mirror, treeish, directory, signal });
  } catch (error) {
    await close();
    throw error;
  }
  let place = directory;
  const files = () => openWorkspaceFiles(place);
  const open = () => (sandbox ??= create());
  const create = async () => {
    const made = await deps.sandboxes.create({ workspace: directory, limits: request.limits });
    place = made.directory;
    return made;
  };
  const execute = async (command: SandboxCommand): Promise<ExecResult> => {
    const result = await (await open()).exec(command);
    deps.log.info({ run: runId, end: result.end, code: result.code, ms: result.ms }, "command ran");
    return result;
  };
  const workspace: AgentWorkspace = {
    read: (path, options) => files().read(path, options),
    list: (path, limit) => files().list(path, limit),
    search: (text, options) => files().search(text, options),
    write: (path, content) => files().write(path, content),
    remove: (path) => files().remove(path),
    run: (command, { timeoutMs, signal: stop }) => execute({ run: command, timeoutMs, signal: stop ?? signal }),
    start: async (program) => startProgram(await open(), program),
  };
  return {
    mirror,
    execute,
    openSandbox: open,
    workspace,
    network,
    changes: () => readChanges(mirror, commit, place),
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

/** The run that a workspace belongs to. */
export function ownerOf(workspace: string): string {
  return workspace.endsWith(ofBase) ? workspace.slice(0, -ofBase.length) : workspace;
}

const ofBase = ".base";

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
