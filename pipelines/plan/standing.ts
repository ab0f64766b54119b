import type { Run } from "../../src/store/port.ts";
import type { PipelineDeps } from "../deps.ts";
import { questionStep, type Question } from "./read.ts";

/** The plan that stands when this run makes none: it was in the comment that the new one was to take. Null where there is none, or nothing was begun. */
export async function standingOf({ store }: PipelineDeps, run: Run): Promise<string | null> {
  const read = await store.steps.finished(run.id, questionStep);
  return (read?.result as Question | undefined)?.standing ?? null;
}
