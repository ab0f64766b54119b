/** Pull at one head → its commands in a sandbox, and its code read → one check run each. A newer head takes the place of an older one. */
import type { CodegenConfig } from "../../src/config/schema.ts";
import type { Jobs } from "../jobs.ts";
import type { PipelineDeps } from "../deps.ts";
import { withRun, type StoryEnd } from "../run-context.ts";
import { runWriter } from "../run-writer.ts";
import type { JobContext } from "../worker.ts";
import { analysisStory, openAnalysis } from "./analysis/index.ts";
import { closeChecks, tellGaveWay, tellOfFailure } from "./close.ts";
import { holdsBack, isToMend, type CommandResult } from "./command-result.ts";
import { commandsOf, decideScope, type Command, type Scope } from "./decide.ts";
import { readOwnConfig } from "./own-config.ts";
import {
  publishAnswer,
  publishGate,
  publishInvalidConfig,
  publishLetIn,
  publishLifted,
  publishOpenChecks,
  publishOwnConfig,
  publishResult,
  publishSkipped,
  publishStarted,
  startMerge,
  startNext,
} from "./publish.ts";
import { awaitQuota } from "./quota.ts";
import { trySetup } from "./try-setup.ts";
import { followChecks } from "./follow-checks.ts";
import { readValidation } from "./read.ts";
import { startCommands, type Validation } from "./run-commands.ts";
import { firstParts, runSchedule } from "./schedule.ts";
import { publishSummary } from "./summary.ts";

export async function validate(job: Jobs["validate"], context: JobContext, deps: PipelineDeps): Promise<void> {
  const thread = { repo: job.repo, number: job.pull };
  await withRun(
    {
      kind: "validate",
      repo: job.repo,
      number: job.pull,
      head: job.head ?? null,
      actor: job.trigger.actor.login,
      supersedes: true,
      onFailure: (error, ending) => tellOfFailure(deps, ending, job, error),
      onCancelled: async (error, ending) => {
        await closeChecks(deps, ending, thread, { kind: "cancelled", reason: error.message });
        await tellGaveWay(deps, ending, job, error);
      },
    },
    { store: deps.store, job: context, settings: deps.settings },
    async (run) => {
      const writer = runWriter(deps, run);
      return validateStory({
        id: run.run.id,
        job,
        thread,
        deps,
        writer,
        step: run.step,
        unseen: run.unseen,
        signal: run.signal,
        log: run.log,
      });
    },
  );
}

/** A fork's pull waits for a person before anything of it is run; it is read all the same. */
async function gatedStory(run: Validation, scope: Extract<Scope, { end: "gate" }>): Promise<StoryEnd> {
  const { analysis, head } = scope;
  if (analysis === null) return publishGate(run, scope);
  await run.deps.store.runs.setHead(run.id, head);
  const checks = await run.step("open", () => openAnalysis(run, analysis));
  const end = await publishGate(run, scope);
  await analysisStory(run, analysis, checks);
  await run.step("summary", () => publishSummary(run, { ...analysis, skipped: [] }));
  return end;
}

/** Both to their ends, whatever becomes of the other; then the first error. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/** How many commands run side by side: no more than there are cores for, and no more than one host is to give to one pull. */
function roomIn({ environment }: CodegenConfig): number {
  return Math.max(1, Math.min(4, Math.floor(environment.limits.cpus)));
}

async function validateStory(run: Validation): Promise<StoryEnd> {
  const facts = await run.step("read", () => readValidation(run));
  const scope = decideScope(facts);
  if (scope.end === "nothing") return { state: "superseded", reason: scope.reason };
  if (scope.end === "no-check") {
    await run.step("then", () => startMerge(run, scope.config));
    return { state: "superseded", reason: scope.reason };
  }
  if (scope.end === "answer") return publishAnswer(run, scope.message);
  if (scope.end === "gate") return gatedStory(run, scope);
  if (scope.end === "invalid-config") return publishInvalidConfig(run, scope);

  const { head, commands, skipped, partial, letInBy } = scope;
  await run.deps.store.runs.setHead(run.id, head);
  await awaitQuota(run, scope);
  const atOnce = roomIn(scope.config);
  const first = firstParts(commands, atOnce);
  const checks = await run.step("open", async () => ({
    ...(scope.analysis ? await openAnalysis(run, scope) : {}),
    ...(await publishOpenChecks(run, head, commands, first)),
  }));
  await run.step("lift", () => publishLifted(run, head, commandsOf(scope.config)));
  if (letInBy !== null) await run.step("let in", () => publishLetIn(run, scope, letInBy));
  await run.step("skip", () => publishSkipped(run, head, partial ? [] : skipped));
  const own = await readOwnConfig(run, scope);
  if (own !== null) await run.step("config", () => publishOwnConfig(run, scope, own));
  const follow = followChecks(run, head, checks);
  const bench = startCommands(run, scope, follow);
  let failed = false;
  const finish = async (command: Command, work: () => Promise<CommandResult>): Promise<CommandResult> => {
    const result = await run.step(`run ${command.name}`, work);
    await follow.end(command.name);
    failed ||= isToMend(result);
    await run.step(`close ${command.name}`, () => publishResult(run, scope, checks[command.name], result));
    return result;
  };
  const runCommands = () =>
    runSchedule({
      parts: commands,
      atOnce,
      run: async (command) => {
        const work = async () => {
          if (!first.includes(command)) await publishStarted(run, head, checks[command.name], command);
          follow.begin(command.name);
          return bench.run(command);
        };
        return !holdsBack(await finish(command, work));
      },
      drop: async (command, need) => void (await finish(command, async () => ({ kind: "need-failed", need }))),
    });
  try {
    // It takes nothing that commands have to share.
    const read = scope.analysis ? analysisStory(run, scope, checks) : Promise.resolve(false);
    const [, isWorse] = await both(runCommands(), read);
    failed ||= isWorse;
  } finally {
    await follow.stop();
    await bench.close();
  }
  // Last, since nothing waits for it.
  const setup = own?.end === "changed" ? own.setup : null;
  if (own !== null && setup !== null) {
    const tried = await run.step("try setup", () => trySetup(run, scope, setup));
    await run.step("config, tried", () => publishOwnConfig(run, scope, own, tried));
  }
  await run.step("summary", () => publishSummary(run, scope));
  await run.step("then", () => startNext(run, scope, failed));
  return { state: "succeeded" };
}
