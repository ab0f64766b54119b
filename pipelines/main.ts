/** The worker as a process part: composes what the pipelines need and takes jobs until it is stopped. */
import type { PGlite } from "@electric-sql/pglite";
import { chooseBackend, usualBackend, type OfferedBackends } from "../src/agents/backends.ts";
import { createClaudeBackend } from "../src/agents/claude/backend.ts";
import { createCodegenApiBackend } from "../src/agents/codegen-api/backend.ts";
import { createModelBackend } from "../src/agents/model-loop.ts";
import { systemClock } from "../src/clock.ts";
import type { Env } from "../src/env.ts";
import { messageOf, StartError } from "../src/errors.ts";
import { createGitHub, type GitHubApp } from "../src/github/client.ts";
import type { Log } from "../src/log.ts";
import { createRedactor, type Redactor } from "../src/redact.ts";
import { openProvider } from "../src/sandbox/open-provider.ts";
import { openSecrets } from "../src/secrets/operator-secrets.ts";
import { isLeftover, ownedName } from "../src/sandbox/owner.ts";
import { removeTree } from "../src/sandbox/remove-tree.ts";
import { createSnapshotMeter } from "../src/snapshots/meter.ts";
import { openSnapshots } from "../src/snapshots/open-snapshots.ts";
import type { Store } from "../src/store/port.ts";
import { exclusively } from "../src/workspace/exclusive.ts";
import { openCodeIndexes } from "./code-index.ts";
import { compose } from "./compose.ts";
import type { PipelineDeps } from "./deps.ts";
import { endDeadJob } from "./end-run.ts";
import type { JobQueue } from "./queue.ts";
import { runDefaults, type RunSettings } from "./run-lease.ts";
import { startWorker, type WorkerSettings } from "./worker.ts";

const reconcileEveryMs = 5 * 60_000;

export interface WorkerProcessOptions {
  env: Env;
  store: Store;
  queue: JobQueue;
  embedded?: PGlite;
  log: Log;
  /** Shorter times for tests. */
  settings?: { worker?: Partial<WorkerSettings>; runs?: Partial<RunSettings>; githubTimeoutMs?: number };
}

export interface WorkerProcess {
  stop(): Promise<void>;
  /** For /health: throws while no safe sandbox can be had. */
  readonly parts: Readonly<Record<string, () => Promise<void>>>;
  /** For /metrics, as Prometheus text. */
  metrics(): Promise<string>;
}

/** @throws StartError when a variable that a worker needs is of no use */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { env, queue, embedded, log } = options;
  const deps = openDeps(options);
  const probe = await deps.sandboxes.probe();
  if (probe.ok)
    log.info(
      { sandbox: deps.sandboxes.name, version: probe.version, limits: probe.limits, files: probe.files },
      "sandbox is ready",
    );
  else log.warn({ problems: probe.problems }, "no sandbox: validations and agent runs will say so and not run");
  if (deps.agent === undefined)
    log.warn(
      "none of CODEGEN_MODEL, CODEGEN_API_TOKEN and CODEGEN_CLAUDE_KEY is set: commands that need a model will say so",
    );
  await openProvider(env.sandbox)
    .sweep()
    .catch((error: unknown) => log.warn({ problem: messageOf(error) }, "left-over sandboxes could not be removed"));
  const processors = compose(deps);
  const worker = await startWorker({
    ...(env.queueUrl === null ? {} : { queueUrl: env.queueUrl }),
    ...(env.databaseUrl === null ? {} : { databaseUrl: env.databaseUrl }),
    ...(embedded === undefined ? {} : { embedded }),
    log,
    processors,
    onDead: (job) => endDeadJob(deps, processors, job),
    settings: options.settings?.worker ?? {},
  });
  await queue.schedule("reconcile", { v: 1 }, reconcileEveryMs);
  return {
    async stop() {
      await worker.stop();
      await deps.code.close();
      await deps.snapshots.close();
    },
    metrics: () => deps.meter.text(deps.snapshots),
    parts: {
      sandbox: async () => {
        const { ok, problems } = await deps.sandboxes.probe();
        if (!ok) throw new Error(problems.join(" "));
      },
    },
  };
}

/** What the pipelines may touch, as the variables of the process say. */
export function openDeps({ env, store, queue, log, settings }: WorkerProcessOptions): PipelineDeps {
  const offered = openBackends(env, log);
  const redactor = createRedactor(env.secrets);
  const sandboxes = openProvider(env.sandbox, (reason) =>
    log.warn({ reason }, "files of sandboxes are copied, which takes longer than laying them over each other"),
  );
  return {
    store,
    github: openGitHub(env, redactor, log, settings?.githubTimeoutMs),
    redactor,
    queue,
    agent: usualBackend(offered),
    backendFor: (wish) => chooseBackend(offered, wish),
    abandon: async (memory) => {
      for (const backend of Object.values(offered.others)) await backend.abandon?.(memory);
    },
    sandboxes,
    network: { privateHosts: env.privateHosts },
    secrets: openSecrets({ path: env.secretsPath, know: (values) => redactor.know(values), log }),
    quotaMinutes: env.quotaMinutes,
    publicUrl: env.publicUrl,
    snapshots: openSnapshots({
      dataDir: env.dataDir,
      maxBytes: env.snapshotBytes,
      host: { ownedName, isLeftover, removeTree, exclusively },
      clock: systemClock,
      log,
    }),
    meter: createSnapshotMeter(),
    code: openCodeIndexes({ dataDir: env.dataDir, sandboxes, log }),
    dataDir: env.dataDir,
    clock: systemClock,
    log,
    settings: { ...runDefaults, ...settings?.runs },
  };
}

/** Each model that the operator allows, the usual one first, and whatever else is set up. */
function openBackends({ model, models, modelUrl, modelKey, codegenApi, claude }: Env, log: Log): OfferedBackends {
  const names = model === null ? [] : [...new Set([model, ...models])];
  const access = { url: modelUrl ?? undefined, key: modelKey ?? undefined, log };
  return {
    models: names.map((name) => createModelBackend({ model: name, ...access })),
    others: {
      ...(codegenApi === null ? {} : { "codegen-api": createCodegenApiBackend({ ...codegenApi, log }) }),
      ...(claude === null ? {} : { claude: createClaudeBackend({ ...claude, log }) }),
    },
  };
}

function openGitHub(env: Env, redactor: Redactor, log: Log, timeoutMs?: number): GitHubApp {
  if (env.privateKey === null)
    throw new StartError("PRIVATE_KEY or PRIVATE_KEY_PATH is missing: a worker speaks to GitHub as the App.");
  return createGitHub({
    apiUrl: env.githubApiUrl,
    webUrl: env.githubWebUrl,
    appId: env.appId,
    privateKey: env.privateKey,
    log,
    redact: (text) => redactor.redact(text),
    writeIntervalMs: isLoopback(env.githubApiUrl) ? 0 : 1_000,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/** A GitHub on this machine has no secondary limits to respect. */
function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
