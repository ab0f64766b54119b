import { isTestSettings } from "./test-files.ts";

export interface Weakness {
  /** 1-based, or null when no one line holds it. */
  readonly line: number | null;
  readonly why: string;
}

const tests = /^(?:pre|post)?(?:test|check|ci|coverage|lint|typecheck|type-check)(?:[:.-]|$)/;
const harmless = /^\s*(?:true|:|exit 0|echo\b[^&|;]*|node -e (?:""|'')?|)\s*$/;
/** Words of a command line that make a failure pass, or leave tests out. */
const excuses =
  /\|\|\s*(?:true|:|exit 0|echo)(?=\W|$)|(?:;|&&|^)\s*exit 0\b|--(?:passWithNoTests|pass-with-no-tests|testPathIgnorePatterns|deselect|ignore-glob|ignore|exclude|skip|invert|grep-invert|no-verify|max-warnings|maxfail|suppressErrors|no-fail)\b|(?<=\s)-k[ =]/g;

/** Keys whose values leave tests out, each with one entry more; and those that take them in, each with one less. */
const leavingOut =
  /\b(?:testPathIgnorePatterns|testIgnore|exclude|ignore|ignores|omit|norecursedirs|collect_ignore(?:_glob)?|testNamePattern|grepInvert|grep|passWithNoTests|addopts|deselect)\b/g;
const takingIn =
  /\b(?:testMatch|testRegex|testDir|testpaths|python_files|python_functions|python_classes|spec|specPattern|include|roots)\b/g;
const thresholds =
  /\b(?:branches|functions|lines|statements|fail_under|fail-under|minimum_coverage|check-coverage|threshold|target|min)\b["']?\s{0,8}[:=]\s{0,8}(-?\d+(?:\.\d+)?)/g;

/** How a file that decides which tests run, and how much they must cover, asks for less than before. */
export function settingsWeaknesses(path: string, before: string | null, after: string | null): readonly Weakness[] {
  if (before === null) return [];
  if (/(?:^|\/)package\.json$/.test(path)) return after === null ? [] : packageWeaknesses(before, after);
  if (!isTestSettings(path)) return [];
  if (after === null) return [{ line: null, why: "deletes settings of the tests" }];
  return textWeaknesses(before, after);
}

function packageWeaknesses(before: string, after: string): readonly Weakness[] {
  const was = parsed(before);
  const is = parsed(after);
  if (was === null) return [];
  if (is === null) return [{ line: null, why: "makes the file with the test scripts unreadable" }];
  const scripts = Object.entries(section(was, "scripts")).filter(([name]) => tests.test(name));
  const found = scripts.flatMap(([name, run]) => {
    const why = scriptWeakness(/^(?:pre|post)?test/.test(name), String(run), section(is, "scripts")[name]);
    return why === null ? [] : [{ line: lineOf(after, JSON.stringify(name)), why }];
  });
  const settings = ["jest", "vitest", "mocha", "ava", "nyc", "c8"].flatMap((key) =>
    textWeaknesses(JSON.stringify(was[key] ?? {}, null, 1), JSON.stringify(is[key] ?? {}, null, 1)).map(({ why }) => ({
      line: lineOf(after, JSON.stringify(key)),
      why,
    })),
  );
  return [...found, ...settings];
}

function scriptWeakness(test: boolean, was: string, is: unknown): string | null {
  if (is === was) return null;
  if (typeof is !== "string") return "removes a script that checks";
  if (harmless.test(is)) return "replaces a script that checks by one that does nothing";
  if (count(is, excuses) > count(was, excuses)) return "lets a script that checks pass, or leave something out";
  return test ? "changes which tests a script runs, or how" : null;
}

function textWeaknesses(before: string, after: string): readonly Weakness[] {
  const was = withoutComments(before);
  const is = withoutComments(after);
  const found: Weakness[] = [];
  const [leftBefore, leftAfter] = [entries(was, leavingOut), entries(is, leavingOut)];
  const left = [...leftAfter].find(([entry]) => !leftBefore.has(entry));
  if (left) found.push({ line: left[1], why: "leaves more out of the tests" });
  const taken = entries(is, takingIn);
  if ([...entries(was, takingIn).keys()].some((entry) => !taken.has(entry)))
    found.push({ line: null, why: "takes less into the tests" });
  if (lowered(was, is)) found.push({ line: null, why: "asks for less coverage" });
  if (left === undefined && count(is, excuses) > count(was, excuses))
    found.push({ line: null, why: "lets a command that checks pass, or leave something out" });
  return found;
}

function lowered(was: string, is: string): boolean {
  const numbers = (text: string) => [...text.matchAll(thresholds)].map(([, number]) => Number(number));
  const had = numbers(was);
  const now = numbers(is);
  return now.length < had.length || (now.length === had.length && had.some((number, at) => (now[at] ?? 0) < number));
}

/**
 * What stands behind the keys, with its line: the items of a list, or else the rest of the line. Indented lines below a bare key are its items
 * too. Bounded in keys and in the length of their values.
 */
function entries(text: string, keys: RegExp): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const match of [...text.matchAll(keys)].slice(0, 500)) {
    const from = match.index + match[0].length;
    const value = list.exec(text.slice(from, from + 2_000))?.[1];
    if (value === undefined) continue;
    const line = text.slice(0, from).split("\n").length;
    for (const item of value.split(/[\n,[\]]+|\s(?=--)/)) {
      const words = item.replaceAll(/["'`\s;]+/g, " ").trim();
      if (words !== "" && words !== "false") found.set(`${match[0]} ${words}`, line);
    }
  }
  return found;
}

const list = /^["']?\s{0,8}[:=]\s{0,8}(\[[^\]]*\]|[^\n]*(?:\n(?:[ \t]+[^\s=:][^\n=:]*(?=\n|$)))*)/;

function withoutComments(text: string): string {
  return text.slice(0, 100_000).replaceAll(/^[ \t]*(?:\/\/|#|;)[^\n]*/gm, "");
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

function lineOf(text: string, words: string): number | null {
  const at = text.indexOf(words);
  return at < 0 ? null : text.slice(0, at).split("\n").length;
}

type Json = Readonly<Record<string, unknown>>;

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

function section(json: Json, key: string): Json {
  const value = json[key];
  return isJson(value) ? value : {};
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
