/** Text for a person, found again by its marker. Rendered by `render`, published by difference. */
export interface Message {
  /** Identifies the message in its thread, e.g. `plan` or `reply-123`: letters, digits, dashes. */
  readonly marker: string;
  readonly body: string;
}

/** GitHub refuses bodies over 65,536 characters. */
const maxBody = 65_000;

/** The hidden line by which we find our own message again. */
export function markerLine(marker: string): string {
  return `<!-- codegen:message:${marker} -->`;
}

/** The body as it is sent: text, shortened when it is too long for GitHub, and the marker. */
export function render(message: Message): string {
  const marker = markerLine(message.marker);
  return `${shorten(message.body, maxBody - marker.length)}\n\n${marker}`;
}

/** Cuts the middle out of a long text and says so. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = "\n\n… (shortened) …\n\n";
  const half = Math.floor((limit - note.length) / 2);
  return (
    text.slice(0, half).toWellFormed().replaceAll("\uFFFD", "") +
    note +
    text.slice(-half).toWellFormed().replaceAll("\uFFFD", "")
  );
}
