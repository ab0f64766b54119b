import { createHash } from "node:crypto";
import type { Json, JsonObject } from "./simplify.ts";

const WORTH_SHARING = 400;

/**
 * Replaces schemas that occur several times, word for word, by one shared schema named after its content.
 * GitHub's descriptions repeat "user", "repository" and the like in full for every event.
 */
export function shareRepeated(document: JsonObject & { schemas: JsonObject }): JsonObject {
  const count = new Map<string, number>();
  const visit = (node: Json): void => {
    if (typeof node !== "object" || node === null) return;
    if (isSchema(node)) {
      const text = JSON.stringify(node);
      const seen = count.get(text) ?? 0;
      count.set(text, seen + 1);
      if (seen > 0) return;
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(document);

  const shared: JsonObject = {};
  const replace = (node: Json, mayBeReplaced: boolean): Json => {
    if (Array.isArray(node)) return node.map((child) => replace(child, true));
    if (typeof node !== "object" || node === null) return node;
    const text = JSON.stringify(node);
    const repeated = mayBeReplaced && isSchema(node) && text.length >= WORTH_SHARING && (count.get(text) ?? 0) > 1;
    const name = repeated ? nameOf(node, text) : "";
    if (repeated && shared[name] !== undefined) return { $ref: `#/schemas/${name}` };
    if (repeated) shared[name] = {};
    const inner = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, replace(child, true)]));
    if (!repeated) return inner;
    shared[name] = inner;
    return { $ref: `#/schemas/${name}` };
  };

  const { schemas, ...rest } = document;
  const outer = replace(rest, false);
  const named = Object.entries(schemas).map(([name, schema]) => [name, replace(schema, false)]);
  return { ...(outer as JsonObject), schemas: { ...Object.fromEntries(named), ...shared } };
}

function isSchema(node: Json): node is JsonObject {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return false;
  const { type, properties } = node;
  const typed =
    type === "object" || type === "array" || (Array.isArray(type) && type.every((one) => typeof one === "string"));
  return typed && (type === "array" || (typeof properties === "object" && properties !== null));
}

function nameOf(schema: JsonObject, text: string): string {
  const { properties } = schema;
  const first = typeof properties === "object" && properties !== null ? (Object.keys(properties)[0] ?? "") : "list";
  return `same-${first.replaceAll(/\W/g, "")}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
