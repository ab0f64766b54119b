import { UserError } from "../../src/errors.ts";
import { readTextFile } from "../../src/github/repositories.ts";
import { parseProblemMatchers } from "../../src/reports/problems/parse-problem-matchers.ts";
import type { ProblemMatcher } from "../../src/reports/problems/problem-matcher.ts";
import type { Command, ReadyScope } from "./decide.ts";
import type { Unread } from "./report-files.ts";
import type { Validation } from "./run-commands.ts";

export interface Matchers {
  readonly matchers: readonly ProblemMatcher[];
  /** The file, when it cannot be used. */
  readonly unread: readonly Unread[];
}

/** The problem matchers that the repository brings for a command. They come from the base: a pull changes nothing about how it is read. */
export async function readMatchers(
  { deps, thread }: Pick<Validation, "deps" | "thread">,
  { base }: Pick<ReadyScope, "base">,
  { matchers: path }: Command,
): Promise<Matchers> {
  if (path === undefined) return { matchers: [], unread: [] };
  try {
    const json = await readTextFile(deps.github, thread.repo, path, base);
    if (json === null) throw new UserError("the base branch has no such file.");
    return { matchers: parseProblemMatchers(json), unread: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { matchers: [], unread: [{ path, reason: error.message }] };
  }
}
