import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { nearestKey, valueAt } from "./keys.ts";
import type { ConfigProblem, LoadedConfig } from "./port.ts";
import { CodegenConfig, defaultConfig, notInEffect } from "./schema.ts";

/** Larger files are refused before they are parsed: a hostile one costs seconds and hundreds of megabytes. */
const maxBytes = 64 * 1024;
const maxProblems = 20;

/**
 * Reads the text of `.codegen.yml`. Total: whatever the text is, the answer is a value, and every problem has its place.
 * @param text null when the file does not exist
 */
export function parseConfig(text: string | null): LoadedConfig {
  if (text === null) return { state: "absent", config: defaultConfig };
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes)
    return invalid([
      { line: 1, column: 1, key: "", message: `The file has ${bytes} bytes; at most ${maxBytes} are read.` },
    ]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core",
    uniqueKeys: true,
    prettyErrors: false,
    merge: false,
  });
  if (document.errors.length > 0) {
    return invalid(
      document.errors.map((error) => ({
        ...place(lines, error.pos[0]),
        key: "",
        message: `This is not valid YAML: ${error.message}.`,
      })),
    );
  }
  const raw = toPlain(document);
  if ("problem" in raw) return invalid([{ line: 1, column: 1, key: "", message: raw.problem }]);
  const parsed = CodegenConfig.safeParse(raw.value ?? {}, { error: explain });
  if (parsed.success)
    return {
      state: "ok",
      config: parsed.data,
      notInEffect: notInEffect.filter((key) => valueAt(raw.value, key.split("."))),
    };
  return invalid(parsed.error.issues.flatMap((issue) => toProblems(issue, { document, lines, text })));
}

interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly text: string;
}

function toPlain(document: Document.Parsed): { value: unknown } | { problem: string } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    if (value !== null && value !== undefined && !isMap(document.contents))
      return { problem: "The file must be a mapping of keys, such as `version: 1`." };
    if (hasKey(document.contents, "__proto__")) return { problem: "The key `__proto__` is not allowed." };
    return { value };
  } catch (error) {
    return { problem: `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

function toProblems(issue: z.core.$ZodIssue, source: Source): readonly ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, source));
  const node = source.document.getIn(path, true);
  const key = keyText(path);
  const value = snippet(node, source.text);
  const written = value === undefined ? "" : ` (it is ${value})`;
  return [
    {
      ...placeOf(path, source),
      key,
      ...(value === undefined ? {} : { value }),
      message: `\`${key || "the file"}\`${written}: ${issue.message}`,
    },
  ];
}

/** Zod's words for programmers, in words for whoever writes the file. Messages of our own schema stay as they are. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    if (issue.expected === "boolean") return "must be true or false";
    const kinds: Record<string, string> = {
      int: "a whole number",
      number: "a number",
      string: "text",
      array: "a list",
      object: "a mapping of keys",
    };
    return `must be ${kinds[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === "invalid_value")
    return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small" || issue.code === "too_big") {
    const small = issue.code === "too_small";
    const amount = String(small ? issue.minimum : issue.maximum);
    const units: Record<string, string> = { string: " characters", array: " entries" };
    const unit = units[issue.origin] ?? "";
    const more = issue.inclusive === false ? "more than" : "at least";
    return small ? `must be ${more} ${amount}${unit}` : `must be at most ${amount}${unit}`;
  }
  return undefined;
}

function unknownKey(path: readonly (string | number)[], key: string, source: Source): ConfigProblem {
  const full = keyText([...path, key]);
  const { hint, allowed } = nearestKey(path, key);
  const known = allowed.length > 0 ? ` Known here: ${allowed.join(", ")}.` : "";
  return {
    ...placeOf([...path, key], source),
    key: full,
    message: `\`${full}\`: there is no such key.${hint ? ` Did you mean \`${hint}\`?` : known}`,
  };
}

/** The place of the key when the path ends in one, of the item when it ends in a number; of the nearest parent when it is missing. */
function placeOf(path: readonly (string | number)[], source: Source): { line: number; column: number } {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? source.document.contents : source.document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last));
      if (pair && isScalar(pair.key) && pair.key.range) return place(source.lines, pair.key.range[0]);
    }
    const start = startOf(source.document.getIn(path.slice(0, length), true));
    if (start !== undefined) return place(source.lines, start);
  }
  return { line: 1, column: 1 };
}

function startOf(node: unknown): number | undefined {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)
    ? (node.range as number[])[0]
    : undefined;
}

function snippet(node: unknown, text: string): string | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const written = text.slice(node.range[0], node.range[1]).replaceAll(/\s+/g, " ").trim();
  return written.length > 40 ? `${written.slice(0, 40)}…` : written;
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function keyText(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

function hasKey(node: unknown, key: string): boolean {
  let found = false;
  const queue: unknown[] = [node];
  while (queue.length > 0 && !found) {
    const current = queue.pop();
    if (typeof current !== "object" || current === null || !("items" in current) || !Array.isArray(current.items))
      continue;
    for (const item of current.items as unknown[]) {
      if (typeof item === "object" && item !== null && "key" in item) {
        if (isScalar(item.key) && item.key.value === key) found = true;
        queue.push("value" in item ? item.value : undefined);
      } else queue.push(item);
    }
  }
  return found;
}

function invalid(problems: readonly ConfigProblem[]): LoadedConfig {
  return {
    state: "invalid",
    problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, maxProblems),
  };
}
