import { estimateText, type EstimateText } from "./estimate.ts";
import { code, details, fileAddress, list, plain, prose, sentence } from "./markdown.ts";
import { changesText, type PlanChanges } from "./plan-changes.ts";

export interface PlanText {
  readonly issue: number;
  readonly version: number;
  readonly hash: string;
  readonly problem: string;
  readonly files: readonly PlannedFileText[];
  readonly steps: readonly string[];
  readonly tests: readonly string[];
  readonly risks: readonly string[];
  readonly questions: readonly string[];
  readonly confidence: string;
  /** The commit it was made against, and the address of the repository, for links that stay true. */
  readonly base: string;
  readonly webUrl: string;
  readonly usage: string;
  readonly estimate?: EstimateText;
  readonly changes?: PlanChanges;
}

export interface PlannedFileText {
  readonly path: string;
  readonly change: string;
  /** What the commit has there. What is new has no link. */
  readonly is: "file" | "folder" | "new";
  readonly symbols: readonly {
    readonly name: string;
    /** From 1; null where it was not found. */
    readonly line: number | null;
    /** Why nobody looked for it. */
    readonly unread?: "new" | "folder" | "large" | "no text";
  }[];
}

/** What is planned, as one text. @param done the work is finished, so its steps are ticked */
export function planBody(plan: PlanText, done: boolean): string {
  const parts = [
    `## Plan for #${plan.issue}${plan.version > 1 ? ` · version ${plan.version}` : ""}`,
    ...(plan.changes === undefined ? [] : [changesText(plan.changes), "**Problem**"]),
    prose(plan.problem),
  ];
  const section = (title: string, items: readonly string[]) => {
    if (items.length > 0) parts.push(`**${title}**\n${list(items)}`);
  };
  section(
    "Files to change",
    plan.files.map((file) => fileLine(plan, file)),
  );
  section(
    "Steps",
    plan.steps.map((step) => `[${done ? "x" : " "}] ${sentence(step)}`),
  );
  section("Tests", plan.tests.map(sentence));
  section("Risks", plan.risks.map(sentence));
  section("Open questions", plan.questions.map(sentence));
  if (plan.estimate !== undefined) parts.push(estimateText(plan.estimate));
  parts.push(
    details(
      `Confidence: ${plain(plan.confidence)}`,
      `Made against commit [${code(plan.base.slice(0, 7))}](${plan.webUrl}/commit/${plan.base}) · plan ${code(plan.hash.slice(0, 12))} · ${plan.usage}`,
    ),
  );
  return parts.join("\n\n");
}

function fileLine({ webUrl, base }: PlanText, { path, is, symbols, change }: PlannedFileText): string {
  const address = fileAddress(webUrl, base, path, is === "folder" ? "tree" : "blob");
  const file = is === "new" ? `${code(path)} (new)` : `[${code(path)}](${address})`;
  const names = symbols.map(({ name, line, unread }) => {
    if (line !== null) return `[${code(name)}](${address}#L${line})`;
    return `${code(name)}${unread === undefined ? " (not found in this commit)" : unseen[unread]}`;
  });
  return `${[file, names.join(", ")].filter((part) => part !== "").join(" · ")} — ${sentence(change)}`;
}

const unseen = {
  new: "",
  folder: "",
  large: " (not looked up: the file is too large)",
  "no text": " (not looked up: the file is no text)",
};
