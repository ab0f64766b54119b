/** The `web:` part of `.codegen.yml`: what the browser does with the started application. */
import { z } from "zod";
import { Duration } from "./units.ts";

const line = z.string().trim().min(1).max(500);
const Target = z.strictObject({
  role: line.optional(),
  name: line.optional(),
  text: line.optional(),
  label: line.optional(),
});

const Step = z.union([
  z.strictObject({ visit: line }),
  z.strictObject({ click: Target }),
  z.strictObject({ fill: Target.extend({ value: z.string().max(2_000) }) }),
  z.strictObject({ expect: Target }),
]);

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
