import type { Place } from "./launch.ts";
import { watchMemory } from "./memory-watch.ts";
import type { ExecEnd } from "./port.ts";

/**
 * Stops what runs in a place when it is cancelled, when the sandbox is destroyed, and, where the kernel does not bound memory, for that.
 * @returns ends the watch
 */
export function watch(
  { watched, limits }: Place,
  [cancelled, gone]: readonly [AbortSignal | undefined, AbortSignal],
  stop: (reason: ExecEnd) => void,
): () => void {
  const onCancel = () => stop("cancelled");
  const onGone = () => stop("killed");
  cancelled?.addEventListener("abort", onCancel, { once: true });
  gone.addEventListener("abort", onGone, { once: true });
  // An abort before this has no listener any more.
  if (gone.aborted) onGone();
  if (cancelled?.aborted === true) onCancel();
  const unwatch = watched === undefined ? () => {} : watchMemory(watched, limits.memory, () => stop("out-of-memory"));
  return () => {
    unwatch();
    cancelled?.removeEventListener("abort", onCancel);
    gone.removeEventListener("abort", onGone);
  };
}
