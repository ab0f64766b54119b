/** Reads YAML that people write, strictly and by a schema: what is wrong is told with its place. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { findExcess } from "./excess.ts";
import { explain, explainSyntax, withoutEchoes } from "./explain.ts";
import { nearestKey } from "./keys.ts";
import { lookThrough } from "./look-through.ts";
import type { ConfigProblem, ConfigProblems } from "./port.ts";
import { keyText, problemOf } from "./problem.ts";
import { nodeAt, written, type Targets } from "./written.ts";

const maxProblems = 20;

export type ReadYaml<T> =
  | {
      readonly state: "ok";
      readonly value: T;
      /** As it is written, before defaults. */
      readonly raw: unknown;
      /** The node at a path of keys, for who needs more places than those of problems. */
      readonly nodeAt: (path: readonly (string | number)[]) => unknown;
      readonly placeOf: (path: readonly (string | number)[]) => { readonly line: number; readonly column: number };
    }
  | ({ readonly state: "invalid" } & ConfigProblems);

/**
 * Total: whatever the text is, the answer is a value. At most 20 problems, in the order of the text, and how many more there are.
 * @param schema of a mapping, or of a list
 */
export function readYaml<T>(source: string, schema: z.ZodType<T>): ReadYaml<T> {
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
  const { bad, targets } = lookThrough(document, text, (offset) => place(lines, offset));
  if (bad.length > 0) return invalid(bad);
  const wantsList = schema instanceof z.ZodArray;
  const raw = toPlain(document, wantsList);
  if ("problem" in raw) return invalid([{ line: 1, column: 1, key: "", message: raw.problem }]);
  const parsed = schema.safeParse(raw.value ?? (wantsList ? [] : {}), { error: explain });
  const read: Source = { document, lines, text, schema, targets };
  if (parsed.success)
    return {
      state: "ok",
      value: parsed.data,
      raw: raw.value,
      nodeAt: (path) => document.getIn(path, true),
      placeOf: (path) => placeOf(path, read),
    };
  const issues = withoutEchoes(parsed.error.issues);
  const count = issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
  return invalid(
    issues.flatMap((issue) => toProblems(issue, read)),
    count,
  );
}

/** Whether the whole of a text is a list. */
export function isList(source: string): boolean {
  return (
    findExcess(source) === null && isSeq(parseDocument(source, { uniqueKeys: false, logLevel: "silent" }).contents)
  );
}

interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly text: string;
  readonly schema: z.ZodType;
  readonly targets: Targets;
}

function toPlain(document: Document.Parsed, wantsList: boolean): { value: unknown } | { problem: string } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    if (value !== null && value !== undefined && !wantsList && !isMap(document.contents))
      return { problem: "The file must be a mapping of keys, such as `version: 1`." };
    return { value };
  } catch {
    // The one thing that `toJS` refuses in a document without errors: aliases that grow by the power of their depth.
    return { problem: "The file repeats anchors through too many aliases (`*name`). Write the values out." };
  }
}

/** Of unknown keys in one mapping so many as may be told: to find the place and the likely meaning of each is dear. */
function toProblems(issue: z.core.$ZodIssue, source: Source): readonly ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, maxProblems).map((key) => unknownKey(path, key, source));
  const value = written(nodeAt(path, source.document, source.targets), source.text, source.targets);
  return [problemOf(placeOf(path, source), path, value, issue.message)];
}

function unknownKey(path: readonly (string | number)[], key: string, source: Source): ConfigProblem {
  const full = keyText([...path, key]);
  const { hint, allowed } = nearestKey(path, key, source.schema);
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

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** The same for a text that was not parsed. */
function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

/** @param count how many there are, where these are not all */
function invalid(all: readonly ConfigProblem[], count = all.length): { state: "invalid" } & ConfigProblems {
  const problems = all.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, maxProblems);
  const more = count - problems.length;
  return { state: "invalid", problems, ...(more > 0 && { more }) };
}
