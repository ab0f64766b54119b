import { z } from "zod";
import { ruleLanguages } from "../domain/own-rule.ts";
import { line } from "./texts.ts";

const example = z.string().min(1).max(4_000);

/** One rule, as it is written. */
export const OwnRuleText = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, "must be a name of small letters, digits and dashes, such as no-moment"),
  languages: z.array(z.enum(ruleLanguages)).min(1).max(ruleLanguages.length),
  pattern: z.string().min(1).max(4_000),
  message: line,
  severity: z.enum(["notice", "warning", "error"]).default("warning"),
  cwe: z.int().min(1).max(9_999).optional(),
  examples: z.strictObject({ bad: z.array(example).min(1).max(10), good: z.array(example).max(10).default([]) }),
});
export type OwnRuleText = z.infer<typeof OwnRuleText>;
