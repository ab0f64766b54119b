/** What a pull's own version of `.codegen.yml` would change: it is shown, since it counts only after the merge. */
import { code, sentence } from "./markdown.ts";
import type { CheckText } from "./validate.ts";

export interface ConfigChangeText {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

export type OwnConfigText =
  | { readonly end: "invalid"; readonly problems: readonly { line: number; column: number; message: string }[] }
  | { readonly end: "changed"; readonly changes: readonly ConfigChangeText[]; readonly removed: boolean };

/** So many differences are named. */
const most = 40;

/** @param base the commit whose file counts */
export function ownConfig(
  text: OwnConfigText,
  file: string,
  base: string,
): { verdict: "failure" | "neutral"; text: CheckText } {
  const counts = `This pull is judged by \`${file}\` of the base ${code(base.slice(0, 7))}`;
  if (text.end === "invalid") {
    const problems = text.problems.map(
      ({ line, column, message }) => `- line ${line}, column ${column}: ${sentence(message)}`,
    );
    return {
      verdict: "failure",
      text: {
        title: `This pull breaks ${file}`,
        summary: `${counts}. After the merge nothing would run any more, for its own version has mistakes:\n\n${problems.join("\n")}`,
      },
    };
  }
  const { changes, removed } = text;
  const rows = changes
    .slice(0, most)
    .map(({ key, before, after }) => `| ${cell(key)} | ${cell(before)} | ${cell(after)} |`);
  const more = changes.length > most ? [`… and ${changes.length - most} more.`] : [];
  const what = removed
    ? `The pull removes the file, so after the merge the defaults count`
    : "After the merge this changes";
  return {
    verdict: "neutral",
    text: {
      title: `Changes of ${file} count after the merge`,
      summary: [
        `${counts}; nothing of its own version is in effect here. ${what} (times in milliseconds, sizes in bytes):`,
        ["| key | now | then |", "|---|---|---|", ...rows].join("\n"),
        ...more,
      ].join("\n\n"),
    },
  };
}

function cell(value: string | null): string {
  return value === null ? "–" : code(value.replaceAll("|", "\\|"));
}
