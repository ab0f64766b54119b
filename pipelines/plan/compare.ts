import type { ProposedPlan } from "../../src/agents/port.ts";
import type { PlanChanges } from "../../src/messages/plan-changes.ts";

/** A version of an issue's plan, as data that the journal can keep. */
export interface PlanVersion {
  readonly version: number;
  readonly base: string;
  readonly plan: ProposedPlan;
}

const lists = ["steps", "tests", "risks", "questions"] as const;

/** What the newer version of a plan has that the older one had not, and the other way round. Items are compared as sets, by their words. */
export function comparePlans(before: PlanVersion, after: PlanVersion): PlanChanges {
  const [old, now] = [before.plan, after.plan];
  const oldFiles = new Map(old.files.map((file) => [file.path, file]));
  const newFiles = new Map(now.files.map((file) => [file.path, file]));
  const of = (key: (typeof lists)[number]) => ({
    added: missingFrom(old[key], now[key]),
    removed: missingFrom(now[key], old[key]),
  });
  const steps = of("steps");
  const sameSteps = steps.added.length === 0 && steps.removed.length === 0;
  return {
    since: before.version,
    problem: words(old.problem) !== words(now.problem),
    files: {
      added: [...newFiles.keys()].filter((path) => !oldFiles.has(path)),
      removed: [...oldFiles.keys()].filter((path) => !newFiles.has(path)),
      changed: [...newFiles].flatMap(([path, file]) => {
        const earlier = oldFiles.get(path);
        return earlier !== undefined && wordsOf(earlier) !== wordsOf(file) ? [path] : [];
      }),
    },
    steps: { ...steps, reordered: sameSteps && old.steps.map(words).join("\n") !== now.steps.map(words).join("\n") },
    tests: of("tests"),
    risks: of("risks"),
    questions: of("questions"),
    confidence: old.confidence === now.confidence ? null : { from: old.confidence, to: now.confidence },
    base: before.base !== after.base,
  };
}

function missingFrom(here: readonly string[], there: readonly string[]): readonly string[] {
  const known = new Set(here.map(words));
  return there.filter((item) => !known.has(words(item)));
}

function wordsOf({ change, symbols = [] }: ProposedPlan["files"][number]): string {
  return [words(change), ...symbols.map(words).toSorted()].join("\n");
}

/** How lines are broken is no change. */
function words(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
