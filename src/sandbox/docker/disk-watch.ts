import type { SandboxFiles } from "./files.ts";

/** Looks at what a sandbox has written while commands run: a directory of the host has no bound of its own. */
export interface DiskWatch {
  /** @param onFull called once, when more is written than may be. @returns ends it */
  during(onFull: () => void): () => void;
  /** Whether about as much is written as may be. */
  isFull(): Promise<boolean>;
}

const leastMs = 1_000;
/** Looking takes at most such a part of the time. */
const share = 20;
/** Less than this is no room for anything. */
const smallest = 64 * 1024;

/** @param limit bytes */
export function watchDisk(files: SandboxFiles, limit: number): DiskWatch {
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const started = performance.now();
    // What changes while it is measured is measured again.
    const written = await files.written().catch(() => 0);
    if (written > limit) for (const onFull of waiting) onFull();
    timer = waiting.size === 0 ? undefined : setTimeout(next, Math.max(leastMs, share * (performance.now() - started)));
  };
  const next = () => void look();
  return {
    during(onFull) {
      const once = () => {
        waiting.delete(once);
        onFull();
      };
      waiting.add(once);
      timer ??= setTimeout(next, leastMs);
      return () => {
        waiting.delete(once);
        if (waiting.size > 0) return;
        clearTimeout(timer);
        timer = undefined;
      };
    },
    isFull: async () => (await files.written().catch(() => 0)) > limit - smallest,
  };
}
