import type { Rule } from "../rule.ts";
import { ecmaInjection } from "./injection.ts";
import { ecmaLeftOvers } from "./left-overs.ts";
import { ecmaMistakes } from "./mistakes.ts";
import { ecmaPromises } from "./promises.ts";
import { ecmaProtection } from "./protection.ts";
import { ecmaRequests } from "./requests.ts";

/** Of JavaScript and TypeScript. */
export const ecmaRules: readonly Rule[] = [
  ...ecmaInjection,
  ...ecmaRequests,
  ...ecmaProtection,
  ...ecmaPromises,
  ...ecmaMistakes,
  ...ecmaLeftOvers,
];
