/**
 * The first step of everything that a person asked for: read the truth behind a trigger and decide whether it may go on.
 * The trigger is a hint; the comment may have been edited, the person may have lost the role, the file may be broken.
 */
import { grammar, type CommandName } from "../src/commands/grammar.ts";
import { threadHash } from "../src/commands/thread-hash.ts";
import type { CodegenConfig } from "../src/config/schema.ts";
import type { ThreadRef } from "../src/domain/ids.ts";
import { atLeast, type Role } from "../src/domain/permission.ts";
import type { CommentPlace } from "../src/github/comments.ts";
import { getIssue, type Issue } from "../src/github/issues.ts";
import { react } from "../src/github/reactions.ts";
import { getRole } from "../src/github/repositories.ts";
import type { Writer } from "../src/github/writer.ts";
import * as answers from "../src/messages/answers.ts";
import type { Message } from "../src/messages/message.ts";
import { readAsked, type Asked } from "./asked.ts";
import { readBase, type Base } from "./base.ts";
import type { PipelineDeps } from "./deps.ts";
import type { Trigger } from "./jobs.ts";
import type { RunContext } from "./run-context.ts";

export interface Request {
  readonly command: CommandName;
  readonly argument: string;
  readonly actor: string;
  /** When the words were written, ISO 8601; null when there were none. */
  readonly askedAt: string | null;
  /** Marker for an answer to exactly this request. */
  readonly marker: string;
  readonly thread: { readonly title: string; readonly body: string; readonly author: string; readonly isPull: boolean };
}

export type Admission =
  | { readonly end: "admitted"; readonly request: Request; readonly base: Base; readonly config: CodegenConfig }
  | { readonly end: "refused"; readonly message: Message; readonly reason: string }
  | { readonly end: "ignored"; readonly reason: string };

/**
 * Reads comment, role, thread and configuration, and reacts with 👀 as soon as the person is known to be allowed.
 * @param expected the commands that this pipeline serves; anything else is ignored
 * @param options `closed`: also serve closed threads; `brokenConfig`: also serve while `.codegen.yml` is broken; `unseen`: the run's
 */
export async function admit(
  deps: PipelineDeps,
  writer: Writer,
  thread: ThreadRef,
  trigger: Trigger,
  expected: readonly CommandName[],
  options: { closed?: boolean; brokenConfig?: boolean; unseen: RunContext["unseen"] },
): Promise<Admission> {
  const gone = (what: string): Admission => {
    options.unseen(what);
    return ignored(`${what} is gone`);
  };
  const issue = await getIssue(deps.github, thread);
  if (issue === null) return gone("the issue or pull");
  const base = await readBase(deps, thread, issue.isPull);
  if (base === null) return gone("the repository");
  const asked = await readAsked(deps, thread, trigger, base);
  if (asked.end === "gone") return gone("the comment");
  if (asked.end !== "asked") return asked;
  if (!expected.includes(asked.command)) return ignored(`${asked.command} is not served here`);

  const { command, marker } = asked;
  const actor = trigger.actor.login;
  const need = requiredRole(command, base.config.state === "invalid" ? null : base.config.config);
  const have = await getRole(deps.github, thread.repo, actor);
  if (!atLeast(have, need)) {
    // Anybody may review a public repository; who did not write to us gets no answer.
    if (trigger.kind === "review" || trigger.kind === "event") return ignored(`${actor} has ${have}, needs ${need}`);
    return refused(
      answers.insufficientRole(marker, actor, `/codegen ${command}`, have, need),
      `${actor} has ${have}, needs ${need}`,
    );
  }
  await acknowledge(deps, writer, thread, trigger);

  const place = issue.isPull ? "pull" : "issue";
  if (!grammar[command].where.includes(place)) {
    return refused(answers.wrongPlace(marker, actor, command, issue.isPull ? "issue" : "pull"), "wrong place");
  }
  if (issue.merged && !options.closed) return refused(answers.alreadyMerged(marker, actor), "the pull is merged");
  if (!issue.open && !options.closed)
    return refused(answers.threadClosed(marker, actor, place), "the thread is closed");
  if (usesThread.has(command) && wasEdited(trigger, issue))
    return refused(answers.threadWasEdited(marker, actor, place), `the ${place} was edited after the command`);
  if (base.config.state === "invalid" && !options.brokenConfig) {
    return refused(answers.configBroken(marker, actor, base.configPath, base.config), `${base.configPath} is invalid`);
  }
  const config = base.config.state === "invalid" ? base.fallback : base.config.config;
  return { end: "admitted", request: toRequest(asked, actor, issue), base, config };
}

/** Their work goes by what the issue says: by what it said when the person read it and asked. */
const usesThread: ReadonlySet<CommandName> = new Set(["plan", "revise", "run", "approve"]);

function wasEdited(trigger: Trigger, { title, body }: Issue): boolean {
  const hash = "threadHash" in trigger ? trigger.threadHash : undefined;
  return hash !== undefined && hash !== threadHash(title, body);
}

/** What the person must be able to do; the file may ask for more or less for the three that it names. */
export function requiredRole(command: CommandName, config: CodegenConfig | null): Role {
  if (config) {
    if (command === "plan" || command === "revise") return config.permissions.plan;
    if (command === "run" || command === "approve") return config.permissions.run;
    if (command === "merge") return config.permissions.merge;
  }
  return grammar[command].role;
}

/** Shows who asked that it was seen: 👀, where there is something to look at. */
export async function acknowledge(
  deps: PipelineDeps,
  writer: Writer,
  thread: ThreadRef,
  trigger: Trigger,
): Promise<void> {
  if (reacts(trigger)) await react(deps.github, writer, thread, reactsTo(trigger), "eyes");
}

/** Whether a trigger asks for one of these commands, and the person behind it may: what is known before its turn has come. */
export async function mayAsk(
  deps: PipelineDeps,
  thread: ThreadRef,
  trigger: Trigger,
  expected: readonly CommandName[],
): Promise<boolean> {
  const base = await readBase(deps, thread);
  const asked = base === null ? null : await readAsked(deps, thread, trigger, base);
  if (base === null || asked?.end !== "asked" || !expected.includes(asked.command)) return false;
  const need = requiredRole(asked.command, base.config.state === "invalid" ? null : base.config.config);
  return atLeast(await getRole(deps.github, thread.repo, trigger.actor.login), need);
}

/** Asked again directly before something is written: a role can be taken away while a run works. */
export async function stillAllowed(deps: PipelineDeps, thread: ThreadRef, actor: string, need: Role): Promise<boolean> {
  return atLeast(await getRole(deps.github, thread.repo, actor), need);
}

/** Nobody looks for an answer to what nobody wrote; a retry was answered by the run that took it. */
function reacts({ kind }: Trigger): boolean {
  return kind !== "review" && kind !== "event" && kind !== "retry";
}

/** The comment that asked, or whose box was ticked; where there is none, the issue itself. */
function reactsTo(trigger: Trigger): { place: CommentPlace; id: number } | null {
  const written = trigger.kind === "comment" || (trigger.kind === "checkbox" && trigger.commentId > 0);
  return written ? { place: trigger.where, id: trigger.commentId } : null;
}

function toRequest(asked: Asked, actor: string, issue: Issue): Request {
  const { command, argument, askedAt, marker } = asked;
  return {
    command,
    argument,
    askedAt,
    marker,
    actor,
    thread: { title: issue.title, body: issue.body, author: issue.author, isPull: issue.isPull },
  };
}

function refused(message: Message, reason: string): Admission & { end: "refused" } {
  return { end: "refused", message, reason };
}

function ignored(reason: string): Admission & { end: "ignored" } {
  return { end: "ignored", reason };
}
