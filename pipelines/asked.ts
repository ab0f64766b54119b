/** What a trigger asks for. It is a hint only: the comment may have been edited, the label may mean nothing here. */
import { bodyHash } from "../src/commands/body-hash.ts";
import type { CommandName } from "../src/commands/grammar.ts";
import { parseCommands, type ParsedCommand } from "../src/commands/parse.ts";
import type { ThreadRef } from "../src/domain/ids.ts";
import { getComment } from "../src/github/comments.ts";
import * as answers from "../src/messages/answers.ts";
import { fixAction, okToTestAction } from "../src/messages/check-actions.ts";
import type { Message } from "../src/messages/message.ts";
import type { Admission } from "./admission.ts";
import type { Base } from "./base.ts";
import type { PipelineDeps } from "./deps.ts";
import type { Trigger } from "./jobs.ts";

export type NotAsked = { end: "gone" } | Exclude<Admission, { end: "admitted" }>;

/** The marker of an answer to a trigger, also before anything was read. */
export function markerOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case "comment":
    case "retry":
      return answers.answerMarker(trigger.commentId, trigger.index);
    case "checkbox":
      return `answer-box-${trigger.commentId}`;
    case "review":
      return `answer-review-${trigger.reviewId}`;
    case "button":
      return `answer-button-${trigger.checkRunId ?? "all"}`;
    case "label":
      return `answer-label-${bodyHash(trigger.label.toLowerCase()).slice(0, 8)}`;
    case "assigned":
      return "answer-assigned";
    case "event":
      return "fix";
  }
}

/** The command behind a comment trigger as it stands there now, or why it cannot be used. */
export async function readCommand(
  deps: PipelineDeps,
  thread: ThreadRef,
  trigger: Extract<Trigger, { kind: "comment" }>,
): Promise<
  | { end: "read"; parsed: ParsedCommand; askedAt: string; marker: string }
  | { end: "edited"; message: Message }
  | { end: "gone" }
> {
  const comment = await getComment(deps.github, thread, trigger.where, trigger.commentId);
  if (comment === null || comment.authorId !== trigger.actor.id) return { end: "gone" };
  const marker = markerOf(trigger);
  if (bodyHash(comment.body) !== trigger.bodyHash)
    return { end: "edited", message: answers.commentWasEdited(marker, trigger.actor.login) };
  const parsed = parseCommands(comment.body).find((command) => command.index === trigger.index);
  return parsed ? { end: "read", parsed, askedAt: comment.createdAt, marker } : { end: "gone" };
}

export type Asked = { end: "asked"; command: CommandName; argument: string; askedAt: string | null; marker: string };

/** What a trigger asks for, as it stands there now. */
export async function readAsked(
  deps: PipelineDeps,
  thread: ThreadRef,
  trigger: Trigger,
  base: Base,
): Promise<Asked | NotAsked> {
  if (trigger.kind === "comment") {
    const read = await readCommand(deps, thread, trigger);
    if (read.end === "gone") return read;
    if (read.end === "edited") return { end: "refused", message: read.message, reason: "the comment was edited" };
    if (!read.parsed.known) return ignored("no known command");
    return {
      end: "asked",
      command: read.parsed.name,
      argument: read.parsed.argument,
      askedAt: read.askedAt,
      marker: read.marker,
    };
  }
  const marker = markerOf(trigger);
  const silent = { end: "asked", argument: "", askedAt: null } as const;
  const triggers = (base.config.state === "invalid" ? base.fallback : base.config.config).triggers;
  switch (trigger.kind) {
    case "checkbox":
      return { ...silent, command: "approve", marker };
    case "label":
      if (isLabel(trigger.label, triggers.labels.plan)) return { ...silent, command: "plan", marker };
      if (isLabel(trigger.label, triggers.labels.run)) return { ...silent, command: "run", marker };
      return ignored("not one of our labels");
    case "assigned":
      if (trigger.assignee !== undefined && trigger.assignee !== (await deps.github.login()))
        return ignored("somebody else was assigned");
      return triggers.assign ? { ...silent, command: "plan", marker } : ignored("assignment is switched off");
    case "button":
      return { ...silent, command: commandOf(trigger.action), marker };
    case "review":
      return { ...silent, command: "fix", marker };
    case "retry":
      return readAgain(deps, trigger);
    case "event":
      if (trigger.name === failedValidation) return { ...silent, command: "fix", marker };
      return ignored("nobody asked");
  }
}

/** What a button under a check stands for. GitHub's own, and "all checks again", are `rerun`. */
function commandOf(action: string): CommandName {
  if (action === fixAction.identifier) return "fix";
  return action === okToTestAction.identifier ? "ok-to-test" : "validate";
}

/** The name of the event by which a failed validation asks for its own mending. */
export const failedValidation = "validation failed";

/** What an earlier run was asked. What was approved then stays approved; what was not is no plan to work on. */
async function readAgain(
  { store }: PipelineDeps,
  trigger: Extract<Trigger, { kind: "retry" }>,
): Promise<Asked | NotAsked> {
  const admission = (await store.steps.finished(trigger.runId, "admit"))?.result as Admission | undefined;
  if (admission?.end !== "admitted") return ignored("the run to be tried again was never admitted");
  const { command, argument, askedAt } = admission.request;
  const again = command === "approve" ? ({ command: "run", argument: "" } as const) : { command, argument };
  return { end: "asked", ...again, askedAt, marker: markerOf(trigger) };
}

/** GitHub tells labels apart without regard to case. */
function isLabel(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function ignored(reason: string): Admission & { end: "ignored" } {
  return { end: "ignored", reason };
}
