/** Whether somebody with write access has let the code of a fork run, at exactly this head. */
import type { Sha } from "../../src/domain/ids.ts";
import { listForcePushes, type Pull } from "../../src/github/pulls.ts";
import type { WhyRefused } from "../../src/messages/forks.ts";
import type { Request } from "../admission.ts";
import type { PipelineDeps } from "../deps.ts";
import type { ValidationFacts } from "./read.ts";
import type { Validation } from "./run-commands.ts";

export type Consent =
  | { readonly end: "given"; readonly by: string }
  | { readonly end: "none" }
  | { readonly end: "refused"; readonly why: WhyRefused };

/**
 * @param request of a person whom the grammar allows it; null when nobody asked
 * @param isRetry what was let run may be run again; it lets nothing new run
 */
export async function readConsent(
  run: Validation,
  pull: Pull,
  request: Request | null,
  isRetry: boolean,
): Promise<Consent> {
  const head = pull.head.sha;
  const before = await readEarlier(run);
  if (request === null || isRetry) return givenAt(before, head);
  const given: Consent = { end: "given", by: request.actor };
  // A button belongs to one commit.
  if (request.askedAt === null) return run.job.head === head ? given : { end: "none" };
  const [word = ""] = request.argument.split(/\s+/);
  const named = /^[0-9a-f]{7,40}$/i.test(word) ? word.toLowerCase() : "";
  if (!head.startsWith(named)) return { end: "refused", why: "other commit" };
  // Who names a commit in full means that one, whenever it came. Shorter names can be forged.
  if (named === head) return given;
  const why = await whyNot(run, before, head, request.askedAt);
  return why === null ? given : { end: "refused", why };
}

/** What earlier validations saw, the newest first. */
async function readEarlier({ id, deps, thread }: Validation): Promise<readonly ValidationFacts[]> {
  const runs = await deps.store.runs.of(thread.repo, thread.number, { kind: "validate", limit: mostRuns });
  const facts = await Promise.all(runs.filter((run) => run.id !== id).map((run) => readFacts(deps, run.id)));
  return facts.filter((one) => one !== undefined);
}

const mostRuns = 50;

async function readFacts({ store }: PipelineDeps, runId: string): Promise<ValidationFacts | undefined> {
  return (await store.steps.finished(runId, "read"))?.result as ValidationFacts | undefined;
}

function givenAt(before: readonly ValidationFacts[], head: Sha): Consent {
  const found = before.find(({ pull, consent }) => pull?.head.sha === head && consent?.end === "given");
  return found?.consent ?? { end: "none" };
}

/**
 * Whether the present head was the head when the words were written. GitHub keeps no times of pushes; but it told us the head before the
 * words, and without a push by force since then a head that is the same on both sides was the same in between. Times are GitHub's own, in
 * whole seconds: what happened within the same second may have happened in either order, and counts for nothing.
 */
async function whyNot(
  { deps, thread }: Validation,
  before: readonly ValidationFacts[],
  head: Sha,
  askedAt: string,
): Promise<WhyRefused | null> {
  const seen = before
    .flatMap(({ pull }) => (pull?.seenAt ? [{ head: pull.head.sha, at: toSecond(pull.seenAt) }] : []))
    .filter(({ at }) => at < toSecond(askedAt))
    .toSorted((one, other) => other.at - one.at)[0];
  if (seen === undefined) return "not seen before";
  if (seen.head !== head) return "pushed since";
  const forced = await listForcePushes(deps.github, thread);
  const since = forced.filter(({ at, commit }) => {
    const came = toSecond(at);
    // The push that brought this head, which we saw within the same second.
    return came > seen.at || (came === seen.at && commit !== head);
  });
  return since.length > 0 ? "pushed since" : null;
}

function toSecond(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}
