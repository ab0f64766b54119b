import type { EdgeOptions } from "../../handlers/edge.ts";

/** For an edge whose pages of runs nobody looks at. */
export const emptyStore: EdgeOptions["store"] = {
  runs: { countByState: async () => [], get: async () => null },
  steps: { list: async () => [] },
  logs: {
    of: async () => [],
    reports: async () => new Map(),
    chunks: async () => [],
    upToLine: async () => [],
    since: async () => [],
    newest: async () => 0,
    files: async () => [],
    file: async () => null,
  },
  linkKeys: { all: async () => ["a key of nobody"] },
};
