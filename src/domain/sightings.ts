/** One place in a text where something stands. */
export interface Sighting {
  /** 1-based. */
  readonly line: number;
  /** The line without its indentation: the same words elsewhere are the same thing, moved. */
  readonly text: string;
  /** What it belongs to: the name of the test around it, or "" outside of any. */
  readonly within: string;
}

/** A thing's places in a file before and after a change; empty where the file was not, or is no more. */
export interface Places {
  readonly before: readonly Sighting[];
  readonly after: readonly Sighting[];
}

export interface Difference {
  readonly gone: readonly Sighting[];
  readonly added: readonly Sighting[];
}

/**
 * What is gone from each file and what was added to it, without what stands there still and what only moved, within a file or from one file to
 * another. What stood in a test that moved counts as moved too, when something of its kind stands in that test now.
 */
export function differences(files: readonly Places[]): readonly Difference[] {
  const within = files.map(({ before, after }) => cancel(before, after, ({ text }) => text));
  const moved = across(within, ({ text }) => text);
  return across(moved, (sighting) => sighting.within);
}

function cancel(before: readonly Sighting[], after: readonly Sighting[], key: (one: Sighting) => string): Difference {
  const left = grouped(before, key);
  const added = after.filter((one) => left.get(key(one))?.pop() === undefined);
  const remaining = new Set([...left.values()].flat());
  return { gone: before.filter((one) => remaining.has(one)), added };
}

function across(files: readonly Difference[], key: (one: Sighting) => string): readonly Difference[] {
  const pool = new Map<string, Map<Difference, Sighting[]>>();
  for (const file of files)
    for (const [name, gone] of grouped(file.gone, key))
      pool.set(name, (pool.get(name) ?? new Map<Difference, Sighting[]>()).set(file, gone));
  const matched = new Set<Sighting>();
  for (const file of files)
    for (const one of file.added) {
      const homes = key(one) === "" ? undefined : pool.get(key(one));
      const home = [...(homes?.keys() ?? [])].find((other) => other !== file);
      const found = home && homes?.get(home)?.pop();
      if (found) matched.add(found).add(one);
      if (home && homes?.get(home)?.length === 0) homes.delete(home);
    }
  const unmatched = (one: Sighting) => !matched.has(one);
  return files.map(({ gone, added }) => ({ gone: gone.filter(unmatched), added: added.filter(unmatched) }));
}

function grouped(sightings: readonly Sighting[], key: (one: Sighting) => string): Map<string, Sighting[]> {
  const groups = new Map<string, Sighting[]>();
  for (const one of sightings) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

/**
 * Every place of the pattern in the code, with the line of the text itself.
 * @param owners places that what follows them belongs to, in the order of the text
 */
export function sightingsOf(
  text: string,
  code: string,
  pattern: RegExp,
  owners: readonly { readonly from: number; readonly name: string }[] = [],
): readonly (Sighting & { readonly from: number; readonly length: number })[] {
  let line = 1;
  let lineStart = 0;
  let lineEnd = code.indexOf("\n");
  let owner = -1;
  return [...code.matchAll(pattern)].map((match) => {
    // A pattern may begin with the indentation before what it finds.
    const from = match.index + (/^\s*/.exec(match[0])?.[0].length ?? 0);
    for (; lineEnd >= 0 && lineEnd < from; lineEnd = code.indexOf("\n", lineStart)) {
      line += 1;
      lineStart = lineEnd + 1;
    }
    while ((owners[owner + 1]?.from ?? Number.POSITIVE_INFINITY) <= from) owner += 1;
    const [words = ""] = text.slice(lineStart, lineStart + 500).split("\n", 1);
    return {
      line,
      text: words.replaceAll(/\s+/g, " ").trim(),
      within: owners[owner]?.name ?? "",
      from: match.index,
      length: match[0].length,
    };
  });
}
