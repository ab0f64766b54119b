import { createHash } from "node:crypto";
import type { Finding } from "../../domain/verdict.ts";
import type { LineRange } from "./coverage.ts";

/**
 * Notices beside lines that no test reaches, in order.
 * @param most so many at the most
 */
export function coverageFindings(
  uncovered: ReadonlyMap<string, readonly LineRange[]>,
  most: number,
): readonly Finding[] {
  const all: Finding[] = [];
  for (const [file, ranges] of uncovered)
    for (const { start, end } of ranges) {
      if (all.length >= most) return all;
      const message = start === end ? "No test reaches this line." : "No test reaches these lines.";
      const fingerprint = createHash("sha256")
        .update(JSON.stringify(["coverage", file, start, end]))
        .digest("hex");
      all.push({ rule: "coverage", severity: "notice", file, startLine: start, endLine: end, message, fingerprint });
    }
  return all;
}
