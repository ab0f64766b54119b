/** Everything that the demo needs, started for real: local GitHub, model, bot, a repository with an open issue. */
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { startGitHub, type LocalGitHub } from "../doubles/github/index.ts";
import { startScriptedModel } from "../doubles/model/scripted-model.ts";
import { admin, newPerson, type Person } from "../doubles/person.ts";
import { filesOf, newRepository } from "../doubles/new-repository.ts";
import { sayEvent } from "./say-event.ts";
import { issue, scriptedStory } from "./scripted-story.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Stage {
  readonly github: string;
  readonly bot: string;
  readonly repository: string;
  readonly issue: number;
  readonly maintainer: Person;
  readonly reporter: Person;
  /** `null`: a real model, from the environment. */
  readonly scriptedCalls: (() => number) | null;
  readonly logFile: string;
  readonly botPid: number;
  /** Rejects when the bot ends by itself. */
  readonly botEnded: Promise<never>;
  /** Ends everything. After a failure the folder is kept, for the bot's log is in it. */
  close(ended?: "well" | "badly"): Promise<void>;
}

export interface StageOptions {
  readonly port: number;
  /** Where everything is kept; a temporary folder that is removed when it is undefined. */
  readonly data: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (line: string) => void;
  /** Hears a line for everything that happens on the local GitHub once the stage is set. */
  readonly onEvent?: (line: string) => void;
}

/** @throws Error that says what could not be started, and why; nothing is left running then */
export async function setStage({ port, data, env, tell, onEvent }: StageOptions): Promise<Stage> {
  if (data !== undefined && existsSync(join(data, "github", "state.json")))
    throw new Error(`${data} holds an earlier demo, and each begins with an empty folder: name another, or remove it.`);
  const folder = data ?? (await mkdtemp(join(tmpdir(), "codegen-demo-")));
  const closers: (() => Promise<void>)[] = [];
  const close = async (ended: "well" | "badly" = "well") => {
    for (const closer of closers.splice(0).toReversed()) await closer();
    if (data === undefined && ended === "well") await rm(folder, { recursive: true, force: true });
  };
  try {
    tell("starting the local GitHub");
    const taken = await freePort(port);
    if (port !== 0 && taken !== port) tell(`port ${port} is in use, so it is port ${taken} this time`);
    const github = await startGitHub({ port: taken, dataDir: join(folder, "github") });
    closers.push(() => github.close());
    const model = await openModel(env, tell);
    closers.push(model.close);

    const maintainer = await newPerson(github.url, "ada");
    const reporter = await newPerson(github.url, "grace");
    const botPort = await freePort(0);
    const app = await registerApp(github.url, `http://127.0.0.1:${botPort}/api/github/webhooks`);
    tell("starting the bot");
    await mkdir(join(folder, "bot"), { recursive: true });
    const logFile = join(folder, "bot.log");
    const bot = startBot(
      { ...model.variables, ...botVariables(env, app, github.url, botPort, join(folder, "bot")) },
      logFile,
    );
    closers.push(() => stop(bot.process));
    await Promise.race([ready(`http://127.0.0.1:${botPort}/health`), bot.ended]);

    tell("making the sample repository and opening an issue");
    const files = await filesOf(join(root, "test/fixtures/teashop"));
    await newRepository(maintainer, "teashop", files, { description: "A small tea shop" });
    await admin(github.url, "installations", { app_id: app.app_id, account: "ada" });
    const opened = await reporter.api<{ number: number }>("POST", "/repos/ada/teashop/issues", issue);
    if (onEvent) listen(github, onEvent);
    return {
      github: github.url,
      bot: `http://127.0.0.1:${botPort}`,
      repository: "ada/teashop",
      issue: opened.number,
      maintainer,
      reporter,
      scriptedCalls: model.calls,
      logFile,
      botPid: bot.process.pid ?? 0,
      botEnded: bot.ended,
      close,
    };
  } catch (error) {
    await close("badly");
    throw error;
  }
}

/** The local GitHub keeps its own listener: it delivers the events to the bot. */
function listen({ github }: LocalGitHub, onEvent: (line: string) => void): void {
  const deliver = github.onEvent;
  github.onEvent = (event) => {
    deliver(event);
    const line = sayEvent(event);
    if (line !== null) onEvent(line);
  };
}

interface RegisteredApp {
  app_id: number;
  slug: string;
  private_key: string;
  webhook_secret: string;
}

async function registerApp(url: string, webhook: string): Promise<RegisteredApp> {
  const manifest: unknown = parse(await readFile(join(root, "app.yml"), "utf8"));
  return admin<RegisteredApp>(url, "apps", { manifest, webhook_url: webhook });
}

async function openModel(env: StageOptions["env"], tell: StageOptions["tell"]) {
  if (env.CODEGEN_MODEL) {
    tell(`the model is ${env.CODEGEN_MODEL}, a real one`);
    const names = ["CODEGEN_MODEL", "CODEGEN_MODEL_URL", "CODEGEN_MODEL_KEY"] as const;
    const variables = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
    return { variables, calls: null, close: async () => {} };
  }
  const scripted = await startScriptedModel({ script: scriptedStory });
  tell("the model is SCRIPTED: it knows the answers to this one issue; set CODEGEN_MODEL to use a real one");
  return {
    variables: { CODEGEN_MODEL: "openai-compatible:scripted", CODEGEN_MODEL_URL: scripted.url },
    calls: () => scripted.requests().length,
    close: () => scripted.close(),
  };
}

function botVariables(
  env: StageOptions["env"],
  app: RegisteredApp,
  github: string,
  port: number,
  dataDir: string,
): Record<string, string> {
  return {
    PATH: env.PATH ?? "",
    HOME: env.HOME ?? dataDir,
    APP_ID: String(app.app_id),
    PRIVATE_KEY: app.private_key,
    WEBHOOK_SECRET: app.webhook_secret,
    GITHUB_API_URL: github,
    HOST: "127.0.0.1",
    PORT: String(port),
    CODEGEN_DATA_DIR: dataDir,
    LOG_LEVEL: env.LOG_LEVEL ?? "info",
    ...(env.DATABASE_URL ? { DATABASE_URL: env.DATABASE_URL } : {}),
    ...(env.QUEUE_URL ? { QUEUE_URL: env.QUEUE_URL } : {}),
    ...(env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE } : {}),
  };
}

function startBot(
  variables: Record<string, string>,
  logFile: string,
): { process: ChildProcess; ended: Promise<never> } {
  const log = createWriteStream(logFile);
  const child = spawn(process.execPath, [join(root, "handlers/server.ts")], {
    env: variables,
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    // In the terminal's group it would get Ctrl-C as well, and our own signal after that would cut its ending short.
    detached: true,
  });
  // However this process ends, short of being killed: no bot stays behind.
  const last = () => void child.kill("SIGKILL");
  process.once("exit", last);
  child.once("exit", () => process.off("exit", last));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`the bot ended by itself (${signal ?? `exit code ${code}`}); its log is ${logFile}`)),
    );
  });
  // Only interesting to those who wait for it.
  ended.catch(() => undefined);
  return { process: child, ended };
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (Date.now() > deadline)
      throw new Error(`the bot is not ready after 60 s: ${url} answers ${answer?.status ?? "nothing"}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 12_000);
  await gone;
  clearTimeout(hard);
}

/** The wanted port if nobody has it, else any free one. */
async function freePort(wanted: number): Promise<number> {
  const probe = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address ? address.port : port));
      });
    });
  return probe(wanted).catch(() => probe(0));
}
