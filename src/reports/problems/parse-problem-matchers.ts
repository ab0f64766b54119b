import { RE2JS } from "re2js";
import { z } from "zod";
import { messageOf, UserError } from "../../errors.ts";
import type { ProblemMatcher } from "./problem-matcher.ts";

const mostCharacters = 64_000;
const mostMatchers = 50;
const longestRegexp = 1000;
const largestProgram = 2000;

const group = z.int().min(0).max(100).optional();
const file = z.object({
  problemMatcher: z
    .array(
      z.object({
        owner: z.string().regex(/^[\w.@/-]{1,50}$/, "must be a name of up to 50 letters, digits and . _ - / @"),
        severity: z.enum(["error", "warning", "notice"]).optional(),
        pattern: z
          .array(
            z.object({
              regexp: z.string().min(1).max(longestRegexp),
              file: group,
              fromPath: group,
              line: group,
              column: group,
              severity: group,
              code: group,
              message: group,
              loop: z.boolean().optional(),
            }),
          )
          .min(1)
          .max(10),
      }),
    )
    .min(1)
    .max(mostMatchers),
});
const groups = ["file", "fromPath", "line", "column", "severity", "code", "message"] as const;

/**
 * The problem matchers of a repository's file, in GitHub's shape
 * (https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md). Keys that GitHub does not know are passed over, as GitHub does.
 * Regular expressions run on RE2's engine, which no expression can make slow, and which therefore has neither look-around nor backreferences.
 * @throws {UserError} what is wrong, at which place in the file, and what to do
 */
export function parseProblemMatchers(json: string): readonly ProblemMatcher[] {
  if (json.length > mostCharacters)
    throw new UserError(
      `The problem matchers have ${json.length} characters, and at most ${mostCharacters} are read. Keep only the matchers that the commands need.`,
    );
  const read = file.safeParse(parseJson(json));
  if (!read.success) {
    const issue = read.error.issues[0];
    throw wrong(
      issue?.path ?? [],
      `${issue?.message ?? "is not valid"}. Write it as GitHub's problem matchers are written`,
    );
  }
  const { problemMatcher } = read.data;
  for (const [index, matcher] of problemMatcher.entries()) checkMatcher(matcher, ["problemMatcher", index]);
  return problemMatcher;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UserError(`The problem matchers are not JSON: ${messageOf(error).slice(0, 200)}. Correct the file.`);
  }
}

function checkMatcher({ pattern }: ProblemMatcher, at: readonly PropertyKey[]): void {
  for (const [index, one] of pattern.entries()) {
    const here = [...at, "pattern", index];
    const last = index === pattern.length - 1;
    if (one.loop === true && (!last || index === 0))
      throw wrong([...here, "loop"], "only the last of several patterns can loop. Remove it here");
    const count = groupsOf(one.regexp, [...here, "regexp"]);
    const missing = groups.find((name) => (one[name] ?? 0) > count);
    if (missing !== undefined)
      throw wrong([...here, missing], `the expression has ${count} groups, not ${one[missing]}. Name one that it has`);
  }
  for (const name of ["file", "message"] as const)
    if (pattern.every((one) => one[name] === undefined))
      throw wrong(at, `no pattern says which group is the ${name}, so no problem could be shown. Add "${name}" to one`);
}

function groupsOf(regexp: string, at: readonly PropertyKey[]): number {
  const compiled = compile(regexp, at);
  if (compiled.programSize() > largestProgram)
    throw wrong(at, "the expression repeats too much to be run on every line. Use * or + instead of large counts");
  return compiled.groupCount();
}

function compile(regexp: string, at: readonly PropertyKey[]): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(regexp));
  } catch (error) {
    throw wrong(
      at,
      `${messageOf(error).slice(0, 200)}. Correct it; expressions run on RE2, which has no look-ahead, look-behind and backreferences`,
    );
  }
}

function wrong(path: readonly PropertyKey[], what: string): UserError {
  const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return new UserError(`In the problem matchers, at ${place.replace(/^\./, "") || "the top"}: ${what}.`);
}
