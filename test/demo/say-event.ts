import { z } from "zod";
import type { WebhookEvent } from "../doubles/github/state/github.ts";

/** What the demo tells of; the payloads hold much more. */
const Told = z.object({
  issue: z.object({ number: z.number() }).optional(),
  pull_request: z.object({ number: z.number(), title: z.string(), merged: z.boolean().nullish() }).optional(),
  comment: z.object({ body: z.string() }).optional(),
  changes: z.object({ body: z.object({ from: z.string() }).optional() }).optional(),
  check_run: z.object({ name: z.string(), conclusion: z.string().nullable() }).optional(),
});

/** One line for the terminal about something that happened on the local GitHub; null for what says nothing to a person. */
export function sayEvent({ event, action, sender, payload }: WebhookEvent): string | null {
  const told = Told.safeParse(payload);
  if (!told.success) return null;
  const who = sender.login;
  const { issue, pull_request: pull, comment, check_run: check } = told.data;
  switch (`${event}.${action ?? ""}`) {
    case "issue_comment.created":
      return issue && comment ? `${who} wrote on #${issue.number}: ${headline(comment.body)}` : null;
    case "issue_comment.edited":
      if (!issue || !comment) return null;
      return ticks(comment.body) > ticks(told.data.changes?.body?.from ?? comment.body)
        ? `${who} ticked a box on #${issue.number}`
        : `${who} changed a comment of #${issue.number}: ${headline(comment.body)}`;
    case "issues.opened":
    case "issues.closed":
    case "issues.reopened":
      return issue ? `${who} ${action} issue #${issue.number}` : null;
    case "pull_request.opened":
    case "pull_request.reopened":
      return pull ? `${who} ${action} pull #${pull.number}: ${pull.title}` : null;
    case "pull_request.closed":
      return pull ? `${who} ${pull.merged === true ? "merged" : "closed"} pull #${pull.number}` : null;
    case "check_run.created":
      return check ? `${check.name} is running` : null;
    case "check_run.completed":
      return check ? `${check.name}: ${(check.conclusion ?? "no result").replaceAll("_", " ")}` : null;
    default:
      return null;
  }
}

function ticks(body: string): number {
  return body.match(/^\s*[-*] \[x\]/gim)?.length ?? 0;
}

/** The first line with words, without Markdown's signs and hidden marks. */
function headline(body: string): string {
  const words = body
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .split("\n")
    .map((line) => line.replaceAll(/^[#>\s]+|\*\*|`/g, "").trim())
    .find((line) => line !== "");
  return (words ?? "nothing").slice(0, 100);
}
