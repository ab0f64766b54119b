import type { FileFacts, IgnoreFact } from "../facts.ts";
import { shortHash, type PlacedFinding } from "./placed-finding.ts";
import { isMeant } from "./review-config.ts";

/** A finding with the comment that tells to look away from it. */
export interface Ignored<F> {
  readonly finding: F;
  /** 1-based, in the finding's file. */
  readonly line: number;
  readonly reason: string;
  /** The comment came with the pull. */
  readonly byPull: boolean;
}

export interface SuppressedSide<F> {
  readonly shown: readonly F[];
  readonly ignored: readonly Ignored<F>[];
  /** What is wrong with the comments themselves. */
  readonly wrong: readonly PlacedFinding[];
}

const problems: Readonly<Record<NonNullable<IgnoreFact["problem"]>, string>> = {
  kind: "There are only `codegen:ignore`, `codegen:ignore-block` and `codegen:ignore-file`. This comment counts for nothing.",
  rule: "A comment that ignores names its rules, as `codegen:ignore security/eval -- reason`, or a family as `security/*`. This one counts for nothing.",
  reason: "A comment that ignores says why, behind ` -- `. This one counts for nothing.",
};
const notYet = "This comment for a whole file counts once it is merged: a pull does not switch off its own analysis.";

/**
 * Takes the findings out from which comments tell to look away.
 * @param ofPull comments that came with the pull; one for a whole file does not count then, since no pull switches its own analysis off
 */
export function suppress<F extends PlacedFinding>(
  findings: readonly F[],
  {
    files,
    others,
  }: { readonly files: ReadonlyMap<string, FileFacts>; readonly others?: ReadonlyMap<string, FileFacts> },
  ofPull: ReadonlySet<IgnoreFact>,
): SuppressedSide<F> {
  const shown: F[] = [];
  const ignored: Ignored<F>[] = [];
  const used = new Set<IgnoreFact>();
  for (const finding of findings) {
    const { path, rule, startLine } = finding;
    const fitting = ((files.get(path) ?? others?.get(path))?.ignores ?? []).filter(
      (each) =>
        each.problem === undefined &&
        each.startLine <= startLine &&
        startLine <= each.endLine &&
        isMeant(rule, each.rules) &&
        !(each.scope === "file" && ofPull.has(each)),
    );
    for (const each of fitting) used.add(each);
    const [ignore] = fitting;
    if (ignore === undefined) shown.push(finding);
    else ignored.push({ finding, line: ignore.line, reason: ignore.reason, byPull: ofPull.has(ignore) });
  }
  const wrong = [...files].flatMap(([path, { ignores }]) =>
    ignores.flatMap((ignore) => wrongWith(path, ignore, { isUsed: used.has(ignore), isOfPull: ofPull.has(ignore) })),
  );
  return { shown, ignored, wrong };
}

/** Which comments of a file came with the pull: those that its base does not have, or has less often. */
export function findNewIgnores(base: FileFacts | undefined, head: FileFacts): ReadonlySet<IgnoreFact> {
  const keyOf = ({ scope, rules, reason }: IgnoreFact) => JSON.stringify([scope, rules, reason]);
  const old = Map.groupBy(base?.ignores ?? [], keyOf);
  return new Set(head.ignores.filter((ignore) => old.get(keyOf(ignore))?.shift() === undefined));
}

function wrongWith(
  path: string,
  ignore: IgnoreFact,
  { isUsed, isOfPull }: { readonly isUsed: boolean; readonly isOfPull: boolean },
): readonly PlacedFinding[] {
  const at = {
    path,
    startLine: ignore.line,
    endLine: ignore.line,
    symbol: "",
    anchor: shortHash(JSON.stringify([ignore.rules, ignore.reason])),
  };
  if (ignore.problem !== undefined)
    return [{ ...at, rule: "analysis/bad-ignore", severity: "warning", message: problems[ignore.problem] }];
  if (ignore.scope === "file" && isOfPull)
    return [{ ...at, rule: "analysis/bad-ignore", severity: "notice", message: notYet }];
  // Rules that look at pulls and not at files: nobody can tell whether a comment for them is still of use.
  if (isUsed || ignore.rules.some((rule) => rule.startsWith("dependencies/") || isMeant("quality/duplication", [rule])))
    return [];
  const names = ignore.rules.map((rule) => `\`${rule}\``).join(", ");
  const unused = `Nothing here is found by ${names} any more: take the comment away, so that it hides nothing later.`;
  return [{ ...at, rule: "analysis/unused-ignore", severity: "notice", message: unused }];
}
