/** Mistakes in a file of settings, in all places where they are listed. */
import { sentence } from "./markdown.ts";

export interface ConfigProblemsText {
  readonly problems: readonly { readonly line: number; readonly column: number; readonly message: string }[];
  /** So many are not among them. */
  readonly more?: number;
}

export function configProblems({ problems, more = 0 }: ConfigProblemsText): string {
  return [
    ...problems.map(({ line, column, message }) => `- line ${line}, column ${column}: ${sentence(message)}`),
    ...(more > 0 ? [`- ${moreMistakes(more)}`] : []),
  ].join("\n");
}

export function moreMistakes(more: number): string {
  return more === 1 ? "… and 1 more mistake, not listed here" : `… and ${more} more mistakes, not listed here`;
}
