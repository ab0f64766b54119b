/** A workspace in which the repository's own set-up is done, by a snapshot where there is one: what validation and agents start from. */
import type { CodegenConfig } from "../src/config/schema.ts";
import type { RepoRef, Sha } from "../src/domain/ids.ts";
import { messageOf } from "../src/errors.ts";
import type { RefusedHost } from "../src/messages/network.ts";
import type { ExecResult } from "../src/sandbox/port.ts";
import type { SnapshotName } from "../src/snapshots/about.ts";
import { chooseSnapshot } from "../src/snapshots/choose.ts";
import type { HeldSnapshot } from "../src/snapshots/port.ts";
import type { PipelineDeps } from "./deps.ts";
import { keepSetup } from "./keep-setup.ts";
import { executeLogged, type LogWriterDeps } from "./log-writer.ts";
import { readSetupKeys, type SetupKeys } from "./setup-keys.ts";
import { limitsOf, openWorkbench, setupWorkspace, type Workbench } from "./workbench.ts";

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
  /** The tip of the base branch, whose code is trusted as far as `.codegen.yml` is. */
  readonly base: { readonly sha: Sha; readonly branch: string };
  /** The pull whose code the commit is; null for the base branch's own. */
  readonly pull: number | null;
  /** What only people of the repository may have is not fetched for it. */
  readonly fromFork: boolean;
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
  /** Null where the file names no set-up. */
  readonly setup: SetupReport | null;
}

export interface FailedSetup {
  readonly command: string;
  readonly result: ExecResult;
  /** What it was given, in ms. */
  readonly timeoutMs: number;
  /** Hosts that it asked for in vain. */
  readonly refused: readonly RefusedHost[];
}

/** How the set-up was done. */
export interface SetupReport {
  readonly how: "restored" | "ran";
  /** What it took now; for a restored one, what it took when it ran. */
  readonly ms: number;
  /** Files on which the set-up depends and that are not as in the base commit. */
  readonly changed: readonly string[];
}

/**
 * Opens a workspace of a commit with its set-up done: from a snapshot, or by its commands, whose result is then kept. The caller closes the bench.
 * @throws UserError when the files or a safe sandbox cannot be had; what the signal was aborted with
 */
export async function prepareEnvironment(deps: PipelineDeps, request: EnvironmentRequest): Promise<Environment> {
  const bench = await openBench(deps, request);
  try {
    if (request.config.environment.setup.length > 0) return await setUp(deps, request, bench);
    await bench.openSandbox();
    return { bench, failed: null, setup: null };
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

type BenchRequest = Pick<
  EnvironmentRequest,
  "workspace" | "repo" | "config" | "commit" | "ref" | "onto" | "base" | "fromFork" | "signal"
>;

function openBench(deps: PipelineDeps, request: BenchRequest): Promise<Workbench> {
  const { workspace, repo, config, commit, ref, onto, base, fromFork, signal } = request;
  return openWorkbench(deps, {
    runId: workspace,
    repo,
    commit,
    ...(ref === undefined ? {} : { ref }),
    ...(onto === undefined ? {} : { onto }),
    extras: { environment: config.environment, base: base.sha, fromFork },
    limits: limitsOf(config),
    network: config.environment.network,
    signal,
  });
}

async function setUp(deps: PipelineDeps, request: EnvironmentRequest, bench: Workbench): Promise<Environment> {
  const { repo, pull, deadline, signal } = request;
  const keys = await readSetupKeys(deps, request, bench);
  const { look, make, own } = chooseSnapshot({ ...keys, repository: repo.id, pull });
  const begin = async (names: readonly SnapshotName[], isFresh = false) => {
    const held = await takeFirst(deps, names);
    if (held === undefined) return "none";
    return held.directory === null ? "unfit" : ((await restore(deps, bench, held, keys, isFresh)) ?? "broken");
  };
  const runOwn = (keepAs: SnapshotName | null) => runInPlace(deps, request, bench, keys.changed, keepAs);

  const makeInPlace = async (name: SnapshotName) => {
    const ran = await runOwn(name);
    if (ran.failed !== null) return ran;
    // From here on what was kept serves this run as well: so its files are in memory no more, and forks need no copy.
    const kept = await begin([name], true);
    if (typeof kept === "object") return { ...kept, setup: ran.setup };
    return kept === "broken" ? runOwn(null) : ran;
  };

  const found = await begin(look);
  if (typeof found === "object") return found;
  // Where it cannot be kept, there is nothing to make for others and nothing to wait for.
  if (found === "unfit" || make === null) return runOwn(null);
  const wait = { ms: Math.max(0, (deadline - Date.now()) / 2), signal };
  const made = await deps.snapshots.alone(make.name, wait, async () => {
    const there = await begin([make.name]);
    if (there === "unfit" || typeof there === "object") return there;
    if (make.in === "own") return makeInPlace(make.name);
    await makeOfBase(deps, request, make.name);
    return begin([make.name], true);
  });
  return typeof made === "object" ? made : runOwn(made === "unfit" ? null : own);
}

async function takeFirst(
  { snapshots }: PipelineDeps,
  names: readonly SnapshotName[],
): Promise<HeldSnapshot | undefined> {
  for (const name of names) {
    const held = await snapshots.take(name);
    if (held === undefined) continue;
    // A note is held by nobody.
    if (held.directory === null) await held.release();
    return held;
  }
  return undefined;
}

/** @returns null when no sandbox can be made with it, but one without it: then it is dropped, and the set-up has to run */
async function restore(
  { log, meter, snapshots }: PipelineDeps,
  bench: Workbench,
  held: HeldSnapshot,
  { changed }: SetupKeys,
  isFresh: boolean,
): Promise<Environment | null> {
  const { about, directory } = held;
  const start = performance.now();
  try {
    await bench.beginWith(directory === null ? [] : [directory], new Date(about.made));
  } catch (error) {
    await held.release();
    await bench.openSandbox();
    log.warn(
      { key: about.key, scope: about.scope, error: messageOf(error) },
      "dropping a snapshot that cannot be used",
    );
    await snapshots.drop(({ key, scope }) => key === about.key && scope === about.scope);
    return null;
  }
  bench.network.ofSetup.splice(0, Number.POSITIVE_INFINITY, ...about.refused);
  const ms = performance.now() - start;
  meter.restored(ms / 1000, isFresh);
  log.info({ repo: about.name, key: about.key, scope: about.scope, ms: Math.round(ms) }, "restored a snapshot");
  const close = async () => {
    await bench.close();
    await held.release();
  };
  return { bench: { ...bench, close }, failed: null, setup: { how: "restored", ms: about.setupMs, changed } };
}

/** Does the set-up in the run's own files; `keepAs` null keeps nothing. */
async function runInPlace(
  deps: PipelineDeps,
  request: EnvironmentRequest,
  bench: Workbench,
  changed: readonly string[],
  keepAs: SnapshotName | null,
): Promise<Environment> {
  await bench.openSandbox();
  const start = performance.now();
  const failed = await runSetup(deps, bench, request);
  const ms = Math.round(performance.now() - start);
  // What a failed set-up left is not what anybody wants to begin with.
  const kept = failed === null && keepAs !== null && (await keepSetup(deps, request, bench, keepAs, ms));
  deps.meter.setUp(ms / 1000, kept);
  return { bench, failed, setup: { how: "ran", ms, changed } };
}

/** Does the set-up in files of the base commit, for all who have the same. Where it fails there, nothing is kept. */
async function makeOfBase(deps: PipelineDeps, request: EnvironmentRequest, name: SnapshotName): Promise<void> {
  const { workspace, repo, config, base, fromFork, signal } = request;
  const files = { workspace: setupWorkspace(workspace), repo, config, commit: base.sha, base, fromFork, signal };
  const bench = await openBench(deps, files);
  try {
    const { failed } = await runInPlace(deps, { ...request, commit: base.sha }, bench, [], name);
    if (failed !== null) deps.log.info({ key: name.key, commit: base.sha }, "the set-up fails on the base commit");
  } finally {
    await bench.close();
  }
}
