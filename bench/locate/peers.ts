/** What the locator is measured against, on the same cases and with the same words. */
import type { CorpusFile } from "../../src/code/locate/locate.ts";
import type { PastChange } from "../../src/code/locate/past.ts";
import { createSearchIndex, type Document, type Fields } from "../../src/code/locate/search-index.ts";
import { countTerms } from "../../src/code/locate/terms.ts";

/** BM25 over the contents alone. @returns paths, the best first */
export function byContents(corpus: readonly CorpusFile[], query: string): readonly string[] {
  const scores = scoresOf(
    corpus.map(({ terms }) => ({ terms: { content: terms } })),
    { content: { weight: 1, b: 0.75 } },
    query,
  );
  return ranked(corpus, scores);
}

/** Next to the best by words: the mixture with the best mean over the histories that were tried, of a quarter, a half and the whole for messages. */
const share = { history: 0.5, churn: 0.1 };

/**
 * BM25F over contents, names and paths (1, 3 and 6), BM25 over what past commits of each file say, and how often it was changed.
 *
 * @returns paths, the best first
 */
export function byWordsAndHistory(
  corpus: readonly CorpusFile[],
  history: readonly PastChange[],
  query: string,
): readonly string[] {
  const words = scoresOf(
    corpus.map(({ path, terms, symbols }) => ({
      terms: {
        content: terms,
        symbols: countTerms(symbols.map(({ name }) => name).join(" ")),
        path: countTerms(path.replaceAll(/[/.-]/g, " ")),
      },
    })),
    { content: { weight: 1, b: 0.75 }, symbols: { weight: 3, b: 0.4 }, path: { weight: 6, b: 0.3 } },
    query,
  );
  const past = new Map(corpus.map(({ path }) => [path, { messages: new Map<string, number>(), times: 0 }]));
  for (const { message, paths } of history) {
    const terms = countTerms(message);
    for (const path of paths) {
      const own = past.get(path);
      if (own === undefined) continue;
      own.times += 1;
      for (const [term, count] of terms) own.messages.set(term, (own.messages.get(term) ?? 0) + count);
    }
  }
  const pasts = [...past.values()];
  const messages = scoresOf(
    pasts.map((own) => ({ terms: { messages: own.messages } })),
    { messages: { weight: 1, b: 0.75 } },
    query,
  );
  const churn = nextToBest(pasts.map(({ times }) => Math.log(1 + times)));
  return ranked(
    corpus,
    words.map((score, at) => score + share.history * (messages[at] ?? 0) + share.churn * (churn[at] ?? 0)),
  );
}

/** For each document, 0 to 1. */
function scoresOf(documents: readonly Document[], fields: Fields, query: string): readonly number[] {
  const scores = documents.map(() => 0);
  for (const { document, score } of createSearchIndex(documents, fields).search(countTerms(query)))
    scores[document] = score;
  return nextToBest(scores);
}

function nextToBest(scores: readonly number[]): readonly number[] {
  const best = scores.reduce((one, other) => Math.max(one, other), 0);
  return best === 0 ? scores : scores.map((score) => score / best);
}

function ranked(corpus: readonly CorpusFile[], scores: readonly number[]): readonly string[] {
  return corpus
    .map(({ path }, at) => ({ path, score: scores[at] ?? 0 }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ path }) => path);
}
