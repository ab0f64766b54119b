import type { FactStore, KeptAnalysis } from "./fact-store.ts";

/** Characters that are held at most; what came first goes first. */
const mostCharacters = 256 * 1024 ** 2;

/** What is known of the code while one piece of work goes on, and then no more: for who has nowhere to keep it. */
export function createMemoryStore(): FactStore {
  const analyses = new Map<string, KeptAnalysis>();
  const states = new Map<string, { readonly content: Uint8Array; readonly pack: Uint8Array }>();
  let characters = 0;
  const read = (part: "links" | "analysis" | "blocks", keys: readonly string[]) => {
    const found = new Map<string, string>();
    for (const key of keys) {
      const kept = analyses.get(key);
      if (kept !== undefined) found.set(key, kept[part]);
    }
    return found;
  };
  const drop = (key: string) => {
    const kept = analyses.get(key);
    if (kept === undefined) return;
    characters -= sizeOf(kept);
    analyses.delete(key);
  };
  return {
    links: (keys) => read("links", keys),
    analyses: (keys) => read("analysis", keys),
    blocks: (keys) => read("blocks", keys),
    keep(some) {
      for (const each of some) {
        drop(each.key);
        analyses.set(each.key, each);
        characters += sizeOf(each);
      }
      for (const key of analyses.keys()) {
        if (characters <= mostCharacters) break;
        drop(key);
      }
    },
    state: (id) => states.get(id)?.content ?? null,
    states: () => [...states.keys()].toReversed(),
    pack: (id) => states.get(id)?.pack ?? null,
    keepState: (id, content, pack) => void states.set(id, { content, pack }),
    close() {
      analyses.clear();
      states.clear();
    },
  };
}

function sizeOf({ links, analysis, blocks }: KeptAnalysis): number {
  return links.length + analysis.length + blocks.length;
}
