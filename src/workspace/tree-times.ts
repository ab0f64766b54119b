/** One time for all files of a tree, in whole steps: those a floating-point number of seconds can say exactly. */
import { lutimes } from "node:fs/promises";
import { launchOrThrow } from "../launcher.ts";
import { plainEnvironment } from "./git.ts";
import { withDirectory } from "./safe-directory.ts";

const stepsPerSecond = 64;
const stepMs = 1_000 / stepsPerSecond;
const timeoutMs = 600_000;
/** Files that are given their time one by one. */
const mostSingly = 500;

/** @param time in steps */
export function toMs(time: number): number {
  return time * stepMs;
}

/** Gives everything in a directory a time that is not before now. @returns it, in steps */
export async function setAllTimes(directory: string): Promise<number> {
  const time = Math.ceil(Date.now() / stepMs);
  const touch = ["touch", "-h", "-d", `@${time / stepsPerSecond}`, "--"];
  const args = [directory, "-exec", ...touch, "{}", "+"];
  await launchOrThrow({ file: "find", args, env: plainEnvironment, timeoutMs });
  return time;
}

/**
 * Gives some files the time that the others have.
 * @returns false when they are too many for that, or have names that are no text; then none has it
 * @throws UserError when there is a link on the way to one
 */
export async function setTimes(directory: string, paths: readonly string[], time: number): Promise<boolean> {
  if (paths.length > mostSingly || paths.some((path) => path.includes("\ufffd"))) return false;
  const seconds = time / stepsPerSecond;
  for (const path of paths) {
    const parents = path.split("/");
    const name = parents.pop() ?? "";
    await withDirectory(directory, parents, (parent) => lutimes(parent.at(name), seconds, seconds));
  }
  return true;
}
