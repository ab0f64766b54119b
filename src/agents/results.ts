import { z } from "zod";
import type { ProposedPlan, WorkReport } from "./port.ts";
import { sanitize } from "./untrusted.ts";

// What `finish` takes. The caps keep a result within one comment; the texts are cleaned as contributors' texts are, for a model repeats
// what it read.

const sentence = z.string().trim().min(1).max(1000);
const sentences = z.array(sentence).max(30).default([]);

const path = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .refine((text) => !text.startsWith("/") && !text.split("/").includes(".."), "has to be a path within the repository");

const symbols = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^\n]*$/, "has to be one line"),
  )
  .max(20)
  .default([])
  .describe("The functions, classes or types in it that change or are made, by their names in the code.");

export const proposedPlan = z.object({
  problem: z.string().trim().min(1).max(4000).describe("What is wrong or wanted, and where in the code it comes from."),
  files: z
    .array(z.object({ path, change: sentence, symbols }))
    .max(60)
    .describe("Each file that changes, how, and what in it."),
  steps: z.array(sentence).min(1).max(30).describe("What will be done, in order."),
  tests: sentences.describe("How the result will be tested."),
  risks: sentences.describe("What could go wrong or is left open."),
  questions: sentences.describe("What only a person can answer; empty when nothing blocks the work."),
  confidence: z.enum(["low", "medium", "high"]),
});

export const workReport = z.object({
  title: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\n]*$/, "has to be one line")
    .describe("One line in the imperative: the subject of the commit and the title of the pull."),
  summary: z.string().trim().min(1).max(4000).describe("What was changed and why, for the reviewer."),
  testsRun: sentences.describe("Each command that was run and how it ended."),
  openPoints: sentences.describe("What is left for a person."),
  answers: z
    .array(z.object({ thread: z.int().min(1), done: z.boolean(), text: sentence }))
    .max(100)
    .optional()
    .describe(
      "Only when reviewers ask for something: for each numbered thread, whether it is done, and the answer to it.",
    ),
  description: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .optional()
    .describe("Only when the task shows a template: the template filled in, with all of its headings."),
});

/** Cleans and checks what `finish` was called with; the problems are told to the model. */
export function readResult<T extends ProposedPlan | WorkReport>(
  schema: z.ZodType<T>,
  input: unknown,
): { result: T } | { problems: string } {
  const parsed = schema.safeParse(cleaned(input));
  return parsed.success ? { result: parsed.data } : { problems: z.prettifyError(parsed.error) };
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return sanitize(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleaned(inner)]));
}
