import { countWords, createTally, withFiles, type TestResults } from "./test-results.ts";

const suite = /^\s?(?:FAIL|PASS) {1,2}(?:\S.* )?(\S+\.\w{1,6})(?: \([\d.]+ m?s\))?$/;
const heading = /^ {2}● (\S.*)$/;
const summary = /^Tests: +(?:\d.*\b\d+ total$)/;
const broken = "Test suite failed to run";
/** What jest puts under a bullet and is no test. */
const aside = /^(?:Console$|.*Warning\b|Cannot log after)/;

/** Reads what jest prints by its default and verbose reporters; null when it is something else. A file that cannot be loaded is one failure. */
export function readJest(lines: readonly string[]): TestResults | null {
  const ends = lines.filter((line) => summary.test(line));
  if (ends.length === 0 && !lines.some((line) => suite.test(line) && !line.includes(" > "))) return null;
  const tally = createTally();
  const seen = new Set<string>();
  const files = new Set<string>();
  let [file, open, unloaded]: [string | null, { name: string; lines: string[] } | null, number] = [null, null, 0];
  let run = 0;
  const close = () => {
    if (open === null || seen.has(`${run}\n${file}\n${open.name}`)) return;
    // Named twice: as it ran, and at the end, in a summary of many files.
    seen.add(`${run}\n${file}\n${open.name}`);
    files.add(`${run}\n${file}`);
    const whole = open.name === broken;
    if (whole) unloaded += 1;
    tally.fail({
      name: whole ? [file?.replace(/^\.\//, "") ?? broken] : open.name.split(" › "),
      file,
      lines: open.lines,
    });
  };
  for (const line of lines) {
    const next = suite.exec(line)?.[1];
    const name = heading.exec(line)?.[1];
    if (next !== undefined || name !== undefined || line.startsWith("Test Suites: ") || summary.test(line)) {
      close();
      if (summary.test(line)) run += 1;
      open = name === undefined || aside.test(name) ? null : { name, lines: [] };
      if (next !== undefined) file = next;
    } else if (open !== null) open.lines.push(line);
    else if (/^\s+✓ \S/.test(line)) tally.pass();
    else if (/^\s+[○✎] \S/.test(line)) tally.skip();
  }
  close();
  if (ends.length === 0) return tally.results({ truncated: true });
  const suites = countWords(lines.filter((line) => line.startsWith("Test Suites: ")));
  return tally.results(
    withFiles({ counts: countWords(ends), unloaded, suites, named: files.size, seen: tally.failed }),
  );
}
