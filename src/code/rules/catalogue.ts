import { ecmaRules } from "./ecma/all.ts";
import { goRules } from "./go.ts";
import { javaRules } from "./java/all.ts";
import { pythonRules } from "./python/all.ts";
import type { Rule } from "./rule.ts";
import { rustRules } from "./rust.ts";

/** Every rule of ours. */
export const catalogue: readonly Rule[] = [...ecmaRules, ...pythonRules, ...goRules, ...rustRules, ...javaRules];
