import type { Rule } from "../rule.ts";
import { javaMistakes } from "./mistakes.ts";
import { javaSecurity } from "./security.ts";

export const javaRules: readonly Rule[] = [...javaSecurity, ...javaMistakes];
