import type { LiveContainer } from "./live-container.ts";

/** Keeps a container for one sandbox: what a command does to it costs the next one nothing but a new container. */
export interface Holder {
  /** The running one; where it has died, the next. @throws as what opens it */
  container(): Promise<LiveContainer>;
  close(): Promise<void>;
}

export function holdContainer(open: () => Promise<LiveContainer>): Holder {
  let current: Promise<LiveContainer> | undefined;
  const next = () => {
    const opening = open();
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    return (current = opening);
  };
  return {
    async container() {
      const seen = current ?? next();
      const live = await seen;
      if (!live.isDead) return live;
      // Whoever sees the death first opens the next one, the others wait for it.
      return current === seen || current === undefined ? next() : current;
    },
    async close() {
      await current?.then(
        (live) => live.kill(),
        () => {},
      );
    },
  };
}
