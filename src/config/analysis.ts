/** The `analysis:` part of `.codegen.yml`: what a reviewer is told of the code. */
import { z } from "zod";
import { OwnRuleText } from "./own-rule-text.ts";
import { glob, line } from "./texts.ts";

const severity = z.enum(["off", "notice", "warning", "error"]);
const ruleName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,40}\/(?:[a-z0-9][a-z0-9-]{0,60}|\*)$/,
    "must be a rule, such as security/eval, or a family, such as security/*",
  );
const most = z.int().min(0).max(100_000);

export const Analysis = z.strictObject({
  thresholds: z
    .strictObject({
      cognitive: most.default(15),
      cyclomatic: most.default(20),
      lines: most.default(100),
      parameters: most.default(7),
      nesting: most.default(4),
      maintainability: z.number().min(0).max(100).default(20),
      duplication: most.default(10),
    })
    .prefault({}),
  rules: z.record(ruleName, severity).default({}),
  own_rules: z.array(OwnRuleText).max(50).default([]),
  layers: z
    .array(z.strictObject({ from: glob, not: z.array(glob).min(1).max(50), because: line.optional() }))
    .max(50)
    .default([]),
  ignore: z.array(glob).max(100).default([]),
  comments: z.int().min(0).max(50).default(10),
});
