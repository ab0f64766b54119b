/** How many milliseconds a server asks to wait, by its headers (names in small letters); undefined when it does not say. */
export function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const ms = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers["retry-after"];
  if (text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/**
 * How many milliseconds to wait before a call is tried again: as long as the server asks, but never less than a pause of our own, which grows from
 * a quarter of a second to four. A server that asks for none, again and again, would be asked without end.
 * @param tries how often it was tried, from 1
 * @param asked milliseconds
 */
export function retryPause(tries: number, asked: number | undefined): number {
  return Math.max(asked ?? 0, Math.min(4_000, 250 * 2 ** (tries - 1)) * (0.75 + Math.random() / 2));
}
