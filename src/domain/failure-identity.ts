import { createHash } from "node:crypto";

/** Everything in a line that differs between two runs of the same failure. Order matters: the longer forms come first. */
const fleeting: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g, "‹time›"],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\b/g, "‹time›"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "‹id›"],
  [/\b0x[0-9a-f]+\b/gi, "‹address›"],
  [/(?:\/private)?(?:\/var\/folders|\/var\/tmp|\/tmp|\/dev\/shm)\/[^\s:'"`),;\]]*/g, "‹temp›"],
  [/[A-Za-z]:\\(?:[^\s:'"`),;\]]*\\)?Temp\\[^\s:'"`),;\]]*/gi, "‹temp›"],
  [/\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?):\d{1,5}\b/g, "‹host›"],
  [/(:::)\d{1,5}\b/g, "$1‹port›"],
  [/(?<=thread '.*' )\(\d+\) /g, ""],
  [/\b(port|pid|process|thread|line|column|col|seed)([ =:#]+)\d+\b/gi, "$1$2‹n›"],
  [/(?<=\.\w{1,40})(?::\d+(?::\d+)?|\(\d+,\d+\))/g, ":‹line›"],
  [/\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b/g, "‹id›"],
  [/[─━═⎯_=-]{3,}/g, ""],
];

const duration = String.raw`(?:\d+(?:\.\d+)?\s?(?:h|min|m|s|sec|seconds|ms|µs|us|ns|milliseconds|minutes))+`;
/** A test may be called after a duration; how long it took stands in brackets, at the end, or after a word. */
const took = new RegExp(String.raw`\s*[([]<?\s*${duration}[)\]]|\s+${duration}$|(?<=elapsed: )${duration}`, "g");
const anyDuration = new RegExp(String.raw`${duration}(?![\w.])`, "g");

/**
 * The line without what differs between two runs: times, durations, temporary paths, addresses, places in files, process ids, ports, percentages,
 * its number in a list. In a line that says why, long numbers go too; in one that names a test they stay, for they tell tests apart.
 */
export function lasting(line: string, names: "test" | "reason"): string {
  let text = line.trim().replace(/^(?:\[[\d:.TZ -]+\]|\d{4}-\d\d-\d\dT\S+)\s+/, "");
  text = text
    .replace(/^(?:not ok )\d+\b(?: -)?/, "not ok")
    .replace(/^\d+\) /, "")
    .replace(/^\d+:\d+\s+/, "");
  for (const [pattern, stand] of fleeting) text = text.replaceAll(pattern, stand);
  text = text.replaceAll(took, "");
  if (names === "reason")
    text = text
      .replaceAll(anyDuration, "‹duration›")
      .replaceAll(/\d+(?:\.\d+)?\s?%/g, "‹percent›")
      .replaceAll(/\b\d{4,}\b/g, "‹n›");
  return text.replaceAll(/\s+/g, " ").trim();
}

/** One hash for a set of things said, in whatever order and however often. */
export function hashOfSet(kind: readonly string[], said: readonly string[]): string {
  const sorted = [...new Set(said)].toSorted();
  return createHash("sha256")
    .update(JSON.stringify([kind, sorted]))
    .digest("hex");
}
