import { constants } from "node:fs";
import { access, mkdtemp, rmdir, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { readEnv, type LocalEnv } from "../../src/env.ts";
import { messageOf } from "../../src/errors.ts";
import { launch } from "../../src/launcher.ts";
import * as messages from "../../src/messages/doctor.ts";
import type { HostFinding } from "../../src/messages/doctor.ts";

/** Oldest versions: of Node as package.json has it, of git that which merges without a work tree. */
const oldest = { node: [24, 11], git: [2, 38] } as const;
const leastFree = 2 * 1024 ** 3;
const answerMs = 5_000;
const browsers = ["chromium", "chromium-browser", "chromium-headless-shell", "google-chrome"];
const searched = { PATH: "/usr/local/bin:/usr/bin:/bin:/snap/bin", LC_ALL: "C.UTF-8" };

/** Looks at what the bot needs besides sandboxes. Nothing is changed, and nothing waits long. */
export async function inspectThisHost(env: LocalEnv): Promise<readonly HostFinding[]> {
  const found = await Promise.all([
    git(),
    chromium(env.chromiumPath),
    dataFolder(env.dataDir),
    store(env.databaseUrl),
    queue(env.queueUrl),
  ]);
  return [node(process.versions.node), ...found, variables()];
}

function node(version: string): HostFinding {
  const ok = isAtLeast(version, oldest.node);
  return {
    name: "node",
    ok,
    found: version,
    problems: ok ? [] : [messages.nodeTooOld(version, oldest.node.join("."))],
  };
}

async function git(): Promise<HostFinding> {
  const version = /\d+(?:\.\d+)+/.exec(await said("git", "--version"))?.[0];
  if (version === undefined) return { name: "git", ok: false, found: "", problems: [messages.gitMissing()] };
  const ok = isAtLeast(version, oldest.git);
  return { name: "git", ok, found: version, problems: ok ? [] : [messages.gitTooOld(oldest.git.join("."))] };
}

async function chromium(path: string | null): Promise<HostFinding> {
  for (const file of path === null ? browsers : [path]) {
    const version = await said(file, "--version");
    if (version !== "") return { name: "chromium", ok: true, found: version, problems: [] };
  }
  return { name: "chromium", ok: false, found: path ?? "", problems: [messages.chromiumMissing()] };
}

async function dataFolder(named: string): Promise<HostFinding> {
  const name = "data folder";
  const path = resolve(named);
  const place = await existing(path);
  try {
    if (place === path) await rmdir(await mkdtemp(join(path, ".doctor-")));
    else await access(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    return { name, ok: false, found: path, problems: [messages.dataFolderShut(path, messageOf(error))] };
  }
  const { bavail, bsize } = await statfs(place);
  const ok = bavail * bsize >= leastFree;
  const found = messages.dataFolder(path, bavail * bsize, place === path);
  return { name, ok, found, problems: ok ? [] : [messages.dataFolderFull()] };
}

/** The nearest directory above that is there. */
async function existing(path: string): Promise<string> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere || path === dirname(path) ? path : existing(dirname(path));
}

async function store(url: string | null): Promise<HostFinding> {
  if (url === null) return { name: "store", ok: true, found: messages.embedded("store"), problems: [] };
  return reached("store", "DATABASE_URL", url);
}

async function queue(url: string | null): Promise<HostFinding> {
  if (url === null) return { name: "queue", ok: true, found: messages.embedded("queue"), problems: [] };
  return reached("queue", "QUEUE_URL", url);
}

async function reached(name: string, variable: string, url: string): Promise<HostFinding> {
  const { host, protocol } = new URL(url);
  try {
    const what = protocol.startsWith("redis") ? await askRedis(url) : await askPostgres(url);
    return { name, ok: true, found: messages.reached(what, host), problems: [] };
  } catch (error) {
    return { name, ok: false, found: host, problems: [messages.unreachable(variable, host, messageOf(error))] };
  }
}

async function askPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: answerMs, query_timeout: answerMs });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return `PostgreSQL ${rows[0]?.server_version ?? ""}`;
  } finally {
    await client.end().catch(() => {});
  }
}

async function askRedis(url: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: answerMs,
    commandTimeout: answerMs,
    retryStrategy: () => null,
  });
  let problem: unknown;
  client.on("error", (error: unknown) => (problem = error));
  try {
    await client.connect();
    return `Redis ${/redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? ""}`;
  } catch (error) {
    // The client says only that the connection is closed; the cause came before.
    throw problem ?? error;
  } finally {
    client.disconnect();
  }
}

/** What the bot itself would say of its variables. */
function variables(): HostFinding {
  try {
    readEnv();
    return { name: "variables", ok: true, found: messages.variablesFound(true), problems: [] };
  } catch (error) {
    const problems = messageOf(error)
      .split("\n")
      .slice(1)
      .map((line) => line.replace(/^ *- /, ""));
    return { name: "variables", ok: false, found: messages.variablesFound(false), problems };
  }
}

/** The first line that a program prints, or nothing when it is not there or does not work. */
async function said(file: string, argument: string): Promise<string> {
  const { end, code, stdout } = await launch({ file, args: [argument], env: searched, timeoutMs: answerMs });
  return end === "exited" && code === 0 ? (stdout.toString().split("\n")[0] ?? "").trim() : "";
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}
