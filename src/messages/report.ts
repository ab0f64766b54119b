/** What a command reported of its tests and of problems in files, for the check run of the command. */
import { code, list, plain, sentence } from "./markdown.ts";

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
    }[];
    readonly flaky: readonly string[];
  } | null;
  /** Problems at a place in a file: how many there are, and how many stand beside the lines. */
  readonly problems: { readonly total: number; readonly shown: number };
  /** Report files that could not be read, with the reason. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/** So many failing tests are named; all of them are in the log. */
const mostNamed = 30;

/** `2 of 34 tests failed`, `34 tests passed`; null where there is nothing to count. */
export function testsInShort({ tests }: ReportText): string | null {
  if (tests === null) return null;
  const { passed, failed } = tests.counts;
  if (passed + failed === 0) return null;
  const of = `${passed + failed}${tests.truncated ? " or more" : ""}`;
  const noun = of === "1" ? "test" : "tests";
  return failed > 0 ? `${failed} of ${of} ${noun} failed` : `${of} ${noun} passed`;
}

/** Paragraphs for the summary of a check run. */
export function reportParagraphs({ tests, problems, unread }: ReportText): readonly string[] {
  return [
    ...(tests === null ? [] : testParagraphs(tests)),
    ...(problems.total === 0 ? [] : [`**Problems in files:** ${problemsText(problems)}`]),
    ...unread.map(({ path, reason }) => `⚠️ The report ${code(path)} could not be read: ${sentence(reason)}`),
  ];
}

function testParagraphs({ counts, truncated, failures, flaky }: NonNullable<ReportText["tests"]>): readonly string[] {
  const { passed, failed, skipped } = counts;
  const parts = [failed > 0 && `${failed} failed`, `${passed} passed`, skipped > 0 && `${skipped} skipped`];
  const seen = truncated ? " (the log was cut, there may be more)" : "";
  const named = failures.slice(0, mostNamed).map(({ name, file, line, message }) => {
    const place = file === null ? "" : ` · ${code(line === null ? file : `${file}:${line}`)}`;
    const [first = ""] = message.split("\n").filter((text) => text.trim() !== "");
    return `❌ ${plain(name)}${place}${first === "" ? "" : ` — ${sentence(first)}`}`;
  });
  const more = failed > named.length ? [`… and ${failed - named.length} more`] : [];
  return [
    `**Tests:** ${parts.filter((part) => part !== false).join(" · ")}${seen}`,
    ...(named.length === 0 ? [] : [list([...named, ...more])]),
    ...(flaky.length === 0
      ? []
      : [`**Flaky**, they passed when tried again:\n\n${list(flaky.slice(0, mostNamed).map(plain))}`]),
  ];
}

function problemsText({ total, shown }: ReportText["problems"]): string {
  if (shown === total) return `${total}, beside the lines.`;
  return `${total}, the ${shown} most serious of them beside the lines.`;
}
