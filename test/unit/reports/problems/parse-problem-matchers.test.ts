import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { builtInMatchers } from "../../../../src/reports/problems/built-in.ts";
import { parseProblemMatchers } from "../../../../src/reports/problems/parse-problem-matchers.ts";

const good = { regexp: "^(.+):(\\d+): (.+)$", file: 1, line: 2, message: 3 };
const matcher = (...pattern: readonly object[]) => JSON.stringify({ problemMatcher: [{ owner: "own", pattern }] });
const repeats = (times: number) => Array.from({ length: times }, () => good);

describe("a file of problem matchers", () => {
  test("is read in GitHub's shape, with keys of others passed over", () => {
    const json = `\uFEFF{"$schema": "x", "problemMatcher": [{"owner": "a", "severity": "warning", "fileLocation": [], "pattern": [${JSON.stringify(good)}]}]}`;
    expect(parseProblemMatchers(json)).toEqual([{ owner: "a", severity: "warning", pattern: [good] }]);
  });

  test("may hold what our own matchers hold, which pass the same checks", () => {
    expect(parseProblemMatchers(JSON.stringify({ problemMatcher: builtInMatchers }))).toEqual(builtInMatchers);
  });

  test.each([
    ["no JSON", "{", "not JSON"],
    ["something else", "[]", "at the top"],
    ["no matcher", '{"problemMatcher": []}', "at problemMatcher: "],
    [
      "an owner that is no name",
      matcher(good).replace('"own"', '"a b\\n"'),
      "at problemMatcher[0].owner: must be a name",
    ],
    [
      "a severity that does not exist",
      matcher(good).replace('"own"', '"own","severity":"bad"'),
      "at problemMatcher[0].severity: ",
    ],
    ["no pattern", matcher(), "at problemMatcher[0].pattern: "],
    ["too many patterns", matcher(...repeats(11)), "at problemMatcher[0].pattern: "],
    [
      "a group that the expression lacks",
      matcher({ ...good, code: 4 }),
      "pattern[0].code: the expression has 3 groups, not 4",
    ],
    ["a loop that is not last", matcher({ ...good, loop: true }, good), "pattern[0].loop: only the last"],
    ["a loop of one pattern", matcher({ ...good, loop: true }), "pattern[0].loop: only the last"],
    ["no file", matcher({ regexp: "(.)", message: 1 }), "no pattern says which group is the file"],
    ["no message", matcher({ regexp: "(.)", file: 1 }), "no pattern says which group is the message"],
    [
      "a broken expression",
      matcher({ ...good, regexp: "(" }),
      "pattern[0].regexp: error parsing regexp: missing closing )",
    ],
    ["look-ahead", matcher({ ...good, regexp: "(?=a)(b)(c)(d)" }), "RE2, which has no look-ahead"],
    ["a backreference", matcher({ ...good, regexp: "(a)(b)(c)\\1" }), "RE2, which has no look-ahead"],
    ["counts that multiply", matcher({ ...good, regexp: "(((a{100}){100}){100})" }), "pattern[0].regexp: "],
    ["a large count", matcher({ ...good, regexp: "(a)(b)((\\pL?){900})" }), "repeats too much"],
    ["a long expression", matcher({ ...good, regexp: `(a)(b)(${"c".repeat(1000)})` }), "pattern[0].regexp: "],
    ["too much", " ".repeat(64_001), "64001 characters"],
  ])("with %s is refused, and says where", (_, json, says) => {
    const read = () => parseProblemMatchers(json);
    expect(read).toThrow(UserError);
    expect(read).toThrow(says);
  });
});
