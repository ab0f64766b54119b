/** What past commits say of files: the words they were told in, and how long ago they were. */
import { createSearchIndex } from "./search-index.ts";
import { countTerms } from "./terms.ts";

/** A past commit: what was said of it, and what it changed. */
export interface PastChange {
  readonly message: string;
  readonly paths: readonly string[];
}

export interface Past {
  /** For each file, the words of all commits that changed it; a commit that changed many says less of each. */
  readonly messages: readonly ReadonlyMap<string, number>[];
  /** For each file, from 1 for one that the newest commit changed, to 0; a half after 50 commits. */
  readonly recency: readonly number[];
  /** Files that were changed for the like, 0 to 1, next to the likest. */
  like(query: ReadonlyMap<string, number>): ReadonlyMap<number, number>;
}

/** A commit that changed more says nothing of one file. */
const mostFiles = 30;
const mostAlike = 60;
/** Commits after which a change counts half. */
const halfLife = 50;

/**
 * @param numbers of the files, by their paths
 * @param history the newest first
 */
export function createPast(numbers: ReadonlyMap<string, number>, history: readonly PastChange[]): Past {
  const messages = Array.from(numbers, () => new Map<string, number>());
  const recency = Array.from(numbers, () => 0);
  const commits = history
    .map(({ message, paths }) => ({
      terms: countTerms(message),
      files: paths.flatMap((path) => numbers.get(path) ?? []),
    }))
    .filter(({ files }) => files.length > 0 && files.length <= mostFiles);
  commits.forEach(({ terms, files }, age) => {
    for (const file of files) {
      recency[file] ||= 1 / (1 + age / halfLife);
      const own = messages[file];
      for (const [term, count] of terms) own?.set(term, (own.get(term) ?? 0) + count / Math.sqrt(files.length));
    }
  });
  const index = createSearchIndex(
    commits.map(({ terms }) => ({ terms: { message: terms } })),
    { message: { weight: 1, b: 0.5 } },
  );
  return {
    messages,
    recency,
    like(query) {
      const scores = new Map<number, number>();
      for (const { document, score } of index.search(query).slice(0, mostAlike)) {
        const files = commits[document]?.files ?? [];
        for (const file of files) scores.set(file, (scores.get(file) ?? 0) + score / Math.sqrt(files.length));
      }
      const best = Math.max(...scores.values());
      return new Map(Array.from(scores, ([file, score]) => [file, score / best]));
    },
  };
}
