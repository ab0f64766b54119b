/** Where a value comes from, as far as the function around it and the file tell. Linear: each question takes a bounded number of steps. */
import type { FlatTree } from "../../syntax/flat-tree.ts";
import { callAt, named } from "./called.ts";
import { familyOf, type Family } from "./family.ts";
import { functionKinds, readScopes, type Definition, type Scopes } from "./scopes.ts";
import { asked, holes, unknown } from "./holes.ts";
import { sourcesOf } from "./sources.ts";
import { literalText, template, type Piece } from "./texts.ts";

/**
 * How far others decide what a value is: 0, not at all or unknown; 1, whoever calls this function; 2, the surroundings of the process; 3, a
 * request from outside.
 */
export type Reach = 0 | 1 | 2 | 3;

export interface Origin {
  readonly reach: Reach;
  /** What is constant in it, with {@link asked} for what a request says and {@link unknown} for everything else. At most 2,000 units. */
  readonly text: string;
}

const nothing: Origin = { reach: 0, text: unknown };
const most = { steps: 300, depth: 25, text: 2_000, expression: 200, looksBack: 4_000 };

interface Walk {
  readonly tree: FlatTree;
  readonly family: Family;
  readonly scopes: Scopes;
  steps: number;
}

/** Where a request goes begins with a slash. */
const pathOfRequest =
  /^(?:(?:this|self|window|document|ctx|context|c|event|req|request|r|flask|location)\.)+(?:url|originalUrl|path|pathname|href|URL|documentURI|full_path|rel_url|nextUrl|RequestURI|getRequestURI\(\))$/;

const scopesOf = new WeakMap<FlatTree, Scopes>();

/** Where the value of an expression comes from. */
export function trace(tree: FlatTree, node: number): Origin {
  if (node === -1) return nothing;
  const scopes = scopesOf.get(tree) ?? readScopes(tree);
  scopesOf.set(tree, scopes);
  return follow({ tree, family: familyOf[tree.kinds.language], scopes, steps: 0 }, node, 0);
}

/** Whether a value is built here out of constant text and something else. */
export function isComposed({ text }: Origin): boolean {
  const rest = text.replaceAll(holes, "");
  return rest.length < text.length && rest.trim() !== "";
}

export function isConstant({ text }: Origin): boolean {
  return !text.includes(unknown) && !text.includes(asked);
}

function follow(walk: Walk, node: number, depth: number): Origin {
  const { tree, family } = walk;
  if (node === -1 || depth > most.depth || ++walk.steps > most.steps) return nothing;
  const type = tree.type(node);
  const go = (next: number) => follow(walk, next, depth + 1);
  const literal = literalText(tree, node, type);
  if (literal !== null) return { reach: 0, text: literal };
  const pieces = template(tree, node, type);
  if (pieces !== null) return joined(pieces.map((piece) => pieceOf(walk, node, piece, depth)));

  switch (type) {
    case "identifier":
    case "shorthand_property_identifier":
      return fromOutside(walk, node) ?? nameAt(walk, tree.textOf(node), node, depth);
    case "binary_expression":
    case "binary_operator":
      return binary(tree, node, go);
    case "boolean_operator":
    case "ternary_expression":
    case "conditional_expression":
    case "if_expression":
    case "match_expression":
      return worst([...named(tree, node)].slice(-2).map(go));
    case "member_expression":
    case "subscript_expression":
    case "attribute":
    case "subscript":
    case "selector_expression":
    case "index_expression":
    case "slice_expression":
    case "field_expression":
    case "field_access":
    case "array_access":
      return fromOutside(walk, node) ?? member(go(named(tree, node).next().value ?? -1));
    case "call_expression":
    case "new_expression":
    case "call":
    case "method_invocation":
    case "object_creation_expression":
    case "macro_invocation":
      return fromOutside(walk, node) ?? call(walk, node, go);
    case "array":
    case "object":
    case "list":
    case "tuple":
    case "set":
    case "dictionary":
    case "composite_literal":
    case "literal_value":
    case "array_expression":
    case "array_initializer":
    case "array_creation_expression":
    case "tuple_expression":
      return whole([...named(tree, node)].slice(0, 50).map(go));
    case "pair":
    case "keyed_element":
      return go(tree.childIn(node, "value"));
    case "assignment_expression":
    case "named_expression":
      return go(tree.childIn(node, family === "python" ? "value" : "right"));
    case "cast_expression":
    case "type_cast_expression":
      return go(tree.childIn(node, "value"));
    case "unary_expression":
    case "unary_operator":
      return family === "go" ? go(named(tree, node).next().value ?? -1) : nothing;
    case "reference_expression":
      return go(tree.childIn(node, "value"));
    case "parenthesized_expression":
    case "await_expression":
    case "await":
    case "as_expression":
    case "satisfies_expression":
    case "non_null_expression":
    case "spread_element":
    case "expression_list":
    case "try_expression":
    case "literal_element":
    case "type_conversion_expression":
    case "statement_block":
    case "argument_list":
    case "arguments":
      return go(named(tree, node).next().value ?? -1);
    default:
      return nothing;
  }
}

/** One after the other, in one text. */
function joined(parts: readonly Origin[]): Origin {
  return {
    reach: highest(parts),
    text: parts
      .map(({ text }) => text)
      .join("")
      .slice(0, most.text),
  };
}

/** One or the other: the one that others decide most about. */
function worst(parts: readonly Origin[]): Origin {
  return parts.reduce((a, b) => (b.reach > a.reach ? b : a), parts[0] ?? nothing);
}

/** A collection of them, which is no text. */
function whole(parts: readonly Origin[]): Origin {
  return { reach: highest(parts), text: parts.every(isConstant) ? "" : holeOf(highest(parts)) };
}

function member(origin: Origin): Origin {
  const { reach } = origin;
  return { reach, text: reach > 0 || !isConstant(origin) ? holeOf(reach) : origin.text };
}

function highest(parts: readonly Origin[]): Reach {
  return parts.reduce<Reach>((reach, part) => (part.reach > reach ? part.reach : reach), 0);
}

function binary(tree: FlatTree, node: number, go: (node: number) => Origin): Origin {
  const [left, right] = [tree.childIn(node, "left"), tree.childIn(node, "right")];
  const between = tree.text.slice(tree.end(left), tree.start(right)).trim();
  if (between === "+") return joined([go(left), go(right)]);
  if (between === "%") {
    const format = go(left);
    const reach = highest([format, go(right)]);
    return { reach, text: format.text.replaceAll(/%(?:\(\w+\))?[-\d.]*[a-z]/g, holeOf(reach)) };
  }
  if (/^(?:\|\||\?\?|or|and|&&|\/)$/.test(between)) return worst([go(left), go(right)]);
  return nothing;
}

function pieceOf(walk: Walk, node: number, piece: Piece, depth: number): Origin {
  if (typeof piece === "number") return follow(walk, piece, depth + 1);
  return typeof piece === "string" ? { reach: 0, text: piece } : nameAt(walk, piece.name, node, depth);
}

/** The value of a name where it is used: what reaches there of all that it is given. */
function nameAt(walk: Walk, name: string, node: number, depth: number): Origin {
  const { tree, scopes, family } = walk;
  for (
    let scope = functionAround(tree, node, family), inner = true;
    ;
    scope = functionAround(tree, scope, family), inner = false
  ) {
    const known = scopes.get(scope)?.get(name);
    if (known !== undefined) return atUse(walk, node, name, known, inner, depth);
    if (scope === 0) return nothing;
  }
}

function atUse(
  walk: Walk,
  use: number,
  name: string,
  definitions: readonly Definition[],
  inner: boolean,
  depth: number,
): Origin {
  const { tree } = walk;
  const reaching: Origin[] = [];
  for (let at = definitions.length - 1; at >= 0 && reaching.length < 8; at--) {
    const definition = definitions[at];
    if (definition === undefined) break;
    // Not its own value, and nothing behind it.
    const isBefore = tree.end(definition.node) <= tree.start(use) || definition.part || definition.parameter;
    if (inner && (!isBefore || definition.value === use)) continue;
    const origin = definition.parameter ? parameter(walk, definition) : valueOf(walk, name, definition, depth);
    reaching.push(definition.part ? member(origin) : origin);
    if (definition.adds) continue;
    if (definition.parameter || (inner && isAround(tree, tree.parent(statementOf(tree, definition.node)), use))) break;
  }
  const adding = definitions.some(({ adds, node }) => adds && tree.end(node) <= tree.start(use));
  const origin = adding ? joined(reaching.toReversed()) : worst(reaching);
  return origin.reach > 0 && isTested(walk, use, name)
    ? { reach: 0, text: origin.text.replaceAll(asked, unknown) }
    : origin;
}

function valueOf(walk: Walk, name: string, { part, value }: Definition, depth: number): Origin {
  // `const { query } = req`
  const isOfRequest =
    part && value !== -1 && sourcesOf[walk.family].request.test(`${walk.tree.textOf(value).slice(0, 100)}.${name}`);
  return isOfRequest ? { reach: 3, text: asked } : follow(walk, value, depth + 1);
}

function parameter({ tree, family }: Walk, { node }: Definition): Origin {
  const { plainType, requestType } = sourcesOf[family];
  const type = tree.childIn(node, "type");
  const typeText = type === -1 ? "" : tree.textOf(type).slice(0, most.expression);
  if (plainType.test(typeText.replace(/^:\s*/, "").trim())) return nothing;
  const isRequest =
    requestType?.test(family === "java" ? tree.textOf(node).slice(0, most.expression) : typeText) ?? false;
  if (isRequest || isOfRoute(tree, node, family)) return { reach: 3, text: asked };
  return { reach: 1, text: unknown };
}

/** In Python: the function is decorated as the answer to a request. */
function isOfRoute(tree: FlatTree, node: number, family: Family): boolean {
  if (family !== "python") return false;
  const decorated = tree.parent(functionAround(tree, node, family));
  if (tree.type(decorated) !== "decorated_definition") return false;
  const decorator = tree.childOf(decorated, "decorator");
  return /^@\w+\.(?:route|get|post|put|patch|delete)\(/.test(tree.textOf(decorator).slice(0, most.expression));
}

/** An expression that brings something in from outside, whatever surrounds it. */
function fromOutside({ tree, family }: Walk, node: number): Origin | null {
  const { request, surroundings } = sourcesOf[family];
  const text = tree.text.slice(tree.start(node), Math.min(tree.end(node), tree.start(node) + most.expression));
  if (request.test(text)) return { reach: 3, text: pathOfRequest.test(text) ? `/${asked}` : asked };
  return surroundings.test(text) ? { reach: 2, text: unknown } : null;
}

function call(walk: Walk, node: number, go: (node: number) => Origin): Origin {
  const { tree, family } = walk;
  const { cleans, passes } = sourcesOf[family];
  const { name, object, arguments: given } = callAt(tree, node);
  if (cleans.test(name)) return nothing;
  if (name === "format" || name === "Sprintf" || name === "formatted" || name === "format!")
    return formatted(tree, object, given, go);
  if (!passes.test(name)) return nothing;
  // The second one is where the first is looked for, unless that says more.
  if (name === "URL") return go(given[0] ?? -1);
  const before = object === -1 ? null : go(object);
  if ((name === "concat" || name === "append" || name === "resolve") && before !== null)
    return joined([before, ...given.map(go)]);
  if (before !== null && (before.reach > 0 || given.length === 0)) return before;
  return given.length === 1 ? go(given[0] ?? -1) : joined(given.map(go));
}

/** `format("… %s", x)` and `"… {}".format(x)`. */
function formatted(tree: FlatTree, object: number, given: readonly number[], go: (node: number) => Origin): Origin {
  const own = object === -1 ? nothing : go(object);
  const first = isConstant(own) && own.text !== "" ? own : go(given[0] ?? -1);
  const values = (first === own ? given : given.slice(1)).map((one) =>
    // `name=value` of Python
    go(tree.type(one) === "keyword_argument" ? tree.childIn(one, "value") : one),
  );
  const isPlain = isConstant(first) && !/%[-+#\d.$]*[svqT]|\{/.test(first.text) && /%/.test(first.text);
  const reach = isPlain ? 0 : highest([first, ...values]);
  return {
    reach,
    text: first.text.replaceAll(/%[-+#\d.$]*[a-zA-Z]|\{[^{}]*\}/g, holeOf(reach)),
  };
}

function holeOf(reach: Reach): string {
  return reach === 3 ? asked : unknown;
}

/** The name was looked at by a test before: what comes after is what passed it. */
function isTested({ tree, family }: Walk, use: number, name: string): boolean {
  const from = Math.max(tree.start(functionAround(tree, use, family)), tree.start(use) - most.looksBack);
  const before = tree.text.slice(from, tree.start(use));
  if (!before.includes(name)) return false;
  const { tests } = sourcesOf[family];
  for (const [, called = "", object = ""] of before.matchAll(new RegExp(testPattern(name), "g")))
    if (tests.test(called) || tests.test(object)) return true;
  return false;
}

/** `tested(name`, and `name.tested(` */
function testPattern(name: string): string {
  const word = name.replaceAll("$", String.raw`\$`);
  return String.raw`(\w+)\((?:[\w.]+, ?|r?"[^"\n]*", ?|r?'[^'\n]*', ?|&)?${word}\b|\b${word}\.(\w+)\(`;
}

export function functionAround(tree: FlatTree, node: number, family: Family = familyOf[tree.kinds.language]): number {
  let at = tree.parent(node);
  while (at !== 0 && !functionKinds[family].has(tree.type(at))) at = tree.parent(at);
  return at;
}

const statements =
  /_statement$|_declaration$|^(?:assignment_statement|statement|let_declaration|short_var_declaration)$/;

/** The statement that a definition is a part of. */
function statementOf(tree: FlatTree, node: number): number {
  let at = node;
  while (at !== 0 && !statements.test(tree.type(at))) at = tree.parent(at);
  return at;
}

function isAround(tree: FlatTree, outer: number, node: number): boolean {
  return outer <= node && node < tree.next(outer);
}
