import { isNoise } from "../../domain/failure-lines.ts";
import { workspaceFile } from "../workspace-file.ts";
import { placeIn } from "./place-in.ts";
import type { TestFailure } from "./test-results.ts";

/** A failure as a report has it. Lines come from `terminalLines`: short, without control characters. */
export interface RawFailure {
  /** Suites and test, the outermost first. */
  readonly name: readonly string[];
  /** As the report writes it; a place is looked for in `lines` when it is null. */
  readonly file: string | null;
  /** Where the test stands, when the report says it. A place in `lines` within the file is more precise. */
  readonly line?: number | null;
  readonly lines: readonly string[];
  /** Used when `lines` say nothing. */
  readonly otherwise?: string;
}

const most = { name: 500, message: 1_000, lines: 200 };

/** Where what failed stops to be told: a frame of the stack, a piece of code with line numbers, the fields of a thrown object. */
const stops: readonly RegExp[] = [
  /^\s*at \S/,
  /^\s*❯ \S+:\d+/,
  /^\s*>?\s*\d+ ?\|(?: |$)/,
  /^\s*(?:generatedMessage|code|actual|operator): /,
  /^goroutine \d+ \[/,
];

/** The failure in its bounds: a name, a place inside of the workspace if there is one, and the first lines that say why. */
export function failureNote({ name, file, line = null, lines, otherwise = "" }: RawFailure): TestFailure {
  const some = lines.slice(0, most.lines);
  const known = file === null ? null : workspaceFile(file);
  const place = file !== null && known === null ? null : placeIn(some, known);
  const at = known ?? place?.file ?? null;
  const told = place?.line ?? line;
  return {
    name: cut(name.map((part) => part.replaceAll(/\s+/g, " ").trim()).join(" › "), most.name),
    file: at,
    line: at !== null && told !== null && Number.isSafeInteger(told) && told > 0 ? told : null,
    message: cause(some) || cut(otherwise.trim(), most.message),
  };
}

function cause(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.trim() !== "");
  if (start === -1) return "";
  const stop = lines.findIndex((line, at) => at > start && stops.some((pattern) => pattern.test(line)));
  const told = lines.slice(start, stop === -1 ? undefined : stop).filter((line) => !isNoise(line));
  const indents = told.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const indent = indents.reduce((least, each) => Math.min(least, each), 80);
  return cut(
    told
      .map((line) => line.slice(indent))
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim(),
    most.message,
  );
}

function cut(text: string, length: number): string {
  return text.length > length
    ? `${text
        .slice(0, length - 1)
        .toWellFormed()
        .trimEnd()}…`
    : text;
}
