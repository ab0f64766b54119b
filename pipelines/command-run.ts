/** What all runs that a person asked for have in common: admission first, refusals said, failures told once, progress noted. */
import type { AgentProgress } from "../src/agents/port.ts";
import type { CommandName } from "../src/commands/grammar.ts";
import type { ThreadRef } from "../src/domain/ids.ts";
import type { RunKind } from "../src/domain/run.ts";
import { UserError, type Cancelled } from "../src/errors.ts";
import type { Writer } from "../src/github/writer.ts";
import type { Log } from "../src/log.ts";
import * as answers from "../src/messages/answers.ts";
import type { Message } from "../src/messages/message.ts";
import { admit, type Admission } from "./admission.ts";
import { markerOf } from "./asked.ts";
import { abandonWork } from "./agent-session.ts";
import type { PipelineDeps } from "./deps.ts";
import { isAutomatic, type Jobs, type Trigger } from "./jobs.ts";
import { takeTurn, waitInTurn } from "./one-at-a-time.ts";
import { withRun, type RunContext, type RunEnding, type StoryEnd } from "./run-context.ts";
import { runWriter } from "./run-writer.ts";
import { say } from "./say.ts";
import type { JobContext } from "./worker.ts";

export type Admitted = Extract<Admission, { end: "admitted" }>;

export interface CommandRun {
  readonly id: string;
  readonly thread: ThreadRef;
  readonly job: { readonly trigger: Trigger };
  readonly admitted: Admitted;
  readonly deps: PipelineDeps;
  readonly writer: Writer;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly step: RunContext["step"];
  /** Hands an agent's progress to the log. */
  readonly onProgress: (event: AgentProgress) => void;
}

export interface CommandSpec {
  readonly kind: Extract<RunKind, CommandJobName>;
  readonly number: number;
  readonly expects: readonly CommandName[];
  readonly closed?: boolean;
  readonly brokenConfig?: boolean;
  /** What the person sees when the run was cancelled; without it the canceller's own answer must do. */
  readonly onCancelled?: (why: string, ending: RunEnding) => Message | Promise<Message>;
  /** What the person sees when it failed, in the place where they look for the result. */
  readonly onRefused?: (by: string, reason: string, ending: RunEnding) => Message | Promise<Message>;
}

type CommandJobName = "plan" | "agent" | "fix" | "revert" | "merge" | "control" | "reply";

export async function commandRun(
  spec: CommandSpec,
  job: Jobs[CommandJobName],
  context: JobContext,
  deps: PipelineDeps,
  story: (run: CommandRun) => Promise<StoryEnd>,
): Promise<void> {
  const thread: ThreadRef = { repo: job.repo, number: spec.number };
  const actor = job.trigger.actor.login;
  await withRun(
    {
      kind: spec.kind,
      repo: job.repo,
      number: spec.number,
      head: null,
      actor,
      onFailure: async (error, ending) => {
        await abandonWork(deps, ending.run.id, spec.kind);
        const reason = error instanceof UserError ? error.message : answers.ourFault(ending.run.id);
        if (spec.onRefused) await tell(deps, thread, ending, await spec.onRefused(actor, reason, ending));
        else await tellFailure(deps, thread, ending, error, { what: spec.kind, by: actor });
      },
      onBusy: (ending) => waitInTurn(deps, ending, { trigger: job.trigger, expects: spec.expects }),
      onCancelled: async (error: Cancelled, ending) => {
        await abandonWork(deps, ending.run.id, spec.kind);
        if (error.reason === "superseded") {
          if (isAutomatic(ending.run.jobId) || !spec.onCancelled) return;
          return tell(deps, thread, ending, answers.gaveWay(markerOf(job.trigger), actor));
        }
        if (spec.onCancelled) await tell(deps, thread, ending, await spec.onCancelled(error.message, ending));
      },
    },
    { store: deps.store, job: context, settings: deps.settings },
    async (run) => {
      const writer = runWriter(deps, run);
      const admission = await run.step("admit", () =>
        admit(deps, writer, thread, job.trigger, spec.expects, { ...spec, unseen: run.unseen }),
      );
      if (admission.end === "ignored") {
        run.log.info({ reason: admission.reason }, "request ignored");
        return { state: "superseded", reason: admission.reason };
      }
      if (admission.end === "refused") {
        await run.step("refuse", () => say({ deps, writer, thread }, admission.message));
        await deps.store.audit.append({
          actor,
          action: `refused ${spec.kind}`,
          subject: `${job.repo.owner}/${job.repo.name}#${spec.number}`,
          runId: run.run.id,
          detail: admission.reason,
        });
        return { state: "failed", reason: admission.reason };
      }
      await takeTurn(deps, run.run);
      return story({
        id: run.run.id,
        thread,
        job,
        admitted: admission,
        deps,
        writer,
        signal: run.signal,
        log: run.log,
        step: run.step,
        onProgress: (event) => run.log.debug({ event }, "agent progress"),
      });
    },
  );
}

/** Tells the person that a run failed: a sentence of ours for a mistake of theirs, the plain admission of a fault for one of ours. */
export async function tellFailure(
  deps: PipelineDeps,
  thread: ThreadRef,
  ending: RunEnding,
  error: unknown,
  about: { what: string; by: string },
): Promise<void> {
  const { id } = ending.run;
  const marker = `run-${id}`;
  const message =
    error instanceof UserError
      ? answers.nothingToDo(marker, about.by, error.message)
      : answers.internalError(marker, about.what, id);
  await tell(deps, thread, ending, message);
}

async function tell(deps: PipelineDeps, thread: ThreadRef, ending: RunEnding, message: Message): Promise<void> {
  await say({ deps, writer: runWriter(deps, ending), thread }, message);
}
