/** How much of the code a command's tests reach, for its check run. */
import { code, list, sentence } from "./markdown.ts";

export interface CoverageText {
  /** Of lines; null when the report names none that could be reached. */
  readonly percent: number | null;
  /** Points more than at the base; null when that is not known. */
  readonly difference: number | null;
  readonly branches: number | null;
  readonly base: { readonly commit: string } | { readonly unknown: string };
  /** Files of which less is reached than at the base, the greatest loss first. */
  readonly lost: {
    readonly total: number;
    readonly files: readonly { readonly file: string; readonly before: number; readonly now: number }[];
  };
  /** Changed lines that no test reaches, and how many of them are marked; null where the changed lines are not known. */
  readonly changed: { readonly unreached: number; readonly shown: number } | null;
}

/** `coverage 87.3 % (+0.4)`; null where there is nothing to cover. */
export function coverageInShort({ percent, difference }: CoverageText): string | null {
  if (percent === null) return null;
  return `coverage ${percent} %${difference === null ? "" : ` (${signed(difference)})`}`;
}

export function coverageParagraphs({
  percent,
  difference,
  branches,
  base,
  lost,
  changed,
}: CoverageText): readonly string[] {
  if (percent === null) return ["**Coverage:** the report names no line of this repository that could be reached."];
  const since = "commit" in base ? ` base ${code(base.commit.slice(0, 7))}` : "";
  const compared =
    difference === null ? "" : difference === 0 ? ` (as${since})` : ` (${signed(difference)} since${since})`;
  const unknown = "unknown" in base ? ` The base is not known: ${sentence(base.unknown)}` : "";
  const named = lost.files.map(({ file, before, now }) => `${code(file)}: ${before} % → ${now} %`);
  const more = lost.total > named.length ? [`… and ${lost.total - named.length} more`] : [];
  return [
    `**Coverage:** ${percent} % of lines${compared}${branches === null ? "" : `, branches ${branches} %`}.${unknown}`,
    ...(named.length === 0 ? [] : [`Less than on the base is reached of:\n\n${list([...named, ...more])}`]),
    ...(changed === null || changed.unreached === 0 ? [] : [changedText(changed)]),
  ];
}

function changedText({ unreached, shown }: NonNullable<CoverageText["changed"]>): string {
  const lines = unreached === 1 ? "1 changed line is" : `${unreached} changed lines are`;
  const marked =
    shown === 0 ? "" : shown === unreached ? ", marked beside the code" : `; ${shown} are marked beside the code`;
  return `${lines} reached by no test${marked}.`;
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : String(points);
}
