/** The end of work that was done elsewhere: the pull that a back-end says it opened becomes this run's, if GitHub agrees. */
import type { PublishedWork } from "../../src/agents/port.ts";
import { getPull, listPullPaths } from "../../src/github/pulls.ts";
import type { CommandRun } from "../command-run.ts";
import type { StoryEnd } from "../run-context.ts";
import { decideAdoption, toAdoptedText, type AdoptionFacts, type Assignment } from "./decide.ts";
import { publishFailure, publishFinished } from "./publish.ts";

export async function adopt(
  run: CommandRun,
  assignment: Extract<Assignment, { end: "assigned" }>,
  work: PublishedWork,
): Promise<StoryEnd> {
  const facts = await run.step("adopt", () => readAdoption(run, work.pull));
  const refusal = decideAdoption(facts);
  if (refusal !== null) return publishFailure(run, refusal);
  const pull = { number: work.pull, url: facts.pull?.url ?? "" };
  const text = toAdoptedText(work, facts.paths, assignment.plan);
  await run.step("publish", () => publishFinished(run, assignment, pull, text));
  return { state: "succeeded" };
}

async function readAdoption(run: CommandRun, number: number): Promise<AdoptionFacts> {
  const { deps, thread, admitted } = run;
  const at = { repo: thread.repo, number };
  const pull = await getPull(deps.github, at);
  const paths = pull === null ? [] : await listPullPaths(deps.github, at);
  return { number, base: admitted.base.branch, pull, paths: [...paths].slice(0, maxPaths) };
}

/** The message names no more than fit into it. */
const maxPaths = 300;
