import { describe, expect, test } from "@jest/globals";
import type { FindingFix } from "../../../../src/code/finding.ts";
import { catalogue } from "../../../../src/code/rules/catalogue.ts";
import { findingOf } from "../../../../src/code/rules/finding-of.ts";
import { createRuleSet, type Hit } from "../../../../src/code/rules/rule-set.ts";
import type { Rule } from "../../../../src/code/rules/rule.ts";
import { createKinds, readFlatTree } from "../../../../src/code/syntax/flat-tree.ts";
import type { Language } from "../../../../src/code/syntax/languages.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";

const grammars = createGrammars();

/** What one rule finds in a program, also when it is run over the whole tree. */
async function run(rule: Rule, language: Language, text: string) {
  const grammar = await grammars.get(language);
  const tree = grammar.parse(text);
  const flat = readFlatTree(tree.walk(), text, createKinds(language));
  const set = setOf(rule, grammar);
  return { flat, hits: set.run(tree, flat), whole: set.run(tree, flat, { wholeTree: true }) };
}

const sets = new Map<Rule, Map<string, ReturnType<typeof createRuleSet>>>();
function setOf(rule: Rule, grammar: Parameters<typeof createRuleSet>[0]) {
  const known = sets.get(rule) ?? new Map<string, ReturnType<typeof createRuleSet>>();
  sets.set(rule, known);
  const set = known.get(grammar.language) ?? createRuleSet(grammar, [rule]);
  known.set(grammar.language, set);
  return set;
}

const places = (hits: readonly Hit[]) => hits.map(({ start, end }) => `${start}-${end}`);
const name = (text: string) => text.replaceAll(/\s+/g, " ");
/** The language in which a rule's examples are written: types of TypeScript and tags do not go together. */
const written = ({ languages }: Rule): Language => languages[0] ?? "typescript";

describe.each(catalogue.map((rule, number) => [`${rule.id} (${rule.languages.join(", ")}) ${number}`, rule] as const))(
  "%s",
  (_, rule) => {
    test.each(rule.examples.bad.map((text) => [name(text), text] as const))("finds %s", async (_name, text) => {
      const { hits, whole } = await run(rule, written(rule), text);
      expect(hits).toHaveLength(1);
      expect(places(whole)).toEqual(places(hits));
    });

    test.each(rule.examples.good.map((text) => [name(text), text] as const))("accepts %s", async (_name, text) => {
      const { hits, whole } = await run(rule, written(rule), text);
      expect(places(hits)).toEqual([]);
      expect(places(whole)).toEqual([]);
    });

    if (rule.fix !== undefined)
      test(`offers ${name(rule.fixed ?? "a better text")}`, async () => {
        const [text = ""] = rule.examples.bad;
        const { flat, hits } = await run(rule, written(rule), text);
        const findings = hits.map((hit) => findingOf(hit, flat, [], false));
        expect(findings.map(({ fix }) => fix && applied(text, fix))).toEqual([rule.fixed]);
      });
  },
);

function applied(text: string, { startLine, endLine, lines }: FindingFix): string {
  const all = text.split("\n");
  return [...all.slice(0, startLine - 1), ...lines, ...all.slice(endLine)].join("\n");
}
