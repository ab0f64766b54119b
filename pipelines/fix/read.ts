import { createHash } from "node:crypto";
import { causeOf } from "../../src/domain/failure-cause.ts";
import type { Sha } from "../../src/domain/ids.ts";
import { listFailedChecks } from "../../src/github/check-runs.ts";
import { getPull, type Pull } from "../../src/github/pulls.ts";
import { listReviewThreads, type ReviewThread } from "../../src/github/review-threads.ts";
import { getReview } from "../../src/github/reviews.ts";
import { analysisCause } from "../../src/messages/analysis-check.ts";
import type { Run, StoredPull } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import { trustedAuthors } from "../trusted-authors.ts";
import { failureOf, isToMend, type AnalysisResult } from "../validate/command-result.ts";
import { checkRunName } from "../validate/publish.ts";
import { readResults } from "../validate/results.ts";
import type { Work } from "../carry-out.ts";

export interface Failure {
  readonly name: string;
  readonly run: string;
  readonly cause: string;
  /** The same failure has the same one. */
  readonly fingerprint: string;
}

export interface RequestedThread {
  /** GraphQL's; null for the text of the review itself. */
  readonly id: string | null;
  /** By which it is answered in the REST API. */
  readonly firstComment: number | null;
  readonly path: string | null;
  readonly line: number | null;
  readonly comments: readonly { readonly from: string; readonly text: string }[];
}

/** An earlier run of this kind on the pull. */
export interface Attempt {
  readonly runId: string;
  /** A person asked for it. */
  readonly asked: boolean;
  readonly review: number | null;
  readonly failures: readonly Pick<Failure, "name" | "fingerprint">[];
  readonly title: string | null;
  readonly commit: Sha | null;
  /** Why it pushed nothing. */
  readonly reason: string | null;
}

export interface FixFacts {
  readonly by: "validation" | "review" | "person";
  readonly pull: Pull | null;
  readonly stored: StoredPull | null;
  readonly failures: readonly Failure[];
  readonly threads: readonly RequestedThread[];
  /** The review that the run is about as a whole, when its trigger was submitted with it; absent in journals of older versions of the bot. */
  readonly review?: number | null;
  /** Newest first. */
  readonly attempts: readonly Attempt[];
  readonly instruction: string | null;
}

/** Further back nobody looks. */
const mostAttempts = 50;
const mostThreads = 50;

export async function readFix(run: CommandRun): Promise<FixFacts> {
  const { deps, thread, admitted, job } = run;
  const { trigger } = job;
  const by = trigger.kind === "event" ? "validation" : trigger.kind === "review" ? "review" : "person";
  const pull = await getPull(deps.github, thread);
  const stored = await deps.store.pulls.get(thread.repo, thread.number);
  const instruction = admitted.request.argument === "" ? null : admitted.request.argument;
  const nothing = { by, pull, stored, failures: [], threads: [], review: null, attempts: [], instruction } as const;
  if (pull === null || !pull.open) return nothing;
  const own = by === "review" ? [] : await readOwnFailures(run, pull.head.sha);
  const others = by === "person" ? await readOtherFailures(run, pull.head.sha, own) : [];
  return {
    ...nothing,
    failures: [...own, ...others],
    ...(by === "validation" ? {} : await readThreads(run)),
    attempts: await readAttempts(run),
  };
}

/** From the journals of the validations of exactly this head: the logs on GitHub are shorter, and anybody's with write access. */
async function readOwnFailures({ deps, thread }: CommandRun, head: Sha): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const { name: check, result } of await readResults(deps.store, thread, head)) {
    if (result === null || !isToMend(result)) continue;
    if (result.kind === "analysed") {
      failures.push(toFailure(check, result.analysis));
      continue;
    }
    const name = result.kind === "setup-failed" ? "setup" : result.outcome.name;
    if (failures.some((other) => other.name === name)) continue;
    const { excerpt, fingerprint } = causeOf({ ...failureOf(result.outcome), name });
    failures.push({ name, run: result.outcome.run, cause: excerpt, fingerprint });
  }
  return failures;
}

/** What was found by reading; it is the same failure as long as the same is found. */
function toFailure(name: string, analysis: Extract<AnalysisResult, { kind: "analysed" }>["analysis"]): Failure {
  const errors = analysis.findings.filter(({ severity }) => severity === "error");
  const found = errors.map((finding) => finding.fingerprint).toSorted();
  const fingerprint = createHash("sha256").update(found.join("\n")).digest("hex");
  return { name, run: "codegen analyze", cause: analysisCause(analysis), fingerprint };
}

/** What the checks of others say on GitHub. */
async function readOtherFailures(
  { deps, thread }: CommandRun,
  head: Sha,
  own: readonly Failure[],
): Promise<readonly Failure[]> {
  const ours = new Set(own.map(({ name }) => checkRunName(name)));
  const failed = await listFailedChecks(deps.github, thread.repo, head);
  return failed
    .filter(({ name, appId }) => !ours.has(name) && appId !== deps.github.appId)
    .map((check) => {
      const places = check.annotations.map(({ path, line, message }) => `${path}:${line}: ${message}`);
      const tail = [check.title, check.summary, ...places].filter((text) => text !== null && text !== "").join("\n");
      const cause = causeOf({ name: check.name, run: check.name, end: check.conclusion, code: null, tail });
      return { name: check.name, run: check.name, cause: cause.excerpt, fingerprint: cause.fingerprint };
    });
}

/** The open threads that the trigger is about: of one review, or all; of people with write access only. */
async function readThreads(run: CommandRun): Promise<{ threads: readonly RequestedThread[]; review: number | null }> {
  const { deps, thread } = run;
  const all = await listReviewThreads(deps.github, thread);
  const open = all.filter((one) => !one.isResolved);
  const review = reviewOf(run, all);
  const isWhole = isOfReview(run, all, review);
  const wanted = review === null ? open : open.filter(({ comments }) => comments[0]?.review === review);
  const words = review === null ? null : await getReview(deps.github, thread, review);
  const authors = [...wanted.flatMap(({ comments }) => comments.map(({ author }) => author)), words?.author ?? ""];
  const trusted = await trustedAuthors(
    deps,
    thread.repo,
    authors.filter((author) => author !== ""),
  );
  const login = await deps.github.login();
  const said = wanted
    .filter(({ comments }) => comments.some(({ author }) => trusted.has(author)))
    .map(({ id, path, line, comments }) => ({
      id,
      firstComment: comments[0]?.id ?? null,
      path,
      line,
      // What the bot found itself is what the person speaks of.
      comments: comments
        .filter(({ author }) => trusted.has(author) || author === login)
        .map(({ author, body }) => ({ from: author, text: body })),
    }));
  const own = words !== null && isText(words.body) && trusted.has(words.author) && isWhole;
  const whole = { id: null, firstComment: null, path: null, line: null } as const;
  const threads = [
    ...(own ? [{ ...whole, comments: [{ from: words.author, text: words.body }] }] : []),
    ...said.slice(0, mostThreads),
  ];
  return { threads, review: isWhole ? review : null };
}

/** A comment on a line stands for the review that its thread began with. */
function reviewOf({ job }: CommandRun, threads: readonly ReviewThread[]): number | null {
  const { trigger } = job;
  if (trigger.kind === "review") return trigger.reviewId;
  if (trigger.kind !== "comment") return null;
  if (trigger.where === "review") return trigger.commentId;
  if (trigger.where !== "review-comment") return null;
  const asked = threads.find(({ comments }) => comments.some(({ id }) => id === trigger.commentId));
  return asked?.comments[0]?.review ?? null;
}

/** Whether the trigger came with the review itself; who asks below one of its threads later means what is still open there. */
function isOfReview({ job }: CommandRun, threads: readonly ReviewThread[], review: number | null): boolean {
  const { trigger } = job;
  if (trigger.kind !== "comment" || trigger.where !== "review-comment") return true;
  const comments = threads.flatMap((one) => one.comments);
  return comments.find(({ id }) => id === trigger.commentId)?.review === review;
}

/** More than nothing, and more than a command. */
function isText(body: string): boolean {
  return !/^(?:\/codegen\b|$)/.test(body.trim());
}

async function readAttempts({ id, deps, thread }: CommandRun): Promise<readonly Attempt[]> {
  const runs = await deps.store.runs.of(thread.repo, thread.number, { kind: "fix", limit: mostAttempts });
  const attempts = await Promise.all(
    runs.filter((one) => one.id !== id && one.state !== "superseded").map((one) => readAttempt(deps.store.steps, one)),
  );
  return attempts.filter((attempt) => attempt !== null);
}

async function readAttempt(steps: CommandRun["deps"]["store"]["steps"], { id, reason }: Run): Promise<Attempt | null> {
  const facts = (await steps.finished(id, "read"))?.result as FixFacts | undefined;
  if (facts === undefined) return null;
  const work = (await steps.finished(id, "work"))?.result as Work | undefined;
  const commit = (await steps.finished(id, "commit"))?.result as Sha | "moved" | undefined;
  return {
    runId: id,
    asked: facts.by !== "validation",
    review: facts.review ?? null,
    failures: facts.failures.map(({ name, fingerprint }) => ({ name, fingerprint })),
    title: work?.outcome.end === "done" ? work.outcome.result.title : null,
    commit: commit === undefined || commit === "moved" ? null : commit,
    reason,
  };
}
