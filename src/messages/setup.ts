import { code } from "./markdown.ts";

/** How the set-up of a run was done. */
export interface SetupText {
  readonly how: "restored" | "ran";
  readonly ms: number;
  /** Files on which it depends and that the base has not so. */
  readonly changed: readonly string[];
}

const mostNamed = 5;

/** Where a pull changes what the set-up depends on, that it was done with the change, for this pull alone. Nothing to say otherwise. */
export function setupParagraphs({ how, ms, changed }: SetupText, passed = true): readonly string[] {
  if (changed.length === 0) return [];
  const named = changed.slice(0, mostNamed).map(code).join(", ");
  const more = changed.length > mostNamed ? ` and ${changed.length - mostNamed} more` : "";
  const took = `${(ms / 1000).toFixed(1)} s`;
  const ended = !passed
    ? "It was run anew for this pull, and failed."
    : how === "ran"
      ? `It was run anew for this pull: passed in ${took}.`
      : `It passed for this pull before, in ${took}, and was not run again.`;
  return [
    `**Set-up:** it depends on ${named}${more}, which ${changed.length === 1 ? "is" : "are"} not as on the base. ${ended}`,
  ];
}

/** Why a set-up has to run each time. */
export function setupNotKept(changed: readonly string[]): string {
  return `the set-up changes files of the commit: ${changed.slice(0, mostNamed).join(", ")}`;
}
