import type { CheckText } from "./validate.ts";

/** Nothing of a pull is run: its account has used up what the operator gives it. That is no failure of the pull, so it is not red. */
export function outOfQuota(minutes: number, until: Date): CheckText {
  const given = minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return {
    title: "Out of quota",
    summary: [
      `The commands of this account have run for the **${given} within 24 hours** that whoever operates this bot gives them (\`CODEGEN_QUOTA_MINUTES\`). Nothing of this pull was run, so nothing is known of it.`,
      `There is nothing to do: it is validated once some of that is back, at about **${momentText(until)}**. If it has waited for a day, comment \`/codegen retry\`; \`/codegen cancel\` gives it up.`,
    ].join("\n\n"),
  };
}

/** To the minute, as a person reads it: 2026-11-22 14:05 UTC. */
function momentText(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
