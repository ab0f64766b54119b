/**
 * The process in which others' files are parsed. It reads lines of JSON and contents from its input and answers each in order, as `analyser-lines.ts` says.
 * It opens nothing and knows no secret; who started it may end it at any time.
 */
import { flushCompileCache } from "node:module";
import type { OwnRule } from "../domain/own-rule.ts";
import { createAnalyseFile } from "./analyse-file.ts";
import { betweenParts, type FromAnalyser, type ToAnalyser } from "./analyser-lines.ts";
import { readBytes, readLine, writeLine } from "./child-lines.ts";
import type { Binding } from "./syntax/grammar.ts";
import { createGrammars } from "./syntax/load-grammar.ts";
import { writeAnalysis } from "./written-analysis.ts";

/** After so many files what has been compiled is kept for those that start later (if Node was told to): most of the program, and then all of it. */
const worthKeeping = new Set([1, 100]);

const binding: Binding = process.argv[2] === "wasm" ? "wasm" : "native";
const grammars = createGrammars(binding);
const analyse = createAnalyseFile(grammars);
let rules: readonly OwnRule[] = [];
let files = 0;
let chosen: { readonly without: string; readonly rules: readonly OwnRule[] } | undefined;

for (let line = readLine(); line !== null; line = readLine()) {
  const told = JSON.parse(line) as ToAnalyser;
  if (told.say === "rules") [rules, chosen] = [told.rules, undefined];
  else if (told.say === "check") {
    const { checkOwnRule } = await import("./rules/own/check-own-rule.ts");
    answer({ say: "faults", faults: await checkOwnRule(grammars, told.rule) });
  } else {
    const own = told.without === null ? undefined : { rules: rulesWithout(told.without), onRule: begin };
    const content = readBytes(told.bytes);
    const { links, analysis, ...more } = writeAnalysis(await analyse(told.language, content, own));
    answer({ say: "analysis", ...more }, links, analysis);
    // Its end may be sudden.
    if (worthKeeping.has(++files)) flushCompileCache();
  }
}

/** The same list for the same choice, so that it is made ready once. */
function rulesWithout(without: readonly string[]): readonly OwnRule[] {
  const key = without.join(" ");
  if (chosen?.without !== key) chosen = { without: key, rules: rules.filter(({ id }) => !without.includes(id)) };
  return chosen.rules;
}

function begin(rule: string): void {
  answer({ say: "rule", rule });
}

function answer(said: FromAnalyser, ...parts: readonly string[]): void {
  writeLine([JSON.stringify(said), ...parts].join(betweenParts));
}
