/** A workspace in which the repository's own set-up is done: what validation and agents start from. */
import type { CodegenConfig } from "../src/config/schema.ts";
import type { RepoRef, Sha } from "../src/domain/ids.ts";
import type { RefusedHost } from "../src/messages/network.ts";
import type { ExecResult } from "../src/sandbox/port.ts";
import type { PipelineDeps } from "./deps.ts";
import { executeLogged, type LogWriterDeps } from "./log-writer.ts";
import { limitsOf, openWorkbench, type Workbench } from "./workbench.ts";

export interface EnvironmentRequest {
  /** Names the workspace: the run's id, or one derived from it. */
  readonly workspace: string;
  readonly repo: RepoRef;
  /** Of the base branch. The set-up's commands come from here, never from the commit. */
  readonly config: CodegenConfig;
  readonly commit: Sha;
  /** Where the commit is found when the server does not give it by its id. */
  readonly ref?: string;
  /** The files are those of the merge of `commit` into this one. */
  readonly onto?: Sha;
  /** The time in ms (`Date.now()`) at which the set-up is over at the latest. */
  readonly deadline: number;
  /** `environment.setup_secrets`, for the set-up's commands alone; absent: they get none, as with agents. What they leave behind may hold them. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Told of each command of the set-up when it begins. */
  readonly watch?: (command: string) => Watcher;
  readonly signal: AbortSignal;
  /** The run whose page shows what the set-up prints, and the name of its log there. */
  readonly log: { readonly runId: string; readonly name: string };
}

/** Follows a command at work. */
export interface Watcher {
  /** Takes what it prints as it comes, wherever it is cut. */
  readonly write: (piece: string) => void;
  readonly end: () => void;
}

export interface Environment {
  /** Open, also when the set-up failed. */
  readonly bench: Workbench;
  /** The command of the set-up that did not succeed; null when all did. */
  readonly failed: FailedSetup | null;
}

export interface FailedSetup {
  readonly command: string;
  readonly result: ExecResult;
  /** What it was given, in ms. */
  readonly timeoutMs: number;
  /** Hosts that it asked for in vain. */
  readonly refused: readonly RefusedHost[];
}

/**
 * Opens a workspace of a commit and does the set-up in it. The caller closes the bench.
 * @throws UserError when the files or a safe sandbox cannot be had; what the signal was aborted with
 */
export async function prepareEnvironment(deps: PipelineDeps, request: EnvironmentRequest): Promise<Environment> {
  const { workspace, repo, config, commit, ref, onto, signal } = request;
  const bench = await openWorkbench(deps, {
    runId: workspace,
    repo,
    commit,
    ...(ref === undefined ? {} : { ref }),
    ...(onto === undefined ? {} : { onto }),
    limits: limitsOf(config),
    network: config.environment.network,
    signal,
  });
  try {
    await bench.openSandbox();
    return { bench, failed: await runSetup(deps, bench, request) };
  } catch (error) {
    await bench.close();
    throw error;
  }
}

/** Runs the set-up's commands one after the other, up to the first that does not succeed, which is given back. */
export async function runSetup(
  deps: LogWriterDeps,
  bench: Workbench,
  request: Pick<EnvironmentRequest, "config" | "deadline" | "secrets" | "watch" | "signal" | "log">,
): Promise<FailedSetup | null> {
  const { config, deadline, secrets, watch, signal } = request;
  for (const command of config.environment.setup) {
    const timeoutMs = Math.max(1_000, deadline - Date.now());
    const watcher = watch?.(command);
    const env = { CI: "true", ...secrets, ...(await bench.network.open()) };
    const onOutput = watcher === undefined ? {} : { onOutput: watcher.write };
    const line = { run: command, timeoutMs, signal, env, ...onOutput };
    const limit = limitsOf(config).output;
    const result = await executeLogged(deps, bench, { ...request.log, limit }, line).finally(() => watcher?.end());
    signal.throwIfAborted();
    const refused = bench.network.takeRefused();
    if (result.code !== 0) return { command, result, timeoutMs, refused };
    if (refused.length > 0) bench.network.ofSetup.push({ run: command, refused });
  }
  return null;
}
