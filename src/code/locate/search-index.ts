/**
 * A search index over documents with fields: BM25F, the form of BM25 for structured documents (Robertson, Zaragoza and Taylor, "Simple BM25
 * extension to multiple weighted fields", 2004).
 */

export interface Field {
  /** How much an occurrence here counts. */
  readonly weight: number;
  /** 0 to 1: how much a long field is held against the document. */
  readonly b: number;
}

export type Fields = Readonly<Record<string, Field>>;

export interface Document {
  readonly terms: Readonly<Record<string, ReadonlyMap<string, number>>>;
}

export interface Hit {
  readonly document: number;
  readonly score: number;
  /** What of the query counted, the most first. */
  readonly because: readonly { readonly term: string; readonly share: number }[];
}

export interface SearchIndex {
  /** @param query terms with their weights @returns all that has any of them, the best first */
  search(query: ReadonlyMap<string, number>): readonly Hit[];
  /** How telling a term is: 0 for one that is in every document. */
  idf(term: string): number;
}

const k1 = 1.2;

export function createSearchIndex(documents: readonly Document[], fields: Fields): SearchIndex {
  const norms = Object.entries(fields).map(([name, { weight, b }]) => {
    const lengths = documents.map(({ terms }) => sum((terms[name] ?? new Map<string, number>()).values()));
    const mean = sum(lengths) / Math.max(1, documents.length);
    return { name, worth: lengths.map((length) => weight / (1 - b + (b * length) / Math.max(1, mean))) };
  });
  /** By term. A text has few of the words that a repository has: only theirs are looked for. */
  const looked = new Map<string, Map<number, number>>();
  const look = (wanted: readonly string[]) => {
    const fresh = wanted.filter((term) => !looked.has(term));
    for (const term of fresh) looked.set(term, new Map());
    const isFresh = new Set(fresh);
    for (const { name, worth } of norms)
      documents.forEach(({ terms: { [name]: terms } }, document) => {
        if (terms === undefined) return;
        const add = (term: string, count: number) => {
          const postings = looked.get(term);
          postings?.set(document, (postings.get(document) ?? 0) + count * (worth[document] ?? 0));
        };
        // Both can be long: a text to be searched for is anybody's.
        if (terms.size < fresh.length) {
          for (const [term, count] of terms) if (isFresh.has(term)) add(term, count);
        } else for (const term of fresh) if (terms.has(term)) add(term, terms.get(term) ?? 0);
      });
  };
  const idf = (term: string) => {
    if (!looked.has(term)) look([term]);
    const found = looked.get(term)?.size ?? 0;
    return Math.log(1 + (documents.length - found + 0.5) / (found + 0.5));
  };
  return {
    idf,
    search(query) {
      const scores = new Map<number, { score: number; because: { term: string; share: number }[] }>();
      look([...query.keys()]);
      for (const [term, times] of query) {
        const worth = idf(term) * times;
        for (const [document, weight] of looked.get(term) ?? []) {
          const share = (worth * weight) / (k1 + weight);
          const known = scores.get(document) ?? { score: 0, because: [] };
          scores.set(document, known);
          known.score += share;
          known.because.push({ term, share });
        }
      }
      return [...scores]
        .map(([document, { score, because }]) => ({
          document,
          score,
          because: because.toSorted((one, other) => other.share - one.share),
        }))
        .toSorted((one, other) => other.score - one.score || one.document - other.document);
    },
  };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}
