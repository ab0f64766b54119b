import { code, list, plain, sentence } from "./markdown.ts";

/** What a version of a plan has changed of the one before it. */
export interface PlanChanges {
  /** The version that it is compared with. */
  readonly since: number;
  /** Whether the problem is described in other words. */
  readonly problem: boolean;
  readonly files: Difference & { readonly changed: readonly string[] };
  readonly steps: Difference & { readonly reordered: boolean };
  readonly tests: Difference;
  readonly risks: Difference;
  readonly questions: Difference;
  readonly confidence: { readonly from: string; readonly to: string } | null;
  /** Whether the plan was made against another commit. */
  readonly base: boolean;
}

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The section that spares a person the reading of the whole plan again. */
export function changesText(changes: PlanChanges): string {
  const { since, files, steps, tests, risks, questions, confidence } = changes;
  const paths = (verb: string, all: readonly string[]) =>
    all.length === 0 ? [] : [`${verb} ${all.length === 1 ? "file" : "files"}: ${all.map(code).join(", ")}`];
  const rows = [
    ...(changes.problem ? ["The problem is described anew"] : []),
    ...paths("Added", files.added),
    ...paths("Removed", files.removed),
    ...paths("Another change in", files.changed),
    ...items("step", steps),
    ...(steps.reordered ? ["The steps come in another order"] : []),
    ...items("test", tests),
    ...items("risk", risks),
    ...items("question", questions),
    ...(confidence === null ? [] : [`Confidence: ${plain(confidence.from)} → ${plain(confidence.to)}`]),
  ];
  const base = changes.base ? ["Made against a newer commit of the base branch"] : [];
  const title = `**Changed since version ${since}**`;
  if (rows.length + base.length === 0) return `${title}: nothing changed.`;
  if (rows.length === 0) return `${title}: nothing in the plan itself; it was made against another commit.`;
  return `${title}\n${list([...rows, ...base])}`;
}

function items(what: string, { added, removed }: Difference): readonly string[] {
  return [
    ...added.map((item) => `Added ${what}: ${sentence(item)}`),
    ...removed.map((item) => `Removed ${what}: ${sentence(item)}`),
  ];
}
