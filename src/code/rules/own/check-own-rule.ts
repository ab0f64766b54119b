import type { OwnRule } from "../../../domain/own-rule.ts";
import { createKinds, readFlatTree } from "../../syntax/flat-tree.ts";
import { QueryProblem, type Grammar, type QueryProblemKind } from "../../syntax/grammar.ts";
import type { Language } from "../../syntax/languages.ts";
import type { Grammars } from "../../syntax/load-grammar.ts";
import { createOwnRuleSet, tryQuery } from "./own-rule-set.ts";

/** What is wrong with a rule: in its pattern, at an index, or in one of its examples. */
export interface OwnRuleFault {
  readonly part: "pattern" | "bad" | "good";
  /** Of the pattern in UTF-16 units, or the number of the example. */
  readonly index: number;
  /** A sentence for a person. */
  readonly message: string;
}

const reasons: Readonly<Record<QueryProblemKind, string>> = {
  form: "Here is something that a pattern cannot have; perhaps a parenthesis or a quote is missing.",
  node: "There is no kind of node with this name in",
  field: "There is no field with this name in",
  capture: "Nothing is captured by this name.",
  structure: "A node of this kind never stands at this place in",
  predicate: "There is no such condition, or its regular expression is none.",
};

/** Whether a rule's pattern is one in all of its languages, and finds what its examples say. */
export async function checkOwnRule(grammars: Grammars, rule: OwnRule): Promise<readonly OwnRuleFault[]> {
  const used = await Promise.all(rule.languages.map((language) => grammars.get(language)));
  const wrong = used.flatMap((grammar) => faultsOfPattern(grammar, rule));
  const [first] = used;
  if (wrong.length > 0 || first === undefined) return wrong;
  return [
    ...rule.examples.bad.flatMap((text, index): OwnRuleFault[] =>
      finds(first, rule, text)
        ? []
        : [{ part: "bad", index, message: "The rule does not find this example, which is a bad one." }],
    ),
    ...rule.examples.good.flatMap((text, index): OwnRuleFault[] =>
      finds(first, rule, text)
        ? [{ part: "good", index, message: "The rule finds this example, which is a good one." }]
        : [],
    ),
  ];
}

const conditions = new Set(
  ["eq?", "match?", "any-of?"].flatMap((name) => [name, `not-${name}`, `any-${name}`, `any-not-${name}`]),
);

function faultsOfPattern(grammar: Grammar, { pattern }: OwnRule): readonly OwnRuleFault[] {
  // One of the bindings takes those that it does not know for none.
  for (const { 1: name = "", index } of pattern.matchAll(/\(#([\w-]+[?!])/g))
    if (!conditions.has(name)) return [{ part: "pattern", index: index + 1, message: reasons.predicate }];
  const query = tryQuery(grammar, pattern);
  if (query instanceof QueryProblem) {
    const reason = reasons[query.kind];
    return [
      {
        part: "pattern",
        index: query.index,
        message: reason.endsWith(".") ? reason : `${reason} ${nameOf(grammar.language)}.`,
      },
    ];
  }
  if (/@found(?![\w.-])/.test(pattern)) return [];
  return [{ part: "pattern", index: 0, message: "Put `@found` behind what is to be reported." }];
}

function finds(grammar: Grammar, rule: OwnRule, text: string): boolean {
  const tree = grammar.parse(text);
  try {
    const flat = readFlatTree(tree.walk(), text, createKinds(grammar.language));
    return createOwnRuleSet(grammar, [rule]).run(tree, flat).hits.length > 0;
  } finally {
    tree.release();
  }
}

const names: Readonly<Record<Language, string>> = {
  typescript: "TypeScript",
  tsx: "TSX",
  javascript: "JavaScript",
  python: "Python",
  go: "Go",
  rust: "Rust",
  java: "Java",
};

function nameOf(language: Language): string {
  return names[language];
}
