import type { OwnRule } from "../../../domain/own-rule.ts";
import type { StoppedRule } from "../../facts.ts";
import type { FlatTree } from "../../syntax/flat-tree.ts";
import { QueryProblem, type Grammar, type Query, type SyntaxTree } from "../../syntax/grammar.ts";
import type { Rule } from "../rule.ts";
import { foundOf, type Hit } from "../rule-set.ts";

/** Rules of a repository in one language. Nobody here has tried them, so each is bounded. */
export interface OwnRuleSet {
  /** @param onRule told before a rule begins, so that somebody else can end one that does not come to an end */
  run(tree: SyntaxTree, flat: FlatTree, onRule?: (id: string) => void): OwnRun;
}

export interface OwnRun {
  readonly hits: readonly Hit[];
  readonly stopped: readonly StoppedRule[];
}

const most = { hits: 100, inProgress: 256, ms: 300, piece: 20_000 };

export function createOwnRuleSet(grammar: Grammar, rules: readonly OwnRule[]): OwnRuleSet {
  const compiled = new Map<string, Query | null>();
  const queryOf = ({ id, pattern }: OwnRule): Query | null => {
    const known = compiled.get(id);
    if (known !== undefined) return known;
    const query = tryQuery(grammar, pattern);
    const usable = query instanceof QueryProblem ? null : query;
    compiled.set(id, usable);
    return usable;
  };
  return {
    run(tree, flat, onRule) {
      const hits: Hit[] = [];
      const stopped: StoppedRule[] = [];
      for (const rule of rules.filter(({ languages }) => languages.includes(grammar.language))) {
        onRule?.(rule.id);
        const query = queryOf(rule);
        const ran =
          query === null ? { hits: [], why: "its pattern is none of this language" } : runOne(rule, query, tree, flat);
        hits.push(...ran.hits);
        if (ran.why !== null)
          stopped.push({ rule: rule.id, reason: `The rule ${rule.id} did not look at all of the file: ${ran.why}.` });
      }
      return { hits: hits.toSorted((a, b) => a.start - b.start || a.end - b.end), stopped };
    },
  };
}

export function tryQuery(grammar: Grammar, pattern: string): Query | QueryProblem {
  try {
    return grammar.query(pattern);
  } catch (error) {
    if (error instanceof QueryProblem) return error;
    throw error;
  }
}

/** A piece of the text at a time, as long as there is time. */
function runOne(
  own: OwnRule,
  query: Query,
  tree: SyntaxTree,
  flat: FlatTree,
): { hits: readonly Hit[]; why: string | null } {
  const rule: Rule = { ...own, query: own.pattern };
  const until = performance.now() + most.ms;
  const seen = new Set<string>();
  const hits: Hit[] = [];
  for (let start = 0; start <= flat.text.length; start += most.piece) {
    if (performance.now() > until) return { hits, why: `it took longer than ${most.ms} ms` };
    const { matches, complete } = tree.matchesWithin(query, { start, end: start + most.piece }, most.inProgress);
    for (const match of matches) {
      const place = match.captures.find(({ name }) => name === "found");
      if (place === undefined || seen.has(`${place.start}-${place.end}`)) continue;
      seen.add(`${place.start}-${place.end}`);
      hits.push({ rule, found: foundOf(flat, match), start: place.start, end: place.end });
      if (hits.length === most.hits) return { hits, why: `it found more than ${most.hits} places` };
    }
    if (!complete) return { hits, why: `more than ${most.inProgress} of its matches were in progress at once` };
  }
  return { hits, why: null };
}
