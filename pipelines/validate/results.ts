/** What the checks of one head came to, over all validations of it: a re-run takes up some of them, and the others stay as they are. */
import type { Sha, ThreadRef } from "../../src/domain/ids.ts";
import type { Store } from "../../src/store/port.ts";
import { isSettled, type PartResult } from "./command-result.ts";

export interface CheckResult {
  readonly name: string;
  /** The newest one; null while there was none. */
  readonly result: PartResult | null;
  /** A later validation began it anew and ended without a result. */
  readonly interrupted: boolean;
  /** Of the newest check run on GitHub. */
  readonly checkRun: number;
}

/** Further back nobody looks. */
const mostRuns = 20;

/** Each check that a validation of this head has opened, in the order of the newest one. */
export async function readResults(
  { runs, steps }: Pick<Store, "runs" | "steps">,
  { repo, number }: ThreadRef,
  head: Sha,
): Promise<readonly CheckResult[]> {
  const validations = await runs.of(repo, number, { kind: "validate", limit: mostRuns });
  const found = new Map<string, CheckResult>();
  for (const { id } of validations.filter((run) => run.head === head)) {
    const opened = (await steps.finished(id, "open"))?.result as Record<string, number> | undefined;
    for (const [name, checkRun] of Object.entries(opened ?? {})) {
      const newer = found.get(name);
      if (newer !== undefined && newer.result !== null) continue;
      const result = ((await steps.finished(id, `run ${name}`))?.result as PartResult | undefined) ?? null;
      found.set(
        name,
        newer === undefined
          ? { name, result, interrupted: result === null, checkRun }
          : { ...newer, result, interrupted: true },
      );
    }
  }
  return [...found.values()];
}

/** It does not stand in the way of the pull: nobody needs to try it again. */
export function isPassed({ result, interrupted }: CheckResult): boolean {
  return result !== null && !interrupted && isSettled(result);
}
