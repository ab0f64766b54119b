import { cpSync, existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openAnalyserPlace } from "../../pipelines/analyser-place.ts";
import { silentLog } from "../../src/log.ts";
import { createBubblewrap } from "../../src/sandbox/bubblewrap.ts";
import { templateVariable } from "./embedded-template.ts";

const place = join("code", "compiled");

/** Gives a data folder the analyser as Node has compiled it, like that of a bot that has run before: without it the first ones start three times as slowly. */
export function seedAnalyser(dataDir: string): void {
  const made = join(process.env[templateVariable] ?? "", place);
  if (existsSync(made)) cpSync(made, join(dataDir, place), { recursive: true });
}

/** Has a bot's own code make it, below the folder of the template. */
export async function makeAnalyser(template: string): Promise<void> {
  await mkdir(join(template, place), { recursive: true });
  // As if one had been started before: it is made for the second one.
  await writeFile(join(template, place, "started"), "");
  const analysers = openAnalyserPlace({ dataDir: template, sandboxes: createBubblewrap() }, silentLog);
  (await analysers.start()).kill();
  await analysers.close();
}
