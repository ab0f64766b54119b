/** The `analysis:` part of `.codegen.yml`: what a reviewer is told of the code. */
import { z } from "zod";
import { analysisDefaults } from "../domain/analysis-defaults.ts";
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
const usual = analysisDefaults.thresholds;

export const Analysis = z.strictObject({
  thresholds: z
    .strictObject({
      cognitive: most.default(usual.cognitive),
      cyclomatic: most.default(usual.cyclomatic),
      lines: most.default(usual.lines),
      parameters: most.default(usual.parameters),
      nesting: most.default(usual.nesting),
      maintainability: z.number().min(0).max(100).default(usual.maintainability),
      duplication: most.default(usual.duplication),
    })
    .prefault({}),
  rules: z.record(ruleName, severity).default(analysisDefaults.rules),
  own_rules: z.array(OwnRuleText).max(50).default(analysisDefaults.own_rules),
  layers: z
    .array(z.strictObject({ from: glob, not: z.array(glob).min(1).max(50), because: line.optional() }))
    .max(50)
    .default(analysisDefaults.layers),
  ignore: z.array(glob).max(100).default(analysisDefaults.ignore),
  comments: z.int().min(0).max(50).default(analysisDefaults.comments),
});
