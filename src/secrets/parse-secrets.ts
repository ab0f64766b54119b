import { isMap, isScalar, LineCounter, parseDocument, type Pair } from "yaml";

/** Values by name, by `owner` or `owner/name` in lower case, as GitHub compares them. */
export type SecretsByPlace = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What the redactor cannot tell from ordinary text is shorter than this, and nobody could keep it out of logs. */
const shortest = 6;
/** The kernel takes no longer variable than 128 KB. */
const longestBytes = 64 * 1024;
const mostProblems = 20;

/**
 * Reads the operator's file: `owner/name` or `owner`, and below it `NAME: value`, in YAML or JSON. Every value is text as it stands there.
 * No problem repeats anything of the file, for it might be a value.
 */
export function parseSecrets(
  source: string,
): { readonly secrets: SecretsByPlace } | { readonly problems: readonly string[] } {
  const lines = new LineCounter();
  // All that it holds is text: a number would lose its zeros, and `no` would become false.
  const document = parseDocument(source, { lineCounter: lines, schema: "failsafe", prettyErrors: false });
  const at = (offset: number | undefined) => `line ${lines.linePos(offset ?? 0).line}`;
  if (document.errors.length > 0)
    return {
      problems: document.errors
        .slice(0, mostProblems)
        .map((error) => `${at(error.pos[0])} is neither YAML nor JSON (${error.code})`),
    };
  const problems: string[] = [];
  const secrets = new Map<string, ReadonlyMap<string, string>>();
  const say = (node: unknown, message: string) => void problems.push(`${at(startOf(node))}: ${message}`);
  const { contents } = document;
  const isEmpty = contents === null || (isScalar(contents) && contents.value === "");
  if (!isEmpty && !isMap(contents)) say(contents, "the file must be a mapping of repositories");
  for (const place of isMap(contents) ? contents.items : []) {
    const name = textOf(place.key)?.toLowerCase() ?? "";
    if (!/^[\w-]{1,100}(?:\/[\w.-]{1,100})?$/.test(name)) say(place.key, "there must be `owner` or `owner/name` here");
    else if (!isMap(place.value)) say(place.key, "below it there must be names with their values");
    else if (secrets.has(name)) say(place.key, "it stands here twice, in other capitals");
    else secrets.set(name, valuesOf(place.value.items, say));
  }
  return problems.length > 0 ? { problems: problems.slice(0, mostProblems) } : { secrets };
}

function valuesOf(pairs: readonly Pair[], say: (node: unknown, message: string) => void): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of pairs) {
    const name = textOf(key) ?? "";
    const text = textOf(value);
    if (!/^[A-Z_][A-Z0-9_]{0,63}$/.test(name)) say(key, "the name must be that of a variable in capitals");
    else if (text === null) say(key, "the value must be text");
    else if (text.trim().length < shortest)
      say(key, `the value has less than ${shortest} characters, so it could not be kept out of logs`);
    else if (Buffer.byteLength(text) > longestBytes) say(key, "the value is longer than 64 KB");
    else if (text.includes("\0")) say(key, "the value holds a NUL, which no variable can");
    else values.set(name, text);
  }
  return values;
}

function textOf(node: unknown): string | null {
  return isScalar(node) && typeof node.value === "string" ? node.value : null;
}

function startOf(node: unknown): number | undefined {
  const range: unknown = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : undefined;
}
