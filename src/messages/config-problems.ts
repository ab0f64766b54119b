/** Mistakes in a file of settings, in all places where they are listed. */
import type { NotUtf8 } from "../domain/utf8.ts";
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

export function notUtf8({ why }: Pick<NotUtf8, "why">): string {
  if (why.kind === "utf-16") return "The file is UTF-16 and not UTF-8; save it as UTF-8.";
  const byte = why.byte.toString(16).toUpperCase().padStart(2, "0");
  return `The file is not UTF-8: the byte 0x${byte} is no part of a character here; save it as UTF-8.`;
}
