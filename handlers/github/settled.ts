/**
 * How a handler tells what became of its delivery. Probot's handlers return nothing, and what they throw is logged
 * together with the whole payload; so ours leave their outcome here instead, and never throw.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { messageOf } from "../../src/errors.ts";

/** `failed` is an answer of 503: GitHub notes a failed delivery, which can be asked for again. */
export type Settled = { readonly outcome: string } | { readonly failed: Error };

const slot = new AsyncLocalStorage<{ settled?: Settled }>();

/** For the handlers: runs the work and keeps what came of it. */
export async function settle(work: () => Promise<string>): Promise<void> {
  let settled: Settled;
  try {
    settled = { outcome: await work() };
  } catch (error) {
    settled = { failed: error instanceof Error ? error : new Error(messageOf(error)) };
  }
  const kept = slot.getStore();
  if (kept) kept.settled = settled;
}

/** Runs something that ends in a handler, and tells what the handler settled; undefined when no handler was asked. */
export async function watch(run: () => Promise<unknown>): Promise<Settled | undefined> {
  const kept: { settled?: Settled } = {};
  await slot.run(kept, run);
  return kept.settled;
}
