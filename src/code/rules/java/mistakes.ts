import { instead } from "../fixes.ts";
import { comparesItself, operatorOf, hasSameSides, repeatsCondition } from "../flat.ts";
import { says } from "../reports.ts";
import type { Found, Rule } from "../rule.ts";
import * as why from "../why.ts";

const java = ["java"] as const;

export const javaMistakes: readonly Rule[] = [
  {
    id: "correctness/swallowed-error",
    languages: java,
    severity: "warning",
    cwe: 390,
    kinds: ["catch_clause"],
    query: `(catch_clause (catch_formal_parameter name: (identifier) @name) body: (block) @body) @found`,
    reports: (found) =>
      /^\{\s*\}$/.test(found.text("body")) && !/^(?:ignored?|expected|unused|_)/i.test(found.text("name")),
    message: why.swallowed,
    examples: {
      bad: ["class A { void f() { try { g(); } catch (Exception e) {} } }"],
      good: [
        "class A { void f() { try { g(); } catch (Exception e) { log(e); } } }",
        "class A { void f() { try { g(); } catch (Exception ignored) {} } }",
        "class A { void f() { try { g(); } catch (Exception e) { /* not there yet */ } } }",
      ],
    },
  },
  {
    id: "correctness/leaves-finally",
    languages: java,
    severity: "error",
    cwe: 584,
    kinds: ["finally_clause"],
    query: `(finally_clause (block [(return_statement) (throw_statement)] @found))`,
    message: why.finallyLeaves,
    examples: {
      bad: ["class A { int f() { try { return g(); } finally { return 0; } } }"],
      good: ["class A { int f() { try { return g(); } finally { close(); } } }"],
    },
  },
  {
    id: "correctness/compares-identity",
    languages: java,
    severity: "error",
    cwe: 597,
    kinds: ["binary_expression"],
    worth: (tree, node) =>
      tree.type(tree.childIn(node, "right")) === "string_literal" ||
      tree.type(tree.childIn(node, "left")) === "string_literal",
    query: `[(binary_expression left: (string_literal) @text right: (_) @other)
      (binary_expression left: (_) @other right: (string_literal) @text)] @found`,
    reports: (found) => /^[!=]=$/.test(operatorOf(found.tree, found.node("found"))),
    message: "`==` asks whether both are the same object, which equal texts need not be. Use `equals`.",
    examples: {
      bad: [
        'class A { boolean f(String s) { return s == "x"; } }',
        'class A { boolean f(String s) { return "x" != s; } }',
      ],
      good: [
        'class A { boolean f(String s) { return "x".equals(s); } }',
        "class A { boolean f(String s) { return s == null; } }",
      ],
    },
    fix: (found) =>
      /^[\w.()]+$/.test(found.text("other"))
        ? instead(
            found,
            `${found.text("found").includes("!=") ? "!" : ""}${found.text("text")}.equals(${found.text("other")})`,
          )
        : null,
    fixed: 'class A { boolean f(String s) { return "x".equals(s); } }',
  },
  {
    id: "correctness/self-comparison",
    languages: java,
    severity: "error",
    cwe: 570,
    kinds: ["binary_expression"],
    worth: comparesItself,
    query: `(binary_expression) @found`,
    reports: (found) => comparesItself(found.tree, found.node("found")),
    message: why.same,
    examples: {
      bad: ["class A { boolean f() { return a.x == a.x; } }"],
      good: ["class A { boolean f() { return a.x == b.x; } }", "class A { boolean f() { return x != x; } }"],
    },
  },
  {
    id: "correctness/assigns-itself",
    languages: java,
    severity: "error",
    cwe: 480,
    kinds: ["assignment_expression"],
    worth: hasSameSides,
    query: `(assignment_expression left: (_) operator: "=" right: (_)) @found`,
    reports: (found) => hasSameSides(found.tree, found.node("found")),
    message:
      "This gives something the value that it has. One side was probably meant to be something else, such as `this.`.",
    examples: {
      bad: ["class A { A(String name) { name = name; } }"],
      good: ["class A { A(String name) { this.name = name; } }"],
    },
  },
  {
    id: "correctness/repeated-condition",
    languages: java,
    severity: "error",
    cwe: 561,
    kinds: ["if_statement"],
    worth: repeatsCondition,
    query: `(if_statement condition: (_) @found)`,
    reports: (found) => repeatsCondition(found.tree, found.tree.parent(found.node("found"))),
    message: why.condition,
    examples: {
      bad: ["class A { void f() { if (a == 1) g(); else if (a == 1) h(); } }"],
      good: [
        "class A { void f() { if (a == 1) g(); else if (a == 2) h(); } }",
        "class A { void f() { if (next()) g(); else if (next()) h(); } }",
      ],
    },
  },
  {
    id: "correctness/assignment-in-condition",
    languages: java,
    severity: "error",
    cwe: 481,
    kinds: ["assignment_expression"],
    worth: (tree, node) => tree.type(tree.parent(node)) === "parenthesized_expression",
    query: `(if_statement condition: (parenthesized_expression . (assignment_expression right: [(true) (false)]) @found .))`,
    message: "This sets the value and does not compare it. Leave `= …` away, or write `==`.",
    examples: {
      bad: ["class A { void f() { if (done = true) g(); } }"],
      good: ["class A { void f() { if (done == true) g(); } }", "class A { void f() { if (done) g(); } }"],
    },
  },
  {
    id: "correctness/compares-nan",
    languages: java,
    severity: "error",
    words: ["NaN"],
    query: `(binary_expression left: (_) @left right: (field_access field: (identifier) @field) @right (#eq? @field "NaN")) @found`,
    reports: (found) => /^[!=]=$/.test(operatorOf(found.tree, found.node("found"))),
    message: "Nothing is equal to `NaN`, not even itself. Ask `Double.isNaN`.",
    examples: {
      bad: ["class A { boolean f(double x) { return x == Double.NaN; } }"],
      good: ["class A { boolean f(double x) { return Double.isNaN(x); } }"],
    },
    fix: (found) =>
      instead(
        found,
        `${found.text("found").includes("!=") ? "!" : ""}${found.text("right").replace(/NaN$/, "isNaN")}(${found.text("left")})`,
      ),
    fixed: "class A { boolean f(double x) { return Double.isNaN(x); } }",
  },
  {
    id: "correctness/debug-print",
    languages: java,
    severity: "notice",
    cwe: 489,
    words: ["printStackTrace("],
    query: `(expression_statement (method_invocation object: (_) name: (identifier) @name arguments: (argument_list) @arguments) (#eq? @name "printStackTrace")) @found`,
    reports: (found) => found.text("arguments") === "()" && !isProgram(found),
    message: "This writes to the error output, past every log. Log the exception, or pass it on.",
    examples: {
      bad: ["class A { void f() { try { g(); } catch (Exception e) { e.printStackTrace(); } } }"],
      good: [
        'class A { void f() { try { g(); } catch (Exception e) { log.error("failed", e); } } }',
        "class A { public static void main(String[] args) { try { g(); } catch (Exception e) { e.printStackTrace(); } } }",
      ],
    },
  },
];

function isProgram(found: Found): boolean {
  return says(found, /public static void main\(/);
}
