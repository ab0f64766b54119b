import { languageOf, splitCode } from "./code-text.ts";
import { sightingsOf, type Sighting } from "./sightings.ts";
import { testWords } from "./test-words.ts";

export const testParts = ["cases", "assertions", "strong", "skips", "empty", "loose"] as const;
export type TestPart = (typeof testParts)[number];
export type TestText = Readonly<Record<TestPart, readonly Sighting[]>>;

const nothing: TestText = { cases: [], assertions: [], strong: [], skips: [], empty: [], loose: [] };
/** Matchers that take any value for the one that was expected. */
const loose = /\bexpect\.(?:any|anything)\(|\b(?:mock\.)?ANY\b|\bmock\.Anything\b/g;

/** What a test file says about tests, with places. Empty for a file that is not there, or in a language that is not known. */
export function readTest(path: string, text: string | null): TestText {
  const language = languageOf(path);
  if (language === null || text === null) return nothing;
  const words = testWords[language];
  const { code } = splitCode(text, language);
  const cases = sightingsOf(text, code, words.cases).map((one) => ({
    ...one,
    name: nameOf(text, one.from) ?? one.text,
  }));
  const find = (pattern: RegExp) => sightingsOf(text, code, pattern, cases);
  return {
    cases: cases.map(({ name, ...one }) => ({ ...one, text: name, within: "" })),
    assertions: find(words.assertions),
    strong: find(words.strong),
    skips: find(words.skips),
    empty: find(words.empty).filter(({ from, length }) => isWhole(text, words.empty, from, length)),
    loose: find(loose),
  };
}

/** The name of the test that begins here: its title, or the name of its function. */
function nameOf(text: string, from: number): string | null {
  const start = text.slice(from, from + 400);
  const call = /^\s*[\w.]*\s*[(`][^"'`\n]{0,100}\n?\s*(["'`])((?:(?!\1)[^\n]){1,300})\1/.exec(start);
  if (call) return call[2] ?? null;
  return /\b(?:def|fn|fun|func|void|Task(?:<\w+>)?)\s+(?:\([^)\n]{0,60}\)\s*)?(`[^`\n]+`|\w+)/.exec(start)?.[1] ?? null;
}

/** With strings blanked, different values look the same; so the text itself must say it too. */
function isWhole(text: string, pattern: RegExp, from: number, length: number): boolean {
  return new RegExp(pattern.source, pattern.flags.replace("g", "")).test(text.slice(from, from + length));
}
