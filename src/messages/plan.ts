import { prose } from "./markdown.ts";
import { markerLine, type Message } from "./message.ts";
import { planBody, type PlanText } from "./plan-text.ts";

export type { PlanText } from "./plan-text.ts";

/** The one comment of an issue that holds its plan and what became of it; edited in place. */
const marker = "plan";

export function planStarted(by: string, revising: boolean): Message {
  const work = revising ? "revising the plan" : "reading the code and making a plan";
  return {
    marker,
    body: `⏳ **Codegen is ${work}**, as @${by} asked.\n\nThis comment becomes the plan. \`/codegen cancel\` stops it.`,
  };
}

/** The plan, waiting for approval: with the checkbox that is the twin of `/codegen approve`. */
export function planReady(plan: PlanText): Message {
  const box = `- [ ] **Approve and run this plan** <!-- codegen:box:approve:${plan.hash} -->`;
  const next = [
    box,
    "",
    "Or comment `/codegen approve`. To change the plan, comment `/codegen revise` and what should be different.",
  ].join("\n");
  return { marker, body: [planBody(plan, false), "---", next].join("\n\n") };
}

/** The same plan, once it is approved: no box any more, and who approved it. @param done the work is finished, so the steps are ticked */
export function planApproved(plan: PlanText, by: string, state: string, done = false): Message {
  return { marker, body: [planBody(plan, done), "---", `✅ Approved by @${by}. ${state}`].join("\n\n") };
}

/** @param standing the plan that the comment held before */
export function planFailed(by: string, reason: string, standing: string | null = null): Message {
  if (standing !== null) return withNote(standing, `❌ **No new plan was made**, @${by}. ${prose(reason)}`);
  return {
    marker,
    body: `❌ **No plan was made.** ${prose(reason)}\n\n@${by}, comment \`/codegen plan\` to try again, or \`/codegen help\` for what else works.`,
  };
}

/** The plan that still counts, with what became of the one that was to take its place. */
function withNote(standing: string, what: string): Message {
  return { marker, body: `${standing}\n\n${noteLine}\n${what} The plan above stands.` };
}

const noteLine = "<!-- codegen:note -->";

/**
 * The plan in a comment of ours.
 * @param body of the comment
 * @returns null when it is another comment, or tells only how the making of a plan goes or ended
 */
export function standingPlan(body: string): string | null {
  const line = markerLine(marker);
  if (!body.trimEnd().endsWith(line) || /^(?:⏳|❌|⏹️|⏸️)/u.test(body)) return null;
  const note = body.lastIndexOf(noteLine);
  return body.slice(0, note === -1 ? body.lastIndexOf(line) : note).trimEnd();
}

/** Said once, however often the agent is asked in vain. */
export function planParked(by: string, reason: string): Message {
  return {
    marker,
    body: `⏸️ **The plan waits.** ${prose(reason)}\n\nIt is made as soon as the agent can be had again, for a day at most. @${by}, \`/codegen cancel\` ends it.`,
  };
}

/**
 * @param why our own sentence, with who asked for it
 * @param standing the plan that the comment held before
 */
export function planCancelled(why: string, standing: string | null = null): Message {
  if (standing !== null) return withNote(standing, `⏹️ **The making of a new plan was cancelled.** ${why}`);
  return { marker, body: `⏹️ **Planning was cancelled.** ${why} Comment \`/codegen plan\` to start again.` };
}

/** Shown when somebody approves what is no longer the plan. */
export function planChanged(by: string, answer: string): Message {
  return {
    marker: answer,
    body: `@${by}, the plan changed after the version that you approved, so nothing was started. Read the plan above and approve it again.`,
  };
}

export function planMissing(by: string, answer: string, wanted: "approve" | "revise"): Message {
  return {
    marker: answer,
    body: `@${by}, there is no plan for this issue yet, so there is nothing to ${wanted}. Comment \`/codegen plan\` first.`,
  };
}
