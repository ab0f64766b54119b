/** What a pull's own version of `.codegen.yml` would change: it is shown, since it counts only after the merge. */
import { configProblems, type ConfigProblemsText } from "./config-problems.ts";
import { code, fenced, plain } from "./markdown.ts";
import type { CheckText } from "./validate.ts";

export interface ConfigChangeText {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

export type OwnConfigText =
  | ({ readonly end: "invalid" } & ConfigProblemsText)
  | {
      readonly end: "changed";
      readonly changes: readonly ConfigChangeText[];
      readonly removed: boolean;
      /** How its set-up went; absent where it was not tried. */
      readonly tried?: TriedSetup;
    };

export type TriedSetup =
  | { readonly passed: true; readonly ms: number }
  | {
      readonly passed: false;
      readonly ms: number;
      readonly run: string;
      readonly end: string;
      readonly code: number | null;
      readonly tail: string;
    };

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
    return {
      verdict: "failure",
      text: {
        title: `This pull breaks ${file}`,
        summary: `${counts}. After the merge nothing would run any more, for its own version has mistakes:\n\n${configProblems(text)}`,
      },
    };
  }
  const { changes, removed, tried } = text;
  const rows = changes
    .slice(0, most)
    .map(({ key, before, after }) => `| ${cell(key)} | ${cell(before)} | ${cell(after)} |`);
  const more = changes.length > most ? [`… and ${changes.length - most} more.`] : [];
  const what = removed
    ? `The pull removes the file, so after the merge the defaults count`
    : "After the merge this changes";
  return {
    verdict: tried?.passed === false ? "failure" : "neutral",
    text: {
      title:
        tried?.passed === false
          ? `The set-up of this pull's ${file} fails`
          : `Changes of ${file} count after the merge`,
      summary: [
        ...(tried === undefined ? [] : [setupTried(tried)]),
        `${counts}; nothing of its own version is in effect here. ${what} (times in milliseconds, sizes in bytes):`,
        ["| key | now | then |", "|---|---|---|", ...rows].join("\n"),
        ...more,
      ].join("\n\n"),
      ...(tried?.passed === false && tried.tail.trim() !== ""
        ? { text: `**End of the set-up's log**\n\n${fenced(tried.tail)}` }
        : {}),
    },
  };
}

function setupTried(tried: TriedSetup): string {
  const how = "with the limits and hosts of the base, and without secrets";
  const took = `${(tried.ms / 1000).toFixed(1)} s`;
  if (tried.passed) return `**Set-up:** this pull changes it. Its own was tried here, ${how}: passed in ${took}.`;
  const cause = tried.end === "exited" ? `exit code ${tried.code}` : plain(tried.end.replaceAll("-", " "));
  return `**Set-up:** this pull changes it. Its own was tried here, ${how}: ${code(tried.run)} did not succeed (${cause}, ${took}).`;
}

function cell(value: string | null): string {
  return value === null ? "–" : code(value.replaceAll("|", "\\|"));
}
