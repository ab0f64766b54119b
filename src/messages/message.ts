import { shorten } from "./balance.ts";

/** Text for a person, found again by its marker. Rendered by `render`, published by difference. */
export interface Message {
  /** Identifies the message in its thread, e.g. `plan` or `reply-123`: letters, digits, dashes. */
  readonly marker: string;
  readonly body: string;
}

/** GitHub refuses bodies over 65,536 characters. */
export const maxBody = 65_000;

/** The hidden line by which we find our own message again. */
export function markerLine(marker: string): string {
  return `<!-- codegen:message:${marker} -->`;
}

/** The body as it is sent: text, shortened when it is too long for GitHub, and the marker. */
export function render(message: Message): string {
  const marker = markerLine(message.marker);
  return `${shorten(message.body, maxBody - marker.length)}\n\n${marker}`;
}
