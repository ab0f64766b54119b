import { byPlace, type PlacedFinding } from "./placed-finding.ts";

export interface Compared<F> {
  /** Only the head has them. */
  readonly added: readonly F[];
  /** Only the base had them. */
  readonly resolved: readonly F[];
  /** Both have them, as the head does. */
  readonly known: readonly F[];
}

/**
 * Which findings a pull adds and which it resolves. Each finding of the head is one of the base while there are any that say the same of the same
 * code: first of the same symbol and file, those that did not move before the others, then wherever that symbol went, then anywhere in the file, then of a symbol of that name anywhere.
 * So neither a move, nor other indentation, nor a new name of file or function makes anything new; a second copy does.
 * @param renamed the base's path of a file of the head
 */
export function compareFindings<F extends PlacedFinding>(
  base: readonly F[],
  head: readonly F[],
  renamed: ReadonlyMap<string, string>,
): Compared<F> {
  const free = new Set(base.toSorted(byPlace));
  let left: readonly F[] = head.toSorted(byPlace);
  const known: F[] = [];
  const same = ({ rule, anchor }: F) => `${rule}\n${anchor}`;
  const lastName = ({ symbol }: F) => symbol.slice(symbol.lastIndexOf(".") + 1);
  const passes: readonly ((finding: F, path: string) => string)[] = [
    (finding, path) => `${same(finding)}\n${path}\n${finding.symbol}\n${finding.startLine}`,
    (finding, path) => `${same(finding)}\n${path}\n${finding.symbol}`,
    (finding) => `${same(finding)}\n${finding.symbol}`,
    (finding, path) => `${same(finding)}\n${path}`,
    (finding) => `${same(finding)}\n${lastName(finding)}`,
  ];
  for (const keyOf of passes) {
    if (free.size === 0) break;
    const candidates = Map.groupBy(free, (finding) => keyOf(finding, finding.path));
    const unmatched: F[] = [];
    for (const finding of left) {
      const found = candidates.get(keyOf(finding, renamed.get(finding.path) ?? finding.path))?.shift();
      if (found === undefined) unmatched.push(finding);
      else {
        free.delete(found);
        known.push(finding);
      }
    }
    left = unmatched;
  }
  return { added: left, resolved: [...free], known };
}
