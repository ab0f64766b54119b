import { countWords, createTally, type TestResults } from "./test-results.ts";

const words = String.raw`\d+ (?:passed|failed|errors?|skipped|xfailed|xpassed|deselected|warnings?)`;
const summary = new RegExp(String.raw`^(?:=+ )?${words}(?:, ${words})* in [\d.]+s(?: \([\d:]+\))?(?: =+)?$`);
const nothing = /^(?:=+ )?no tests ran in [\d.]+s(?: =+)?$/;
const start = /^=+ test session starts(?: \(.*\))? =+$/;
const section = /^={3,} (.+?) ={3,}$/;
const heading = /^_{3,} (?!_)(.+) _{3,}$/;
const listed = /^(?:FAILED|ERROR) (\S+\.py)(?:::(.+))?$/;
const live = /^(\S+\.py)::(.+?) (PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR)\b/;

/** Reads what pytest prints by itself, with `-v`, `-q` or any `--tb`; null when it is something else. A file that cannot be collected is one failure. */
export function readPytest(lines: readonly string[]): TestResults | null {
  const ends = lines.filter((line) => summary.test(line));
  const known = ends.length > 0 || lines.some((line) => start.test(line) || nothing.test(line) || live.test(line));
  if (!known && !lines.some((line) => /^(?:FAILED|ERROR) \S+\.py::/.test(line))) return null;
  const tally = createTally();
  const blocks = readBlocks(lines);
  const summed = lines.flatMap((line) => {
    const [, file, rest] = listed.exec(line) ?? [];
    return file === undefined ? [] : [{ file, ...nameAndReason(rest ?? "") }];
  });
  const taken = new Map<string, number>();
  for (const { file, name, reason } of summed) {
    const title = name === "" ? file : dotted(name);
    const nth = taken.get(title) ?? 0;
    taken.set(title, nth + 1);
    const body = blocks.get(title)?.[nth] ?? [];
    tally.fail({ name: name === "" ? [file] : parts(name), file, lines: told(body), otherwise: reason });
  }
  // Without the list at the end, the blocks and the lines of `-v` are all there is.
  if (tally.failed === 0)
    for (const [title, bodies] of blocks)
      for (const body of bodies) tally.fail({ name: parts(title), file: null, lines: told(body) });
  const silent = tally.failed === 0;
  for (const line of lines) {
    const [, file = "", name = "", state] = live.exec(line) ?? [];
    if (state === "PASSED" || state === "XPASS") tally.pass();
    else if (state === "SKIPPED" || state === "XFAIL") tally.skip();
    else if (state !== undefined && silent) tally.fail({ name: parts(name), file, lines: [] });
  }
  if (ends.length > 0) return tally.results({ truncated: false, counts: countWords(ends) });
  return tally.results({ truncated: !lines.some((line) => nothing.test(line)) });
}

/** What stands under each heading, by the heading. */
function readBlocks(lines: readonly string[]): ReadonlyMap<string, string[][]> {
  const blocks = new Map<string, string[][]>();
  let open: string[] | null = null;
  for (const line of lines) {
    const title = heading.exec(line)?.[1]?.replace(/^ERROR (?:at (?:setup|teardown) of|collecting) /, "");
    if (title !== undefined) {
      open = [];
      const same = blocks.get(title);
      if (same === undefined) blocks.set(title, [open]);
      else same.push(open);
    } else if (section.test(line) || summary.test(line) || /^-{3,} Captured .+ -{3,}$/.test(line)) open = null;
    else open?.push(line);
  }
  return blocks;
}

/** The lines that pytest marks as the reason, before those that name places. */
function told(body: readonly string[]): readonly string[] {
  const reasons = body.filter((line) => /^E(?: |$)/.test(line)).map((line) => line.replace(/^E {0,3}/, ""));
  const places = body.flatMap((line) => {
    const [, place] = /^(\S+\.py:\d{1,7}): ?/.exec(line) ?? [];
    return place === undefined ? [] : [`  at ${place}`];
  });
  return [...reasons, ...places];
}

/** A parameter in brackets may hold anything, ` - ` too. */
function nameAndReason(rest: string): { name: string; reason: string } {
  const bracket = rest.indexOf("[");
  const dash = rest.indexOf(" - ");
  const end = bracket !== -1 && (dash === -1 || bracket < dash) ? rest.indexOf("] - ", bracket) + 1 : dash;
  if (end > 0) return { name: rest.slice(0, end), reason: rest.slice(end + 3) };
  return { name: rest, reason: "" };
}

function dotted(name: string): string {
  return parts(name).join(".");
}

function parts(name: string): readonly string[] {
  const bracket = name.indexOf("[");
  const [plain, parameters] = bracket === -1 ? [name, ""] : [name.slice(0, bracket), name.slice(bracket)];
  const found = plain.includes("::") ? plain.split("::") : plain.split(".");
  return [...found.slice(0, -1), `${found.at(-1) ?? ""}${parameters}`];
}
