import type { FlatTree } from "../../syntax/flat-tree.ts";
import { familyOf, type Family } from "./family.ts";

/** Where a name gets a value. */
export interface Definition {
  /** The node that gives it: a declarator, an assignment, a parameter. */
  readonly node: number;
  /** The node of the value, or -1: of a parameter, of what a loop runs over. */
  readonly value: number;
  readonly parameter: boolean;
  /** What was there before stays a part of it (`+=`). */
  readonly adds: boolean;
  /** It is a part of the value, taken out of it by a pattern or by a loop. */
  readonly part: boolean;
}

/** By function (the root for the file itself) and by name, in the order of the text. */
export type Scopes = ReadonlyMap<number, ReadonlyMap<string, readonly Definition[]>>;

interface Shape {
  /** The fields of what is named and of the value. */
  readonly name: string;
  readonly value: string;
  readonly parameter?: boolean;
  readonly adds?: boolean;
  readonly part?: boolean;
}

export const functionKinds: Readonly<Record<Family, ReadonlySet<string>>> = {
  ecma: new Set([
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function",
    "generator_function_declaration",
  ]),
  python: new Set(["function_definition", "lambda"]),
  go: new Set(["function_declaration", "method_declaration", "func_literal"]),
  rust: new Set(["function_item", "closure_expression"]),
  java: new Set(["method_declaration", "constructor_declaration", "lambda_expression"]),
};

const value = { name: "name", value: "value" };
const assignment = { name: "left", value: "right" };
const shapes: Readonly<Record<Family, Readonly<Record<string, Shape>>>> = {
  ecma: {
    variable_declarator: value,
    assignment_expression: assignment,
    augmented_assignment_expression: { ...assignment, adds: true },
    for_in_statement: { ...assignment, part: true },
    required_parameter: { name: "pattern", value: "", parameter: true },
    optional_parameter: { name: "pattern", value: "", parameter: true },
  },
  python: {
    assignment,
    augmented_assignment: { ...assignment, adds: true },
    named_expression: value,
    for_statement: { ...assignment, part: true },
    for_in_clause: { ...assignment, part: true },
  },
  go: {
    short_var_declaration: assignment,
    assignment_statement: assignment,
    var_spec: value,
    const_spec: value,
    range_clause: { ...assignment, part: true },
    parameter_declaration: { name: "name", value: "", parameter: true },
  },
  rust: {
    let_declaration: { name: "pattern", value: "value" },
    let_condition: { name: "pattern", value: "value", part: true },
    assignment_expression: assignment,
    compound_assignment_expr: { ...assignment, adds: true },
    for_expression: { name: "pattern", value: "value", part: true },
    const_item: value,
    static_item: value,
    parameter: { name: "pattern", value: "", parameter: true },
  },
  java: {
    variable_declarator: value,
    assignment_expression: assignment,
    enhanced_for_statement: { ...value, part: true },
    resource: value,
    formal_parameter: { name: "name", value: "", parameter: true },
  },
};
/** Their children are parameters, whatever they are. */
const lists = new Set([
  "formal_parameters",
  "parameters",
  "lambda_parameters",
  "closure_parameters",
  "inferred_parameters",
]);
const names = /^(?:identifier|shorthand_property_identifier_pattern)$/;
const listOf = /^(?:expression_list|pattern_list|tuple|tuple_pattern)$/;

/** Everything in a file that gives a name a value, in one walk. */
export function readScopes(tree: FlatTree): Scopes {
  const family = familyOf[tree.kinds.language];
  const scopes = new Map<number, Map<string, Definition[]>>();
  const open = [0];
  const add = (nameNode: number, definition: Definition) => {
    const scope = open.at(-1) ?? 0;
    const known = scopes.get(scope) ?? new Map<string, Definition[]>();
    scopes.set(scope, known);
    const name = tree.textOf(nameNode);
    const before = known.get(name);
    if (before === undefined) known.set(name, [definition]);
    else before.push(definition);
  };
  for (let node = 1; node < tree.size; node++) {
    while (open.length > 1 && tree.next(open.at(-1) ?? 0) <= node) open.pop();
    if (!tree.isNamed(node)) continue;
    const type = tree.type(node);
    if (functionKinds[family].has(type)) {
      open.push(node);
      const lone =
        family === "ecma" || family === "java"
          ? tree.childIn(node, family === "ecma" ? "parameter" : "parameters")
          : -1;
      if (lone !== -1 && tree.type(lone) === "identifier") add(lone, parameterAt(lone));
    } else if (lists.has(type)) {
      for (const child of tree.children(node)) {
        const isOther = Object.hasOwn(shapes[family], tree.type(child)) || !tree.isNamed(child);
        if (isOther) continue;
        for (const name of namesIn(tree, nameOfParameter(tree, child))) add(name, parameterAt(child, name !== child));
      }
    } else if (Object.hasOwn(shapes[family], type)) {
      const shape = shapes[family][type];
      if (shape !== undefined) addShape(tree, node, shape, add);
    }
  }
  return scopes;
}

function addShape(
  tree: FlatTree,
  node: number,
  { name: nameField, value: valueField, parameter = false, adds = false, part = false }: Shape,
  add: (nameNode: number, definition: Definition) => void,
): void {
  const given = valueField === "" ? -1 : tree.childIn(node, valueField);
  // Go lists the names of one type one after the other, each in the same field.
  const targets = [...tree.children(node)].filter((child) => tree.field(child) === nameField && tree.isNamed(child));
  const pairs = targets.flatMap((target) => pairsOf(tree, target, given));
  const augmented =
    adds ||
    (tree.type(node) === "assignment_statement" && tree.text.slice(tree.start(node), tree.end(node)).includes("+="));
  for (const [target, itsValue] of pairs)
    for (const name of namesIn(tree, target))
      add(name, { node, value: itsValue, parameter, adds: augmented, part: part || name !== target });
}

/** `a, b = 1, 2`: each name with its own value where there are as many. */
function pairsOf(tree: FlatTree, target: number, given: number): readonly (readonly [number, number])[] {
  if (!listOf.test(tree.type(target))) return [[target, given]];
  const targets = [...tree.children(target)].filter((node) => tree.isNamed(node));
  const values =
    given !== -1 && listOf.test(tree.type(given)) ? [...tree.children(given)].filter((node) => tree.isNamed(node)) : [];
  return targets.map(
    (one, number) =>
      [one, values.length === targets.length ? (values[number] ?? given) : (values[0] ?? given)] as const,
  );
}

/** The names that a pattern gives values to; none for members and places of arrays. */
function namesIn(tree: FlatTree, target: number): readonly number[] {
  if (target === -1) return [];
  if (names.test(tree.type(target))) return [target];
  if (!/pattern|^(?:mut_pattern|tuple)/.test(tree.type(target))) return [];
  const found: number[] = [];
  for (let node = target + 1; node < tree.next(target) && found.length < 50; node++)
    if (tree.isNamed(node) && names.test(tree.type(node))) found.push(node);
  return found;
}

function nameOfParameter(tree: FlatTree, child: number): number {
  if (names.test(tree.type(child)) || tree.type(child).endsWith("pattern")) {
    return tree.type(child) === "assignment_pattern" ? tree.childIn(child, "left") : child;
  }
  const named = tree.childIn(child, "name");
  if (named !== -1) return named;
  for (const inner of tree.children(child))
    if (names.test(tree.type(inner)) || tree.type(inner).endsWith("pattern")) return inner;
  return -1;
}

function parameterAt(node: number, part = false): Definition {
  return { node, value: -1, parameter: true, adds: false, part };
}
