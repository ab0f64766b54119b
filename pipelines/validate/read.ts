import { isPackageFile } from "../../src/code/pull/review-packages.ts";
import { languageOf } from "../../src/code/syntax/languages.ts";
import { isRuleFile } from "../../src/domain/own-rule.ts";
import type { CodegenConfig } from "../../src/config/schema.ts";
import type { Sha } from "../../src/domain/ids.ts";
import { getCheckRunName } from "../../src/github/check-runs.ts";
import { getCommitOrigin } from "../../src/github/head-commit.ts";
import { getPull, listPullPaths, maxPullFiles, type Pull } from "../../src/github/pulls.ts";
import type { Message } from "../../src/messages/message.ts";
import { admit, type Request } from "../admission.ts";
import { readBase, type Base } from "../base.ts";
import { isSuperseded } from "../run-lease.ts";
import { say } from "../say.ts";
import { readConsent, type Consent } from "./consent.ts";
import { analysisNameIn, commandsOf } from "./decide.ts";
import { checkRunName } from "./publish.ts";
import { isPassed, readResults } from "./results.ts";
import type { Validation } from "./run-commands.ts";

export interface ValidationFacts {
  /** Why there is nothing to look at; null when there is. */
  readonly ended: string | null;
  readonly base: Base | null;
  readonly pull: Pull | null;
  /** The head that the trigger named, if it named one. */
  readonly wantedHead: string | null;
  /** Somebody with the right to do so asked in words or with a button. */
  readonly asked: boolean;
  readonly marker: string | null;
  readonly actor: string;
  /** What the pull changes; with `maxPullFiles` or more there may be others. */
  readonly paths: readonly string[];
  /** Some of it can be analysed; absent in journals of older versions of the bot. */
  readonly analysable?: boolean;
  /** The names of the commands that were asked for; null, or absent in journals of older versions of the bot: all. */
  readonly only?: readonly string[] | null;
  /** Of a fork's pull; absent for others. */
  readonly consent?: Consent;
  /** `/codegen ok-to-test`, in words or by its button. */
  readonly letsIn?: boolean;
  /** The head or the pull is a bot's; only read where a command could get secrets by it. */
  readonly byBot?: boolean;
}

export async function readValidation(run: Validation): Promise<ValidationFacts> {
  const { deps, thread, job, writer } = run;
  const actor = job.trigger.actor.login;
  const nothing = {
    base: null,
    pull: null,
    wantedHead: job.head ?? null,
    asked: false,
    marker: null,
    actor,
    paths: [],
    only: null,
  };
  let request: Request | null = null;
  let base: Base | null;
  const asked = job.trigger.kind !== "event";
  if (asked) {
    const admission = await admit(deps, writer, thread, job.trigger, ["validate", "ok-to-test"], {
      unseen: run.unseen,
    });
    if (admission.end === "refused")
      return { ...nothing, ended: await refuse(run, admission.message, admission.reason) };
    if (admission.end === "ignored") return { ...nothing, ended: admission.reason };
    base = admission.base;
    request = admission.request;
  } else base = await readBase(deps, thread);
  const pull = await getPull(deps.github, thread);
  if (base === null || pull === null) {
    run.unseen("the repository or pull");
    return { ...nothing, ended: "the repository or pull is gone" };
  }
  const paths = base.config.state === "invalid" ? [] : await listPullPaths(deps.github, thread);
  const analysable = paths.length >= maxPullFiles || paths.some(isAnalysable);
  const only = base.config.state === "invalid" ? null : await readOnly(run, pull.head.sha, base.config.config);
  const secret = base.config.state !== "invalid" && base.config.config.environment.secrets.length > 0;
  const byBot = secret && !asked && (await isByBot(run, pull));
  const isRetry = job.trigger.kind === "button" && job.trigger.action === retryAction;
  return {
    ended: null,
    base,
    pull,
    wantedHead: job.head === undefined || (await tookPlaceOf(run, pull.head.sha)) ? null : job.head,
    asked,
    marker: request?.marker ?? null,
    actor,
    paths,
    analysable,
    only,
    byBot,
    letsIn: request?.command === "ok-to-test",
    ...(pull.fromFork ? { consent: await readConsent(run, pull, request, isRetry) } : {}),
  };
}

/**
 * What a button means: its own check, and all that did not pass. Those are always taken along, since a newer validation takes the place of an
 * older one, and somebody may press one button after the other.
 */
async function readOnly(
  { deps, thread, job: { trigger } }: Validation,
  head: Sha,
  config: CodegenConfig,
): Promise<readonly string[] | null> {
  if (trigger.kind !== "button") return null;
  const { checkRunId, action } = trigger;
  if (checkRunId === null && action !== retryAction) return null;
  const pressed = checkRunId === null ? null : await getCheckRunName(deps.github, thread.repo, checkRunId);
  const names = [...commandsOf(config).map(({ name }) => name), analysisNameIn(config)];
  const asked = names.find((name) => checkRunName(name) === pressed);
  // The check of a gate or of a broken file stands for all of them.
  if (checkRunId !== null && asked === undefined) return null;
  const passed = (await readResults(deps.store, thread, head)).filter(isPassed).map(({ name }) => name);
  return names.filter((name) => name === asked || !passed.includes(name));
}

/** There is something to read in it: code, packages, or rules for code. */
function isAnalysable(path: string): boolean {
  return languageOf(path) !== null || isPackageFile(path) || isRuleFile(path);
}

/** The action of a button trigger that nobody pressed: `/codegen retry`. */
export const retryAction = "retry";

/** No account of a person has brackets in its name. Whoever writes a bot into a commit of his own only loses by it. */
async function isByBot({ deps, thread }: Validation, { author, head }: Pull): Promise<boolean> {
  const isBot = (login: string | null | undefined) => login?.endsWith("[bot]") === true;
  return isBot(author) || isBot((await getCommitOrigin(deps.github, thread.repo, head.sha))?.author);
}

async function refuse(run: Validation, message: Message, reason: string): Promise<string> {
  await say(run, message);
  return reason;
}

/**
 * Events come in any order: the run of an older head that is opened last takes the place of the newer head's run, as any newer run does. Then
 * that one's work is its own, also where others stood between them, or where that one gave way before it was asked to.
 */
async function tookPlaceOf({ id, deps, thread }: Validation, head: Sha): Promise<boolean> {
  const runs = await deps.store.runs.of(thread.repo, thread.number, { kind: "validate" });
  const last = runs.find((run) => run.head === head && run.id !== id);
  return last !== undefined && isSuperseded(last);
}
