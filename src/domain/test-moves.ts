import { isTestFile } from "./test-files.ts";

export interface FileChange {
  readonly path: string;
  /** null when the change makes the file. */
  readonly before: string | null;
  /** null when the change deletes it. */
  readonly after: string | null;
}

/** Pairs of a deleted and a new file are looked through up to here; what is compared beyond has the same text. */
const mostPairs = 10_000;

/**
 * The changes with each test file that was deleted and stands somewhere else now, as a test file still, as one change of the new path. Like git, it
 * takes two files for the same when at least half of their lines are.
 */
export function followMoves(changes: readonly FileChange[]): readonly FileChange[] {
  const made = changes.filter(
    ({ path, before, after }) => before === null && after !== null && isTestFile(path, after),
  );
  const lines = new Map(made.map((change) => [change, linesOf(change.after ?? "")]));
  const taken = new Map<FileChange, FileChange>();
  let pairs = 0;
  for (const gone of changes) {
    if (gone.after !== null || gone.before === null || !isTestFile(gone.path, gone.before)) continue;
    const free = made.filter((change) => !taken.has(change));
    pairs += free.length;
    const twin =
      free.find(({ after }) => after === gone.before) ?? (pairs > mostPairs ? undefined : best(gone, free, lines));
    if (twin) taken.set(twin, gone);
  }
  const moved = new Set(taken.values());
  return changes
    .filter((change) => !moved.has(change))
    .map((change) => ({ ...change, before: taken.get(change)?.before ?? change.before }));
}

function best(
  gone: FileChange,
  free: readonly FileChange[],
  lines: ReadonlyMap<FileChange, ReadonlySet<string>>,
): FileChange | undefined {
  const own = linesOf(gone.before ?? "");
  let found: FileChange | undefined;
  let share = 0.5;
  for (const change of free) {
    const others = lines.get(change) ?? new Set<string>();
    const most = Math.max(own.size, others.size, 1);
    if (Math.min(own.size, others.size) / most < share) continue;
    const common = [...own].filter((line) => others.has(line)).length / most;
    if (common >= share) [found, share] = [change, common];
  }
  return found;
}

function linesOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.length > 3),
  );
}
