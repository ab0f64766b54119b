import { isClosedType, type FlatTree } from "../syntax/flat-tree.ts";
import { readQuery, type Child, type Condition, type NodeStep, type Step } from "./read-query.ts";
import type { Found, Rule } from "./rule.ts";

/** Part of a text, by UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Whether a rule may find something in these parts of a file. False is certain; true is to be asked of the query. */
export type MayMatch = (tree: FlatTree, ranges: readonly TextRange[]) => boolean;

/** Nodes that are looked at, or passed over, for one rule in one file. */
const mostNodes = 100_000;
/** Stands between others and counts for nothing. */
const comment = /comment$/;

/**
 * Looks for what a rule's query describes, and asks what the rule reports, in the flat tree: to make a query ready takes as long as to analyse
 * several files, and most files that have a rule's words have nothing that it reports.
 */
export function createMayMatch({ query, reports }: Pick<Rule, "query" | "reports">): MayMatch {
  const patterns = readQuery(query)?.map(({ step, conditions }) => ({ step, conditions: conditions.map(testOf) }));
  if (patterns === undefined) return () => true;
  return (tree, ranges) => {
    const search: Search = { tree, left: mostNodes, captured: [] };
    const isReported = () => reports === undefined || reports(foundOf(search));
    return ranges.some((range) =>
      patterns.some(({ step, conditions }) =>
        matchesWithin(search, step, range, () => conditions.every((holds) => holds(search)) && isReported()),
      ),
    );
  };
}

interface Search {
  readonly tree: FlatTree;
  /** Nodes that may still be met; with none left everything may match. */
  left: number;
  readonly captured: (readonly [name: string, node: number])[];
}

/** At a node that touches the range, as the query is run there. */
function matchesWithin(search: Search, step: Step, { start, end }: TextRange, then: () => boolean): boolean {
  const { tree } = search;
  for (let node = 0; node < tree.size;) {
    if (isSpent(search)) return true;
    if (!tree.isNamed(node)) node += 1;
    else if (tree.end(node) < start) node = tree.next(node);
    else if (tree.start(node) > end) return false;
    else if (isUnseen(tree, node) || matchesStep(search, step, node, then)) return true;
    else node += 1;
  }
  return false;
}

/** Counts one more node. Hostile files have many places and nodes, and each place is looked for from the beginning. */
function isSpent(search: Search): boolean {
  return (search.left -= 1) < 0;
}

/** Types, of which the flat tree has only the words. */
function isUnseen(tree: FlatTree, node: number): boolean {
  return tree.isLeaf(node) && isClosedType(tree.kinds.language, tree.type(node));
}

/**
 * Whether a node is what a step describes, and what follows holds as well. Each way in which it may be is tried.
 * @param then what is left to be asked when it is
 */
function matchesStep(search: Search, step: Step, node: number, then: () => boolean): boolean {
  const { tree, captured } = search;
  if (!isKind(tree, step, node)) return false;
  for (const name of step.captures) captured.push([name, node]);
  const matches =
    step.is === "choice"
      ? step.steps.some((each) => matchesStep(search, each, node, then))
      : step.is === "token" || step.children.length === 0
        ? then()
        : // What the flat tree has no inside of may be as described.
          tree.isLeaf(node) || matchesChildren(search, step, { parent: node, child: 0, from: node + 1 }, then);
  captured.length -= step.captures.length;
  return matches;
}

function isKind(tree: FlatTree, step: Step, node: number): boolean {
  if (step.is === "choice") return true;
  if (step.is === "token") return !tree.isNamed(node) && tree.type(node) === step.text;
  return tree.isNamed(node) && (step.type === null || tree.type(node) === step.type);
}

interface Position {
  readonly parent: number;
  /** Of the step's children, the one that is looked for. */
  readonly child: number;
  /** The first node that it may be. */
  readonly from: number;
}

function matchesChildren(search: Search, step: NodeStep, at: Position, then: () => boolean): boolean {
  const { tree } = search;
  const { parent, child, from } = at;
  const end = tree.next(parent);
  const wanted = step.children[child];
  if (wanted === undefined) return !(step.closed && hasMore(tree, from, end)) && then();
  for (let node = from; node < end; node = tree.next(node)) {
    if (isSpent(search)) return true;
    const rest = () => matchesChildren(search, step, { parent, child: child + 1, from: tree.next(node) }, then);
    if (isInField(tree, wanted, node) && matchesStep(search, wanted.step, node, rest)) return true;
    if (wanted.next && isNamed(wanted.step) && counts(tree, node)) break;
  }
  return wanted.optional && matchesChildren(search, step, { parent, child: child + 1, from }, then);
}

/** Of leaves without a name the field is not known. */
function isInField(tree: FlatTree, { field }: Child, node: number): boolean {
  return field === null || !tree.isNamed(node) || tree.field(node) === field;
}

function hasMore(tree: FlatTree, from: number, end: number): boolean {
  for (let node = from; node < end; node = tree.next(node)) if (counts(tree, node)) return true;
  return false;
}

/** To be next to something is to be so among these. */
function counts(tree: FlatTree, node: number): boolean {
  return tree.isNamed(node) && !comment.test(tree.type(node));
}

function isNamed(step: Step): boolean {
  return step.is === "choice" ? step.steps.every(isNamed) : step.is === "node";
}

function foundOf({ tree, captured }: Search): Found {
  // Asked for while they are captured.
  const nodes = new Map(captured.toReversed());
  return {
    tree,
    node: (name) => nodes.get(name) ?? -1,
    text: (name) => textOf(tree, nodes.get(name)),
  };
}

function textOf(tree: FlatTree, node: number | undefined): string {
  if (node === undefined) return "";
  return tree.isNamed(node) ? tree.textOf(node) : tree.type(node);
}

/** What is captured nowhere fulfils each condition, and so does each node where the condition is not known here. */
function testOf({ name, capture, values }: Condition): (search: Search) => boolean {
  const holds = testOfText(name, values);
  return ({ tree, captured }) => {
    const own = captured.filter(([each]) => each === capture);
    return own.length === 0 || own.some(([, node]) => holds(textOf(tree, node)));
  };
}

function testOfText(name: string, values: readonly string[]): (text: string) => boolean {
  if (name === "eq?" || name === "any-of?") return (text) => values.includes(text);
  if (name !== "match?") return () => true;
  const pattern = new RegExp(values[0] ?? "");
  return (text) => pattern.test(text);
}
