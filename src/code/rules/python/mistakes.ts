import { instead, without } from "../fixes.ts";
import { unreachableAfter } from "../flat.ts";
import { says } from "../reports.ts";
import type { Rule } from "../rule.ts";
import { functionAround } from "../taint/trace.ts";
import * as why from "../why.ts";

const python = ["python"] as const;

export const pythonMistakes: readonly Rule[] = [
  {
    id: "correctness/bare-except",
    languages: python,
    severity: "warning",
    cwe: 396,
    kinds: ["except_clause"],
    worth: (tree, node) => /^except\s*:/.test(tree.text.slice(tree.start(node), tree.start(node) + 20)),
    query: `(except_clause) @found`,
    reports: (found) => /^except\s*:/.test(found.text("found")) && !/\braise\b/.test(found.text("found")),
    message:
      "This also catches the ends of the program, such as Ctrl-C. Name the exceptions that are meant, or `Exception`.",
    examples: {
      bad: ["try:\n    load()\nexcept:\n    log()\n"],
      good: ["try:\n    load()\nexcept OSError:\n    log()\n", "try:\n    load()\nexcept:\n    undo()\n    raise\n"],
    },
  },
  {
    id: "correctness/swallowed-error",
    languages: python,
    severity: "warning",
    cwe: 390,
    kinds: ["except_clause"],
    worth: (tree, node) => catchesAll.test(tree.text.slice(tree.start(node), tree.start(node) + 60)),
    query: `(except_clause (_)? @what (block . [(pass_statement) (expression_statement (ellipsis))] .)) @found`,
    reports: (found) => !found.text("found").includes("#") && catchesAll.test(found.text("found")),
    message: why.swallowed,
    examples: {
      bad: [
        "try:\n    load()\nexcept Exception:\n    pass\n",
        "try:\n    load()\nexcept Exception as error:\n    ...\n",
      ],
      good: [
        "try:\n    load()\nexcept Exception as error:\n    log(error)\n",
        "try:\n    os.remove(x)\nexcept FileNotFoundError:\n    pass\n",
        "try:\n    load()\nexcept Exception:\n    pass  # optional\n",
      ],
    },
  },
  {
    id: "correctness/mutable-default",
    languages: python,
    severity: "error",
    cwe: 1188,
    kinds: ["default_parameter", "typed_default_parameter"],
    worth: (tree, node) =>
      /^(?:list|dictionary|set|call|list_comprehension)$/.test(tree.type(tree.childIn(node, "value"))),
    query: `[(default_parameter value: [(list) (dictionary) (set) (call) (list_comprehension)] @value)
      (typed_default_parameter value: [(list) (dictionary) (set) (call) (list_comprehension)] @value)] @found`,
    reports: (found) =>
      /^(?:\[\s*\]|\{\s*\}|(?:list|dict|set|defaultdict|OrderedDict|deque)\()/.test(found.text("value")) &&
      isChanged(found.tree.textOf(functionAround(found.tree, found.node("found"))), found.text("found")),
    message: "The default is made once, and every call changes the same one. Take `None`, and make it inside.",
    examples: {
      bad: [
        "def add(item, items=[]):\n    items.append(item)\n    return items\n",
        "def count(word, seen: dict = {}):\n    seen[word] = 1\n    return seen\n",
      ],
      good: [
        "def add(item, items=None):\n    items = items or []\n    items.append(item)\n",
        "def total(items=()):\n    return sum(items)\n",
        "def total(items=[]):\n    return sum(items)\n",
      ],
    },
  },
  {
    id: "correctness/compares-none",
    languages: python,
    severity: "notice",
    kinds: ["comparison_operator"],
    worth: (tree, node) => /[=!]=\s*None$/.test(tree.text.slice(tree.end(node) - 12, tree.end(node))),
    query: `(comparison_operator . (_) @left . ["==" "!="] @operator . (none) .) @found`,
    reports: (found) => !says(found, /sqlalchemy|\.filter\(|peewee|pandas|polars|numpy/),
    message: "`==` asks the object, which may say anything. There is one `None`: compare with `is`.",
    examples: {
      bad: ["if name == None:\n    pass\n", "if name != None:\n    pass\n"],
      good: ["if name is None:\n    pass\n", "query.filter(User.name == None)\n"],
    },
    fix: (found) => instead(found, `${found.text("left")} is ${found.text("operator") === "!=" ? "not " : ""}None`),
    fixed: "if name is None:\n    pass\n",
  },
  {
    id: "correctness/identity-of-literal",
    languages: python,
    severity: "error",
    cwe: 597,
    kinds: ["comparison_operator"],
    worth: (tree, node) => /\bis(?: not)? ["'\d[({rbf]/.test(tree.textOf(node).slice(0, 300)),
    query: `(comparison_operator . (_) ["is" "is not"] [(string) (integer) (float) (list) (dictionary) (tuple)] .) @found`,
    message: "`is` asks whether both are the same object, which equal values need not be. Compare with `==`.",
    examples: {
      bad: ['if kind is "user":\n    pass\n', "if count is not 0:\n    pass\n"],
      good: ['if kind == "user":\n    pass\n', "if kind is None:\n    pass\n"],
    },
  },
  {
    id: "correctness/assert-tuple",
    languages: python,
    severity: "error",
    words: ["assert"],
    after: /\s*\(/y,
    query: `(assert_statement . (tuple (_) (_)) @found .)`,
    message: "A tuple is always true, so this never fails. Leave the parentheses away.",
    examples: {
      bad: ['assert (x == 1, "x is wrong")\n'],
      good: ['assert x == 1, "x is wrong"\n', "assert (x == 1)\n"],
    },
    fix: (found) => (found.text("found").includes("\n") ? null : instead(found, found.text("found").slice(1, -1))),
    fixed: 'assert x == 1, "x is wrong"\n',
  },
  {
    id: "correctness/self-comparison",
    languages: python,
    severity: "error",
    cwe: 570,
    kinds: ["comparison_operator"],
    worth: (tree, node) => sameOperands(tree.textOf(node).slice(0, 300)),
    query: `(comparison_operator . (_) ["==" "<" ">" "<=" ">=" "is"] (_) .) @found`,
    reports: (found) => sameOperands(found.text("found")),
    message: why.same,
    examples: {
      bad: ["if a.width == a.width:\n    pass\n"],
      good: ["if a.width == b.width:\n    pass\n", "isnan = x != x\n", "assert next(a) == next(a)\n"],
    },
  },
  {
    id: "correctness/unreachable-code",
    languages: python,
    severity: "warning",
    cwe: 561,
    kinds: ["return_statement", "raise_statement", "break_statement", "continue_statement"],
    worth: (tree, node) => unreachableAfter(tree, node, /^$/) !== -1,
    query: `(block [(return_statement) (raise_statement) (break_statement) (continue_statement)] @leaves . (_) @found)`,
    // A `yield` behind makes the function a generator, even where it is never reached.
    reports: (found) =>
      unreachableAfter(found.tree, found.node("leaves"), /^$/) === found.node("found") &&
      !/\byield\b/.test(found.text("found")),
    message: why.unreachable,
    examples: {
      bad: ["def f():\n    return 1\n    g()\n", "for x in y:\n    continue\n    g(x)\n"],
      good: [
        "def f(a):\n    if a:\n        return 1\n    return 2\n",
        "def f():\n    raise NotImplementedError\n    yield\n",
      ],
    },
  },
  {
    id: "correctness/leaves-finally",
    languages: python,
    severity: "error",
    cwe: 584,
    kinds: ["finally_clause"],
    query: `(finally_clause (block (return_statement) @found))`,
    message: why.finallyLeaves,
    examples: {
      bad: ["def f():\n    try:\n        return load()\n    finally:\n        return None\n"],
      good: ["def f():\n    try:\n        return load()\n    finally:\n        close()\n"],
    },
  },
  {
    id: "correctness/floating-promise",
    languages: python,
    severity: "error",
    kinds: ["expression_statement"],
    within: "async def ",
    worth: (tree, node) =>
      tree.type(node + 1) === "call" &&
      asyncNames(tree.text).has(
        /(\w*)\($/.exec(tree.text.slice(tree.start(node), tree.start(node) + 100).split("(", 1)[0] + "(")?.[1] ?? "",
      ),
    query: `(expression_statement . (call function: [(identifier) @name (attribute object: (identifier) @object attribute: (identifier) @name)]) @found .)`,
    reports: (found) => {
      const { text } = found.tree;
      const name = found.text("name");
      if (!/^(?:|self)$/.test(found.text("object")) || !/^\w+$/.test(name)) return false;
      const isMethod = found.text("object") === "self";
      const declared = new RegExp(String.raw`^(${isMethod ? "[ \t]+" : ""})async def ${name}\(`, "m").test(text);
      return (
        declared &&
        !new RegExp(String.raw`^[ \t]*(?:def ${name}\(|${name} = )`, "m").test(text) &&
        functionAround(found.tree, found.node("found")) !== 0
      );
    },
    message: "A coroutine that nobody awaits never runs. Put `await` before it, or make a task of it and keep that.",
    examples: {
      bad: [
        "async def save(x):\n    pass\nasync def main():\n    save(1)\n",
        "class A:\n    async def save(self):\n        pass\n    async def main(self):\n        self.save()\n",
      ],
      good: [
        "async def save(x):\n    pass\nasync def main():\n    await save(1)\n",
        "def save(x):\n    pass\nasync def main():\n    save(1)\n",
      ],
    },
    fix: (found) => {
      const start = found.tree.start(found.node("found"));
      return /^async\b/.test(
        found.tree.textOf(functionAround(found.tree, start === -1 ? 0 : found.node("found"))).slice(0, 10),
      )
        ? { start, end: start, text: "await " }
        : null;
    },
    fixed: "async def save(x):\n    pass\nasync def main():\n    await save(1)\n",
  },
  {
    id: "correctness/raises-constant",
    languages: python,
    severity: "error",
    words: ["NotImplemented"],
    query: `(raise_statement . [(identifier) @found (call function: (identifier) @found)] (#eq? @found "NotImplemented"))`,
    message: "`NotImplemented` is no exception, so this raises a TypeError. Raise `NotImplementedError`.",
    examples: {
      bad: ["def f():\n    raise NotImplemented\n", 'def f():\n    raise NotImplemented("later")\n'],
      good: ["def f():\n    raise NotImplementedError\n", "def __eq__(self, other):\n    return NotImplemented\n"],
    },
    fix: (found) => instead(found, "NotImplementedError"),
    fixed: "def f():\n    raise NotImplementedError\n",
  },
  {
    id: "correctness/debugger",
    languages: python,
    severity: "error",
    cwe: 489,
    words: ["breakpoint", "set_trace"],
    query: `(expression_statement (call function: [(identifier) @name (attribute object: (identifier) @object attribute: (identifier) @method)])) @found`,
    reports: (found) =>
      found.text("name") === "breakpoint" ||
      (found.text("method") === "set_trace" && /^(?:i?pdb|pudb|wdb|rpdb)$/.test(found.text("object"))),
    message: why.left("A stop for the debugger"),
    examples: {
      bad: [
        "def f():\n    breakpoint()\n    g()\n",
        "import pdb\npdb.set_trace()\n",
        "import ipdb; ipdb.set_trace()\n",
      ],
      good: ["editor.breakpoint(3)\n"],
    },
    fix: (found) => without(found),
    fixed: "def f():\n    g()\n",
  },
];

const catchesAll = /^except\s*\(?\s*(?:Base)?Exception\b/;

let known: { text: string; names: ReadonlySet<string> } | undefined;

/** Functions that the text declares as async, by name. */
function asyncNames(text: string): ReadonlySet<string> {
  if (known?.text !== text)
    known = { text, names: new Set([...text.matchAll(/\basync def (\w+)/g)].map(([, name]) => name ?? "")) };
  return known.names;
}

/** Of a comparison with one operator. */
function sameOperands(text: string): boolean {
  const [, left, right] = /^([\w.[\]'"]+) *(?:==|<=?|>=?|is) *([\w.[\]'"]+)$/.exec(text) ?? [];
  return left !== undefined && left === right && !/^[\d.]+$/.test(left);
}

/** What a parameter holds is changed in the function, or leaves it. */
function isChanged(text: string, written: string): boolean {
  const name = /^\w+/.exec(written)?.[0] ?? "";
  return new RegExp(
    String.raw`\b${name}(?:\.(?:append|extend|add|update|insert|pop|remove|clear|setdefault|appendleft|discard)\(|\[[^\]\n]*\] *[-+*|&]?= *[^=]| *\+= )|self\.\w+ *= *${name}\s*$`,
    "m",
  ).test(text);
}
