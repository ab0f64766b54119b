/**
 * A query of tree-sitter as data (tree-sitter.github.io/tree-sitter/using-parsers/queries): the part of the language that our rules are written in.
 */

/** One of the patterns of a query. */
export interface Pattern {
  readonly step: Step;
  readonly conditions: readonly Condition[];
}

/** A node that is looked for, or several of which one will do. */
export type Step =
  | NodeStep
  /** A leaf without a name, as it stands in the text. */
  | { readonly is: "token"; readonly text: string; readonly captures: readonly string[] }
  | { readonly is: "choice"; readonly steps: readonly Step[]; readonly captures: readonly string[] };

export interface NodeStep {
  readonly is: "node";
  /** Null for any node with a name. */
  readonly type: string | null;
  readonly children: readonly Child[];
  /** Nothing follows the last of the children. */
  readonly closed: boolean;
  readonly captures: readonly string[];
}

export interface Child {
  readonly step: Step;
  readonly field: string | null;
  readonly optional: boolean;
  /** Nothing lies between it and the one before, or the beginning. */
  readonly next: boolean;
}

/** `#eq?` and its like. */
export interface Condition {
  readonly name: string;
  readonly capture: string;
  readonly values: readonly string[];
}

/** @returns null for what this does not understand, and for what is no query */
export function readQuery(source: string): readonly Pattern[] | null {
  const tokens = (source.match(token) ?? []).filter((each) => !each.startsWith(";"));
  const reader: Reader = { tokens, at: 0, conditions: [] };
  const patterns: Pattern[] = [];
  try {
    while (reader.at < tokens.length) {
      reader.conditions = [];
      const step = readStep(reader);
      patterns.push({ step, conditions: reader.conditions });
    }
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
  return patterns;
}

class NotUnderstood extends Error {}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  /** Of the pattern that is being read: wherever one stands, it is one of the whole. */
  conditions: Condition[];
}

const token = /"(?:\\.|[^"\\])*"|[()[\].?*+]|@[\w.-]+|#[\w.-]+[?!]|[\w-]+:|\w+|;.*|\S/g;
const name = /^\w+$/;

function readStep(reader: Reader): Step {
  const first = take(reader);
  if (first === "(") return readBracket(reader);
  if (first === "[") {
    const steps: Step[] = [];
    while (reader.tokens[reader.at] !== "]") steps.push(readStep(reader));
    reader.at += 1;
    return { is: "choice", steps, captures: readCaptures(reader) };
  }
  if (isText(first)) return { is: "token", text: textOf(first), captures: readCaptures(reader) };
  throw new NotUnderstood();
}

/** Behind its `(`: a node, or a group of one. */
function readBracket(reader: Reader): Step {
  const first = reader.tokens[reader.at] ?? "";
  const isNode = name.test(first);
  if (isNode) reader.at += 1;
  const children: Child[] = [];
  let next = false;
  for (let now = reader.tokens[reader.at]; now !== ")"; now = reader.tokens[reader.at])
    if (now === ".") {
      reader.at += 1;
      next = true;
    } else if (now === "(" && reader.tokens[reader.at + 1]?.startsWith("#") === true) readCondition(reader);
    else {
      children.push(readChild(reader, next));
      next = false;
    }
  reader.at += 1;
  const captures = readCaptures(reader);
  if (isNode) return { is: "node", type: first === "_" ? null : first, children, closed: next, captures };
  const [only, ...more] = children;
  if (only === undefined || more.length > 0 || only.optional || only.field !== null) throw new NotUnderstood();
  return { ...only.step, captures: [...only.step.captures, ...captures] };
}

function readChild(reader: Reader, next: boolean): Child {
  const word = reader.tokens[reader.at] ?? "";
  const field = word.endsWith(":") ? word.slice(0, -1) : null;
  if (field !== null) reader.at += 1;
  const step = readStep(reader);
  const optional = reader.tokens[reader.at] === "?";
  if (!optional) return { step, field, optional, next };
  reader.at += 1;
  return { step: { ...step, captures: [...step.captures, ...readCaptures(reader)] }, field, optional, next };
}

function readCondition(reader: Reader): void {
  reader.at += 1;
  const condition = take(reader).slice(1);
  const capture = take(reader);
  if (!capture.startsWith("@")) throw new NotUnderstood();
  const values: string[] = [];
  for (let value = take(reader); value !== ")"; value = take(reader)) {
    if (!isText(value)) throw new NotUnderstood();
    values.push(textOf(value));
  }
  reader.conditions.push({ name: condition, capture: capture.slice(1), values });
}

function readCaptures(reader: Reader): readonly string[] {
  const captures: string[] = [];
  while (reader.tokens[reader.at]?.startsWith("@") === true) captures.push(take(reader).slice(1));
  return captures;
}

function take(reader: Reader): string {
  const taken = reader.tokens[reader.at++];
  if (taken === undefined) throw new NotUnderstood();
  return taken;
}

function isText(word: string): boolean {
  return word.length > 1 && word.startsWith('"');
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

function textOf(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_, escaped: string) => escapes[escaped] ?? escaped);
}
