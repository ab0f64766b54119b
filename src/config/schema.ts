/**
 * `.codegen.yml`, the only configuration a repository has. Strict: an unknown key is an error, every key is optional,
 * and a missing file means these defaults. Values come out parsed (milliseconds, bytes).
 * The JSON Schema for editors is written from here by `npm run schema`.
 */
import { z } from "zod";
import { Analysis } from "./analysis.ts";
import { Environment, findSecretProblems } from "./environment.ts";
import { glob, label, line, paragraph } from "./texts.ts";
import { count } from "./units.ts";
import { Validation, writeOut } from "./validation.ts";
import { Web } from "./web.ts";

const role = z.enum(["read", "triage", "write", "maintain", "admin"]);

interface Amounts {
  readonly steps: number;
  readonly minutes: number;
  readonly tokens: number;
  readonly usd: number;
}

const runAtMost: Amounts = { steps: 500, minutes: 240, tokens: 50_000_000, usd: 1_000 };
const allAtMost: Amounts = { steps: 100_000, minutes: 10_000, tokens: 1_000_000_000, usd: 100_000 };

/** Limits of what agents use: of one run, or of all runs for a pull, or of a repository within a day. */
function amounts(usual: Amounts, most: Amounts) {
  return {
    steps: z.int().min(1).max(most.steps).default(usual.steps),
    minutes: z.number().positive().max(most.minutes).default(usual.minutes),
    tokens: count(1_000, most.tokens).default(usual.tokens),
    usd: z.number().positive().max(most.usd).default(usual.usd),
  };
}

const Agent = z.strictObject({
  backend: line.optional(),
  models: z.strictObject({ plan: line.optional(), code: line.optional(), review: line.optional() }).prefault({}),
  plan: z.enum(["required", "optional", "never"]).default("required"),
  auto_confirm_plans: z.boolean().default(false),
  planning_statement: paragraph.optional(),
  rules: z.array(paragraph).max(50).default([]),
  max_attempts: z.int().min(0).max(10).default(3),
  pull: z
    .strictObject({
      draft: z.boolean().default(false),
      reviewers: z.array(line).max(15).default([]),
      labels: z.array(label).max(20).default([]),
      co_author: z.boolean().default(true),
    })
    .prefault({}),
  budget: z
    .strictObject({
      ...amounts({ steps: 60, minutes: 20, tokens: 2_000_000, usd: 5 }, runAtMost),
      pull: z.strictObject(amounts({ steps: 300, minutes: 120, tokens: 10_000_000, usd: 20 }, allAtMost)).prefault({}),
      day: z
        .strictObject(amounts({ steps: 3_000, minutes: 1_200, tokens: 100_000_000, usd: 100 }, allAtMost))
        .prefault({}),
    })
    .prefault({}),
});

const Merge = z.strictObject({
  auto: z.boolean().default(false),
  method: z.enum(["merge", "squash", "rebase"]).default("squash"),
  require: z
    .strictObject({ approvals: z.int().min(0).max(10).default(1), checks: z.array(line).max(50).default([]) })
    .prefault({}),
  block: z.strictObject({ labels: z.array(label).max(20).default(["codegen:hold"]) }).prefault({}),
  protected: z.array(glob).max(100).default([".github/**", ".codegen.yml", ".codegen/**"]),
});

export const CodegenConfig = z
  .strictObject({
    version: z.literal(1).default(1),
    extends: line.optional(),
    agent: Agent.prefault({}),
    triggers: z
      .strictObject({
        labels: z.strictObject({ plan: label.default("codegen:plan"), run: label.default("codegen:run") }).prefault({}),
        assign: z.boolean().default(true),
        on_pull: z.array(z.enum(["validate"])).default(["validate"]),
      })
      .prefault({}),
    permissions: z
      .strictObject({ plan: role.default("triage"), run: role.default("write"), merge: role.default("maintain") })
      .prefault({}),
    environment: Environment.prefault({}),
    validation: Validation.prefault({}),
    analysis: Analysis.prefault({}),
    web: Web.optional(),
    merge: Merge.prefault({}),
  })
  .superRefine((config, context) => {
    for (const { path, message } of findSecretProblems(config))
      context.addIssue({ code: "custom", path: [...path], message });
  })
  // Only now, since a place in what is written out is no place in the file.
  .transform((config) => ({ ...config, validation: writeOut(config.validation) }));
export type CodegenConfig = z.infer<typeof CodegenConfig>;

/** What an absent `.codegen.yml` means. */
export const defaultConfig: CodegenConfig = CodegenConfig.parse({});

/**
 * Keys that the schema knows and this version does not act upon yet. They are accepted, so that a file written for a later version is no
 * error, and named in every answer to `/codegen config`, so that nobody believes that they are in force.
 */
export const notInEffect: readonly string[] = ["extends", "web"];
