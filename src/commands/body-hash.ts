import { createHash } from "node:crypto";

/**
 * What a comment said when it asked, so that the worker can tell whether it still says the same.
 * SHA-256 in hex over the text with LF line ends: browsers post CRLF, and GitHub's interfaces do not agree on keeping it.
 */
export function bodyHash(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n"), "utf8").digest("hex");
}
