/** What a command reported of its tests and of problems in files, for the check run of the command. */
import { coverageInShort, coverageParagraphs, type CoverageText } from "./coverage.ts";
import { code, list, plain, sentence } from "./markdown.ts";

/** What other runs saw of a test within 30 days: how often it both failed and passed on the same files, and in which pull last. */
export interface TestHistory {
  readonly times: number;
  readonly lastPull: number;
}

/** A test that failed and passed on the same files; null stands for the command as a whole. */
export interface FlakyText {
  readonly test: string | null;
  /** Within 30 days, this time too. */
  readonly times: number;
  /** The pull in which another run saw it last; null when none did. */
  readonly lastPull: number | null;
}

export interface ReportText {
  /** Null where nothing of what was printed or written is a test report. */
  readonly tests: {
    readonly counts: { readonly passed: number; readonly failed: number; readonly skipped: number };
    /** The counts are no more than what was seen. */
    readonly truncated: boolean;
    readonly failures: readonly {
      readonly name: string;
      readonly file: string | null;
      readonly line: number | null;
      readonly message: string;
      readonly known?: TestHistory;
    }[];
  } | null;
  /** Problems at a place in a file: how many there are, and how many stand beside the lines. */
  readonly problems: { readonly total: number; readonly shown: number };
  /** Null where no coverage is asked for, or none could be read. */
  readonly coverage: CoverageText | null;
  readonly flaky: readonly FlakyText[];
  /** Report files that could not be read, with the reason. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/** So many failing tests are named; all of them are in the log. */
const mostNamed = 30;
const mostUnread = 10;

/** `2 of 34 tests failed`, `34 tests passed`; null where there is nothing to count. */
export function testsInShort({ tests }: ReportText): string | null {
  if (tests === null) return null;
  const { passed, failed } = tests.counts;
  if (passed + failed === 0) return null;
  const of = `${passed + failed}${tests.truncated ? " or more" : ""}`;
  const noun = of === "1" ? "test" : "tests";
  return failed > 0 ? `${failed} of ${of} ${noun} failed` : `${of} ${noun} passed`;
}

/** `34 tests passed, coverage 87.3 % (+0.4)`; null where there is nothing to say. */
export function reportInShort(report: ReportText): string | null {
  const parts = [testsInShort(report), report.coverage && coverageInShort(report.coverage)];
  return parts.filter((part) => part !== null).join(", ") || null;
}

/**
 * Paragraphs for the summary of a check run.
 * @param passed whether the command itself ended well
 */
export function reportParagraphs(report: ReportText, passed: boolean): readonly string[] {
  const { tests, problems, coverage, flaky, unread } = report;
  const contradicts = passed && tests !== null && tests.counts.failed > 0;
  return [
    ...(tests === null ? [] : testParagraphs(tests)),
    ...(contradicts
      ? ["⚠️ The command ended well although its report names tests that failed. Its exit code decides."]
      : []),
    ...(flaky.length === 0 ? [] : [flakyParagraph(flaky)]),
    ...(coverage === null ? [] : coverageParagraphs(coverage)),
    ...(problems.total === 0 ? [] : [`**Problems in files:** ${problemsText(problems)}`]),
    ...unread
      .slice(0, mostUnread)
      .map(({ path, reason }) => `⚠️ The report ${code(path)} could not be read: ${sentence(reason)}`),
    ...(unread.length > mostUnread ? [`⚠️ … and ${unread.length - mostUnread} more reports could not be read.`] : []),
  ];
}

function testParagraphs({ counts, truncated, failures }: NonNullable<ReportText["tests"]>): readonly string[] {
  const { passed, failed, skipped } = counts;
  const parts = [failed > 0 && `${failed} failed`, `${passed} passed`, skipped > 0 && `${skipped} skipped`];
  const seen = truncated ? " (the log was cut, there may be more)" : "";
  const named = failures.slice(0, mostNamed).map(({ name, file, line, message, known }) => {
    const place = file === null ? "" : ` · ${code(line === null ? file : `${file}:${line}`)}`;
    const [first = ""] = message.split("\n").filter((text) => text.trim() !== "");
    const history =
      known === undefined ? "" : ` (known as flaky: ${timesText(known.times)} in 30 days, last in #${known.lastPull})`;
    return `❌ ${plain(name)}${place}${history}${first === "" ? "" : ` — ${sentence(first)}`}`;
  });
  const more = failed > named.length ? [`… and ${failed - named.length} more`] : [];
  return [
    `**Tests:** ${parts.filter((part) => part !== false).join(" · ")}${seen}`,
    ...(named.length === 0 ? [] : [list([...named, ...more])]),
  ];
}

function flakyParagraph(flaky: readonly FlakyText[]): string {
  const named = flaky.slice(0, mostNamed).map((one) => {
    const last = one.lastPull === null ? "" : `, last in #${one.lastPull}`;
    return `${flakyName(one)} (${flakyTimes(one)}${last})`;
  });
  const more = flaky.length > named.length ? [`… and ${flaky.length - named.length} more`] : [];
  return `**Flaky:** failed and passed on the same files.\n\n${list([...named, ...more])}`;
}

export function flakyName({ test }: FlakyText): string {
  return test === null ? "the command as a whole" : plain(test);
}

/** `3rd time in 30 days` */
export function flakyTimes({ times, lastPull }: FlakyText): string {
  return `${lastPull === null ? "for the first time" : `${ordinal(times)} time`} in 30 days`;
}

function timesText(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}

function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}

function problemsText({ total, shown }: ReportText["problems"]): string {
  if (shown === total) return `${total}, beside the lines.`;
  return `${total}, the ${shown} most serious of them beside the lines.`;
}
