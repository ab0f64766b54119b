import type { FileFacts, IgnoreFact } from "../facts.ts";
import type { CodeFinding, FindingSeverity } from "../finding.ts";
import { compareFindings } from "./compare-findings.ts";
import { byPlace, withFingerprints, type PlacedFinding } from "./placed-finding.ts";
import { withSeverities, type ReviewConfig } from "./review-config.ts";
import { findNewIgnores, suppress, type Ignored } from "./suppress.ts";

export interface FoundSide {
  /** Those of which all findings are told. */
  readonly files: ReadonlyMap<string, FileFacts>;
  /** More in which findings lie. */
  readonly others?: ReadonlyMap<string, FileFacts>;
  readonly findings: readonly PlacedFinding[];
}

export interface Judged {
  /** What the head has and the base has not, the most severe first. */
  readonly findings: readonly CodeFinding[];
  /** What the base had and the head has not. */
  readonly resolved: readonly CodeFinding[];
  /** How many both have. */
  readonly known: number;
  /** What would be among the findings, or was to be seen until now, if no comment told to look away. */
  readonly ignored: readonly Ignored<CodeFinding>[];
}

/**
 * Tells what is new from what was there, and takes out from what comments tell to look away. What a comment hid and hides no more is new.
 * @param base null when there is none
 * @param renamed the base's path of a file of the head
 */
export function judgeFindings(
  base: FoundSide | null,
  head: FoundSide,
  renamed: ReadonlyMap<string, string>,
  rules: ReviewConfig["rules"],
): Judged {
  const fresh = newIgnores(base, head, renamed);
  const old = suppress(withFingerprints(base?.findings ?? []), base ?? { files: new Map() }, new Set());
  const now = suppress(withFingerprints(head.findings), head, fresh);
  const hidden = new Map(now.ignored.map((each) => [each.finding, each]));
  const isHidden = (finding: CodeFinding) => hidden.has(finding);
  const first = compareFindings(
    [...old.shown, ...withFingerprints(old.wrong)],
    [...now.shown, ...hidden.keys(), ...withFingerprints(now.wrong)],
    renamed,
  );
  const second = compareFindings(
    old.ignored.map(({ finding }) => finding),
    first.added.filter(isHidden),
    renamed,
  );
  const told = (findings: readonly CodeFinding[]) => withSeverities(findings, rules).toSorted(bySeverity);
  const ignored = new Set([...second.added, ...first.known.filter(isHidden)]);
  return {
    findings: told(first.added.filter((finding) => !isHidden(finding))),
    resolved: told(first.resolved),
    known: withSeverities(first.known, rules).filter((finding) => !isHidden(finding)).length,
    ignored: now.ignored
      .filter(({ finding }) => ignored.has(finding))
      .flatMap((each) => told([each.finding]).map((finding) => ({ ...each, finding }))),
  };
}

function newIgnores(
  base: FoundSide | null,
  head: FoundSide,
  renamed: ReadonlyMap<string, string>,
): ReadonlySet<IgnoreFact> {
  if (base === null) return new Set();
  return new Set(
    [...head.files].flatMap(([path, facts]) => [...findNewIgnores(base.files.get(renamed.get(path) ?? path), facts)]),
  );
}

const weights: Readonly<Record<FindingSeverity, number>> = { error: 0, warning: 1, notice: 2 };

/** The most severe first, then by place. */
export function bySeverity(one: CodeFinding, other: CodeFinding): number {
  return weights[one.severity] - weights[other.severity] || byPlace(one, other);
}
