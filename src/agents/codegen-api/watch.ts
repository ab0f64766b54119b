import { setTimeout as wait } from "node:timers/promises";
import type { AgentMemory } from "../port.ts";
import type { CodegenApi, RemoteRun } from "./client.ts";
import { CodegenApiFailure } from "./failure.ts";

export interface WatchLimits {
  /** Between two questions about a run. The service allows two in a second to all that have its token. */
  readonly pollMs: number;
  /** For so long a service that does not answer is asked again. */
  readonly downMs: number;
  /** For so long an agent that was asked to go on may still show the end from before. */
  readonly settleMs: number;
}

/** Under this name the number of the run is remembered. */
export const beginning = "begin";

const longestPauseMs = 60_000;

/**
 * The number of the run that does this work: the one that was begun before, or a new one. A new one whose answer was lost is looked for,
 * so that nobody works twice.
 * @throws CodegenApiFailure
 */
export async function beginRun(
  api: CodegenApi,
  wanted: { readonly repository: string; readonly prompt: string },
  memory: AgentMemory | undefined,
  signal: AbortSignal,
): Promise<number> {
  const begin = async (): Promise<number> => {
    const key = memory?.key;
    const before = key === undefined ? null : await api.find(key, signal);
    if (before !== null) return before.id;
    const repository = await api.findRepository(wanted.repository, signal);
    if (repository === null)
      throw new CodegenApiFailure(
        `The organisation at Codegen does not have the repository \`${wanted.repository}\`; the operator of this bot has to add it there.`,
        { passing: false, unknownOutcome: false },
      );
    try {
      return (await api.create({ prompt: wanted.prompt, repository, key }, signal)).id;
    } catch (error) {
      if (!(error instanceof CodegenApiFailure && error.unknownOutcome) || key === undefined) throw error;
      const made = await api.find(key, signal).catch(() => null);
      if (made === null) throw error;
      return made.id;
    }
  };
  return memory === undefined ? begin() : memory.once(beginning, begin);
}

/**
 * Asks for a run until it has ended.
 * @param before the end that the run showed when it was asked to go on
 * @throws CodegenApiFailure when the service refuses, or is away for longer than `downMs`
 */
export async function watchRun(
  api: CodegenApi,
  id: number,
  limits: WatchLimits,
  options: { signal: AbortSignal; before?: RemoteRun; onStatus: (status: RemoteRun["status"]) => void },
): Promise<RemoteRun> {
  const { signal, before, onStatus } = options;
  const started = performance.now();
  let heard = started;
  let failures = 0;
  let told: string | undefined;
  for (;;) {
    let pause = limits.pollMs;
    try {
      const run = await api.get(id, signal);
      [heard, failures] = [performance.now(), 0];
      if (run.status !== told) onStatus((told = run.status));
      const stale = run.text === before?.text && performance.now() - started < limits.settleMs;
      if (run.status !== "running" && !stale) return run;
    } catch (error) {
      if (!(error instanceof CodegenApiFailure && error.passing)) throw error;
      failures += 1;
      pause = Math.max(limits.pollMs, error.retryAfterMs ?? Math.min(longestPauseMs, limits.pollMs * 2 ** failures));
      if (performance.now() + pause - heard > limits.downMs) throw error;
    }
    await wait(pause, undefined, { signal });
  }
}
