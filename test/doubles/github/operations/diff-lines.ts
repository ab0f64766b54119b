import type { Side } from "../state/pulls.ts";

/** One line below a hunk header, with its numbers on both sides and its place in the whole patch (GitHub's `position`). */
export interface DiffLine {
  position: number;
  /** line number in the base; null for an added line */
  left: number | null;
  /** line number in the head; null for a removed line */
  right: number | null;
  /** index of the hunk, from 0 */
  hunk: number;
  text: string;
}

/** Reads the hunks of one file's patch, as the files of a pull carry it. */
export function diffLines(patch: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let left = 0;
  let right = 0;
  let hunk = -1;
  for (const [index, text] of patch.split("\n").entries()) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header) {
      left = Number(header[1]);
      right = Number(header[2]);
      hunk += 1;
      continue;
    }
    if (hunk < 0 || text.startsWith("\\")) continue;
    const isAdded = text.startsWith("+");
    const isRemoved = text.startsWith("-");
    const position = index;
    lines.push({ position, left: isAdded ? null : left, right: isRemoved ? null : right, hunk, text });
    if (!isAdded) left += 1;
    if (!isRemoved) right += 1;
  }
  return lines;
}

/** The line that a comment on `side` and `line` is about; null when the diff does not show it. */
export function lineOfDiff(lines: DiffLine[], side: Side, line: number): DiffLine | null {
  return lines.find((one) => (side === "LEFT" ? one.left : one.right) === line) ?? null;
}

/** The hunk up to and including a line, as review comments carry it in `diff_hunk`. */
export function hunkUpTo(patch: string, line: DiffLine): string {
  const rows = patch.split("\n").slice(0, line.position + 1);
  const start = rows.findLastIndex((row) => row.startsWith("@@ "));
  return rows.slice(start).join("\n");
}
