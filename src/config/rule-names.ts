import type { Place } from "../domain/own-rule.ts";
import { readYaml } from "./read-yaml.ts";
import { CodegenConfig } from "./schema.ts";

/** The rules that `analysis.rules` of a `.codegen.yml` speaks of, each with its place; none of a file that is invalid, which is told elsewhere. */
export function readRuleNames(text: string): readonly (Place & { readonly name: string })[] {
  const read = readYaml(text, CodegenConfig);
  if (read.state === "invalid") return [];
  return Object.keys(read.value.analysis.rules).map((name) => ({ name, ...read.placeOf(["analysis", "rules", name]) }));
}
