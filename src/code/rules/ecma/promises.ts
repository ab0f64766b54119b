import { ecma, type Rule } from "../rule.ts";
import { functionAround } from "../taint/trace.ts";
import * as why from "../why.ts";

/** Promises that nobody waits for, and errors that nobody sees. */
export const ecmaPromises: readonly Rule[] = [
  {
    id: "correctness/floating-promise",
    languages: ecma,
    severity: "warning",
    kinds: ["expression_statement"],
    within: "async ",
    worth: (tree, node) =>
      asyncNames(tree.text).size > 0 &&
      tree.type(node + 1) === "call_expression" &&
      tree.type(node + 2) === "identifier" &&
      asyncNames(tree.text).has(tree.textOf(node + 2)),
    query: `(expression_statement (call_expression function: (identifier) @name) @found)`,
    reports: (found) =>
      functionAround(found.tree, found.node("found")) !== 0 && asyncNames(found.tree.text).has(found.text("name")),
    message:
      "Nobody waits for this promise, so an error in it ends the process or is lost. Put `await` before it, or `void` and a `catch`.",
    examples: {
      bad: [
        "async function save(x) { await db.put(x); }\nasync function main() { save(1); }",
        "const save = async (x) => { await db.put(x); };\nbutton.onclick = () => { save(1); };",
      ],
      good: [
        "async function save(x) {}\nasync function main() { await save(1); }",
        "async function save(x) {}\nfunction main() { void save(1); }",
        "async function save(x) {}\nfunction main() { save(1).catch(report); }",
        "async function main() {}\nmain();",
        "function save(x) {}\nfunction main() { save(1); }",
      ],
    },
    fix: (found) => {
      const { tree } = found;
      const around = functionAround(tree, found.node("found"));
      const isAsync = /^(?:export\s+)?(?:default\s+)?(?:static\s+)?async\b/.test(tree.textOf(around).slice(0, 60));
      const start = tree.start(found.node("found"));
      return isAsync ? { start, end: start, text: "await " } : null;
    },
    fixed: "async function save(x) { await db.put(x); }\nasync function main() { await save(1); }",
  },
  {
    id: "correctness/async-for-each",
    languages: ecma,
    severity: "warning",
    words: [".forEach("],
    after: /\s*\(\s*async\b/y,
    query: `(call_expression function: (member_expression property: (property_identifier) @found)
      arguments: (arguments . [(arrow_function) (function_expression)] @callback) (#eq? @found "forEach") (#match? @callback "^async\\\\b"))`,
    message:
      "`forEach` does not wait for the promises of its function: what follows runs before them, and their errors are lost. Use `for … of` with `await`, or `Promise.all`.",
    examples: {
      bad: ["items.forEach(async (item) => { await save(item); });"],
      good: ["items.forEach((item) => { save(item); });", "await Promise.all(items.map(async (item) => save(item)));"],
    },
  },
  {
    id: "correctness/async-executor",
    languages: ecma,
    severity: "warning",
    words: ["Promise("],
    after: /\s*(?:<[^()]{0,200}>)?\s*\(\s*async\b/y,
    query: `(new_expression constructor: (identifier) @found
      arguments: (arguments . [(arrow_function) (function_expression)] @executor) (#eq? @found "Promise") (#match? @executor "^async\\\\b"))`,
    message:
      "An error that this async function throws never reaches the promise. Make the function synchronous, or leave `new Promise` away.",
    examples: {
      bad: ["const x = new Promise(async (resolve) => { resolve(await load()); });"],
      good: ["const x = new Promise((resolve) => setTimeout(resolve, 1));"],
    },
  },
  {
    id: "correctness/swallowed-error",
    languages: ecma,
    severity: "warning",
    cwe: 390,
    kinds: ["catch_clause"],
    worth: (tree, node) => /^\{\s*\}$/.test(tree.textOf(tree.childIn(node, "body")).slice(0, 50)),
    query: `(catch_clause body: (statement_block) @body) @found`,
    reports: (found) => /^\{\s*\}$/.test(found.text("body")),
    message: why.swallowed,
    examples: {
      bad: ["try { load(); } catch (error) {}", "try { load(); } catch { }"],
      good: ["try { load(); } catch (error) { report(error); }", "try { load(); } catch { /* not there yet */ }"],
    },
  },
  {
    id: "correctness/swallowed-error",
    languages: ecma,
    severity: "notice",
    cwe: 390,
    words: [".catch("],
    after: /\s*\(\s*(?:\(\w*\)|\w+)\s*=>\s*\{\s*\}/y,
    query: `(call_expression function: (member_expression property: (property_identifier) @name)
      arguments: (arguments . (arrow_function body: (statement_block) @body) .) @found (#eq? @name "catch"))`,
    reports: (found) => /^\{\s*\}$/.test(found.text("body")),
    message: why.swallowed,
    examples: {
      bad: ["load().catch(() => {});"],
      good: [
        "load().catch((error) => { report(error); });",
        "load().catch(() => undefined);",
        "load().catch(() => { /* later */ });",
      ],
    },
  },
  {
    id: "correctness/leaves-finally",
    languages: ecma,
    severity: "error",
    cwe: 584,
    kinds: ["finally_clause"],
    query: `(finally_clause body: (statement_block [(return_statement) (throw_statement)] @found))`,
    message: why.finallyLeaves,
    examples: {
      bad: ["function f() { try { return load(); } finally { return null; } }"],
      good: [
        "function f() { try { return load(); } finally { close(); } }",
        "function f() { try { g(); } finally { run(() => { return 1; }); } }",
      ],
    },
  },
  {
    id: "correctness/throws-text",
    languages: ecma,
    severity: "warning",
    kinds: ["throw_statement"],
    worth: (tree, node) =>
      [...tree.children(node)].some((child) =>
        /^(?:string|template_string|number|object|null|undefined)$/.test(tree.type(child)),
      ),
    query: `(throw_statement [(string) (template_string) (number) (object) (null) (undefined)] @found)`,
    message:
      "What is thrown here has no stack, and `instanceof Error` does not know it. Throw an `Error` with this as its message.",
    examples: {
      bad: ['function f() { throw "not found"; }', "function f() { throw { code: 404 }; }"],
      good: ['function f() { throw new Error("not found"); }', "function f(error) { throw error; }"],
    },
    fix: (found) => {
      const text = found.text("found");
      const node = found.node("found");
      return /^["'`]/.test(text) && node !== -1
        ? { start: found.tree.start(node), end: found.tree.end(node), text: `new Error(${text})` }
        : null;
    },
    fixed: 'function f() { throw new Error("not found"); }',
  },
];

let known: { text: string; names: ReadonlySet<string> } | undefined;

/** Functions that the text declares as async and nothing else declares, by name. */
function asyncNames(text: string): ReadonlySet<string> {
  if (known?.text === text) return known.names;
  const names = new Set<string>();
  if (text.includes("async "))
    for (const [, declared, assigned] of text.matchAll(/\basync function\s+([\w$]+)|\bconst ([\w$]+) = async\b/g))
      names.add(declared ?? assigned ?? "");
  if (names.size > 0)
    for (const [, name = "", other = ""] of text.matchAll(
      /(?<!async )\bfunction\s*\*?\s*([\w$]+)|\b(?:const|let|var) ([\w$]+) = (?!async\b)/g,
    ))
      names.delete(name || other);
  known = { text, names };
  return names;
}
