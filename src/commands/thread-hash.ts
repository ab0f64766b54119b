import { bodyHash } from "./body-hash.ts";

/**
 * What an issue (or a pull) said when a command was given under it, so that the worker can tell whether it still says the same.
 * SHA-256 in hex over title and body, with LF line ends; GitHub has `null` for a body that was never written.
 */
export function threadHash(title: string, body: string | null | undefined): string {
  const lines = (body ?? "").replaceAll("\r\n", "\n");
  // As JSON, so that no title can pass for the beginning of a body.
  return bodyHash(JSON.stringify([title, lines]));
}
