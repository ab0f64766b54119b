import { validationFailed } from "./problem.ts";

type Body = Record<string, unknown>;

/** A text that must be there. Throws 422 as GitHub does. */
export function requiredText(body: Body, field: string, resource: string): string {
  const value = optionalText(body, field, resource);
  if (value === undefined || value === "") throw validationFailed({ resource, field, code: "missing_field" });
  return value;
}

/** A text, or `undefined` when absent or null. */
export function optionalText(body: Body, field: string, resource: string): string | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalid(body, field, resource);
}

export function optionalBoolean(body: Body, field: string, resource: string): boolean | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw invalid(body, field, resource);
}

export function optionalInteger(body: Body, field: string, resource: string): number | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined || (typeof value === "number" && Number.isInteger(value))) return value;
  throw invalid(body, field, resource);
}

/** A list of texts, or `undefined` when absent or null. */
export function optionalTexts(body: Body, field: string, resource: string): string[] | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw invalid(body, field, resource);
}

/** An object, or `undefined` when absent or null. */
export function optionalObject(body: Body, field: string, resource: string): Body | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (isObject(value)) return value;
  throw invalid(body, field, resource);
}

/** A list of objects, or `undefined` when absent or null. */
export function optionalObjects(body: Body, field: string, resource: string): Body[] | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw invalid(body, field, resource);
}

export function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(body: Body, field: string, resource: string): Error {
  return validationFailed({ resource, field, code: "invalid", value: body[field] });
}
