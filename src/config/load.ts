import { isAlias, isMap, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import type { z } from "zod";
import { findExcess } from "./excess.ts";
import { explain, explainSyntax, withoutEchoes } from "./explain.ts";
import { nearestKey, valueAt } from "./keys.ts";
import type { ConfigProblem, LoadedConfig } from "./port.ts";
import { CodegenConfig, defaultConfig, notInEffect } from "./schema.ts";

const maxProblems = 20;

/**
 * Reads the text of `.codegen.yml`. Total: whatever the text is, the answer is a value, and every problem has its place.
 * @param source the text; null when the file does not exist
 */
export function parseConfig(source: string | null): LoadedConfig {
  if (source === null) return { state: "absent", config: defaultConfig };
  const text = source.replace(/^\uFEFF/, "");
  const excess = findExcess(text);
  if (excess !== null) return invalid([{ ...placeIn(text, excess.offset), key: "", message: excess.message }]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core",
    // Looked for below: the parser compares every key with every other, which takes seconds for some thousands.
    uniqueKeys: false,
    prettyErrors: false,
    merge: false,
    logLevel: "error",
  });
  if (document.errors.length > 0) {
    return invalid(
      document.errors.map((error) => ({
        ...place(lines, error.pos[0]),
        key: "",
        message: explainSyntax(error),
      })),
    );
  }
  const bad = badNodes(document, lines);
  if (bad.length > 0) return invalid(bad);
  const raw = toPlain(document);
  if ("problem" in raw) return invalid([{ line: 1, column: 1, key: "", message: raw.problem }]);
  const parsed = CodegenConfig.safeParse(raw.value ?? {}, { error: explain });
  if (parsed.success)
    return {
      state: "ok",
      config: parsed.data,
      notInEffect: notInEffect.filter((key) => valueAt(raw.value, key.split("."))),
    };
  const issues = withoutEchoes(parsed.error.issues);
  return invalid(issues.flatMap((issue) => toProblems(issue, { document, lines, text })));
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
    return { value };
  } catch {
    // The one thing that `toJS` refuses in a document without errors: aliases that grow by the power of their depth.
    return { problem: "The file repeats anchors through too many aliases (`*name`). Write the values out." };
  }
}

function toProblems(issue: z.core.$ZodIssue, source: Source): readonly ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, maxProblems).map((key) => unknownKey(path, key, source));
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

function unknownKey(path: readonly (string | number)[], key: string, source: Source): ConfigProblem {
  const full = keyText([...path, key]);
  const { hint, allowed } = nearestKey(path, key);
  const known = allowed.length > 0 ? ` Known here: ${allowed.join(", ")}.` : "";
  return {
    ...placeOf([...path, key], source),
    key: full,
    message:
      key === "<<"
        ? `\`${full}\`: merge keys are not supported. Write the keys out.`
        : `\`${full || '""'}\`: there is no such key.${hint ? ` Did you mean \`${hint}\`?` : known}`,
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
  const written = text
    .slice(node.range[0], node.range[1])
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .trim();
  if (written === "") return undefined;
  return written.length > 40 ? `${written.slice(0, 40)}…` : written;
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** The same for a text that was not parsed. */
function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function keyText(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

/** What the parser lets pass: keys that stand twice in one mapping, the one that would change a prototype, aliases of nothing. */
function badNodes(document: Document.Parsed, lines: LineCounter): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Node(_, node) {
      const at = place(lines, node.range?.[0] ?? 0);
      if (isAlias(node)) {
        if (!anchors.has(node.source))
          problems.push({ ...at, key: "", message: `There is no anchor \`&${node.source}\` before this alias.` });
      } else if (node.anchor !== undefined) anchors.add(node.anchor);
      if (isMap(node)) problems.push(...badKeys(node.items, lines));
    },
  });
  return problems;
}

function badKeys(pairs: readonly { key: unknown }[], lines: LineCounter): readonly ConfigProblem[] {
  const seen = new Set<string>();
  return pairs.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    const at = { ...place(lines, key.range?.[0] ?? 0), key: name };
    if (name === "__proto__") return [{ ...at, message: "The key `__proto__` is not allowed." }];
    if (seen.has(name)) return [{ ...at, message: `\`${name}\` stands in the same mapping twice; keep one of them.` }];
    seen.add(name);
    return [];
  });
}

function invalid(problems: readonly ConfigProblem[]): LoadedConfig {
  return {
    state: "invalid",
    problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, maxProblems),
  };
}
