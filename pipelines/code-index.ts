/** What is known of the code of repositories: the index over their mirrors, with analysers that work in a sandbox. */
import { join } from "node:path";
import { createAnalysers } from "../src/code/analysers.ts";
import { createCodeIndex, type CodeIndex } from "../src/code/index/code-index.ts";
import { openFactStore } from "../src/code/index/fact-store.ts";
import { messageOf } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import type { SandboxProvider } from "../src/sandbox/port.ts";
import { openAnalyserPlace, processes } from "./analyser-place.ts";

export interface CodeIndexes {
  /**
   * Works with what is known of a repository. Its analysers are started with the first file that nothing is known of, serve this repository
   * alone, and stay for a while in case more follows.
   */
  use<T>(repository: number, work: (index: CodeIndex) => Promise<T>): Promise<T>;
  /** Ends all analysers. What works with them fails. */
  close(): Promise<void>;
}

export interface CodeIndexesOptions {
  /** Below it lies what is known, a file for each repository. */
  readonly dataDir: string;
  readonly sandboxes: SandboxProvider;
  readonly log: Log;
  /** After so long without use the analysers of a repository are ended; default 3 minutes. */
  readonly idleMs?: number;
}

interface Entry {
  readonly index: CodeIndex;
  users: number;
  idle?: NodeJS.Timeout;
  close(): Promise<void>;
}

/** Repositories whose analysers wait for more. */
const mostWaiting = 2;

export function openCodeIndexes(options: CodeIndexesOptions): CodeIndexes {
  const { dataDir, log, idleMs = 3 * 60_000 } = options;
  const entries = new Map<number, Entry>();
  let closed = false;
  const open = (repository: number): Entry => {
    const said = log.child({ repository });
    const store = openFactStore({
      file: join(dataDir, "code", `${repository}.sqlite`),
      onTrouble: (problem) => said.warn({ problem }, "the store of code is in trouble"),
    });
    const place = openAnalyserPlace(options, said);
    const analysers = createAnalysers({ start: () => place.start(), processes });
    return {
      index: createCodeIndex({ analysers, store }),
      users: 0,
      async close() {
        await analysers.close();
        await place.close();
        store.close();
      },
    };
  };
  const end = async (repository: number) => {
    const entry = entries.get(repository);
    entries.delete(repository);
    clearTimeout(entry?.idle);
    await entry?.close().catch((error: unknown) => log.warn({ problem: messageOf(error) }, "analysers did not end"));
  };
  const ending = new Set<Promise<void>>();
  const endAside = (repository: number) => {
    const ends = end(repository).finally(() => ending.delete(ends));
    ending.add(ends);
  };
  /** Nobody's work waits until others' analysers have gone. */
  const rest = (repository: number, entry: Entry) => {
    entry.idle = setTimeout(() => endAside(repository), idleMs).unref();
    const waiting = [...entries].filter(([, { users }]) => users === 0);
    for (const [each] of waiting.slice(0, -mostWaiting)) endAside(each);
  };
  return {
    async use(repository, work) {
      if (closed) throw new Error("The index of code has been closed.");
      const entry = entries.get(repository) ?? open(repository);
      // The last used is the last in the map.
      entries.delete(repository);
      entries.set(repository, entry);
      clearTimeout(entry.idle);
      entry.users += 1;
      try {
        return await work(entry.index);
      } finally {
        entry.users -= 1;
        if (entry.users === 0 && entries.get(repository) === entry) rest(repository, entry);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...[...entries.keys()].map(end), ...ending]);
    },
  };
}
