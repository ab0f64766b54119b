import { ecmaRules } from "./ecma/all.ts";
import { goRules } from "./go.ts";
import { javaRules } from "./java/all.ts";
import { pythonRules } from "./python/all.ts";
import type { Rule } from "./rule.ts";
import { rustRules } from "./rust.ts";

/** Part of the key under which findings are kept: raise it when what the rules find in a file changes. */
export const rulesVersion = 1;

/** Every rule of ours. */
export const catalogue: readonly Rule[] = [...ecmaRules, ...pythonRules, ...goRules, ...rustRules, ...javaRules];
