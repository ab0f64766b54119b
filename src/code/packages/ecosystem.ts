/** Where packages of others are declared and locked, one way for each world of packages. */

export interface Ecosystem {
  /** As a person calls it. */
  readonly name: "npm" | "PyPI" | "crates.io" | "Go" | "Maven";
  readonly isManifest: (path: string) => boolean;
  /** What a manifest asks for by name; nothing of one that cannot be read. */
  readonly declared: (text: string, path: string) => readonly Declared[];
  /** By which the package of a manifest is known to others of the same repository. */
  readonly ownNames: (text: string, path: string) => readonly string[];
  /** Names of the files that say what was chosen, beside a manifest or in a folder above. */
  readonly locks: readonly string[];
  readonly locked: (text: string, path: string) => ReadonlyMap<string, Locked>;
}

export interface Declared {
  readonly name: string;
  /** As it is asked for: `^1.2.0`; null when any will do. */
  readonly wanted: string | null;
  /** 1-based. */
  readonly line: number;
}

export interface Locked {
  readonly version: string | null;
  /** As the lock file has it, `MIT`; null where it tells nothing. */
  readonly licence: string | null;
}

/** So many packages of a manifest are read, and so many characters of a line: more is written by nobody. */
export const most = { declared: 1_000, line: 1_000 };

/** The line on which a text has a pattern first, 1 when nowhere. */
export function lineOf(text: string, pattern: RegExp): number {
  const at = text.search(pattern);
  return at === -1 ? 1 : lineAt(text, at);
}

/** The line of an index of a text. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** The lines of a file that others wrote, without those that are too long for anybody. */
export function linesOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  return text
    .split("\n")
    .map((content, at) => ({ line: at + 1, text: content.replace(/\r$/, "") }))
    .filter((each) => each.text.length <= most.line);
}

export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** An object of a file that others wrote; empty for anything else. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : {};
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : null;
}

/** What `parse` makes of a text; empty when it refuses. */
export function parsed(parse: (text: string) => unknown, text: string): Readonly<Record<string, unknown>> {
  try {
    return record(parse(text));
  } catch {
    return {};
  }
}

/** The `name` of an object, if it has one. */
export function named(value: Readonly<Record<string, unknown>>): readonly string[] {
  return [textOrNull(value["name"])].filter((name) => name !== null);
}
