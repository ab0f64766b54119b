import type { Rule } from "../rule.ts";
import { pythonInjection } from "./injection.ts";
import { pythonMistakes } from "./mistakes.ts";
import { pythonProtection } from "./protection.ts";

export const pythonRules: readonly Rule[] = [...pythonInjection, ...pythonProtection, ...pythonMistakes];
