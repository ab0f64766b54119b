import { differences, type Difference, type Sighting } from "./sightings.ts";
import { suppressionsOf } from "./suppressions.ts";
import { isSnapshot, isTestFile, isWorkflow } from "./test-files.ts";
import { followMoves, type FileChange } from "./test-moves.ts";
import { settingsWeaknesses, type Weakness } from "./test-settings.ts";
import { readTest, testParts, type TestPart, type TestText } from "./test-text.ts";

export interface Weakening extends Weakness {
  readonly path: string;
}

/**
 * Where a change makes the tests of a repository ask for less: deleted, skipped or emptied tests, fewer or weaker assertions, assertions that cannot
 * fail, snapshots taken anew, settings that leave tests out or lower what must be covered, checkers told to look away, and files
 * of the CI. What only moves between test files, is renamed or indented anew, and what comments or strings mention, is none.
 *
 * It counts; it does not understand. So it finds what is worth a look of a person, and proves neither guilt nor innocence.
 * @param changes every file of the change, with its whole text
 * @returns in the order of the changes; `why` holds no words of the repository
 */
export function findWeakening(changes: readonly FileChange[]): readonly Weakening[] {
  const followed = followMoves(changes);
  const tests = followed.filter(({ path, before, after }) => isTestFile(path, `${before ?? ""}\n${after ?? ""}`));
  const byTest = new Map(testWeaknesses(tests).map((weaknesses, at) => [tests[at], weaknesses]));
  const suppressions = differences(
    followed.map(({ path, before, after }) => ({
      before: suppressionsOf(path, before),
      after: suppressionsOf(path, after),
    })),
  );
  return followed.flatMap((change, at) => {
    const { path, before, after } = change;
    const found: readonly Weakness[] = [
      ...(isWorkflow(path) && before !== after ? [{ line: null, why: "changes what the CI runs" }] : []),
      ...settingsWeaknesses(path, before, after),
      ...snapshotWeaknesses(change, followed),
      ...(byTest.get(change) ?? []),
      ...more(suppressions[at], after === null, "tells a checker to look away"),
    ];
    return found.map((weakness) => ({ path, ...weakness }));
  });
}

function testWeaknesses(tests: readonly FileChange[]): readonly (readonly Weakness[])[] {
  const was = tests.map(({ path, before }) => readTest(path, before));
  const is = tests.map(({ path, after }) => readTest(path, after));
  const compared = Object.fromEntries(
    testParts.map((part) => [
      part,
      differences(tests.map((_, at) => ({ before: was[at]?.[part] ?? [], after: is[at]?.[part] ?? [] }))),
    ]),
  ) as Readonly<Record<TestPart, readonly Difference[]>>;
  return tests.map((change, at) => {
    const part = (name: TestPart) => compared[name][at] ?? { gone: [], added: [] };
    return weaknessesOf(change, part, was[at], is[at]);
  });
}

function weaknessesOf(
  { before, after }: FileChange,
  part: (name: TestPart) => Difference,
  was: TestText | undefined,
  is: TestText | undefined,
): readonly Weakness[] {
  const names = new Set(is?.cases.map(({ text }) => text));
  const kept = new Set(was?.cases.map(({ text }) => text).filter((name) => names.has(name)));
  const cases = part("cases").gone.length - part("cases").added.length;
  const assertions = missing(part("assertions"), kept);
  if (before !== null && after === null) {
    // All that it held stands in other test files now.
    if ((was?.cases.length ?? 0) > 0 && cases <= 0 && assertions <= 0) return [];
    return [{ line: null, why: `deletes a file of tests, with ${counted(was?.cases.length ?? 0, "test")}` }];
  }
  const strong = missing(part("strong"), kept);
  const { gone, added } = part("loose");
  const looser =
    before !== null && added.length > gone.length && part("assertions").added.length <= part("assertions").gone.length;
  return [
    ...(cases > 0 ? [{ line: null, why: `has ${counted(cases, "test")} fewer` }] : []),
    ...(assertions > 0 ? [{ line: null, why: `has ${counted(assertions, "assertion")} fewer` }] : []),
    ...(strong > assertions
      ? [{ line: null, why: `names the expected value in ${counted(strong, "assertion")} fewer` }]
      : []),
    ...(looser ? [{ line: added[0]?.line ?? null, why: "takes any value where one was expected" }] : []),
    ...more(part("skips"), false, "skips a test, or runs it alone"),
    ...more(part("empty"), false, "asserts what cannot fail"),
  ];
}

/** How many are missing in tests that are there still, whatever was added to others; and how many are missing in the rest of the file. */
function missing({ gone, added }: Difference, kept: ReadonlySet<string>): number {
  const balance = new Map<string, number>();
  const add = (one: Sighting, by: number) => {
    const key = kept.has(one.within) ? one.within : "";
    balance.set(key, (balance.get(key) ?? 0) + by);
  };
  for (const one of gone) add(one, 1);
  for (const one of added) add(one, -1);
  return [...balance.values()].reduce((sum, one) => sum + Math.max(0, one), 0);
}

/** One weakness for each that was added beyond those that are gone. */
function more(difference: Difference | undefined, deleted: boolean, why: string): readonly Weakness[] {
  if (!difference || deleted) return [];
  const { gone, added } = difference;
  return added.slice(0, Math.max(0, added.length - gone.length)).map(({ line }) => ({ line, why }));
}

function snapshotWeaknesses({ path, before, after }: FileChange, changes: readonly FileChange[]): readonly Weakness[] {
  if (!isSnapshot(path) || before === null || before === after) return [];
  const test = (path.split("/").at(-1) ?? "").replace(/\.(?:snap(?:\.\w+)?|ambr)$/, "");
  const asked = changes.some((other) => {
    const name = other.path.split("/").at(-1) ?? "";
    return (
      other.before !== other.after &&
      isTestFile(other.path, other.after ?? "") &&
      (name === test || name.startsWith(`${test}.`))
    );
  });
  const kept = new Set((after ?? "").split("\n"));
  const grows = after !== null && before.split("\n").every((line) => kept.has(line));
  if (asked || grows) return [];
  return [{ line: null, why: "takes a snapshot anew without a change of its test, which needs a look" }];
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
