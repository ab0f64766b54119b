import type { AgentBackend, AgentOutcome, ProposedPlan, Untrusted } from "../../src/agents/port.ts";
import { repoName } from "../../src/domain/ids.ts";
import { listComments } from "../../src/github/comments.ts";
import * as messages from "../../src/messages/plan.ts";
import type { CommandRun } from "../command-run.ts";
import { askAgent } from "../agent-session.ts";
import { readGuidance } from "../guidance.ts";
import { mapFor } from "../locate.ts";
import { trustedAuthors } from "../trusted-authors.ts";
import { limitsOf, openWorkbench } from "../workbench.ts";
import type { PlanVersion } from "./compare.ts";

export const questionStep = "read";

/** What the agent is asked, as data that the journal can keep. */
export interface Question {
  readonly comments: readonly Untrusted[];
  /** The latest plan of the issue, if there was one before this; absent in journals of older versions of the bot. */
  readonly before?: PlanVersion | null;
  /** What the plan's comment held; as above. */
  readonly standing?: string | null;
  readonly revision: "none" | "missing" | { readonly previous: ProposedPlan; readonly request: string };
}

/** The words of people with write access, up to the moment of the command; what came or changed later is not used. */
export async function readQuestion(run: CommandRun): Promise<Question> {
  const { deps, thread, admitted } = run;
  const until = admitted.request.askedAt ?? deps.clock.now().toISOString();
  const all = await listComments(deps.github, thread);
  const eligible = all.filter(
    (comment) =>
      !comment.ours &&
      comment.createdAt <= until &&
      comment.updatedAt <= until &&
      !comment.body.trimStart().startsWith("/codegen"),
  );
  const newestFirst = eligible.toReversed().map(({ author }) => author);
  const trusted = await trustedAuthors(deps, thread.repo, newestFirst);
  const comments = eligible
    .filter((comment) => trusted.has(comment.author))
    .map((comment) => ({ from: comment.author, text: comment.body }));
  const before = await readBefore(run);
  const standing = all.flatMap(({ ours, body }) => (ours ? (messages.standingPlan(body) ?? []) : []))[0] ?? null;
  return { comments, before, standing, revision: toRevision(run, before) };
}

async function readBefore({ deps, thread }: CommandRun): Promise<PlanVersion | null> {
  const latest = await deps.store.plans.latest(thread.repo, thread.number);
  return latest && { version: latest.version, base: latest.base, plan: latest.plan as ProposedPlan };
}

function toRevision({ admitted }: CommandRun, before: PlanVersion | null): Question["revision"] {
  const { command, argument } = admitted.request;
  if (command !== "revise") return "none";
  return before === null ? "missing" : { previous: before.plan, request: argument };
}

/** Lets the agent read the base commit and propose. It has no sandbox and cannot change a file that is kept. */
export async function makePlan(
  run: CommandRun,
  agent: AgentBackend,
  question: Question,
): Promise<AgentOutcome<ProposedPlan>> {
  const { deps, thread, admitted, signal } = run;
  const { config, base, request } = admitted;
  const bench = await openWorkbench(deps, {
    runId: run.id,
    repo: thread.repo,
    commit: base.sha,
    limits: limitsOf(config),
    signal,
  });
  try {
    const guidance = await readGuidance(bench.mirror, base.sha, config);
    const map = await mapFor(deps, {
      repo: thread.repo,
      commit: base.sha,
      text: [request.thread.title, request.thread.body, ...question.comments.map(({ text }) => text)].join("\n"),
      signal,
      log: run.log,
    });
    const task = {
      repository: repoName(thread.repo),
      issue: { number: thread.number, ...request.thread },
      comments: question.comments,
      guidance,
      map,
      ...(typeof question.revision === "object" ? { revision: question.revision } : {}),
    };
    const began = messages.planStarted(request.actor, request.command === "revise");
    return await askAgent(
      run,
      { kind: "plan", agent, numbers: [thread.number], began, parked: messages.planParked },
      (session) => agent.plan(task, bench.workspace, session),
    );
  } finally {
    await bench.close();
  }
}
