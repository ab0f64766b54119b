/** Processes that are started before they are needed. */
export interface Spare {
  /** Settles when it has ended. */
  readonly running: Promise<unknown>;
  /** From now on it keeps this process alive. */
  hold(): void;
  /** Ends it. */
  drop(): void;
}

export interface Spares<S extends Spare> {
  /**
   * The spare that was started first, and is alive; else a new one.
   * @throws what starting a new one throws
   */
  take(): Promise<S>;
}

/**
 * Keeps some spares once the first was asked for. They keep nothing alive, and end when none has been taken for some time.
 * @param start its promise need not keep this process alive, nor what it gives
 */
export function keepSpares<S extends Spare>(
  start: () => Promise<S>,
  { count = 2, idleMs = 60_000 }: { readonly count?: number; readonly idleMs?: number } = {},
): Spares<S> {
  const kept: Promise<S | undefined>[] = [];
  let idle: NodeJS.Timeout | undefined;
  const forget = (spare: Promise<S | undefined>) => {
    const at = kept.indexOf(spare);
    if (at !== -1) void kept.splice(at, 1);
  };
  const fill = () => {
    while (kept.length < count) {
      // Whoever asks next starts one of its own, and is told what is wrong.
      const spare: Promise<S | undefined> = start().catch(() => undefined);
      kept.push(spare);
      void spare.then((started) => started?.running.catch(() => undefined)).finally(() => forget(spare));
    }
  };
  const dropAll = () => {
    const dropped = kept.splice(0);
    for (const spare of dropped) void spare.then((started) => started?.drop());
  };
  return {
    async take() {
      // Nothing else may keep this process alive while a spare is still starting.
      const waiting = setInterval(() => undefined, 60_000);
      try {
        const taken = (await kept.shift()) ?? (await start());
        taken.hold();
        return taken;
      } finally {
        clearInterval(waiting);
        clearTimeout(idle);
        idle = setTimeout(dropAll, idleMs).unref();
        fill();
      }
    },
  };
}
