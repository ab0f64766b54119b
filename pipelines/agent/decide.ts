import type { ProposedPlan, PublishedWork } from "../../src/agents/port.ts";
import type { Pull } from "../../src/github/pulls.ts";
import type { WorkText } from "../../src/messages/agent.ts";
import { usageText } from "../../src/messages/usage.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { Work } from "../carry-out.ts";

export interface AssignmentFacts {
  readonly command: "approve" | "run";
  /** Behind `approve`: the beginning of a plan's hash, or nothing. Behind `run`: what should be done. */
  readonly argument: string;
  /** ISO 8601; null when nobody wrote words. */
  readonly askedAt: string | null;
  /** The hash that the ticked box carried. */
  readonly box: string | null;
  readonly planning: "required" | "optional" | "never";
  readonly latest: (Omit<StoredPlan, "createdAt"> & { readonly createdAt: string }) | null;
}

export type Assignment =
  | {
      readonly end: "assigned";
      readonly stored: AssignmentFacts["latest"];
      readonly plan: ProposedPlan | null;
      readonly instruction: string | null;
    }
  | { readonly end: "no-plan" | "plan-changed" | "plan-required" };

/** What may be worked on. A plan is approved by its hash: one that came after the approving words is not the one that was read. */
export function decideAssignment(facts: AssignmentFacts): Assignment {
  const { latest } = facts;
  if (facts.command === "approve") {
    if (latest === null) return { end: "no-plan" };
    if (!approves(facts, latest)) return { end: "plan-changed" };
    return { end: "assigned", stored: latest, plan: latest.plan as ProposedPlan, instruction: null };
  }
  const approved = latest !== null && latest.approvedBy !== null ? latest : null;
  if (facts.planning === "required" && approved === null) return { end: "plan-required" };
  return {
    end: "assigned",
    stored: approved,
    plan: approved === null || facts.planning === "never" ? null : (approved.plan as ProposedPlan),
    instruction: facts.argument === "" ? null : facts.argument,
  };
}

function approves(facts: AssignmentFacts, latest: NonNullable<AssignmentFacts["latest"]>): boolean {
  if (facts.box !== null) return facts.box === latest.hash;
  const [named] = facts.argument.toLowerCase().split(/\s/);
  if (named && /^[0-9a-f]{7,64}$/.test(named)) return latest.hash.startsWith(named);
  if (facts.askedAt === null) return false;
  // GitHub gives whole seconds: in the second of its birth, a first plan can be meant, while a revised one may stand in place of the one that
  // was read.
  const bornMs = Date.parse(latest.createdAt);
  return Date.parse(facts.askedAt) >= (latest.version > 1 ? bornMs : Math.floor(bornMs / 1000) * 1000);
}

export interface AdoptionFacts {
  readonly number: number;
  /** The branch that the work was meant for. */
  readonly base: string;
  readonly pull: Pull | null;
  readonly paths: readonly string[];
}

/** Why a pull that a back-end names is not taken for the result, or null. */
export function decideAdoption({ number, base, pull }: AdoptionFacts): string | null {
  const but = `The agent says that it opened #${number}, but `;
  if (pull === null) return `${but}this repository has no such pull request.`;
  if (pull.fromFork) return `${but}that pull request does not come from a branch of this repository.`;
  if (!pull.open) return `${but}that pull request is closed.`;
  if (pull.base.branch !== base) return `${but}that pull request goes into another branch than \`${base}\`.`;
  return null;
}

/** What people are told about a pull that was opened elsewhere. */
export function toAdoptedText(work: PublishedWork, paths: readonly string[], plan: ProposedPlan | null): WorkText {
  const changed = [...paths].toSorted();
  return {
    summary: work.summary,
    changed,
    outsidePlan: outside(plan, changed),
    refused: [],
    testsRun: [],
    checked: [],
    weakened: [],
    openPoints: [],
    usage: usageText(work.usage),
  };
}

function outside(plan: ProposedPlan | null, changed: readonly string[]): readonly string[] {
  if (plan === null) return [];
  const planned = new Set(plan.files.map((file) => file.path.replace(/^\.?\//, "")));
  return changed.filter((path) => !planned.has(path));
}

/** What people are told about finished work, with everything that the plan did not announce. */
export function toWorkText(work: Work, plan: ProposedPlan | null): WorkText {
  const { outcome, changes } = work;
  const report = outcome.end === "done" ? outcome.result : { summary: wordsOf(outcome), testsRun: [], openPoints: [] };
  const changed = [...changes.additions.map((addition) => addition.path), ...changes.deletions].toSorted();
  return {
    summary: report.summary,
    changed,
    outsidePlan: outside(plan, changed),
    refused: changes.refused,
    testsRun: report.testsRun,
    checked: work.checked,
    weakened: work.weakened,
    openPoints: report.openPoints,
    usage: usageText(outcome.usage),
  };
}

function wordsOf(outcome: Exclude<Work["outcome"], { end: "done" }>): string {
  return outcome.end === "published" ? outcome.summary : outcome.reason;
}

/** The agent's text for the pull, if it keeps the template's headings. */
export function toDescription(work: Work, template: string | null): string | null {
  const description = work.outcome.end === "done" ? (work.outcome.result.description ?? null) : null;
  if (template === null || description === null) return null;
  const has = new Set(headings(description));
  return headings(template).every((heading) => has.has(heading)) ? description : null;
}

function headings(markdown: string): readonly string[] {
  return markdown.split("\n").flatMap((line) => {
    const heading = /^ {0,3}#{1,6}[ \t]+(.*)$/.exec(line)?.[1];
    return heading === undefined
      ? []
      : [
          heading
            .replace(/[ \t]+#*[ \t]*$/, "")
            .trim()
            .toLowerCase(),
        ];
  });
}

/** Of work that its budget cut off there is no title. */
export function toTitle(work: Work, issueTitle: string): string {
  return work.outcome.end === "done" ? work.outcome.result.title : `Unfinished: ${issueTitle}`;
}
