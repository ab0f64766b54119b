/** Whether a command fails on the base commit in the same way, so that its failure is not the pull's. */
import { causeOf } from "../../src/domain/failure-cause.ts";
import type { BaseText, CommandOutcome } from "../../src/messages/validate.ts";
import { failureOf, isFailed } from "./command-result.ts";

/**
 * Tests decide where both runs name those that fail, else the cause in what was printed.
 * @param base how the command ended on the base; null when it could not be run there
 */
export function compareWithBase(
  head: CommandOutcome,
  base: CommandOutcome | null,
  commit: string,
  why: string,
): BaseText {
  if (base === null) return { commit, end: "unknown", reason: why };
  if (!isFailed(base)) return { commit, end: "passes" };
  const failing = { head: failuresOf(head), base: failuresOf(base) };
  if (failing.head !== null && failing.base !== null) {
    const known = new Set(failing.base);
    const added = failing.head.filter((name) => !known.has(name));
    return added.length === 0 ? { commit, end: "same" } : { commit, end: "more", added };
  }
  const same = causeOf(failureOf(head)).fingerprint === causeOf(failureOf(base)).fingerprint;
  return same ? { commit, end: "same" } : { commit, end: "other" };
}

/** The names of the tests that fail; null when they are not known, or not all of them. */
function failuresOf({ report }: CommandOutcome): readonly string[] | null {
  const tests = report?.tests;
  if (!tests || tests.truncated || tests.counts.failed === 0 || tests.failures.length < tests.counts.failed)
    return null;
  return tests.failures.map(({ name, file }) => (file === null ? name : `${name} (${file})`));
}
