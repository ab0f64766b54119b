import type { Clock } from "../../src/clock.ts";
import { messageOf } from "../../src/errors.ts";

/** One thing the process needs: resolves when it is there, throws when it is not. */
export type Part = () => Promise<unknown>;

export interface PartState {
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

export interface Health {
  readonly ok: boolean;
  readonly parts: Readonly<Record<string, PartState>>;
}

const partTimeoutMs = 2_000;
const githubCacheMs = 30_000;

/** Looks at all parts at once; each has two seconds. */
export async function readHealth(parts: Readonly<Record<string, Part>>): Promise<Health> {
  const states = await Promise.all(
    Object.entries(parts).map(async ([name, part]) => [name, await look(part)] as const),
  );
  return { ok: states.every(([, state]) => state.ok), parts: Object.fromEntries(states) };
}

/**
 * Whether GitHub's API answers at all. Any answer below 500 counts: without a token a limit is soon reached, and a refusal
 * is an answer. Asked at most every 30 s, however often health is.
 */
export function githubPart(apiUrl: string, clock: Clock): Part {
  let last: { at: number; result: Promise<void> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (!last || now - last.at >= githubCacheMs) {
      last = { at: now, result: ask(`${apiUrl}/meta`) };
      // The look that waits for it sees the failure; without one it must not end the process.
      last.result.catch(() => undefined);
    }
    return last.result;
  };
}

async function ask(url: string): Promise<void> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(partTimeoutMs),
    headers: { "user-agent": "codegen-bot" },
  });
  await response.body?.cancel();
  if (response.status >= 500) throw new Error(`${new URL(url).origin} answered ${response.status}`);
}

async function look(part: Part): Promise<PartState> {
  const start = performance.now();
  const error = await within(part, partTimeoutMs).then(
    () => undefined,
    (problem: unknown) => explain(problem).slice(0, 300) || "failed without a message",
  );
  return { ok: error === undefined, ms: Math.round(performance.now() - start), ...(error !== undefined && { error }) };
}

/** @throws Error when the answer takes longer than `ms` */
export function within<T>(part: () => Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
    Promise.resolve()
      .then(part)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** `fetch failed` says nothing; what it was caused by does. */
function explain(problem: unknown): string {
  const cause = problem instanceof Error && problem.cause !== undefined ? `: ${messageOf(problem.cause)}` : "";
  return messageOf(problem) + cause;
}
