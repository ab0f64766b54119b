import { createHash } from "node:crypto";
import type { Finding } from "../../domain/verdict.ts";
import type { TestResults } from "./test-results.ts";

/**
 * One finding for each failed test whose line is known. Its fingerprint comes from the test's name and file, so that it stays the same when the
 * test moves within its file.
 */
export function toFindings({ failures }: TestResults): Finding[] {
  return failures.flatMap(({ name, file, line, message }) => {
    if (file === null || line === null) return [];
    const fingerprint = createHash("sha256")
      .update(JSON.stringify(["test", file, name]))
      .digest("hex");
    const said = message === "" ? name : `${name}\n\n${message}`;
    return [{ rule: "test", severity: "failure", file, startLine: line, endLine: line, message: said, fingerprint }];
  });
}
