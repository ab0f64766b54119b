/**
 * The stage for bots that die: a local GitHub, a scripted model, a repository with an issue, and processes of the bot that the
 * test starts, kills, pauses and replaces. People act through GitHub's API only.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { bundled, shortLived, shortLivedWithStore } from "../doubles/bundled.ts";
import { seedStore } from "../doubles/embedded-template.ts";
import { freePort } from "../doubles/free-port.ts";
import { startGitHub, type LocalGitHub } from "../doubles/github/index.ts";
import { startScriptedModel, type Script } from "../doubles/model/scripted-model.ts";
import { filesOf, newRepository } from "../doubles/new-repository.ts";
import { admin, newPerson, type Person } from "../doubles/person.ts";
import { startRedis } from "../doubles/redis.ts";
import { quickCommands, quickFiles, quickStory } from "../doubles/quick-tests.ts";
import { seedAnalyser } from "../doubles/seed-analyser.ts";
import { openSharedPlace } from "../doubles/shared-servers.ts";
import { openDiary, type Entry } from "./boundaries.ts";
import type { Orders } from "./orders.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Scene {
  readonly github: LocalGitHub;
  readonly ada: Person;
  /** `/repos/OWNER/NAME` */
  readonly at: string;
  readonly issue: number;
  /** Where the bot's webhooks arrive. */
  readonly port: number;
  /** The variables of the bot's processes. */
  readonly variables: Readonly<Record<string, string>> & { readonly LOG_LEVEL: "warn" };
  diary(): Entry[];
  /** A process of the bot: loaded at once, at work after `go`. */
  bot(orders: Omit<Orders, "diary">, variables?: Record<string, string>): Bot;
  /** The real process entry as an edge; it takes deliveries for workers on the same servers. */
  edge(): Bot;
  /** Resolves when the queue holds nothing but the next reconcile pass. */
  idle(ms: number): Promise<void>;
  /** Kills every process and closes everything. */
  close(): Promise<void>;
}

export interface Bot {
  readonly pid: number;
  /** Resolves with what ended it. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
  /** Resolves when it takes deliveries and jobs, or has ended before it could. */
  go(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** The end of what it has written so far. */
  output(): string;
}

export interface SceneOptions {
  databaseUrl?: string;
  queueUrl?: string;
  script?: Script;
}

/** A database and a Redis of one scene's own; without them its bots keep all in their folder, and take four times as long to start. */
export interface SceneServers {
  readonly databaseUrl: string;
  readonly queueUrl: string;
  close(): Promise<void>;
}

export async function openServers(): Promise<SceneServers> {
  const place = await openSharedPlace();
  if (place === undefined) throw new Error("the servers of the test run are not there");
  const redis = await startRedis();
  return {
    databaseUrl: place.databaseUrl,
    queueUrl: redis.url,
    close: async () => void (await Promise.all([redis.close(), place.drop()])),
  };
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "codegen-chaos-"));
  const github = await startGitHub({ strict: true });
  const model = await startScriptedModel({ script: options.script ?? quickStory });
  const port = await freePort();
  const bots = new Set<Bot>();
  const manifest = parse(await readFile(join(root, "app.yml"), "utf8")) as Record<string, unknown>;
  const app = await admin<{ app_id: number; private_key: string; webhook_secret: string }>(github.url, "apps", {
    manifest,
    webhook_url: `http://127.0.0.1:${port}/api/github/webhooks`,
  });
  const ada = await newPerson(github.url, "ada");
  const own = await filesOf(join(root, "test/fixtures/teashop"));
  const config = quickCommands(own[".codegen.yml"] ?? "");
  await newRepository(ada, "teashop", { ...own, ...quickFiles, ".codegen.yml": config });
  await admin(github.url, "installations", { app_id: app.app_id, account: "ada" });
  const at = "/repos/ada/teashop";
  const { number: issue } = await ada.api<{ number: number }>("POST", `${at}/issues`, {
    title: "Ten packs get no bulk discount",
    body: "Ten packs should be cheaper.",
  });
  await github.settled();
  if (options.databaseUrl === undefined) await seedStore(folder);
  seedAnalyser(folder);

  const diary = openDiary(join(folder, "diary"));
  const variables = {
    LOG_LEVEL: "warn" as const,
    PATH: process.env.PATH ?? "",
    APP_ID: String(app.app_id),
    PRIVATE_KEY: app.private_key,
    WEBHOOK_SECRET: app.webhook_secret,
    GITHUB_API_URL: github.url,
    PORT: String(port),
    CODEGEN_DATA_DIR: folder,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, "compiled"),
    CODEGEN_MODEL: "openai-compatible:scripted",
    CODEGEN_MODEL_URL: model.url,
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...(options.queueUrl === undefined ? {} : { QUEUE_URL: options.queueUrl }),
  };
  const flags = options.databaseUrl === undefined ? shortLivedWithStore : shortLived;
  const programs = { killedBot: await bundled("killedBot"), server: await bundled("server") };
  let closed = false;
  const adopt = (child: ChildProcess): Bot => {
    const bot = toBot(child);
    if (closed) bot.kill("SIGKILL");
    bots.add(bot);
    void bot.ended.then(() => bots.delete(bot));
    return bot;
  };
  return {
    github,
    ada,
    at,
    issue,
    port,
    variables,
    diary: () => diary.read(),
    bot(orders, more = {}) {
      if (closed) throw new Error("the scene is closed");
      return adopt(
        fork(programs.killedBot, [JSON.stringify({ ...orders, diary: join(folder, "diary") } satisfies Orders)], {
          env: { ...variables, ...more },
          execArgv: ["--disable-warning=ExperimentalWarning", ...flags],
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        }),
      );
    },
    edge: () =>
      adopt(
        fork(programs.server, {
          env: { ...variables, CODEGEN_ROLE: "edge" },
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        }),
      ),
    idle: (ms) =>
      until("nothing is left to do", () => isIdle(`http://127.0.0.1:${port}/metrics`), ms).then(() => undefined),
    async close() {
      closed = true;
      for (const bot of bots) {
        bot.kill("SIGKILL");
        await bot.ended;
      }
      await model.close();
      await github.close();
      // The kernel may still be taking down sandboxes of a killed bot.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Waits until `find` gives something; polls a border that tells nobody when it changes. */
export async function until<T>(
  what: string,
  find: () => Promise<T | undefined> | T | undefined,
  ms: number,
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`within ${ms} ms it did not come true that ${what}`);
    await setTimeout(25);
  }
}

/** By what the edge tells of the queue; undefined also while no edge answers. */
async function isIdle(metrics: string): Promise<true | undefined> {
  const text = await fetch(metrics)
    .then((answer) => answer.text())
    .catch(() => "");
  const counts = [...text.matchAll(/^bullmq_job_count\{.*state="(\w+)".*\} (\d+)$/gm)];
  const count = (...states: string[]): number =>
    counts.reduce((sum, [, state = "", number]) => sum + (states.includes(state) ? Number(number) : 0), 0);
  return (counts.length > 0 && count("waiting", "active", "prioritized") === 0 && count("delayed") <= 1) || undefined;
}

function toBot(child: ChildProcess): Bot {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8_000)));
  let isLoaded = (): void => undefined;
  let isReady = (): void => undefined;
  const loaded = new Promise<void>((resolve) => (isLoaded = resolve));
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  child.on("message", (word) => (word === "loaded" ? isLoaded() : isReady()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  });
  return {
    pid: child.pid ?? 0,
    ended,
    async go() {
      await Promise.race([loaded, ended]);
      if (child.connected) child.send("go", () => undefined);
      await Promise.race([ready, ended]);
    },
    kill: (signal) => void child.kill(signal),
    output: () => output,
  };
}
