import { createHmac, timingSafeEqual } from "node:crypto";

/** What a link to the page of a run holds; whoever has the link may read the page until it expires. */
export interface RunLink {
  readonly runId: string;
  readonly expiresAt: Date;
}

export const linkLifeMs = 30 * 86_400_000;

/** The path and query of the page, signed. The same link is always the same text. */
export function runPath({ runId, expiresAt }: RunLink, key: string): string {
  const until = Math.floor(expiresAt.getTime() / 1000);
  return `/runs/${encodeURIComponent(runId)}?until=${until}&key=${macOf(runId, until, key).toString("base64url")}`;
}

/** The place of a log on the page, by the name of what prints: `#log-unit-tests`. */
export function logAnchor(name: string): string {
  return `log-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}

/**
 * Whether somebody who had one of the keys made this link and it has not expired. What is given may be anything.
 * @param keys the key in use, and those before it
 */
export function isRightLink(
  given: { readonly runId: string; readonly until: unknown; readonly key: unknown },
  keys: readonly string[],
  now: Date,
): boolean {
  const { runId, until, key } = given;
  if (typeof until !== "string" || !/^\d{1,12}$/.test(until)) return false;
  if (typeof key !== "string" || !/^[\w-]{43}$/.test(key)) return false;
  const mac = Buffer.from(key, "base64url");
  const right = keys.filter((one) => timingSafeEqual(mac, macOf(runId, Number(until), one))).length > 0;
  return right && Number(until) * 1000 > now.getTime();
}

function macOf(runId: string, until: number, key: string): Buffer {
  return createHmac("sha256", key).update(`run page\n${until}\n${runId}`).digest();
}
