import { messageOf, TransientError, UserError } from "../errors.ts";
import { launchOrThrow } from "../launcher.ts";
import { stageCommand, stagePoint, type Stage } from "./command-line.ts";
import { hostEnvironment } from "./host-environment.ts";
import { isReachable } from "./reach.ts";

/**
 * The stage for paths that the uid cannot walk to, such as a project below /root; undefined when it can walk to all, or is the bot's own.
 * @throws UserError when they cannot be shown to it
 */
export async function stageFor(uid: number | undefined, paths: readonly string[]): Promise<Stage | undefined> {
  if (uid === undefined) return undefined;
  const sources: string[] = [];
  for (const path of paths) if (!(await isReachable(path, uid))) sources.push(path);
  if (sources.length === 0) return undefined;
  const point = stagePoint(sources);
  const advice = `${sources.join(", ")} cannot be reached by the sandbox's uid ${uid}: let others pass the directories above (chmod o+x), or keep them elsewhere`;
  if (point === undefined) throw new UserError(`${advice}.`);
  const stage = { point, sources };
  const [file = "", ...args] = stageCommand(stage);
  const trial = { file, args: [...args, "true"], env: hostEnvironment, timeoutMs: 10_000 };
  await launchOrThrow(trial).catch((error: unknown) => {
    if (error instanceof TransientError) throw error;
    throw new UserError(`${advice}. A private mount is not possible either: ${messageOf(error).trim()}`, {
      cause: error,
    });
  });
  return stage;
}
