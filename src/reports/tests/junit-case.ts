import { terminalLines } from "../../domain/terminal-text.ts";
import type { RawFailure } from "./failure-note.ts";

/** A `testcase` with the suites it lies in, the outermost first. */
export interface TestCase {
  readonly suites: readonly { readonly name: string; readonly file: string | null }[];
  readonly name: string;
  readonly classname: string;
  readonly file: string | null;
  /** NaN when it has none. */
  readonly line: number;
  /** Of its failure: the attribute, and the text. */
  message: string;
  text: string;
}

const pathLike = /^[^\s<>]*[^\s<>/]\.(?:[cm]?[jt]sx?|py|rb|php|go|rs|vue|svelte|exs?)$/;

/**
 * Writers of JUnit XML do not agree on who names what: node nests suites, pytest and PHPUnit put the class into `classname`, Surefire into both,
 * vitest writes the file there and the suites into the name.
 */
export function toFailure(test: TestCase): RawFailure {
  const { classname, message } = test;
  const names = test.suites.map(({ name }) => name).filter((name) => name !== "");
  const paths = [classname, ...names.toReversed()].filter((name) => pathLike.test(name));
  const file = test.file ?? test.suites.findLast((suite) => suite.file !== null)?.file ?? paths[0] ?? null;
  const suites = names.filter((name) => !pathLike.test(name));
  const name = oneLine(test.name) || classname || "unnamed test";
  const own = pathLike.test(classname) ? name.split(" > ") : [name];
  const lines = terminalLines(test.text);
  const said = terminalLines(message);
  // Some texts begin with the message, some are the stack alone, some are the failure printed as an object.
  const first = said.find((line) => line.trim() !== "") ?? "";
  const repeated =
    (lines.find((line) => line.trim() !== "") ?? "").includes(first) && !/^\[?Error/.test(lines.find(Boolean) ?? "");
  return {
    name: [...around(suites, classname, name), ...own].flatMap((part) => oneLine(part) || []),
    file: file === null ? null : oneLine(file),
    line: Number.isSafeInteger(test.line) ? test.line : null,
    lines: repeated || first === "" ? lines : [...said, "", ...frames(lines)],
    otherwise: oneLine(message),
  };
}

function around(suites: readonly string[], classname: string, name: string): readonly string[] {
  const told = [suites.join("."), suites.join(" "), name, "test"].includes(classname) || pathLike.test(classname);
  const last = suites.at(-1) ?? "";
  if (classname === "" || told || last.endsWith(classname)) return suites.filter((suite) => suite !== name);
  return [classname];
}

/** The lines of a stack alone, so that the message is not told twice. */
function frames(lines: readonly string[]): readonly string[] {
  return lines
    .slice(0, 200)
    .flatMap((line) =>
      /:\d+|", line \d+/.test(line) ? [/^\s*(?:at|❯) /.test(line) ? line : `  at ${line.trim()}`] : [],
    );
}

function oneLine(text: string): string {
  return terminalLines(text).join(" ").replaceAll(/\s+/g, " ").trim();
}
