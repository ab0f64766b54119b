import { hash } from "node:crypto";
import type { CodeFinding, FileFinding } from "../finding.ts";

/** A finding at its place, which has no fingerprint yet. */
export type PlacedFinding = FileFinding & Pick<CodeFinding, "path">;

/**
 * Gives findings their fingerprints: of what they say, where in the code, and how many equal ones stand before them in the order of paths and
 * lines. Neither path nor line is part of it, so that code keeps it when it moves.
 * @returns in that order
 */
export function withFingerprints(findings: readonly PlacedFinding[]): readonly CodeFinding[] {
  const seen = new Map<string, number>();
  return findings.toSorted(byPlace).map((finding) => {
    const key = `${finding.rule}\n${finding.symbol}\n${finding.anchor}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return { ...finding, fingerprint: shortHash(`${key}\n${before}`) };
  });
}

export function byPlace(one: PlacedFinding, other: PlacedFinding): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return (
    one.startLine - other.startLine ||
    (one.startColumn ?? 0) - (other.startColumn ?? 0) ||
    one.rule.localeCompare(other.rule)
  );
}

/** 80 bits of a text. */
export function shortHash(text: string): string {
  return hash("sha256", text, "hex").slice(0, 20);
}
