/** A JSON Schema (draft 2020-12) or a piece of an OpenAPI document: plain JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const PROSE = new Set([
  "default",
  "deprecated",
  "description",
  "discriminator",
  "example",
  "examples",
  "externalDocs",
  "nullable",
  "readOnly",
  "summary",
  "title",
  "writeOnly",
  "xml",
]);
const MAPS_OF_SCHEMAS = new Set(["properties", "patternProperties"]);

/**
 * Turns an OpenAPI 3.0 or 3.1 schema into a plain JSON Schema without prose.
 * `nullable` becomes a `null` type, references point to `#/schemas/…`, and `oneOf` becomes `anyOf`: GitHub's
 * description uses `oneOf` for alternatives that overlap, so that a correct body would match more than one.
 */
export function simplify(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(simplify);
  if (!isObject(schema)) return schema;
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (PROSE.has(key) || key.startsWith("x-")) continue;
    if (MAPS_OF_SCHEMAS.has(key) && isObject(value)) out[key] = mapValues(value, simplify);
    else if (key === "enum" || key === "const" || key === "required") out[key] = value;
    else if (key === "$ref" && typeof value === "string")
      out.$ref = value.replace("#/components/schemas/", "#/schemas/");
    else if (key === "oneOf") out.anyOf = simplify(value);
    else if (key !== "additionalProperties" || value !== true) out[key] = simplify(value);
  }
  return schema.nullable === true ? orNull(out) : out;
}

function orNull(schema: JsonObject): JsonObject {
  if (schema.$ref !== undefined || schema.anyOf !== undefined || schema.allOf !== undefined) {
    return { anyOf: [schema, { type: "null" }] };
  }
  const widened = { ...schema };
  if (typeof schema.type === "string") widened.type = [schema.type, "null"];
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) widened.enum = [...schema.enum, null];
  return widened;
}

/**
 * Refuses every property that the schema does not name, at each level: GitHub ignores such properties, but a caller
 * that sends one has misread the API. Needs a validator that knows `unevaluatedProperties`.
 */
export function close(schema: Json, insideAlternative = false): Json {
  if (!isObject(schema)) return schema;
  const out: JsonObject = { ...schema };
  for (const key of MAPS_OF_SCHEMAS) {
    const map = out[key];
    if (isObject(map)) out[key] = mapValues(map, (value) => close(value));
  }
  if (isObject(out.items)) out.items = close(out.items);
  if (isObject(out.additionalProperties)) out.additionalProperties = close(out.additionalProperties);
  let namesProperties = isObject(out.properties);
  for (const key of ["anyOf", "allOf"]) {
    const branches = out[key];
    if (!Array.isArray(branches)) continue;
    namesProperties ||= branches.some((branch) => isObject(branch) && isObject(branch.properties));
    out[key] = branches.map((branch) => close(branch, true));
  }
  const open = out.additionalProperties !== undefined || out.patternProperties !== undefined;
  if (namesProperties && !open && !insideAlternative) out.unevaluatedProperties = false;
  return out;
}

/** Names of the shared schemas that a simplified schema refers to. */
export function references(schema: Json): string[] {
  const found = JSON.stringify(schema).matchAll(/"\$ref":"#\/schemas\/([^"]+)"/g);
  return [...new Set([...found].map((match) => match[1] ?? ""))];
}

/** True for a JSON object (neither null nor an array). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Applies a function to every value of a JSON object. */
export function mapValues(map: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
