import { terminalLines } from "../../domain/terminal-text.ts";
import { goEventLines } from "./go-json-output.ts";
import { readGo } from "./go-output.ts";
import { readJest } from "./jest-output.ts";
import { mergeResults } from "./merge-results.ts";
import { readNodeSpec } from "./node-spec-output.ts";
import { readPytest } from "./pytest-output.ts";
import { readTap } from "./tap-output.ts";
import type { TestResults } from "./test-results.ts";
import { readVitest } from "./vitest-output.ts";

const most = { output: 10_000_000, piece: 200_000, lines: 1_000_000 };

export interface ReadOptions {
  /** The module's path in `go.mod`, when there is one: without it, a failure that Go's tests log has no file. */
  readonly goModule?: string;
}

/**
 * What a test runner printed: TAP 13 and 14, `node --test`, jest, vitest, pytest or `go test` (with `-v`, with `-json`), one or several of them
 * after each other. Null when it is none of them. Anybody may have written the output; it may have colours and may be cut at its beginning. Of
 * more than 10,000,000 characters or 1,000,000 lines the end counts. Linear in the length.
 */
export function readTestOutput(output: string, { goModule }: ReadOptions = {}): TestResults | null {
  const kept = output.slice(-most.output);
  const events = goEventLines(kept);
  const lines = events ?? screenLines(kept);
  const module = goModule ?? null;
  const readers = [
    readTap,
    readNodeSpec,
    readJest,
    readVitest,
    readPytest,
    (text: readonly string[]) => readGo(text, module),
  ];
  const found = readers.flatMap((read) => read(lines) ?? []);
  if (found.length === 0) return null;
  const results = mergeResults(found);
  const cut = kept.length < output.length || lines.some((line) => /^\[\d+ bytes left out\]$/.test(line));
  return events !== null && cut ? { ...results, truncated: true } : results;
}

/** `terminalLines` keeps the end of a long text; here it gets pieces that it keeps whole, each of whole lines. */
function screenLines(output: string): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < output.length;) {
    const last = output.lastIndexOf("\n", start + most.piece - 1);
    const whole = start + most.piece >= output.length ? output.length : last < start ? start + most.piece : last + 1;
    const piece = output.slice(start, whole);
    for (const line of terminalLines(piece.endsWith("\n") ? piece.slice(0, -1) : piece)) lines.push(line);
    start = whole;
  }
  return lines.length > most.lines ? lines.slice(-most.lines) : lines;
}
