/** Pulls from forks: nobody's code runs before a person with write access has looked at it, and nobody is left without a word. */
import type { CheckText } from "./validate.ts";
import { code } from "./markdown.ts";
import type { Message } from "./message.ts";

/** Of the check that keeps a fork's pull waiting. It is no failure, so it is not red. */
export function forkGate(isRead: boolean): CheckText {
  return {
    title: "Waits for a maintainer",
    summary:
      "This pull comes from a fork, so its code is not run until somebody with write access has looked at it and comments `/codegen ok-to-test`. " +
      `That counts for this head alone. ${isRead ? "Another check reads the code without running it, which waits for nobody." : "Nothing is wrong with the pull."}`,
  };
}

const welcomeMarker = "welcome";

/** The one comment that greets the author of a fork's pull, and says what happens with it. */
export function forkWelcome(author: string, head: string, isRead: boolean): Message {
  return {
    marker: welcomeMarker,
    body: [
      `👋 **Thank you for this pull, @${author}!** It comes from a fork, so its checks wait for a person: nothing of it is run before somebody with write access has looked at it. Nothing is wrong with it.`,
      [
        `- **Maintainers:** look through the changes at ${code(head.slice(0, 7))}, then comment \`/codegen ok-to-test\`. It counts for this head alone; what is pushed later waits for another look.`,
        `- **@${author}:** there is nothing for you to do. Push as often as you like.`,
        "- The checks run in a sandbox and get no secret. No agent works on pulls from forks.",
        ...(isRead
          ? ["- What the code says is read already, without running any of it: one check tells of that."]
          : []),
      ].join("\n"),
    ].join("\n\n"),
  };
}

/** It takes the place of the greeting once somebody has let the checks run. */
export function forkLetIn(author: string, head: string, by: string): Message {
  return {
    marker: welcomeMarker,
    body: [
      `👋 **Thank you for this pull, @${author}!** @${by} has looked at ${code(head.slice(0, 7))}, and its checks may run.`,
      "What is pushed later waits for another look, since this pull comes from a fork. The checks get no secret, and no agent works on it.",
    ].join("\n\n"),
  };
}

export type WhyRefused = "not seen before" | "pushed since" | "other commit";

const reasons: Readonly<Record<WhyRefused, string>> = {
  "not seen before": "it is not known which commit you had before you",
  "pushed since": "its head is not, or not for certain, the one that you had before you",
  "other commit": "that is not its head",
};

/** Somebody let a head run that may not be the one that they looked at. */
export function lookAgain(marker: string, by: string, head: string, why: WhyRefused): Message {
  return {
    marker,
    body: `@${by}, this pull comes from a fork, and ${reasons[why]}, so nothing was run. Its head is ${code(head.slice(0, 7))} now. If that may run, comment\n\n\`\`\`\n/codegen ok-to-test ${head}\n\`\`\``,
  };
}

/** There is nothing to let in. */
export function notFromFork(marker: string, by: string): Message {
  return {
    marker,
    body: `@${by}, this pull comes from the repository itself, so nothing holds its checks back. \`/codegen validate\` runs them again.`,
  };
}
