import { TransientError } from "../errors.ts";

/**
 * Waits for a turn, but no longer than asked and not after the signal; a turn that comes later does nothing.
 * @param take calls `begin` when it is our turn, and ends as that does
 * @param ms how long to wait; the work itself may take longer
 * @returns undefined when the turn did not come in time
 */
export function waitForTurn<T>(
  take: (begin: () => Promise<T | undefined>) => Promise<T | undefined>,
  ms: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let state: "waiting" | "begun" | "left" = "waiting";
    const settled = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const leave = (settle: () => void) => {
      if (state !== "waiting") return;
      state = "left";
      settled();
      settle();
    };
    const onAbort = () => leave(() => reject(signal.reason as Error));
    const timer = setTimeout(() => leave(() => resolve(undefined)), ms);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const begin = async () => {
      if (state === "left") return undefined;
      state = "begun";
      settled();
      return work();
    };
    take(begin).then(resolve, (error: unknown) => {
      settled();
      // Somebody else holds it for longer than we wait.
      if (state === "waiting" && error instanceof TransientError) resolve(undefined);
      else reject(error);
    });
  });
}
