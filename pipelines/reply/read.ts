import type { ParsedCommand } from "../../src/commands/parse.ts";
import type { ThreadRef } from "../../src/domain/ids.ts";
import type { Role } from "../../src/domain/permission.ts";
import { getIssue } from "../../src/github/issues.ts";
import { getRole } from "../../src/github/repositories.ts";
import type { RunLine } from "../../src/messages/answers.ts";
import type { Message } from "../../src/messages/message.ts";
import { readCommand } from "../asked.ts";
import { readBase, type Base } from "../base.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Trigger } from "../jobs.ts";
import type { RunContext } from "../run-context.ts";

export type ReplyFacts =
  | { readonly end: "nothing" }
  | { readonly end: "edited"; readonly message: Message }
  | {
      readonly end: "facts";
      readonly parsed: ParsedCommand;
      readonly marker: string;
      readonly actor: string;
      readonly role: Role;
      readonly isPull: boolean;
      readonly base: Base;
      readonly runs: readonly RunLine[];
      readonly modelMissing: boolean;
    };

export async function readReply(
  deps: PipelineDeps,
  thread: ThreadRef,
  trigger: Trigger,
  unseen: RunContext["unseen"],
): Promise<ReplyFacts> {
  const gone = (what: string): ReplyFacts => {
    unseen(what);
    return { end: "nothing" };
  };
  if (trigger.kind !== "comment") return { end: "nothing" };
  const issue = await getIssue(deps.github, thread);
  const base = issue === null ? null : await readBase(deps, thread, issue.isPull);
  if (base === null || issue === null) return gone("the issue or pull");
  const read = await readCommand(deps, thread, trigger);
  if (read.end === "gone") return gone("the comment");
  if (read.end === "edited") return { end: "edited", message: read.message };
  const actor = trigger.actor.login;
  return {
    end: "facts",
    parsed: read.parsed,
    marker: read.marker,
    actor,
    role: await getRole(deps.github, thread.repo, actor),
    isPull: issue.isPull,
    base,
    runs: await readRuns(deps, thread),
    modelMissing: deps.agent === undefined,
  };
}

/** The last runs of the thread that did something; answers in words are left out. */
async function readRuns(deps: PipelineDeps, thread: ThreadRef): Promise<readonly RunLine[]> {
  const runs = await deps.store.runs.of(thread.repo, thread.number, { limit: 50 });
  return runs
    .filter((run) => run.kind !== "reply" && run.kind !== "control")
    .slice(0, 10)
    .map((run) => ({
      kind: run.kind,
      state: run.state,
      by: run.actor,
      since: `${run.createdAt.toISOString().slice(0, 19).replace("T", " ")} UTC`,
      reason: run.reason ?? "",
    }));
}
