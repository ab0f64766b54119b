/**
 * `npm run demo`: the whole story on this machine, without any account. Starts a local GitHub, the bot, and a sample repository with an
 * open issue, and prints the pages to open. With `--once` it plays the story by itself and ends.
 */
import { resolve as absolute } from "node:path";
import { parseArgs } from "node:util";
import { play } from "./play.ts";
import { setStage, type Stage } from "./stage.ts";
import { createTeller } from "./teller.ts";

const usage = `Usage: npm run demo [-- options]

  --once         play the whole story, print it line by line, and end (exit code 0 only when the pull was merged)
  --port NUMBER  port of the local GitHub (default 4000; another one is taken when it is in use)
  --data DIR     keep everything in this folder (default: a temporary one that is removed at the end)
  --help         show this

CODEGEN_MODEL, CODEGEN_MODEL_URL and CODEGEN_MODEL_KEY make the same demo use a real model instead of the scripted one.`;

process.exit(await demo());

async function demo(): Promise<number> {
  const options = readOptions();
  if (typeof options === "string") {
    console.error(options);
    return options === usage ? 0 : 1;
  }
  const teller = createTeller(process.stdout);
  let asked = false;
  const interrupted = new Promise<"interrupted">((resolve) => {
    const stop = () => {
      // A second time means: now.
      if (asked) process.exit(130);
      asked = true;
      teller.say("stopping; a second Ctrl-C ends it at once");
      resolve("interrupted");
    };
    // Who read along has gone, and nobody else can be told; each line that follows says so again.
    process.stdout.on("error", () => {
      asked = true;
      resolve("interrupted");
    });
    // SIGHUP: the terminal was closed.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
  let stage: Stage | undefined;
  let ended: "well" | "badly" = "well";
  try {
    const setting = setStage({
      port: options.port,
      data: options.data,
      env: process.env,
      tell: (line) => {
        if (!asked) teller.say(line);
      },
      // In the browser somebody else acts, and the terminal tells what comes of it; `--once` tells its own scenes.
      ...(options.once ? {} : { onEvent: (line: string) => teller.say(line) }),
    });
    // A stage that comes up after Ctrl-C is taken down again below.
    const set = await Promise.race([setting, interrupted]);
    if (set === "interrupted") {
      stage = await setting.catch(() => undefined);
      return 130;
    }
    stage = set;
    if (options.once) return await once(stage, teller, interrupted);
    teller.invite(stage);
    await Promise.race([interrupted, stage.botEnded]);
    return 0;
  } catch (error) {
    ended = "badly";
    teller.fail(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await stage?.close(ended);
  }
}

async function once(
  stage: Stage,
  teller: ReturnType<typeof createTeller>,
  interrupted: Promise<"interrupted">,
): Promise<number> {
  const patienceMs = stage.scriptedCalls === null ? 20 * 60_000 : 60_000;
  const ended = await Promise.race([play(stage, teller, patienceMs), interrupted]);
  if (ended === "interrupted") return 130;
  const calls = stage.scriptedCalls === null ? "" : ` (the model was scripted: ${stage.scriptedCalls()} calls)`;
  teller.say(`issue → plan → pull → checks → merge in ${ended.seconds.toFixed(1)} s${calls}`);
  return 0;
}

function readOptions(): { once: boolean; port: number; data: string | undefined } | string {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: "boolean", default: false },
        port: { type: "string", default: "4000" },
        data: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return usage;
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return `--port ${values.port}: must be a whole number from 0 to 65535.\n\n${usage}`;
    return { once: values.once, port, data: values.data === undefined ? undefined : absolute(values.data) };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}
