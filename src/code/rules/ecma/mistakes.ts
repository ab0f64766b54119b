import { instead } from "../fixes.ts";
import { comparesItself, hasSameSides, operatorOf, repeatsCondition, unreachableAfter } from "../flat.ts";
import { says } from "../reports.ts";
import { ecma, type Rule } from "../rule.ts";
import * as why from "../why.ts";

/** What does something else than it seems to. */
export const ecmaMistakes: readonly Rule[] = [
  {
    id: "correctness/self-comparison",
    languages: ecma,
    severity: "error",
    cwe: 570,
    kinds: ["binary_expression"],
    worth: comparesItself,
    query: `(binary_expression) @found`,
    reports: (found) => comparesItself(found.tree, found.node("found")),
    message: why.same,
    examples: {
      bad: ["if (a.width === a.width) f();", "const same = name == name;", "if (ready && ready) go();"],
      good: [
        "if (a.width === b.width) f();",
        "const isNaN = x !== x;",
        "if (next() === next()) f();",
        "if (i++ < i++) f();",
      ],
    },
  },
  {
    id: "correctness/assignment-in-condition",
    languages: ecma,
    severity: "error",
    cwe: 481,
    kinds: ["assignment_expression"],
    worth: (tree, node) => {
      const parent = tree.parent(node);
      return tree.type(parent) === "parenthesized_expression" && tree.field(parent) === "condition";
    },
    query: `[(if_statement condition: (parenthesized_expression . (assignment_expression right: (_) @value) @found .))
      (while_statement condition: (parenthesized_expression . (assignment_expression right: (_) @value) @found .))
      (do_statement condition: (parenthesized_expression . (assignment_expression right: (_) @value) @found .))
      (ternary_expression condition: (parenthesized_expression . (assignment_expression right: (_) @value) @found .))] @whole`,
    // To read on as long as there is something is done so on purpose.
    reports: (found) =>
      (found.text("whole").startsWith("if") ? /^(?:[\w$.]+|["'`\d].*)$/ : /^(?:true|false|null|["'`\d].*)$/).test(
        found.text("value"),
      ),
    message: "This sets the value and does not compare it. Write `===`, or put the assignment before the condition.",
    examples: {
      bad: ['if (state = "done") finish();', "if (a = b) f();", "while (left = 0) f();"],
      good: [
        'if (state === "done") finish();',
        "while (match = pattern.exec(text)) f(match);",
        "if ((found = find(x))) f(found);",
        "while (node = node.next) f(node);",
      ],
    },
  },
  {
    id: "correctness/compares-nan",
    languages: ecma,
    severity: "error",
    words: ["NaN"],
    query: `(binary_expression left: (_) @left right: (_) @right
      (#any-of? @right "NaN" "Number.NaN")) @found`,
    reports: (found) => /^[!=]==?$/.test(operatorOf(found.tree, found.node("found"))),
    message: "Nothing is equal to `NaN`, not even itself. Ask `Number.isNaN`.",
    examples: {
      bad: ["if (value === NaN) f();", "if (value != Number.NaN) f();"],
      good: ["if (Number.isNaN(value)) f();"],
    },
    fix: (found) =>
      instead(
        found,
        `${operatorOf(found.tree, found.node("found")).startsWith("!") ? "!" : ""}Number.isNaN(${found.text("left")})`,
      ),
    fixed: "if (Number.isNaN(value)) f();",
  },
  {
    id: "correctness/compares-literal",
    languages: ecma,
    severity: "error",
    kinds: ["binary_expression"],
    worth: (tree, node) => {
      const right = tree.childIn(node, "right");
      return (
        /^(?:array|object)$/.test(tree.type(right)) &&
        /[=!]==?\s*$/.test(tree.text.slice(tree.start(right) - 6, tree.start(right)))
      );
    },
    query: `(binary_expression right: [(array) (object)]) @found`,
    reports: (found) => /^[!=]==?$/.test(operatorOf(found.tree, found.node("found"))),
    message:
      "A new object is equal to nothing else, so this is always the same. Compare its length, its keys or its content.",
    examples: {
      bad: ["if (items === []) f();", "if (options !== {}) f();"],
      good: ["if (items.length === 0) f();", "if (`${items}` === '') f();"],
    },
  },
  {
    id: "correctness/typeof-value",
    languages: ecma,
    severity: "error",
    kinds: ["binary_expression"],
    worth: (tree, node) =>
      tree.text.startsWith("typeof ", tree.start(node)) &&
      tree.type(tree.childIn(node, "right")) === "string" &&
      !typeWord.test(tree.text.slice(tree.end(node) - 12, tree.end(node))),
    query: `(binary_expression left: (unary_expression operator: "typeof") right: (string) @found)`,
    reports: (found) =>
      !typeWord.test(found.text("found")) &&
      /^[!=]==?$/.test(operatorOf(found.tree, found.tree.parent(found.node("found")))),
    message: "`typeof` never gives this word, so the comparison is always the same.",
    examples: {
      bad: ['if (typeof x === "undefned") f();', 'if (typeof x !== "array") f();'],
      good: ['if (typeof x === "undefined") f();', "if (typeof x === kind) f();"],
    },
  },
  {
    id: "correctness/unreachable-code",
    languages: ecma,
    severity: "warning",
    cwe: 561,
    kinds: ["return_statement", "throw_statement", "break_statement", "continue_statement"],
    worth: (tree, node) => unreachableAfter(tree, node, hoisted) !== -1,
    query: `[(statement_block [(return_statement) (throw_statement) (break_statement) (continue_statement)] @leaves . (_) @found)
      (program [(throw_statement)] @leaves . (_) @found)
      (switch_case body: [(return_statement) (throw_statement) (continue_statement)] @leaves . (_) @found)]`,
    reports: (found) => unreachableAfter(found.tree, found.node("leaves"), hoisted) === found.node("found"),
    message: why.unreachable,
    examples: {
      bad: [
        "function f() { return 1; g(); }",
        "for (const x of y) { continue; g(x); }",
        'function f() { throw new Error("x"); return 2; }',
      ],
      good: [
        "function f() { return g(); function g() {} }",
        "function f(a) { if (a) return 1; return 2; }",
        "switch (a) { case 1: return f(); break; default: g(); }",
        "function f() { return 1; // done\n}",
      ],
    },
  },
  {
    id: "correctness/repeated-condition",
    languages: ecma,
    severity: "error",
    cwe: 561,
    kinds: ["if_statement"],
    worth: repeatsCondition,
    query: `(if_statement condition: (_) @found)`,
    reports: (found) => repeatsCondition(found.tree, found.tree.parent(found.node("found"))),
    message: why.condition,
    examples: {
      bad: ["if (a === 1) f(); else if (a === 1) g();", "if (a) f(); else if (b) g(); else if (a) h();"],
      good: ["if (a === 1) f(); else if (a === 2) g();", "if (next()) f(); else if (next()) g();"],
    },
  },
  {
    id: "correctness/unused-result",
    languages: ecma,
    severity: "warning",
    cwe: 252,
    words: [
      ".trim(",
      ".trimStart(",
      ".trimEnd(",
      ".toUpperCase(",
      ".toLowerCase(",
      ".padStart(",
      ".padEnd(",
      ".replaceAll(",
      ".toSorted(",
      ".toReversed(",
      ".toSpliced(",
    ],
    after: /\([^()\n]*\)\s*(?:;|\n|$)/y,
    query: `(expression_statement (call_expression function: (member_expression object: (_) @object property: (property_identifier) @name)) @found
      (#any-of? @name "trim" "trimStart" "trimEnd" "toUpperCase" "toLowerCase" "padStart" "padEnd" "replaceAll" "toSorted" "toReversed" "toSpliced"))`,
    // With a function, the replacing may be the way to look at each place.
    reports: (found) => !/expect|assert/.test(found.text("object")) && !/=>|function/.test(found.text("found")),
    message: "This gives a new value and leaves the old one as it is; nobody takes the new one. Assign it.",
    examples: {
      bad: ["name.trim();", 'text.replaceAll("a", "b");'],
      good: ["const clean = name.trim();", "return name.trim();"],
    },
  },
  {
    id: "correctness/assigns-itself",
    languages: ecma,
    severity: "warning",
    cwe: 480,
    kinds: ["assignment_expression"],
    worth: hasSameSides,
    query: `(assignment_expression left: [(identifier) (member_expression)] @left right: (_) @right) @found`,
    reports: (found) => hasSameSides(found.tree, found.node("found")) && !says(found, /\bset \w+\(|location/),
    message:
      "This gives something the value that it has. One side was probably meant to be something else, such as `this.`.",
    examples: {
      bad: ["class A { constructor(name) { name = name; } }", "a.b = a.b;"],
      good: ["class A { constructor(name) { this.name = name; } }"],
    },
  },
  {
    id: "correctness/compares-in-chain",
    languages: ecma,
    severity: "error",
    kinds: ["binary_expression"],
    worth: (tree, node) => {
      if (tree.type(tree.parent(node)) !== "binary_expression" || tree.end(node) - tree.start(node) > 100) return false;
      const isBeside =
        /^\s*[<>]/.test(tree.text.slice(tree.end(node), tree.end(node) + 5)) ||
        /[<>]=?\s*$/.test(tree.text.slice(tree.start(node) - 5, tree.start(node)));
      return isBeside && /^[\w$.]+ [<>]=? [\w$.]+$/.test(tree.textOf(node));
    },
    query: `(binary_expression (binary_expression)) @found`,
    // Arguments of types look like comparisons to the grammar now and then.
    reports: (found) => /^[\w$.]+ (?:<=? [\w$.]+ <=?|>=? [\w$.]+ >=?) [\w$.]+$/.test(found.text("found")),
    message:
      "The first comparison gives true or false, and that is what the second one compares. Join two comparisons with `&&`.",
    examples: {
      bad: ["if (0 < x < 10) f();"],
      good: ["if (0 < x && x < 10) f();", "if (a < b === c < d) f();"],
    },
  },
];

const typeWord = /["'](?:undefined|object|boolean|number|bigint|string|symbol|function|unknown)["']$/;

/** Declared wherever they stand, or put there to please a rule. */
const hoisted =
  /^(?:function_declaration|generator_function_declaration|class_declaration|type_alias_declaration|interface_declaration|enum_declaration|break_statement|switch_case|switch_default|ambient_declaration|function_signature)$/;
