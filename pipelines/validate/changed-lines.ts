import { messageOf } from "../../src/errors.ts";
import { readChangedLines, type ChangedRange } from "../../src/workspace/changed-lines.ts";
import { GitError } from "../../src/workspace/git.ts";
import { openRepository } from "../workbench.ts";
import type { ReadyScope } from "./decide.ts";
import type { Validation } from "./run-commands.ts";

export interface ChangedLines {
  /** Lines of the files that were tested, by path. */
  readonly ranges: ReadonlyMap<string, readonly ChangedRange[]>;
  /** Files in which these are not the head's lines, since the base has changed them too. */
  readonly moved: ReadonlySet<string>;
}

/** The lines that the pull itself changes, of the commit or merge that is tested; null where git cannot tell. */
export async function findChangedLines(run: Validation, scope: ReadyScope): Promise<ChangedLines | null> {
  const { deps, thread, signal } = run;
  const { head, base } = scope;
  try {
    await openRepository(deps, thread.repo, base, { signal });
    const mirror = await openRepository(deps, thread.repo, head, { ref: `refs/pull/${thread.number}/head`, signal });
    const common = await mirror.mergeBase(base, head);
    if (common === undefined) return null;
    if (scope.config.validation.test === "head")
      return { ranges: await readChangedLines(mirror, common, head, signal), moved: new Set() };
    const merged = await mirror.mergeTree(base, head);
    if (!merged.clean) return null;
    const ranges = await readChangedLines(mirror, base, merged.tree, signal);
    return { ranges, moved: new Set((await mirror.changedPaths(common, base)).map(({ path }) => path)) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    run.log.warn({ error: messageOf(error).slice(0, 300) }, "the changed lines could not be found");
    return null;
  }
}
