/**
 * The driver of the stories: a local GitHub in strict mode, the bot's real edge, queue, store, worker and sandbox, a scripted model,
 * and people who act through GitHub's API. Only ports are replaced, and only when a test says so.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { startEdge, type Edge } from "../../handlers/edge.ts";
import { compose } from "../../pipelines/compose.ts";
import type { PipelineDeps } from "../../pipelines/deps.ts";
import { endDeadJob } from "../../pipelines/end-run.ts";
import { openDeps } from "../../pipelines/main.ts";
import { openQueue, type JobQueue } from "../../pipelines/queue.ts";
import type { RunSettings } from "../../pipelines/run-lease.ts";
import { startWorker, type RunningWorker } from "../../pipelines/worker.ts";
import { systemClock } from "../../src/clock.ts";
import { readEnv, type Env } from "../../src/env.ts";
import { createLog, silentLog, type Log } from "../../src/log.ts";
import { openStore } from "../../src/store/open-store.ts";
import { seedStore } from "./embedded-template.ts";
import { startGitHub, type LocalGitHub } from "./github/index.ts";
import { startScriptedModel, type Script, type ScriptedModel } from "./model/scripted-model.ts";
import { filesOf, newRepository, type Files } from "./new-repository.ts";
import { admin, newPerson, type Person } from "./person.ts";
import { quickConfig, quickFiles, quickStory } from "./quick-tests.ts";
import { seedAnalyser } from "./seed-analyser.ts";
import { openSharedPlace } from "./shared-servers.ts";
import { scriptedStory } from "../demo/scripted-story.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const teashop = join(root, "test/fixtures/teashop");

export interface StartOptions {
  /** Files of the repository besides the teashop's; null removes one. */
  files?: Record<string, string | null>;
  /** Pulls are validated as the teashop's own file says: with tests in Node, and analysed. Otherwise quickly (quick-tests.ts). */
  ownConfig?: boolean;
  /** null: no model is set up. Default: the one of the demo, with quick tests unless `ownConfig`. */
  script?: Script | null;
  /** Default: with its queue on the servers that all tests share, or embedded where there are none. */
  databaseUrl?: string;
  /** Store and queue in the bot's own process, as where nothing is set up. */
  embedded?: boolean;
  queueUrl?: string;
  /** Keeps queues of several tests on one server apart. */
  queueName?: string;
  /** Ports to replace. */
  replace?: (deps: PipelineDeps) => Partial<PipelineDeps>;
  /** What the App may do, instead of app.yml's permissions. */
  permissions?: Record<string, string>;
  /** Shorter than in production, so that a test need not wait. */
  leaseMs?: number;
  /** How long the bot waits for an answer of GitHub. */
  githubTimeoutMs?: number;
  log?: boolean;
  /** Further variables of the bot. */
  variables?: Record<string, string>;
  /** How long a job may wait before it is given up. */
  maxWaitMs?: number;
  parkMs?: readonly number[];
  progressMs?: number;
  /** Waits and intervals as in production, in place of the short ones for tests. */
  realTimes?: boolean;
}

export interface Story {
  readonly github: LocalGitHub;
  readonly model: ScriptedModel | null;
  readonly deps: PipelineDeps;
  readonly queue: JobQueue;
  readonly edge: Edge;
  /** Opens the edge again, at the same address, after a test closed it. */
  openEdge(): Promise<void>;
  readonly env: Env;
  readonly webhookSecret: string;
  /** Owner of the repository, reporter without any right, and the repository. */
  readonly ada: Person;
  readonly grace: Person;
  readonly repository: string;
  readonly at: string;
  openIssue(title?: string, body?: string, by?: Person): Promise<number>;
  comment(number: number, body: string, by?: Person): Promise<number>;
  comments(number: number): Promise<{ id: number; body: string; user: { login: string } }[]>;
  /** The bot's comments of a thread, oldest first. */
  answers(number: number): Promise<string[]>;
  reactions(commentId: number): Promise<string[]>;
  checkRuns(sha: string): Promise<
    {
      name: string;
      status: string;
      conclusion: string | null;
      output: { title: string | null; summary: string | null; text: string | null };
    }[]
  >;
  /** Waits until every delivery is answered and no job is left. */
  drain(): Promise<void>;
  /** GitHub's clock goes on by so much: what happens next happens later. */
  passTime(seconds: number): void;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  /** Ends everything. Fails when the strict GitHub saw something that the real one would refuse. */
  finish(): Promise<void>;
}

export async function start(options: StartOptions = {}): Promise<Story> {
  const folder = await mkdtemp(join(tmpdir(), "codegen-story-"));
  const log: Log = options.log === true ? createLog("info") : silentLog;
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  let ahead = 0;
  const github = await startGitHub({ strict: true, clock: { now: () => new Date(Date.now() + ahead) } });
  closers.push(() => github.close());
  const ada = await newPerson(github.url, "ada");
  const grace = await newPerson(github.url, "grace");
  const manifest = parse(await readFile(join(root, "app.yml"), "utf8")) as Record<string, unknown>;
  if (options.permissions) manifest.default_permissions = options.permissions;
  // The edge's port is not known yet; the hook is pointed at it below.
  const app = await admin<{ app_id: number; private_key: string; webhook_secret: string }>(github.url, "apps", {
    manifest,
    webhook_url: "http://127.0.0.1:9/",
  });

  const isPlaced = options.embedded === true || options.databaseUrl !== undefined || options.queueUrl !== undefined;
  const shared = isPlaced ? undefined : await openSharedPlace();
  if (shared) closers.push(() => shared.drop());
  const { databaseUrl, queueUrl, queueName } = { ...shared, ...options };
  const usual = options.ownConfig === true ? scriptedStory : quickStory;
  const script = options.script === undefined ? usual : options.script;
  const model = script === null ? null : await startScriptedModel({ script });
  if (model) closers.push(() => model.close());
  const told = readEnv({
    APP_ID: String(app.app_id),
    PRIVATE_KEY: app.private_key,
    WEBHOOK_SECRET: app.webhook_secret,
    GITHUB_API_URL: github.url,
    PORT: "0",
    CODEGEN_DATA_DIR: folder,
    LOG_LEVEL: "silent",
    ...(model === null ? {} : { CODEGEN_MODEL: "openai-compatible:scripted", CODEGEN_MODEL_URL: model.url }),
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...(queueUrl === undefined ? {} : { QUEUE_URL: queueUrl }),
    ...options.variables,
  });

  if (databaseUrl === undefined) await seedStore(folder);
  seedAnalyser(folder);
  const place = told.databaseUrl === null ? {} : { databaseUrl: told.databaseUrl };
  const opened = await openStore({ ...place, dataDir: folder, clock: systemClock, log });
  closers.push(() => opened.close());
  const source = {
    ...place,
    ...(told.queueUrl === null ? {} : { queueUrl: told.queueUrl }),
    ...(opened.embedded === undefined ? {} : { embedded: opened.embedded }),
    ...(queueName === undefined ? {} : { name: queueName }),
    log,
  };
  const queue = await openQueue(source, { backoffMs: 50 });
  closers.push(() => queue.close());
  const openEdge = (port: number) =>
    startEdge({
      role: "all",
      host: "127.0.0.1",
      port,
      appId: told.appId,
      secrets: told.webhookSecrets,
      githubWebUrl: told.githubWebUrl,
      enqueue: (name, data, enqueueOptions) => queue.enqueue(name, data, enqueueOptions),
      queueMetrics: () => queue.metrics(),
      deliveries: opened.store.deliveries,
      store: opened.store,
      parts: {},
      log,
    });
  let edge = await openEdge(0);
  closers.push(() => edge.close());
  const { port } = edge;
  const env: Env = { ...told, publicUrl: `http://127.0.0.1:${port}` };
  const leaseMs = options.leaseMs ?? 15_000;
  const base = openDeps({
    env,
    store: opened.store,
    queue,
    log,
    settings: {
      ...(options.githubTimeoutMs === undefined ? {} : { githubTimeoutMs: options.githubTimeoutMs }),
      ...(options.realTimes === true ? {} : { runs: shortTimes(options, leaseMs) }),
    },
  });
  const deps: PipelineDeps = { ...base, ...options.replace?.(base) };
  closers.push(() => deps.code.close());
  closers.push(() => deps.snapshots.close());
  await pointHook(github, app, `http://127.0.0.1:${port}/api/github/webhooks`);

  let worker: RunningWorker | undefined;
  const startTheWorker = async () => {
    const processors = compose(deps);
    worker ??= await startWorker({
      ...source,
      processors,
      onDead: (job) => endDeadJob(deps, processors, job),
      settings: {
        stalledCheckMs: 1_000,
        lockMs: leaseMs,
        ...(options.maxWaitMs === undefined ? {} : { maxWaitMs: options.maxWaitMs }),
      },
    });
  };
  const stopTheWorker = async () => {
    await worker?.stop();
    worker = undefined;
  };
  await startTheWorker();
  closers.push(stopTheWorker);

  await admin(github.url, "installations", { app_id: app.app_id, account: "ada" });
  const drain = () => drained(github, queue);
  const bot = {
    github,
    model,
    deps,
    queue,
    edge: { port, close: () => edge.close() },
    async openEdge() {
      edge = await openEdge(port);
    },
    env,
    webhookSecret: app.webhook_secret,
    ada,
    grace,
    drain,
    passTime(seconds: number) {
      ahead += seconds * 1_000;
    },
    stopWorker: stopTheWorker,
    startWorker: startTheWorker,
    async finish() {
      const violations = github.violations();
      for (const close of closers.splice(0).toReversed()) await close();
      refuseViolations(violations);
    },
  };
  return openRepository(bot, "teashop", options);
}

/** Everything of a story but its repository. */
type Bot = Omit<Story, keyof ReturnType<typeof inRepository>>;

/** Makes a repository of the teashop's files, with others besides, and gives the story that plays in it. */
export async function openRepository(
  bot: Bot,
  name: string,
  options: Pick<StartOptions, "files" | "ownConfig">,
): Promise<Story> {
  await newRepository(bot.ada, name, await shopFiles(options));
  await bot.drain();
  return { ...bot, ...inRepository(bot, `ada/${name}`) };
}

/** @throws when the strict GitHub saw something that the real one would refuse */
export function refuseViolations(violations: readonly unknown[]): void {
  if (violations.length > 0)
    throw new Error(`GitHub would refuse this:\n${JSON.stringify(violations, null, 2).slice(0, 4_000)}`);
}

function inRepository({ ada, grace }: Pick<Story, "ada" | "grace">, repository: string) {
  const at = `/repos/${repository}`;
  const comments: Story["comments"] = (number) => ada.api("GET", `${at}/issues/${number}/comments?per_page=100`);
  const openIssue: Story["openIssue"] = async (
    title = "Ten packs get no bulk discount",
    body = "Ten packs should be cheaper.",
    by = grace,
  ) => (await by.api<{ number: number }>("POST", `${at}/issues`, { title, body })).number;
  const comment: Story["comment"] = async (number, body, by = ada) =>
    (await by.api<{ id: number }>("POST", `${at}/issues/${number}/comments`, { body })).id;
  const answers: Story["answers"] = async (number) =>
    (await comments(number)).filter(({ user }) => user.login.endsWith("[bot]")).map(({ body }) => body);
  const reactions: Story["reactions"] = async (id) =>
    (await ada.api<{ content: string }[]>("GET", `${at}/issues/comments/${id}/reactions`)).map(
      ({ content }) => content,
    );
  const checkRuns: Story["checkRuns"] = async (sha) =>
    (await ada.api<{ check_runs: never[] }>("GET", `${at}/commits/${sha}/check-runs?per_page=100`)).check_runs;
  return { repository, at, openIssue, comment, comments, answers, reactions, checkRuns };
}

function shortTimes({ parkMs, progressMs }: StartOptions, leaseMs: number): Partial<RunSettings> {
  return {
    leaseMs,
    renewMs: leaseMs / 3,
    cancelPollMs: 300,
    threadRetryMs: 50,
    lookAgainMs: [20, 80, 200],
    lagMs: 100,
    parkMs: parkMs ?? [100],
    ...(progressMs === undefined ? {} : { progressMs }),
  };
}

async function shopFiles({ files, ownConfig = false }: Pick<StartOptions, "files" | "ownConfig">): Promise<Files> {
  const own = await filesOf(teashop);
  const quick = ownConfig ? {} : { ...quickFiles, ".codegen.yml": quickConfig(own[".codegen.yml"] ?? "") };
  const wanted: Record<string, string | null> = { ...own, ...quick, ...files };
  return Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** As an App changes its own hook: `PATCH /app/hook/config` with its JWT. */
async function pointHook(
  github: LocalGitHub,
  app: { app_id: number; private_key: string },
  url: string,
): Promise<void> {
  const { createAppAuth } = await import("@octokit/auth-app");
  const { token } = await createAppAuth({ appId: app.app_id, privateKey: app.private_key })({ type: "app" });
  const answer = await fetch(`${github.url}/app/hook/config`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ url }),
  });
  if (!answer.ok) throw new Error(`PATCH /app/hook/config → ${answer.status} ${await answer.text()}`);
}

async function drained(github: LocalGitHub, queue: JobQueue): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (let quiet = 0; quiet < 2;) {
    await github.settled();
    const counts = await queue.counts();
    const left = (counts.waiting ?? 0) + (counts.active ?? 0) + (counts.delayed ?? 0) + (counts.prioritized ?? 0);
    quiet = left === 0 ? quiet + 1 : 0;
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    if (Date.now() > deadline) throw new Error(`jobs are left after a minute: ${JSON.stringify(counts)}`);
  }
}
