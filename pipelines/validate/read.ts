import { getPull, listPullPaths, type Pull } from "../../src/github/pulls.ts";
import type { Message } from "../../src/messages/message.ts";
import { admit } from "../admission.ts";
import { readBase, type Base } from "../base.ts";
import { say } from "../say.ts";
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
  /** Only read when some command asks for it. */
  readonly paths: readonly string[];
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
  };
  let marker: string | null = null;
  let base: Base | null;
  const asked = job.trigger.kind !== "event";
  if (asked) {
    const admission = await admit(deps, writer, thread, job.trigger, ["validate"], { unseen: run.unseen });
    if (admission.end === "refused")
      return { ...nothing, ended: await refuse(run, admission.message, admission.reason) };
    if (admission.end === "ignored") return { ...nothing, ended: admission.reason };
    base = admission.base;
    marker = admission.request.marker;
  } else base = await readBase(deps, thread);
  const pull = await getPull(deps.github, thread);
  if (base === null || pull === null) {
    run.unseen("the repository or pull");
    return { ...nothing, ended: "the repository or pull is gone" };
  }
  const conditional =
    base.config.state !== "invalid" && base.config.config.validation.commands.some((command) => command.when);
  const paths = conditional ? await listPullPaths(deps.github, thread) : [];
  return { ended: null, base, pull, wantedHead: job.head ?? null, asked, marker, actor, paths };
}

async function refuse(run: Validation, message: Message, reason: string): Promise<string> {
  await say(run, message);
  return reason;
}
