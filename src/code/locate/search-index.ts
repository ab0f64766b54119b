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
  const names = Object.keys(fields);
  const postings = new Map<string, Map<number, number>>();
  for (const name of names) {
    const { weight, b } = fields[name] ?? { weight: 0, b: 0 };
    const lengths = documents.map(({ terms }) => sum((terms[name] ?? new Map<string, number>()).values()));
    const mean = sum(lengths) / Math.max(1, documents.length);
    documents.forEach(({ terms }, document) => {
      const norm = 1 - b + (b * (lengths[document] ?? 0)) / Math.max(1, mean);
      for (const [term, count] of terms[name] ?? []) {
        const known = postings.get(term) ?? new Map<number, number>();
        postings.set(term, known);
        known.set(document, (known.get(document) ?? 0) + (weight * count) / norm);
      }
    });
  }
  const idf = (term: string) => {
    const found = postings.get(term)?.size ?? 0;
    return Math.log(1 + (documents.length - found + 0.5) / (found + 0.5));
  };
  return {
    idf,
    search(query) {
      const scores = new Map<number, { score: number; because: { term: string; share: number }[] }>();
      for (const [term, times] of query) {
        const worth = idf(term) * times;
        for (const [document, weight] of postings.get(term) ?? []) {
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
