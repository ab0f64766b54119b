/** The `web:` part of `.codegen.yml`: what the browser does with the started application. */
import { z } from "zod";
import { Duration } from "./units.ts";

const line = z.string().trim().min(1).max(500);
const target = { role: line.optional(), name: line.optional(), text: line.optional(), label: line.optional() };

const howFound = "must say how the element is found: role, name, text or label";

/** How an element is found: at least one of these, and all that are given. */
const Target = z
  .strictObject(target)
  .refine((found) => Object.keys(found).length > 0, howFound)
  .meta({ minProperties: 1 });

/** One key for each step. Keys that exclude each other, instead of a union, so that a problem is named at its own place. */
const Step = z
  .strictObject({
    visit: line.optional(),
    click: Target.optional(),
    fill: z
      .strictObject({ ...target, value: z.string().max(2_000) })
      .refine((found) => Object.keys(found).some((key) => key !== "value"), howFound)
      .meta({ minProperties: 2 })
      .optional(),
    expect: Target.optional(),
  })
  .refine((step) => Object.keys(step).length === 1, "must be exactly one of visit, click, fill or expect")
  .meta({ minProperties: 1, maxProperties: 1 });

export const Web = z.strictObject({
  flows: z
    .array(z.strictObject({ name: line, steps: z.array(Step).min(1).max(100) }))
    .max(50)
    .default([]),
  pages: z.array(line).max(50).default([]),
  accessibility: z.enum(["off", "minor", "moderate", "serious", "critical"]).default("serious"),
  budget: z
    .strictObject({
      lcp: Duration.optional(),
      cls: z.number().positive().optional(),
      bytes: z.int().positive().optional(),
    })
    .prefault({}),
});
