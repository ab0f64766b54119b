/**
 * `npm run bench:spine`: how long the main job takes and what an idle bot weighs, on this machine, against the goals.
 *
 *   --rounds N    stories to play (default 3); the median counts
 *   --skip-tests  leave out the test suite, which takes minutes
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { play } from "../test/demo/play.ts";
import { setStage } from "../test/demo/stage.ts";
import { startPostgres } from "../test/doubles/postgres.ts";
import { startRedis } from "../test/doubles/redis.ts";
import { idleMemory } from "./idle-memory.ts";
import { readOptions } from "./options.ts";
import { report } from "./report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Story {
  /** Everything, from nothing running to nothing running. */
  readonly whole: number;
  /** From the first command to the closed issue. */
  readonly story: number;
  /** The bot's own work in it: jobs and answers, less what repository commands and the model took. */
  readonly own: number;
}

const values = readOptions(import.meta.url, {
  rounds: { type: "string", default: "3" },
  "skip-tests": { type: "boolean", default: false },
});
const rounds = Math.max(1, Math.trunc(Number(values.rounds)) || 3);

const stories: Story[] = [];
for (let round = 1; round <= rounds; round += 1) {
  console.error(`story ${round} of ${rounds} …`);
  stories.push(await playOnce());
}
console.error("idle memory …");
const embedded = await idleMemory({});
const split = await idleMemoryOnServers();
const whole = values["skip-tests"] ? undefined : await timeTests("whole suite", []);
// After it, as it is run all day: the first run of a checkout compiles everything.
const unit = values["skip-tests"] ? undefined : await timeTests("unit layer", ["--selectProjects", "unit"]);

report({
  bench: "spine",
  rows: [
    {
      key: "story_s",
      what: "demo --once, whole process life (median)",
      value: median(stories.map((story) => story.whole)),
      unit: "s",
      goal: { max: 60 },
    },
    {
      key: "story_own_s",
      what: "of it the bot's own work",
      value: median(stories.map((story) => story.own)),
      unit: "s",
      goal: { max: 5 },
    },
    {
      key: "story_told_s",
      what: "first command to closed issue",
      value: median(stories.map((story) => story.story)),
      unit: "s",
    },
    { key: "unit_s", what: "unit layer", value: unit, unit: "s", goal: { max: 5 } },
    { key: "test_s", what: "npm test, whole", value: whole, unit: "s", goal: { max: 300 } },
    { key: "idle_rss_mb_embedded", what: "idle memory, PGlite", value: embedded, unit: "MB" },
    { key: "idle_rss_mb_redis", what: "idle memory, Redis + PostgreSQL", value: split, unit: "MB" },
  ],
});

/** With queue and store outside the process, as in production. */
async function idleMemoryOnServers(): ReturnType<typeof idleMemory> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  try {
    return await idleMemory({ QUEUE_URL: redis.url, DATABASE_URL: postgres.url });
  } finally {
    await Promise.all([redis.close(), postgres.close()]);
  }
}

async function playOnce(): Promise<Story> {
  const data = await mkdtemp(join(tmpdir(), "bench-spine-"));
  const began = performance.now();
  try {
    const stage = await setStage({
      port: 0,
      data,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      tell: () => {},
    });
    let seconds: number;
    try {
      ({ seconds } = await play(stage, { wait: () => () => {}, done: () => {} }, 120_000));
    } finally {
      await stage.close();
    }
    return { whole: (performance.now() - began) / 1000, story: seconds, own: await ownSeconds(stage.logFile) };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** Adds up the bot's closing log lines: what jobs and answers took, less the commands that ran in the sandbox. The scripted model takes no time of its own. */
async function ownSeconds(logFile: string): Promise<number> {
  const lines = (await readFile(logFile, "utf8")).split("\n").flatMap((line): { msg?: string; ms?: number }[] => {
    try {
      return [JSON.parse(line) as { msg?: string; ms?: number }];
    } catch {
      return [];
    }
  });
  const total = (msg: string) =>
    lines.filter((line) => line.msg === msg).reduce((sum, line) => sum + (line.ms ?? 0), 0);
  return (total("job ended") + total("delivery answered") - total("command ran")) / 1000;
}

async function timeTests(what: string, args: readonly string[]): Promise<number> {
  console.error(`${what} …`);
  const began = performance.now();
  const child = spawn("npm", ["test", "--silent", "--", ...args], { cwd: root, stdio: "ignore" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0) console.error(`the ${what} ended with exit code ${code}`);
  return (performance.now() - began) / 1000;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
