import { details, code, list, plain, prose, sentence } from "./markdown.ts";
import type { Message } from "./message.ts";

/** The one comment of an issue that holds its plan and what became of it; edited in place. */
const marker = "plan";

export interface PlanText {
  readonly issue: number;
  readonly version: number;
  readonly hash: string;
  readonly problem: string;
  readonly files: readonly { readonly path: string; readonly change: string }[];
  readonly steps: readonly string[];
  readonly tests: readonly string[];
  readonly risks: readonly string[];
  readonly questions: readonly string[];
  readonly confidence: string;
  /** The commit it was made against, and the address of the repository, for links that stay true. */
  readonly base: string;
  readonly webUrl: string;
  readonly usage: string;
}

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
    "Or comment `/codegen approve`. To change the plan, comment `/codegen revise` and what should be different. `/codegen cancel` drops it.",
  ].join("\n");
  return { marker, body: [planText(plan), "---", next].join("\n\n") };
}

/** The same plan, once it is approved: no box any more, and who approved it. */
export function planApproved(plan: PlanText, by: string, state: string): Message {
  return { marker, body: [planText(plan), "---", `✅ Approved by @${by}. ${state}`].join("\n\n") };
}

export function planFailed(by: string, reason: string): Message {
  return {
    marker,
    body: `❌ **No plan was made.** ${prose(reason)}\n\n@${by}, comment \`/codegen plan\` to try again, or \`/codegen help\` for what else works.`,
  };
}

/** Said once, however often the agent is asked in vain. */
export function planParked(by: string, reason: string): Message {
  return {
    marker,
    body: `⏸️ **The plan waits.** ${prose(reason)}\n\nIt is made as soon as the agent can be had again, for a day at most. @${by}, \`/codegen cancel\` ends it.`,
  };
}

export function planCancelled(by: string): Message {
  return { marker, body: `⏹️ Planning was cancelled by @${by}. Comment \`/codegen plan\` to start again.` };
}

/** Shown when somebody approves what is no longer the plan. */
export function planChanged(by: string, answer: string): Message {
  return {
    marker: answer,
    body: `@${by}, the plan changed after the version that you approved, so nothing was started. Read the plan above and approve it again.`,
  };
}

export function planMissing(by: string, answer: string): Message {
  return {
    marker: answer,
    body: `@${by}, there is no plan for this issue yet, so there is nothing to approve. Comment \`/codegen plan\` first.`,
  };
}

function planText(plan: PlanText): string {
  const link = (path: string) =>
    `[${code(path)}](${plan.webUrl}/blob/${plan.base}/${path.split("/").map(inAddress).join("/")})`;
  const parts = [
    `## Plan for #${plan.issue}${plan.version > 1 ? ` · version ${plan.version}` : ""}`,
    prose(plan.problem),
    ...(plan.files.length === 0
      ? []
      : [`**Files to change**\n${list(plan.files.map((file) => `${link(file.path)} — ${sentence(file.change)}`))}`]),
    `**Steps**\n${plan.steps.map((step, index) => `${index + 1}. ${sentence(step)}`).join("\n")}`,
  ];
  if (plan.tests.length > 0) parts.push(`**Tests**\n${list(plan.tests.map(sentence))}`);
  if (plan.risks.length > 0) parts.push(`**Risks**\n${list(plan.risks.map(sentence))}`);
  if (plan.questions.length > 0) parts.push(`**Open questions**\n${list(plan.questions.map(sentence))}`);
  parts.push(
    details(
      `Confidence: ${plain(plan.confidence)}`,
      `Made against commit [${code(plan.base.slice(0, 7))}](${plan.webUrl}/commit/${plan.base}) · plan ${code(plan.hash.slice(0, 12))} · ${plan.usage}`,
    ),
  );
  return parts.join("\n\n");
}

/** Brackets too, since the address stands between them. */
function inAddress(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replaceAll("(", "%28").replaceAll(")", "%29");
}
