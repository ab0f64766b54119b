/** Words of texts and programs, in the form in which they are compared. */

const words = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const longest = 80;

/** English that says nothing about where something lies, and what every program has. */
const empty = new Set(
  `a about above after again all also always am an and any are as at be because been before being below between both but by can cannot could did do does
   doing don down during each either else even ever every few for from further get gets got had has have having he her here him his how i if in into is isn
   it its just let like make may me might more most much must my need never no nor not now of off on once one only or other our out over own per please same
   see she should so some still such than that the their them then there these they this those through to too under until up upon us use used using very via
   want was way we well were what when where which while who whom why will with within without won would yes yet you your
   const var let function return import export default class new true false null undefined void async await def self fn pub impl func package public private
   static final string number boolean int`.split(/\s+/),
);

/**
 * The terms of a text, in order: each identifier whole and in its parts (`addUpItems` → `addupitems`, `add`, `up`, `item`), in lower case, with
 * light stemming; without words that say nothing.
 */
export function termsOf(text: string): readonly string[] {
  const terms: string[] = [];
  for (const [word] of text.matchAll(words)) {
    if (word.length > longest) continue;
    const parts = partsOf(word);
    if (parts.length > 1) terms.push(word.toLowerCase().replaceAll(/[_$]/g, ""));
    for (const part of parts) {
      const term = stem(part.toLowerCase());
      if (term.length > 1 && !empty.has(part.toLowerCase())) terms.push(term);
    }
  }
  return terms;
}

/** How often each term occurs. */
export function countTerms(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function partsOf(word: string): readonly string[] {
  // Most words are plain: the expression below costs more than all else.
  if (/^[a-z]+$/.test(word)) return [word];
  return word.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}]+|\p{N}+|\p{Lu}/gu) ?? [];
}

/** Plural and the most frequent endings of verbs. */
export function stem(word: string): string {
  if (word.length < 4) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/(?:sses|shes|ches|xes)$/.test(word)) return word.slice(0, -2);
  const plain = word.endsWith("s") ? word.slice(0, -1) : word;
  const [, body = "", ending] = /^(.{3,})(ing|ed|er|ly)$/.exec(plain) ?? [];
  if (ending === undefined || !/[aeiouy]/.test(body)) return plain;
  // `planned` is of `plan`, but `added` of `add`.
  return body.length > 3 && /([^aeiouls])\1$/.test(body) ? body.slice(0, -1) : body;
}
