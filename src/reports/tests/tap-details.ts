import { parseDocument } from "yaml";

export interface TapDetails {
  readonly file: string | null;
  readonly line: number | null;
  /** Why it failed, then the stack. */
  readonly lines: readonly string[];
}

const most = 10_000;

/**
 * What the YAML under a failed point of TAP says: the place under the names that node, node-tap and vitest give it, and why. YAML that cannot be
 * read counts as text.
 */
export function tapDetails(block: readonly string[]): TapDetails {
  const indent = Math.max(0, (block[0] ?? "").search(/\S/));
  const text = block
    .map((line) => line.slice(Math.min(indent, line.search(/\S|$/))))
    .join("\n")
    .slice(0, most);
  const said = read(text);
  const error = field(said, "error");
  const why = [error, said?.["message"], field(error, "message")].find((each) => typeof each === "string");
  // Vitest writes YAML that breaks off at a message of several lines.
  const at = said?.["location"] ?? said?.["at"] ?? /^(?:location|at): ["']?(\S+:\d+)["']?$/m.exec(text)?.[1];
  const place = typeof at === "string" ? /^(.+?):(\d{1,7})(?::\d{1,7})?$/.exec(at) : null;
  const named = field(at, "file") ?? field(at, "fileName");
  const row = field(at, "line") ?? field(at, "lineNumber");
  return {
    file: place?.[1] ?? (typeof named === "string" ? named : null),
    line: place === null ? (typeof row === "number" ? row : null) : Number(place[2]),
    lines: typeof why === "string" ? [...why.split("\n"), ...stack(said)] : text.split("\n"),
  };
}

function read(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = parseDocument(text, { logLevel: "silent", schema: "core" }).toJS({ maxAliasCount: 0 });
    return isRecord(value) ? value : null;
  } catch {
    // Nested too deeply, or with aliases: no runner writes that.
    return null;
  }
}

function stack(said: Record<string, unknown> | null): readonly string[] {
  const frames = said?.["stack"];
  return typeof frames === "string" ? frames.split("\n").map((line) => `  at ${line}`) : [];
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
