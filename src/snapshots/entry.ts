/** One snapshot on disk: its description, its files, and whether they would survive a power cut. */
import { open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launchOrThrow } from "../launcher.ts";
import { parseAbout, type About } from "./about.ts";
import { ifMissing } from "./leases.ts";

export interface Entry {
  readonly about: About;
  readonly usedAt: Date;
}

/** Its time is that of the last use. */
export const aboutFile = "about.json";
export const filesFolder = "files";
const durableFile = "durable";

const syncMs = 300_000;

/**
 * @returns undefined where there is none that may be used. One that was not yet on the disk when the machine went down may have holes; as long
 * as the machine is up, everybody sees all of it
 */
export async function readEntry(directory: string): Promise<Entry | undefined> {
  const path = join(directory, aboutFile);
  const text = await readFile(path, "utf8").catch(ifMissing(undefined));
  const about = text === undefined ? undefined : parseAbout(text);
  const found = about && (await stat(path).catch(ifMissing(undefined)));
  if (about === undefined || found === undefined) return undefined;
  const isSafe = about.boot === (await bootId()) || (await isDurable(directory));
  return isSafe ? { about, usedAt: found.mtime } : undefined;
}

/** Whether there may be one some day: another host that shares the folder is at it, or was. */
export async function isUnsettled(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, aboutFile), "utf8").catch(ifMissing(undefined));
  return text !== undefined && parseAbout(text) !== undefined;
}

export async function writeAbout(directory: string, about: Omit<About, "v" | "boot">): Promise<void> {
  const whole: About = { ...about, v: 1, boot: await bootId() };
  await writeFile(join(directory, aboutFile), JSON.stringify(whole), { flag: "wx", mode: 0o600 });
}

/** Has all of it written to the disk, which can take as long as all that other programs have written meanwhile. */
export async function makeDurable(directory: string): Promise<void> {
  await launchOrThrow({ file: "sync", args: ["-f", directory], env: hostPath, timeoutMs: syncMs });
  const file = await open(join(directory, durableFile), "wx", 0o600).catch(ifMissing(undefined));
  await file?.sync();
  await file?.close();
}

const hostPath = { PATH: "/usr/local/bin:/usr/bin:/bin" };

async function isDurable(directory: string): Promise<boolean> {
  return (await stat(join(directory, durableFile)).catch(ifMissing(undefined))) !== undefined;
}

/** Another one after each start of the machine. */
async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
