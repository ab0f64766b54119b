/**
 * Of what people ask for on one thread, one runs and one waits. The newest wins: what waited before it gives way. Only requests of people
 * who may ask count, so that nobody pushes away what a maintainer asked for.
 */
import type { CommandName } from "../src/commands/grammar.ts";
import { Cancelled } from "../src/errors.ts";
import * as answers from "../src/messages/answers.ts";
import type { Message } from "../src/messages/message.ts";
import type { Run } from "../src/store/port.ts";
import { acknowledge, mayAsk } from "./admission.ts";
import { markerOf } from "./asked.ts";
import type { PipelineDeps } from "./deps.ts";
import { isAutomatic, type Trigger } from "./jobs.ts";
import type { RunEnding } from "./run-context.ts";
import { supersededBy } from "./run-lease.ts";
import { runWriter } from "./run-writer.ts";
import { say } from "./say.ts";

/** Kinds of run in which an agent works; the others are short. */
const exclusive = new Set<string>(["plan", "agent", "fix"]);

/** What a run that waits was asked for. */
export interface WaitingRequest {
  readonly trigger: Trigger;
  /** The commands that its pipeline serves. */
  readonly expects: readonly CommandName[];
}

/** Journal's notes: the run waits for another and its person was told; the run was admitted. */
const waitsEvent = "run.waits";
const admittedEvent = "run.admitted";

/**
 * While another run has the thread: gives way to a newer request, else tells once that it waits.
 * @throws Cancelled when it gives way
 */
export async function waitInTurn(deps: PipelineDeps, ending: RunEnding, request: WaitingRequest): Promise<void> {
  const { run } = ending;
  if (!exclusive.has(run.kind)) return;
  const living = await othersOf(deps, run);
  const newer = living.slice(
    0,
    living.findIndex(({ id }) => id === run.id),
  );
  if (isAutomatic(run.jobId) ? living.length > 1 : await anyCounts(deps, newer)) throw givesWay();
  if (isAutomatic(run.jobId)) return;
  await tellWaiting(deps, ending, request, (ahead) => answers.waits(markerOf(request.trigger), run.actor, ahead));
}

/** Tells who asked that another run has the thread: once, and only who may ask. The others are told so when it is their turn. */
export async function tellWaiting(
  deps: PipelineDeps,
  ending: RunEnding,
  { trigger, expects }: WaitingRequest,
  words: (ahead: Run) => Message,
): Promise<void> {
  const { run } = ending;
  const notes = await deps.store.events.of(run.id);
  if (notes.some(({ name }) => name === waitsEvent)) return;
  const ahead = await runAhead(deps, run);
  if (ahead === undefined) return;
  const thread = { repo: run.repo, number: run.number };
  if (!(await mayAsk(deps, thread, trigger, expects))) return;
  await deps.store.events.append({ runId: run.id, name: waitsEvent });
  const writer = runWriter(deps, ending);
  await acknowledge(deps, writer, thread, trigger);
  await say({ deps, writer, thread }, words(ahead));
}

/**
 * A run that was admitted and has the thread: whatever waited before it gives way.
 * @throws Cancelled when it waited itself, and a newer request does now
 */
export async function takeTurn(deps: PipelineDeps, run: Run): Promise<void> {
  if (!exclusive.has(run.kind)) return;
  const notes = (await deps.store.events.of(run.id)).map(({ name }) => name);
  // A worker died, and this run goes on.
  if (notes.includes(admittedEvent)) return;
  const living = await othersOf(deps, run);
  const own = living.findIndex(({ id }) => id === run.id);
  // A run that never had to wait came first, and has its turn.
  const waited = isAutomatic(run.jobId) || notes.includes(waitsEvent);
  if (waited && (await anyCounts(deps, living.slice(0, Math.max(own, 0))))) throw givesWay();
  await deps.store.events.append({ runId: run.id, name: admittedEvent });
  for (const older of living.slice(own + 1)) {
    if (isAutomatic(run.jobId) && !isAutomatic(older.jobId)) continue;
    await deps.store.runs.requestCancel(run.repo, run.number, supersededBy(run), { only: older.id });
    await deps.queue.hurry(older.jobId);
  }
}

/** The living runs with an agent on the thread, this one too, newest first. */
async function othersOf({ store }: PipelineDeps, { repo, number }: Run): Promise<readonly Run[]> {
  return (await store.runs.of(repo, number, { alive: true })).filter(({ kind }) => exclusive.has(kind));
}

/** Who has the thread. It may be nobody but this run's own dead worker, whose lease has not run out yet. */
async function runAhead({ store }: PipelineDeps, { id, repo, number }: Run): Promise<Run | undefined> {
  const living = await store.runs.of(repo, number, { alive: true });
  const holding = living.filter((other) => other.kind !== "control" && other.kind !== "reply");
  return holding.find((other) => other.id !== id && other.state === "running");
}

async function anyCounts({ store }: PipelineDeps, runs: readonly Run[]): Promise<boolean> {
  for (const { id, jobId } of runs) {
    if (isAutomatic(jobId)) continue;
    if ((await store.events.of(id)).some(({ name }) => name === waitsEvent || name === admittedEvent)) return true;
  }
  return false;
}

function givesWay(): Cancelled {
  return new Cancelled("superseded", "It gave way to a newer request.");
}
