import { z } from "zod";

/** The keys that a schema knows below a path, and the one that was probably meant. */
export function nearestKey(
  path: readonly (string | number)[],
  key: string,
  schema: z.ZodType,
): { hint: string | undefined; allowed: readonly string[] } {
  const allowed = keysAt(path, schema);
  const ranked = allowed
    .map((known) => ({ known, distance: distance(key.toLowerCase(), known.toLowerCase()) }))
    .filter(({ known, distance: steps }) => steps <= Math.max(1, Math.floor(known.length / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  return { hint: ranked[0]?.known, allowed };
}

/** Whether something stands at a path of keys; lists are searched through. */
export function valueAt(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((item) => valueAt(item, path));
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
  return valueAt((value as Record<string, unknown>)[key], rest);
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

const known = new WeakMap<z.ZodType, JsonSchema>();

function keysAt(path: readonly (string | number)[], schema: z.ZodType): readonly string[] {
  const whole = known.get(schema) ?? (z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as JsonSchema);
  known.set(schema, whole);
  let part: JsonSchema | undefined = whole;
  for (const step of path) part = typeof step === "number" ? part?.items : part?.properties?.[step];
  return Object.keys(part?.properties ?? {});
}

/** Levenshtein distance; keys are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
