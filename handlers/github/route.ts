/** From an event to jobs. Pure: nothing here asks GitHub, and the worker reads everything anew before it acts. */
import type { EnqueueOptions } from "../../pipelines/queue.ts";
import { fixDedupe, mergeDedupe } from "../../pipelines/jobs.ts";
import type { Actor, CommentPlace, Job, Jobs, Trigger } from "../../pipelines/jobs.ts";
import { bodyHash } from "../../src/commands/body-hash.ts";
import { newlyTicked } from "../../src/commands/checkboxes.ts";
import { grammar, type CommandName, type Thread } from "../../src/commands/grammar.ts";
import { parseCommands, type ParsedCommand } from "../../src/commands/parse.ts";
import type { Account, RepoRef, Sha } from "../../src/domain/ids.ts";
import { fixAction } from "../../src/messages/check-actions.ts";
import type { BotEvent, PullAt } from "./bot-event.ts";

export type RoutedJob = Job & Pick<EnqueueOptions, "dedupe">;

/** `outcome` is one short text for the closing log line and the deliveries table. */
export interface Routed {
  readonly jobs: readonly RoutedJob[];
  readonly outcome: string;
}

/** @param delivery the GUID of the delivery; the place of a job in `jobs` is its index */
export function route(event: BotEvent, delivery: string): Routed {
  switch (event.kind) {
    case "ignored":
      return none(event.reason);
    case "installation":
      return some([{ name: "installation", data: { v: 1, delivery, installation: event.installation } }]);
    case "comment":
      return event.author.isBot
        ? none("a comment by a bot")
        : orNone(commandJobs(event, delivery), "no command in the comment");
    case "comment-edited":
      return routeEdit(event, delivery);
    case "review": {
      const { repo, pull, author } = event;
      const again = mergeJob(repo, pull, delivery, "pull_request_review.submitted", author);
      if (author.isBot) return some([again]);
      const asked = { ...event, ...pull, thread: "pull", place: "review", review: event.id } as const;
      const jobs = commandJobs(asked, delivery);
      const fix = event.wantsChanges && !jobs.some(({ name }) => name === "fix") ? [reviewJob(event, delivery)] : [];
      return some([...jobs, ...fix, again]);
    }
    case "review-dismissed":
      return some([mergeJob(event.repo, event.pull, delivery, "pull_request_review.dismissed", event.by)]);
    case "issue-labeled":
      return event.by.isBot ? none("a label set by a bot") : some(labelJobs(event, delivery));
    case "assigned": {
      if (event.by.isBot) return none("assigned by a bot");
      // Only the App's own account matters, and it is a bot; which one it is, the worker can ask GitHub.
      if (!event.assignee.isBot) return none("a person was assigned");
      const { login } = event.assignee;
      const trigger: Trigger = { kind: "assigned", assignee: login, ...threadHashOf(event), actor: actor(event.by) };
      return some([{ name: "plan", data: { ...base(event.repo, delivery, trigger), issue: event.issue } }]);
    }
    case "pull-changed":
      return some([validateJob(event.repo, event.pull, delivery, happened(event.name, event.by))]);
    case "pull-relabeled":
      return some([mergeJob(event.repo, event.pull, delivery, event.name, event.by)]);
    case "pull-closed": {
      const data = { ...base(event.repo, delivery, happened(event.name, event.by)), number: event.pull.number };
      return some([{ name: "control", data }]);
    }
    case "rerun": {
      const { repo, commit, pulls } = event;
      const trigger: Trigger = { kind: "button", ...event.button, actor: actor(event.by) };
      const next = event.button.action === fixAction.identifier ? "fix" : "validate";
      if (pulls.length === 0) return some([commitJob(repo, commit, next, delivery, trigger)]);
      return some(
        pulls.map((pull) =>
          next === "fix" ? fixJob(repo, pull, delivery, trigger) : validateJob(repo, pull, delivery, trigger),
        ),
      );
    }
    case "checks-done": {
      const { repo, commit, pulls, name, by } = event;
      if (pulls.length > 0) return some(pulls.map((pull) => mergeJob(repo, pull, delivery, name, by)));
      const job = commitJob(repo, commit, "merge", delivery, happened(name, by));
      return some([{ ...job, dedupe: `commit:${repo.id}:${commit}` }]);
    }
  }
}

interface Asked {
  readonly repo: RepoRef;
  readonly thread: Thread;
  readonly number: number;
  readonly place: CommentPlace;
  readonly id: number;
  readonly author: Account;
  readonly text: string;
  readonly said?: string;
  /** The review that the words belong to. */
  readonly review?: number;
}

function commandJobs(asked: Asked, delivery: string): readonly RoutedJob[] {
  const hash = bodyHash(asked.text);
  const commands = parseCommands(asked.text).map((command) => ({ command, name: jobNameOf(command, asked.thread) }));
  return commands.map(({ command, name }, index) => {
    const short = commands.slice(0, index).filter((before) => before.name === "control" || before.name === "reply");
    const after = short.map((before) => before.command.index);
    const words = { commentId: asked.id, bodyHash: hash, ...threadHashOf(asked), index: command.index };
    const by = { ...words, ...(after.length > 0 && { after }), actor: actor(asked.author) };
    return commandJob(name, asked, base(asked.repo, delivery, { kind: "comment", where: asked.place, ...by }));
  });
}

/** A command that does not exist, not yet, or not here, is answered with words; the worker parses again and knows why. */
function jobNameOf(command: ParsedCommand, thread: Thread): CommandJobName {
  const fits = command.known && grammar[command.name].available && grammar[command.name].where.includes(thread);
  return fits ? jobOf[command.name] : "reply";
}

function commandJob(name: CommandJobName, { number, review }: Asked, shared: Shared): RoutedJob {
  switch (name) {
    case "plan":
    case "agent":
      return { name, data: { ...shared, issue: number } };
    case "fix":
      return {
        name,
        data: { ...shared, pull: number },
        ...(review === undefined ? {} : { dedupe: fixDedupe(shared.repo, number, review) }),
      };
    case "validate":
    case "revert":
    case "merge":
      return { name, data: { ...shared, pull: number } };
    case "control":
    case "reply":
      return { name, data: { ...shared, number } };
  }
}

type Shared = Pick<Jobs["reply"], "v" | "delivery" | "repo" | "trigger">;

type CommandJobName = "plan" | "agent" | "fix" | "revert" | "validate" | "merge" | "control" | "reply";

const jobOf: Readonly<Record<CommandName, CommandJobName>> = {
  plan: "plan",
  revise: "plan",
  approve: "agent",
  run: "agent",
  validate: "validate",
  "ok-to-test": "validate",
  merge: "merge",
  hold: "control",
  decline: "control",
  cancel: "control",
  where: "reply",
  status: "reply",
  config: "reply",
  help: "reply",
  fix: "fix",
  revert: "revert",
  review: "reply",
  generate: "reply",
  retry: "control",
};

function routeEdit(event: Extract<BotEvent, { kind: "comment-edited" }>, delivery: string): Routed {
  if (!event.ownApp) return none("edited comments never ask for anything");
  if (event.editor.isBot) return none("edited by a bot");
  if (event.thread === "pull") return none("there are no checkboxes on pulls");
  const ticked = newlyTicked(event.before, event.after).filter(({ box }) => box === "approve");
  const jobs = ticked.map(({ box, token }): RoutedJob => {
    const trigger: Trigger = {
      kind: "checkbox",
      where: "issue",
      commentId: event.id,
      box,
      token,
      ...threadHashOf(event),
      actor: actor(event.editor),
    };
    return { name: "agent", data: { ...base(event.repo, delivery, trigger), issue: event.number } };
  });
  return orNone(jobs, "no checkbox of ours was ticked");
}

/**
 * Which labels count is written in `.codegen.yml`, which is not read here. The names of the defaults are clear; any other label makes
 * both jobs, of which the worker drops what the file does not name. The same label again on the same issue, with the same words in it,
 * waits once.
 */
function labelJobs(event: Extract<BotEvent, { kind: "issue-labeled" }>, delivery: string): readonly RoutedJob[] {
  const { repo, issue, label, by, said = "" } = event;
  const data = { ...base(repo, delivery, { kind: "label", label, ...threadHashOf(event), actor: actor(by) }), issue };
  const what = bodyHash(`${label}\n${said}`).slice(0, 16);
  const dedupe = (name: string): string => `label:${name}:${repo.id}:${issue}:${what}`;
  const plan: RoutedJob = { name: "plan", data, dedupe: dedupe("plan") };
  const agent: RoutedJob = { name: "agent", data, dedupe: dedupe("agent") };
  if (label === "codegen:plan") return [plan];
  if (label === "codegen:run") return [agent];
  return [plan, agent];
}

/** Whether the pull is one that the bot looks after, and the reviewer may ask it for work, the worker sees. */
function reviewJob({ repo, pull, id, author }: Extract<BotEvent, { kind: "review" }>, delivery: string): RoutedJob {
  const trigger: Trigger = { kind: "review", reviewId: id, actor: actor(author) };
  const data = { ...base(repo, delivery, trigger), pull: pull.number };
  return { name: "fix", data, dedupe: fixDedupe(repo, pull.number, id) };
}

function validateJob(repo: RepoRef, pull: PullAt, delivery: string, trigger: Trigger): RoutedJob {
  return { name: "validate", data: { ...base(repo, delivery, trigger), pull: pull.number, head: pull.head } };
}

function fixJob(repo: RepoRef, pull: PullAt, delivery: string, trigger: Trigger): RoutedJob {
  return { name: "fix", data: { ...base(repo, delivery, trigger), pull: pull.number } };
}

/** Which pulls are at the commit, only the worker can ask. */
function commitJob(
  repo: RepoRef,
  sha: Sha,
  next: Jobs["commit"]["next"],
  delivery: string,
  trigger: Trigger,
): RoutedJob & { name: "commit" } {
  return { name: "commit", data: { ...base(repo, delivery, trigger), sha, next } };
}

function mergeJob(repo: RepoRef, pull: PullAt, delivery: string, name: string, by: Account): RoutedJob {
  const data = { ...base(repo, delivery, happened(name, by)), pull: pull.number };
  return { name: "merge", data, dedupe: mergeDedupe(repo, pull.number, pull.head) };
}

function base(repo: RepoRef, delivery: string, trigger: Trigger): Shared {
  return { v: 1, delivery, repo, trigger };
}

function happened(name: string, by: Account): Trigger {
  return { kind: "event", name, actor: actor(by) };
}

function threadHashOf({ said }: { said?: string }): { threadHash?: string } {
  return said === undefined ? {} : { threadHash: said };
}

function actor({ id, login }: Account): Actor {
  return { id, login };
}

function none(reason: string): Routed {
  return { jobs: [], outcome: `ignored: ${reason}` };
}

function some(jobs: readonly RoutedJob[]): Routed {
  return { jobs, outcome: `queued: ${jobs.map((job) => job.name).join(", ")}` };
}

function orNone(jobs: readonly RoutedJob[], reason: string): Routed {
  return jobs.length > 0 ? some(jobs) : none(reason);
}
