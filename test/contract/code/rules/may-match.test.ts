import { expect, test } from "@jest/globals";
import { createMayMatch } from "../../../../src/code/rules/may-match.ts";
import { createRuleSet } from "../../../../src/code/rules/rule-set.ts";
import { ecma, type Rule } from "../../../../src/code/rules/rule.ts";
import { createKinds, readFlatTree } from "../../../../src/code/syntax/flat-tree.ts";
import { createGrammars } from "../../../../src/code/syntax/load-grammar.ts";

const grammar = await createGrammars().get("typescript");

function read(text: string) {
  const tree = grammar.parse(text);
  return { tree, flat: readFlatTree(tree.walk(), text, createKinds("typescript")) };
}

function mayMatch(query: string, text: string, reports?: Rule["reports"]): boolean {
  const { flat } = read(text);
  return createMayMatch(reports === undefined ? { query } : { query, reports })(flat, [{ start: 0, end: text.length }]);
}

/** Whether the binding finds something. */
function matches(query: string, text: string): boolean {
  const { tree } = read(text);
  return tree.matches(grammar.query(query)).length > 0;
}

const called = `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
  arguments: (arguments . (_) @found . (_)? @options) (#eq? @name "read"))`;

test.each([
  ["a call", called, "read(file);", true],
  ["a member that is called", called, "fs.read(file, options);", true],
  ["a comment before the argument", called, "read(/* what */ file);", true],
  ["another name", called, "write(file);", false],
  ["no argument", called, "read();", false],
  ["the name of a variable", called, "const read = file;", false],
  ["one of two kinds", "(throw_statement [(string) (number)])", "throw 1;", true],
  ["none of two kinds", "(throw_statement [(string) (number)])", "throw error;", false],
  ["nothing behind the last", "(arguments (identifier) @found .)", "f(1, a);", true],
  ["something behind it", "(arguments (identifier) @found .)", "f(a, 1);", false],
  ["children in order", "(arguments (string) (number))", "f('a', b, 1);", true],
  ["children in another order", "(arguments (string) (number))", "f(1, 'a');", false],
  ["a token", '(unary_expression operator: "typeof")', "typeof a;", true],
  ["another token", '(unary_expression operator: "typeof")', "void a;", false],
  ["a text that fits a pattern", String.raw`((identifier) @a (#match? @a "^re\\w+$"))`, "read;", true],
  ["a text that does not", String.raw`((identifier) @a (#match? @a "^re\\w+$"))`, "write;", false],
])("knows what the query finds: %s", (_, query, text, expected) => {
  expect([mayMatch(query, text), matches(query, text)]).toEqual([expected, expected]);
});

test("leaves to the query what lies in types", () => {
  const query = `(member_expression property: (property_identifier) @name (#eq? @name "b"))`;
  expect(mayMatch(query, "type A = typeof a.b;")).toBe(true);
  expect(mayMatch(query, "const a = 1;")).toBe(false);
});

test("leaves to the query what it does not understand", () => {
  expect(mayMatch("(identifier)+ @found", "1;")).toBe(true);
  expect(mayMatch("(", "1;")).toBe(true);
});

test("leaves to the query what takes long to look for", () => {
  const pairs = Array.from({ length: 2_000 }, (_, number) => `a${number}: 1`).join(", ");
  const query = `(object (pair key: (_) @a) (pair key: (_) @b) (#eq? @b "none"))`;
  expect(mayMatch(query, `const all = { ${pairs} };`)).toBe(true);
  expect(mayMatch(query, "const all = { a: 1, b: 1 };")).toBe(false);
});

test("leaves to the query a file with very many places", () => {
  const { flat } = read("a;\n".repeat(2_000));
  const ranges = Array.from({ length: 2_000 }, (_, line) => ({ start: line * 3, end: line * 3 + 1 }));
  const may = createMayMatch({ query: `((identifier) @a (#eq? @a "b"))` });
  expect([may(flat, ranges.slice(0, 10)), may(flat, ranges)]).toEqual([false, true]);
});

test("asks what the rule reports of each way to match", () => {
  const seen: string[] = [];
  const reports: Rule["reports"] = (found) => {
    seen.push(`${found.text("name")} ${found.text("found")} ${found.tree.type(found.node("found"))}`);
    return found.text("found") === "b";
  };
  expect(
    mayMatch(`(call_expression function: (_) @name arguments: (arguments (_) @found))`, "f(a, b, c);", reports),
  ).toBe(true);
  expect(seen).toEqual(["f a identifier", "f b identifier"]);
});

test("a query is made ready for the first file with something to report, and not before", () => {
  const made: string[] = [];
  const counting: typeof grammar = {
    ...grammar,
    query(source) {
      made.push(source);
      return grammar.query(source);
    },
  };
  const rule: Rule = {
    id: "security/example",
    languages: ecma,
    severity: "error",
    words: ["run("],
    query: `(call_expression function: (identifier) @name arguments: (arguments . (_) @found) (#eq? @name "run"))`,
    reports: (found) => found.tree.type(found.node("found")) !== "string",
    message: "x",
    examples: { bad: [], good: [] },
  };
  const set = createRuleSet(counting, [rule]);
  const hits = (text: string) => {
    const { tree, flat } = read(text);
    return set.run(tree, flat).length;
  };
  expect([hits("run('a'); all.run(a);"), made.length]).toEqual([0, 0]);
  expect([hits("run(a); run('a');"), made.length]).toEqual([1, 1]);
  expect([hits("run(b);"), made.length]).toEqual([1, 1]);
});
