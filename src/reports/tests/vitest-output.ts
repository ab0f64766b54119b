import { countWords, createTally, withFiles, type TestResults } from "./test-results.ts";

const heading = /^\s?FAIL {2}(?:\|[^|]*\| )?(\S.*)$/;
const whole = /^(.+) \[ (.+) \]$/;
const summary = /^ +Tests {2}(?:\d.*\(\d+\)|no tests)$/;
const rule = /^⎯{5,}/;

/** Reads what vitest prints by its default and verbose reporters; null when it is something else. A file that cannot be loaded is one failure. */
export function readVitest(lines: readonly string[]): TestResults | null {
  const ends = lines.filter((line) => summary.test(line));
  const names = (line: string) => heading.exec(line)?.[1];
  const ours = (name: string | undefined) => name !== undefined && (name.includes(" > ") || whole.test(name));
  if (ends.length === 0 && !lines.some((line) => ours(names(line)))) return null;
  const tally = createTally();
  let [open, body, unloaded]: [string[], string[], number] = [[], [], 0];
  const files = new Set<string>();
  let run = 0;
  const close = () => {
    for (const title of open) {
      files.add(`${run}\n${whole.exec(title)?.[2] ?? title.split(" > ")[0]}`);
      const file = whole.exec(title)?.[2];
      if (file === undefined) {
        const [first = "", ...rest] = title.split(" > ");
        tally.fail({ name: rest, file: first, lines: body });
      } else {
        unloaded += 1;
        tally.fail({ name: [file], file, lines: body });
      }
    }
    [open, body] = [[], []];
  };
  for (const line of lines) {
    const name = names(line);
    if (ours(name) && name !== undefined) {
      // Tests that fail by the same error stand one under the other, above it.
      if (body.length > 0) close();
      open.push(name);
    } else if (rule.test(line) || summary.test(line)) {
      close();
      if (summary.test(line)) run += 1;
    } else if (open.length > 0) body.push(line);
    else if (/^ +✓ .*\d+ms$/.test(line) && !/\(\d+ tests?\)/.test(line)) tally.pass();
    else if (/^ +[↓□] \S/.test(line)) tally.skip();
  }
  close();
  if (ends.length === 0) return tally.results({ truncated: true });
  const suites = countWords(lines.filter((line) => /^ +Test Files {2}/.test(line)));
  return tally.results(
    withFiles({ counts: countWords(ends), unloaded, suites, named: files.size, seen: tally.failed }),
  );
}
