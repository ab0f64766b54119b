/**
 * Measures of each function of a file.
 *
 * Cyclomatic complexity: McCabe, "A Complexity Measure" (1976): one, and one for each decision (branches, loops, cases, conditions joined by
 * logical operators). Cognitive complexity: Campbell, "Cognitive Complexity" (SonarSource 2023), for each function by itself, as SonarSource's
 * rule S3776 counts it in JavaScript and TypeScript: there of the logical operators only `&&` costs, in the other languages all do.
 * Maintainability: Oman and Hagemeister (1992) in the form from 0 to 100, with Halstead's volume.
 */
import type { FlatTree } from "../syntax/flat-tree.ts";
import type { Language } from "../syntax/languages.ts";
import { deeperParts, roles, type Role } from "./control-flow.ts";
import { operatorsOf } from "./logical-operators.ts";

export interface FunctionMetrics {
  readonly name: string;
  /** 1-based and inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly parameters: number;
  readonly cyclomatic: number;
  readonly cognitive: number;
  /** How deep control flow lies in control flow, at most. */
  readonly nesting: number;
  /** 0 to 100, more is better. */
  readonly maintainability: number;
}

interface Open {
  readonly node: number;
  readonly end: number;
  cyclomatic: number;
  cognitive: number;
  nesting: number;
  deepest: number;
  tokens: number;
  readonly distinct: Set<string | number>;
}

const mostFunctions = 20_000;

/** What a kind of node is for the flow of a program; null for nothing. */
export function roleOf(language: Language, type: string): Role | null {
  const table = roles[language];
  return (Object.hasOwn(table, type) && table[type]) || null;
}

/** Measures the functions of a tree, of which it is shown every node in order. */
export function createMetricsReader(tree: FlatTree) {
  const found: { node: number; metrics: FunctionMetrics | null }[] = [];
  const open: Open[] = [];
  /** The innermost function, and where it ends. */
  let current: Open | undefined;
  /** Where what lies one deeper ends, and whose nesting it is. */
  const deeper: { end: number; of: Open }[] = [];
  /** Where the next of all that ends. */
  let nextEnd = 0;
  const broken: number[] = [];
  const leave = (node: number) => {
    for (let last = deeper.at(-1); last !== undefined && last.end <= node; last = deeper.at(-1)) {
      last.of.nesting -= 1;
      deeper.pop();
    }
    for (let last = open.at(-1); last !== undefined && last.end <= node; last = open.at(-1)) {
      open.pop();
      found.push(closed(tree, last, broken));
    }
    current = open.at(-1);
    nextEnd = Math.min(current?.end ?? tree.size, deeper.at(-1)?.end ?? tree.size);
  };
  return {
    /**
     * @param role of the node
     * @param parentRole of its parent
     * @returns whether it lies in a function, and so its tokens count
     */
    visit(node: number, role: Role | null, parentRole: Role | null): boolean {
      if (node >= nextEnd) leave(node);
      if (role === null && parentRole === null) return current !== undefined;
      if (current !== undefined && isDeeper(tree, node, role, parentRole)) {
        current.nesting += 1;
        current.deepest = Math.max(current.deepest, current.nesting);
        deeper.push({ end: tree.next(node), of: current });
        nextEnd = Math.min(nextEnd, tree.next(node));
      }
      if (role === "function") {
        if (found.length + open.length >= mostFunctions) return current !== undefined;
        const end = tree.next(node);
        current = { node, end, cyclomatic: 1, cognitive: 0, nesting: 0, deepest: 0, tokens: 0, distinct: new Set() };
        open.push(current);
        nextEnd = Math.min(nextEnd, end);
        return false;
      }
      if (current === undefined) return false;
      if (role !== null) count(tree, node, role, current);
      return true;
    },
    /** Leaves of functions are what Halstead calls operators and operands. @param token the same for the same */
    countToken(token: string | number): void {
      if (current === undefined) return;
      current.tokens += 1;
      current.distinct.add(token);
    },
    /** A node where the parser could not go on. */
    visitError: (node: number) => void broken.push(node),
    /** In the order of the text; the first 20,000. A function whose code is broken is left out: nothing true can be said of it. */
    functions(): readonly FunctionMetrics[] {
      for (let last = open.pop(); last !== undefined; last = open.pop()) found.push(closed(tree, last, broken));
      return found.toSorted((one, other) => one.node - other.node).flatMap(({ metrics }) => metrics ?? []);
    },
  };
}

function count(tree: FlatTree, node: number, role: Role, current: Open): void {
  switch (role) {
    case "branch":
      if (!isCatch(tree, node)) current.cyclomatic += 1;
      current.cognitive += isElseIf(tree, node) ? 1 : 1 + current.nesting;
      break;
    case "switch":
      current.cognitive += 1 + current.nesting;
      break;
    case "path":
      current.cyclomatic += 1;
      break;
    case "turn":
      if (tree.type(node) === "elif_clause") current.cyclomatic += 1;
      if (!holdsElseIf(tree, node) && tree.type(tree.parent(node)) !== "try_statement") current.cognitive += 1;
      break;
    case "jump":
      if (hasLabel(tree, node)) current.cognitive += 1;
      break;
    case "logical":
      countOperators(tree, node, current);
      break;
    case "function":
    case "deeper":
      break;
  }
  // Go and Java have no node for `else`.
  const other = role === "branch" ? tree.childIn(node, "alternative") : -1;
  if (
    other !== -1 &&
    /^(?:go|java)$/.test(tree.kinds.language) &&
    tree.type(node) === "if_statement" &&
    tree.type(other) !== "if_statement"
  )
    current.cognitive += 1;
}

function isDeeper(tree: FlatTree, node: number, role: Role | null, parentRole: Role | null): boolean {
  if (role === "path" || role === "deeper")
    return !tree.type(node).endsWith("_clause") || tree.type(node) === "case_clause";
  if (role === "turn") return false;
  const field = tree.field(node);
  if (parentRole === "branch") return (deeperParts.has(field) || tree.type(node) === "block") && !isElseIf(tree, node);
  if (parentRole === "turn")
    return tree.isNamed(node) && field !== "condition" && !isElseIf(tree, node) && !/comment/.test(tree.type(node));
  return false;
}

/** An `if` that is the other branch of an `if`. */
function isElseIf(tree: FlatTree, node: number): boolean {
  if (!/^if_(?:statement|expression)$/.test(tree.type(node))) return false;
  const parent = tree.parent(node);
  if (tree.type(parent) === "else_clause") return tree.kinds.language !== "python";
  return tree.field(node) === "alternative" && tree.type(parent) === tree.type(node);
}

function holdsElseIf(tree: FlatTree, node: number): boolean {
  for (const child of tree.children(node)) if (isElseIf(tree, child)) return true;
  return false;
}

function isCatch(tree: FlatTree, node: number): boolean {
  return tree.type(node) === "catch_clause";
}

function hasLabel(tree: FlatTree, node: number): boolean {
  if (tree.type(node) === "goto_statement") return true;
  for (const child of tree.children(node))
    if (/^(?:statement_identifier|label_name|label)$/.test(tree.type(child))) return true;
  return tree.kinds.language === "java" && tree.childOf(node, "identifier") !== -1;
}

function countOperators(tree: FlatTree, node: number, current: Open): void {
  const operators = operatorsOf(tree, node);
  if (operators === null) return;
  current.cyclomatic += operators.length;
  const onlyAnd = /^(?:typescript|tsx|javascript)$/.test(tree.kinds.language);
  // What shows an element under a condition alone is no logic of the function.
  if (tree.type(tree.parent(node)) === "jsx_expression" && new Set(operators).size === 1) return;
  let before = "";
  for (const operator of operators) {
    if (operator !== before && (!onlyAnd || operator === "&&")) current.cognitive += 1;
    before = operator;
  }
}

function closed(
  tree: FlatTree,
  { node, end, ...counted }: Open,
  broken: readonly number[],
): { node: number; metrics: FunctionMetrics | null } {
  const error = broken.findLast((at) => at < end);
  if (error !== undefined && error >= node) return { node, metrics: null };
  const startLine = tree.lineAt(tree.start(node));
  const endLine = tree.lineAt(Math.max(tree.start(node), tree.end(node) - 1));
  const { cyclomatic, cognitive, deepest: nesting, tokens, distinct } = counted;
  const volume = tokens * Math.log2(Math.max(2, distinct.size));
  const lines = endLine - startLine + 1;
  const index = 171 - 5.2 * Math.log(Math.max(1, volume)) - 0.23 * cyclomatic - 16.2 * Math.log(lines);
  const maintainability = Math.round(Math.min(100, Math.max(0, (index * 100) / 171)));
  const parameters = countParameters(tree, node);
  return {
    node,
    metrics: {
      name: nameOf(tree, node),
      startLine,
      endLine,
      parameters,
      cyclomatic,
      cognitive,
      nesting,
      maintainability,
    },
  };
}

function countParameters(tree: FlatTree, node: number): number {
  const list = tree.childIn(node, "parameters");
  if (list === -1) return tree.childIn(node, "parameter") === -1 ? 0 : 1;
  if (tree.type(list) === "identifier") return 1;
  let found = 0;
  for (const child of tree.children(list)) {
    const type = tree.type(child);
    if (!tree.isNamed(child) || /comment|self_parameter|separator/.test(type)) continue;
    if (tree.kinds.language === "python" && found === 0 && /^(?:self|cls)$/.test(tree.textOf(child))) continue;
    found += type === "parameter_declaration" ? Math.max(1, namesIn(tree, child)) : 1;
  }
  return found;
}

/** Go: `a, b int` is one declaration of two. */
function namesIn(tree: FlatTree, declaration: number): number {
  let names = 0;
  for (const child of tree.children(declaration)) if (tree.field(child) === "name") names += 1;
  return names;
}

/** By its own name, or that of what it is given to. */
function nameOf(tree: FlatTree, node: number): string {
  const holder = tree.parent(node);
  const name = [
    tree.childIn(node, "name"),
    ...["name", "key", "property", "left"].map((field) => tree.childIn(holder, field)),
  ].find(
    (at) =>
      at !== -1 &&
      at !== node &&
      (tree.parent(at) === node || tree.field(node) === "value" || tree.field(node) === "right"),
  );
  return name === undefined ? "anonymous function" : tree.textOf(name).replaceAll(/\s+/g, " ").slice(0, 200);
}
