import { reviewPull } from "../../../src/code/pull/review-pull.ts";
import { pullSide } from "../../../src/code/pull/side.ts";
import { isRuleFile } from "../../../src/domain/own-rule.ts";
import type { Sha } from "../../../src/domain/ids.ts";
import { UserError } from "../../../src/errors.ts";
import { listReviewThreads } from "../../../src/github/review-threads.ts";
import { openCommitFiles } from "../../../src/workspace/commit-files.ts";
import type { Mirror } from "../../../src/workspace/mirror.ts";
import { readRulesAt } from "../../own-rules.ts";
import { openRepository } from "../../workbench.ts";
import type { AnalysisResult } from "../command-result.ts";
import type { AnalysisScope } from "../decide.ts";
import type { Validation } from "../run-commands.ts";
import { findOwnThreads } from "./threads.ts";
import { toAnalysis, type Reviewed } from "./to-analysis.ts";

/** A whole repository that nothing is known of yet takes the longest. */
const timeoutMs = 5 * 60_000;

/**
 * What the pull adds, read from the mirror. The head is compared with the commit where it left its base: that is what the pull itself changes,
 * on lines that are the head's own, whatever others have merged since. What the analysis itself cannot do is a result.
 * @throws what ends the run, and what may pass when it is tried again
 */
export async function analyse(run: Validation, scope: AnalysisScope): Promise<AnalysisResult> {
  const { deps, thread, log, signal } = run;
  const { head, base: tip } = scope;
  const startedAt = performance.now();
  await openRepository(deps, thread.repo, tip, { signal });
  const mirror = await openRepository(deps, thread.repo, head, { ref: `refs/pull/${thread.number}/head`, signal });
  const base = (await mirror.mergeBase(tip, head)) ?? tip;
  const late = AbortSignal.timeout(timeoutMs);
  let reviewed: Reviewed;
  try {
    reviewed = await reviewHead(run, scope, mirror, base, AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) return { kind: "not-analysed", reason: error.message, isFault: false };
    log.error({ error }, "the code could not be analysed");
    const reason = late.aborted
      ? `It took longer than ${timeoutMs / 60_000} minutes.`
      : "Something went wrong on our side.";
    return { kind: "not-analysed", reason, isFault: true };
  }
  const { review } = reviewed;
  const declined = review.findings.length === 0 ? new Set<string>() : await readDeclined(run);
  const ms = Math.round(performance.now() - startedAt);
  log.info({ ms, findings: review.findings.length, leftOut: review.leftOut.length }, "the code was analysed");
  return { kind: "analysed", analysis: toAnalysis({ ...reviewed, declined }, { head, base, ms }) };
}

/** No work tree is made, and nothing is run: contents are read from the mirror and analysed by themselves. */
async function reviewHead(
  { deps, thread }: Validation,
  { head, base: tip, config, fromFork }: AnalysisScope,
  mirror: Mirror,
  base: Sha,
  signal: AbortSignal,
): Promise<Reviewed> {
  return deps.code.use(thread.repo.id, async (index) => {
    index.prepare();
    const [from, to, changes] = await Promise.all([
      openCommitFiles(mirror, base),
      openCommitFiles(mirror, head),
      mirror.changedPaths(base, head),
    ]);
    void to.preload(from.id);
    const changed = changes.map(({ path }) => path);
    // As all settings they are the base branch's of today.
    const { rules, problems } = await readRulesAt(mirror, tip);
    const checked = await index.check(rules, { signal });
    const options = { signal, own: checked.rules };
    const before = await index.repository(from, { signal });
    const after = await index.repository(to, { near: before, signal });
    const review = await reviewPull({
      base: pullSide(index, from, before, options),
      head: pullSide(index, to, after, options),
      changed,
      config: config.analysis,
    });
    // Tried, and not used. Trying rules takes time, which no stranger gets.
    const isProposed = !fromFork && changed.some(isRuleFile);
    const own = isProposed ? await readRulesAt(mirror, head) : null;
    const tried = own && (await index.check(own.rules, { signal }));
    return {
      review,
      problems: [...problems, ...checked.problems],
      proposed: [...(own?.problems ?? []), ...(tried?.problems ?? [])].filter(({ path }) => changed.includes(path)),
    };
  });
}

/** Fingerprints of what somebody with write access declined on this pull, and nobody took back. */
async function readDeclined({ deps, thread }: Validation): Promise<ReadonlySet<string>> {
  const threads = findOwnThreads(await listReviewThreads(deps.github, thread), await deps.github.login());
  return new Set(threads.filter(({ isDeclined }) => isDeclined).map(({ fingerprint }) => fingerprint));
}
