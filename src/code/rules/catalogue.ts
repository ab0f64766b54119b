import { ecmaInjection } from "./ecma/injection.ts";
import { ecmaLeftOvers } from "./ecma/left-overs.ts";
import { ecmaMistakes } from "./ecma/mistakes.ts";
import { ecmaPromises } from "./ecma/promises.ts";
import { ecmaProtection } from "./ecma/protection.ts";
import { ecmaRequests } from "./ecma/requests.ts";
import { goRules } from "./go.ts";
import { javaMistakes } from "./java/mistakes.ts";
import { javaSecurity } from "./java/security.ts";
import { pythonInjection } from "./python/injection.ts";
import { pythonMistakes } from "./python/mistakes.ts";
import { pythonProtection } from "./python/protection.ts";
import type { Rule } from "./rule.ts";
import { rustRules } from "./rust.ts";

/** Part of the key under which findings are kept: raise it when what the rules find in a file changes. */
export const rulesVersion = 1;

/** Every rule of ours. */
export const catalogue: readonly Rule[] = [
  ...ecmaInjection,
  ...ecmaRequests,
  ...ecmaProtection,
  ...ecmaPromises,
  ...ecmaMistakes,
  ...ecmaLeftOvers,
  ...pythonInjection,
  ...pythonProtection,
  ...pythonMistakes,
  ...goRules,
  ...rustRules,
  ...javaSecurity,
  ...javaMistakes,
];
