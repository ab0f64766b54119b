import { commandNames, type CommandName } from "./grammar.ts";

const furthest = 2;

/** The command that a mistyped word most likely meant. */
export function nearestCommand(word: string): CommandName | undefined {
  return nearest(word, commandNames);
}

/** Of some names the one that a mistyped word most likely meant: at most two edits away and half of it kept, the earliest on a tie. */
export function nearest<Name extends string>(word: string, names: readonly Name[]): Name | undefined {
  const lower = word.toLowerCase();
  let best: { name: Name; distance: number } | undefined;
  for (const name of names) {
    // Longer than this cannot be near, and untrusted words must not cost a large table.
    if (Math.abs(name.length - lower.length) > furthest) continue;
    const distance = editDistance(lower, name);
    if (distance <= Math.min(furthest, name.length / 2) && (!best || distance < best.distance))
      best = { name, distance };
  }
  return best?.name;
}

/**
 * Edits between two words: insert, delete, replace, swap of neighbours; each costs 1 and no letter is edited twice
 * (optimal string alignment, the restricted Damerau-Levenshtein distance).
 */
export function editDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let oneBack = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(oneBack, column) + 1,
        at(current, column - 1) + 1,
        at(oneBack, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(twoBack, column - 2) + 1);
      current.push(cost);
    }
    twoBack = oneBack;
    oneBack = current;
  }
  return at(oneBack, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
