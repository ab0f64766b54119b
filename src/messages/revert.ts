import { code, commitText, list, sentence } from "./markdown.ts";
import type { Message } from "./message.ts";

/** As `git revert` words it. */
export function revertCommit(found: { title: string; commit: string }): { subject: string; body: string } {
  return {
    subject: `Revert "${commitText(found.title)}"`,
    body: `This reverts commit ${found.commit}.`,
  };
}

export function reverted(
  answer: string,
  by: string,
  done: { title: string; of: string; commit: string; paths: readonly string[]; webUrl: string },
): Message {
  const link = (sha: string) => `[${code(sha.slice(0, 7))}](${done.webUrl}/commit/${sha})`;
  return {
    marker: answer,
    body: `↩️ ${link(done.commit)} takes back “${sentence(done.title)}” (${link(done.of)}), as @${by} asked.\n\n${list(done.paths.map(code))}`,
  };
}

export function notReverted(
  answer: string,
  by: string,
  why: { end: "nothing" | "fork" | "moved" } | { end: "changed-since"; commit: string; paths: readonly string[] },
): Message {
  return { marker: answer, body: `@${by}, ${reason(why)}` };
}

function reason(why: Parameters<typeof notReverted>[2]): string {
  switch (why.end) {
    case "nothing":
      return "there is no change of the bot's on this pull that could be undone.";
    case "fork":
      return "this pull comes from a fork, where the bot may not push, so nothing was undone.";
    case "moved":
      return "somebody pushed to this pull meanwhile, so nothing was undone. Write `/codegen revert` again.";
    case "changed-since":
      return `these files were changed after ${code(why.commit.slice(0, 7))}, so the bot's change cannot be undone without losing that. Use \`git revert\` by hand.\n\n${list(why.paths.slice(0, 50).map(code))}`;
  }
}
