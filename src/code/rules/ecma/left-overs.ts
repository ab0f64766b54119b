import { instead, without } from "../fixes.ts";
import { says } from "../reports.ts";
import { ecma, type Found, type Rule } from "../rule.ts";
import { functionAround } from "../taint/trace.ts";
import * as why from "../why.ts";

/** What was meant to be there for an hour. */
export const ecmaLeftOvers: readonly Rule[] = [
  {
    id: "correctness/debugger",
    languages: ecma,
    severity: "error",
    cwe: 489,
    kinds: ["debugger_statement"],
    query: `(debugger_statement) @found`,
    message: why.left("A stop for the debugger"),
    examples: { bad: ["function f() {\n  debugger;\n  g();\n}"], good: ["const debugger_ = 1;", 'log("debugger");'] },
    fix: (found) => without(found),
    fixed: "function f() {\n  g();\n}",
  },
  {
    id: "correctness/debug-print",
    languages: ecma,
    severity: "notice",
    cwe: 489,
    words: ["console("],
    after: /\s*\.\s*(?:log|debug|dir|trace)\b/y,
    query: `(expression_statement (call_expression function: (member_expression object: (identifier) @object property: (property_identifier) @name)
      arguments: (arguments) @arguments) (#eq? @object "console") (#any-of? @name "log" "debug" "dir" "trace")) @found`,
    // Printing is what a program for the terminal does; in others it is odd where a bare value is printed, or one with its name.
    reports: (found) =>
      !says(found, terminal) &&
      !isIn(found, prints) &&
      (/^(?:dir|trace)$/.test(found.text("name")) || bare.test(found.text("arguments"))),
    message: why.left("An output"),
    examples: {
      bad: [
        "function f(user) {\n  console.log(user);\n  return user.name;\n}",
        'console.log("user:", user);',
        'console.log("here");',
        "console.dir(x);",
      ],
      good: [
        "console.error(error);",
        "#!/usr/bin/env node\nconsole.log(result);",
        "console.log(`Listening on port ${port}`);",
        "const out = process.argv[2];\nconsole.log(out);",
      ],
    },
    fix: (found) => without(found),
    fixed: "function f(user) {\n  return user.name;\n}",
  },
  {
    id: "correctness/focused-test",
    languages: ecma,
    severity: "error",
    words: [".only("],
    query: `(member_expression object: [(identifier) @object (member_expression object: (identifier) @object)] property: (property_identifier) @name
      (#any-of? @object "describe" "it" "test" "suite" "context" "specify" "bench") (#eq? @name "only")) @found`,
    reports: (found) =>
      /^\s*(?:\(|\.each\b|<|`)/.test(
        found.tree.text.slice(found.tree.end(found.node("found")), found.tree.end(found.node("found")) + 20),
      ),
    message: "Only this test runs and all others are silently left out. Remove `.only`.",
    examples: {
      bad: [
        'test.only("adds", () => {});',
        'describe.only("a cart", () => {});',
        'it.only.each([1])("adds %s", () => {});',
      ],
      good: ['test("adds", () => {});', "const { only } = test;", "query.only(1);"],
    },
    fix: (found) => instead(found, found.text("found").replace(/\.only$/, "")),
    fixed: 'test("adds", () => {});',
  },
  {
    id: "correctness/focused-test",
    languages: ecma,
    severity: "error",
    words: ["fit(", "fdescribe(", "ftest("],
    query: `(call_expression function: (identifier) @found arguments: (arguments . [(string) (template_string)] . [(arrow_function) (function_expression)])
      (#any-of? @found "fit" "fdescribe" "ftest"))`,
    message: "Only this test runs and all others are silently left out. Remove the `f`.",
    examples: {
      bad: ['fit("adds", () => {});', 'fdescribe("a cart", function () {});'],
      good: ['it("adds", () => {});', "fit(model, data);"],
    },
    fix: (found) => instead(found, found.text("found").slice(1)),
    fixed: 'it("adds", () => {});',
  },
];

/** Signs of a program for the terminal. */
const terminal =
  /^#!|process\.(?:argv|exit|stdin)|["'](?:commander|yargs|cac|meow|chalk|kleur|picocolors|ora|prompts|@clack\/prompts|inquirer)["']|Deno\.args/;
/** A bare value, or one with its name. */
const bare =
  /^\((?:[\w$.[\]]+|\{ ?[\w$]+(?:, [\w$]+)* ?\}|"[^" ]{1,20}"|'[^' ]{1,20}'|["'`][\w$. -]{1,30}[:=]?>? ?["'`], ?[\w$.[\]]+)\)$/;
const prints = /log|print|write|report|warn|debug|output|show|info|dump/i;

/** The function around a match is called so. */
function isIn(found: Found, names: RegExp): boolean {
  const name = found.tree.childIn(functionAround(found.tree, found.node("found")), "name");
  return name !== -1 && names.test(found.tree.textOf(name));
}
