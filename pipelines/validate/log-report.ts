import type { Finding } from "../../src/domain/verdict.ts";
import type { ReportText } from "../../src/messages/report.ts";
import type { LogReport } from "../../src/store/port.ts";

/** For the page of the run: the tests that failed, or where there are none, what else was found. */
export function toLogReport({ tests }: ReportText, findings: readonly Finding[]): LogReport {
  const problems = findings.map(({ rule, file, startLine, message }) => ({
    name: rule,
    file,
    line: startLine,
    message,
  }));
  const failures = tests?.failures.map(({ name, file, line, message }) => ({ name, file, line, message })) ?? [];
  return { tests: tests?.counts ?? null, found: failures.length > 0 ? failures : problems };
}
