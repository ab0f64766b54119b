import type { GitHub } from "../state/github.ts";
import { issueByNumber, type Issue } from "../state/issues.ts";
import { fullName, type Repository } from "../state/repositories.ts";

// docs.github.com, "Linking a pull request to an issue": the nine words, a colon or not, #N, GH-N, owner/name#N or a full address.
const KEYWORD =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+\/[\w.-]+)?#|GH-|https?:\/\/[^\s/]+\/([\w.-]+\/[\w.-]+)\/issues\/)(\d+)\b/gi;

/** Issues of this repository that a text says it closes, each once, in the order of the text. Pulls are never closed so. */
export function closingIssues(github: GitHub, repository: Repository, text: string): Issue[] {
  const here = fullName(github.state, repository).toLowerCase();
  const found = new Set<Issue>();
  for (const reference of closingReferences(text)) {
    if ((reference.repository ?? here).toLowerCase() !== here) continue;
    const issue = issueByNumber(github.state, repository.id, reference.number);
    if (issue && !issue.isPull) found.add(issue);
  }
  return [...found];
}

/** What a text says it closes, outside code and HTML comments; `repository` null: the one where the text stands. */
export function closingReferences(text: string): { repository: string | null; number: number }[] {
  return [...withoutCode(text).matchAll(KEYWORD)].map(([, short, address, number]) => ({
    repository: short ?? address ?? null,
    number: Number(number),
  }));
}

function withoutCode(text: string): string {
  return text
    .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "")
    .replaceAll(/`[^`\n]*`/g, "")
    .replaceAll(/<!--[\s\S]*?-->/g, "");
}
