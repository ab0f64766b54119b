import { code, plain } from "./markdown.ts";
import type { Message } from "./message.ts";

/** The one comment of a pull that says why it was or was not merged; edited in place. */
const marker = "merge";

export interface MergeConditionText {
  readonly met: boolean;
  readonly name: string;
  readonly detail: string;
}

/** @param ahead the kind of run that has the pull */
export function mergeWaits(by: string, ahead: string): Message {
  return { marker, body: `⏳ @${by}, the merge waits for the run that is at work here (${code(ahead)}).` };
}

export function mergeRefused(by: string, conditions: readonly MergeConditionText[], head: string): Message {
  const lines = conditions.map(
    (condition) => `- ${condition.met ? "✅" : "❌"} **${condition.name}**: ${condition.detail}`,
  );
  const open = conditions.filter((condition) => !condition.met).length;
  return {
    marker,
    body: `🛑 **Not merged yet**, @${by}: ${open === 1 ? "one condition is" : `${open} conditions are`} open on ${head.slice(0, 7)}.\n\n${lines.join("\n")}\n\nComment \`/codegen merge\` again when that has changed.`,
  };
}

export function merged(by: string | null, sha: string, head: string): Message {
  const who = by === null ? "by the policy in `.codegen.yml`" : `as @${by} asked`;
  return { marker, body: `🎉 **Merged** ${who}: ${head.slice(0, 7)} became ${sha.slice(0, 7)}.` };
}

export function mergeStale(by: string, reason: string): Message {
  return {
    marker,
    body: `🛑 **Not merged**, @${by}: the pull moved while its conditions were read. ${plain(reason)}\n\nComment \`/codegen merge\` again.`,
  };
}

/** The person lost the role between command and merge. */
export function mergeForbidden(by: string): Message {
  return { marker, body: `🛑 **Not merged**, @${by}: you may no longer merge here.` };
}

export function mergeRefusedByGitHub(by: string, reason: string): Message {
  return { marker, body: `🛑 **Not merged**, @${by}. GitHub's own rules for this branch refuse it: ${plain(reason)}` };
}
