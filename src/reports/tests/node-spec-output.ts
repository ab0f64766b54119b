import { countWords, createTally, type TestResults } from "./test-results.ts";

const node = /^( *)([✔✖▶﹣]) (.+?)(?: \((\d+(?:\.\d+)?ms)\))?(?: # .*)?$/;
const count = /^ℹ (pass|fail|cancelled|skipped|todo) (\d{1,9})$/;
const end = "✖ failing tests:";
const place = /^test at (.+):(\d{1,7}):\d{1,7}$/;

interface Failed {
  readonly name: string;
  readonly at: { file: string; line: number } | null;
  readonly lines: string[];
}

/** Reads what `node --test` prints by its spec reporter (Node 20 to 24); null when it is something else. */
export function readNodeSpec(lines: readonly string[]): TestResults | null {
  const counts = lines.flatMap((line) => {
    const [, word, digits] = count.exec(line) ?? [];
    return word === undefined ? [] : [`${digits} ${word}`];
  });
  if (counts.length === 0 && !lines.some((line) => line === end || timed(line))) return null;
  const tally = createTally();
  const { tree, list } = parts(lines);
  const named = readTree(tree, tally);
  const listed = readList(list);
  if (listed.length === 0) for (const name of named) tally.fail({ name, file: null, lines: [] });
  // The list names a test without its suites; it keeps the tree's order.
  const full = new Map<string, (readonly string[])[]>();
  for (const name of named.toReversed()) {
    const leaf = name.at(-1) ?? "";
    const same = full.get(leaf);
    if (same === undefined) full.set(leaf, [name]);
    else same.push(name);
  }
  for (const { name, at, lines: body } of listed)
    tally.fail({ name: full.get(name)?.pop() ?? [name], file: at?.file ?? null, line: at?.line ?? null, lines: body });
  return tally.results(counts.length === 0 ? { truncated: true } : { truncated: false, counts: countWords(counts) });
}

/** The tree of all tests and the list of what failed, of which there is one for each run in the output. */
function parts(lines: readonly string[]): { tree: readonly string[]; list: readonly string[] } {
  const [tree, list]: [string[], string[]] = [[], []];
  let listing = false;
  for (const line of lines) {
    if (line === end) listing = true;
    else if (listing && /^[✔▶﹣ℹ>]/.test(line)) listing = false;
    (listing ? list : tree).push(line);
  }
  return { tree, list };
}

function timed(line: string): boolean {
  const [, , mark, , time] = node.exec(line) ?? [];
  return (mark === "✔" || mark === "✖") && time?.includes(".") === true;
}

/** Counts the tree's leaves and gives the full names of those that failed. */
function readTree(tree: readonly string[], tally: { pass(): void; skip(): void }): readonly (readonly string[])[] {
  const failed: (readonly string[])[] = [];
  let open: { indent: number; name: string }[] = [];
  for (const line of tree) {
    const [, { length: indent } = "", mark, name = "", time] = node.exec(line) ?? [];
    if (mark === undefined) continue;
    const closes = open.some((each) => each.indent === indent && each.name === name);
    open = open.filter((each) => each.indent < indent);
    if (closes && (time !== undefined || mark !== "▶")) continue;
    if (mark === "▶") open.push({ indent, name });
    else if (mark === "﹣" || / # (?:SKIP|TODO)\b/.test(line)) tally.skip();
    else if (mark === "✔") tally.pass();
    else failed.push([...open.map((each) => each.name), name]);
  }
  return failed;
}

/** Each failure of the list with its place, its name and why. */
function readList(list: readonly string[]): readonly Failed[] {
  const found: Failed[] = [];
  let at: Failed["at"] = null;
  for (const line of list) {
    const [, file, row] = place.exec(line) ?? [];
    if (file !== undefined) at = { file, line: Number(row) };
    else if (line.startsWith("✖ ") && line !== end) {
      found.push({ name: node.exec(line)?.[3] ?? line.slice(2), at, lines: [] });
      at = null;
    } else if (at === null) found.at(-1)?.lines.push(line.replace(/^ {2}'(.*)'$/, "$1"));
  }
  return found;
}
