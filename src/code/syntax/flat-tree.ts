import type { Cursor } from "./grammar.ts";
import type { Language } from "./languages.ts";
import { isPlainImport } from "./plain-import.ts";

/**
 * A syntax tree as plain arrays, in the order of the text: one walk through the binding fills it, and everything else is read without the
 * binding, which is slow to ask. Node 0 is the root; the children of a node follow it, and `next` is the first node behind all of them. Leaves
 * without a name (`(`, `=>`, `async`) have only a kind.
 */
export class FlatTree {
  readonly kinds: Kinds;
  readonly text: string;
  /** Nodes in it. */
  readonly size: number;
  readonly #arrays: Arrays;
  #lines: Uint32Array | undefined;
  /** The line that was asked for last: what is asked for next is often near. */
  #line = 0;

  constructor(text: string, kinds: Kinds, size: number, arrays: Arrays) {
    this.text = text;
    this.kinds = kinds;
    this.size = size;
    this.#arrays = arrays;
  }

  /** The number of the node's kind; `kinds` tells its name. */
  kind(node: number): number {
    return this.#arrays.kind[node] ?? 0;
  }

  /** `function_declaration`, `(` */
  type(node: number): string {
    return this.kinds.names[this.kind(node)] ?? "";
  }

  /** The field of its parent that the node is, as the grammar calls it; empty for none. */
  field(node: number): string {
    return this.kinds.fields[this.#arrays.field[node] ?? 0] ?? "";
  }

  isNamed(node: number): boolean {
    return ((this.kinds.plan[this.kind(node)] ?? 0) & named) !== 0;
  }

  /** UTF-16 units. Only of named nodes. */
  start(node: number): number {
    return this.#arrays.start[node] ?? 0;
  }

  /** Behind its last unit. Only of named nodes. */
  end(node: number): number {
    return this.#arrays.end[node] ?? 0;
  }

  /** The root's is the root. */
  parent(node: number): number {
    return this.#arrays.parent[node] ?? 0;
  }

  /** The first node that is not within it. */
  next(node: number): number {
    return this.#arrays.next[node] ?? 0;
  }

  textOf(node: number): string {
    return this.text.slice(this.start(node), this.end(node));
  }

  /** Its children, first to last. */
  *children(node: number): Generator<number> {
    const end = this.next(node);
    for (let child = node + 1; child < end; child = this.next(child)) yield child;
  }

  /** Its first child in a field, or -1. */
  childIn(node: number, field: string): number {
    const wanted = this.kinds.fieldIds.get(field);
    if (wanted === undefined) return -1;
    const end = this.next(node);
    for (let child = node + 1; child < end; child = this.next(child))
      if (this.#arrays.field[child] === wanted) return child;
    return -1;
  }

  /** Its first child of a kind, or -1. */
  childOf(node: number, type: string): number {
    const end = this.next(node);
    for (let child = node + 1; child < end; child = this.next(child)) if (this.type(child) === type) return child;
    return -1;
  }

  /** It has no children here. */
  isLeaf(node: number): boolean {
    return this.#arrays.next[node] === node + 1;
  }

  /** The line of an index of the text, 1-based. */
  lineAt(index: number): number {
    const lines = (this.#lines ??= lineStarts(this.text));
    let low = this.#line;
    for (let steps = 0; steps < 4 && (lines[low] ?? 0) <= index; steps++, low++)
      if (low + 1 >= lines.length || (lines[low + 1] ?? 0) > index) return (this.#line = low) + 1;
    low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((lines[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return (this.#line = low) + 1;
  }

  /** How many lines the text has; a last one without content does not count. */
  get lineCount(): number {
    const lines = (this.#lines ??= lineStarts(this.text));
    return lines.length - (this.text.endsWith("\n") || this.text === "" ? 1 : 0);
  }
}

/** What is known of a language's kinds of nodes. Grows while trees are read. */
export interface Kinds {
  readonly language: Language;
  readonly names: string[];
  readonly fields: string[];
  readonly fieldIds: Map<string, number>;
  /** Bits by kind: what to ask the binding for. */
  readonly plan: Uint8Array;
}

interface Arrays {
  readonly kind: Uint16Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Uint32Array;
  readonly next: Uint32Array;
  readonly field: Uint8Array;
}

const known = 1;
const named = 2;
/** Its inside is asked for. */
const open = 4;
/** No child of it is in a field. */
const fieldless = 8;
/** Its inside is not asked for where its words alone say it. */
const worded = 16;

/** The one kind with a number far from the others is given a near one: arrays by kind stay arrays, and do not become tables, which are slow. */
const error = { told: 65_535, kind: 1_000 };

/** Kinds without an inside, or with one that says nothing that is ever asked for: to look there costs as much as the node itself. */
const closed = new Set(
  [
    "string comment line_comment block_comment regex char_literal string_literal interpreted_string_literal raw_string_literal",
    "identifier property_identifier private_property_identifier shorthand_property_identifier field_identifier",
    "shorthand_property_identifier_pattern type_identifier statement_identifier package_identifier",
    "number integer float int_literal float_literal integer_literal decimal_integer_literal true false null none undefined",
    "this super self string_fragment string_content escape_sequence predefined_type primitive_type integral_type",
  ].flatMap((names) => names.split(" ")),
);
/** Of these the inside is asked for in some languages. */
const openStrings: Readonly<Partial<Record<Language, readonly string[]>>> = { python: ["string"] };
/** Types of TypeScript: a quarter to a half of all nodes, of which nothing but the words is asked for. */
const closedTypes = new Set(
  [
    "type_annotation type_predicate_annotation asserts_annotation opting_type_annotation omitting_type_annotation adding_type_annotation",
    "type_arguments type_parameters union_type intersection_type conditional_type generic_type array_type tuple_type function_type",
    "constructor_type lookup_type index_type_query type_query literal_type template_literal_type parenthesized_type readonly_type",
    "infer_type mapped_type_clause index_signature flow_maybe_type existential_type",
  ].flatMap((names) => names.split(" ")),
);
/** Frequent kinds whose children are in no field in any of the grammars; a test holds them against what the grammars say. */
export const withoutFields: ReadonlySet<string> = new Set(
  [
    "program source_file expression_statement statement_block arguments argument_list array object interface_body object_type",
    "formal_parameters named_imports import_clause export_clause template_string template_substitution spread_element",
    "expression_list list tuple dictionary declaration_list match_block switch_body return_statement array_pattern object_pattern",
    "class_heritage jsx_expression as_expression",
  ].flatMap((names) => names.split(" ")),
);
const typed = new Set<Language>(["typescript", "tsx"]);
const ecma = new Set<Language>(["typescript", "tsx", "javascript"]);

/** A node whose inside is not in the tree though it holds names: the types of TypeScript. */
export function isClosedType(language: Language, type: string): boolean {
  return typed.has(language) && closedTypes.has(type);
}

export function createKinds(language: Language): Kinds {
  return { language, names: [], fields: [""], fieldIds: new Map(), plan: new Uint8Array(65_536) };
}

/** Reused from file to file: a tree must be done with before the next one is read. */
let arrays = makeArrays(1 << 16);

/**
 * Reads a whole tree. The arrays are shared: the tree before must not be used any more. The binding is asked as little as can be, since each
 * question costs more than all that is done with the answer: in ECMAScript a first child begins where its parent does, and a parent ends with its
 * last child. In the other languages tokens that are not shown, such as ends of lines, lie in between.
 * @param text what was parsed
 */
export function readFlatTree(cursor: Cursor, text: string, kinds: Kinds): FlatTree {
  const { plan } = kinds;
  const isTight = ecma.has(kinds.language);
  let size = 0;
  let parent = 0;
  let isFirst = false;
  /** Whether children of the parent may be in a field. */
  let mayHaveField = false;
  /** Where the node before ends; -1 when it was not asked for. */
  let end = -1;
  for (;;) {
    if (size === arrays.kind.length) arrays = grown(arrays);
    const told = cursor.nodeTypeId;
    const kind = told === error.told ? error.kind : told;
    const bits = plan[kind] === 0 ? learn(cursor, kind, kinds) : (plan[kind] ?? 0);
    const at = size++;
    arrays.kind[at] = kind;
    arrays.parent[at] = parent;
    arrays.field[at] = 0;
    if ((bits & named) === 0) {
      arrays.start[at] = arrays.end[at] = 0;
      end = -1;
    } else {
      arrays.start[at] = isFirst && isTight && parent !== 0 ? (arrays.start[parent] ?? 0) : cursor.startIndex;
      if (mayHaveField) {
        const field = cursor.currentFieldId;
        if (field !== 0 && field !== undefined) {
          arrays.field[at] = field;
          if (kinds.fields[field] === undefined) learnField(cursor, field, kinds);
        }
      }
      if ((bits & worded) !== 0 && isPlainImport(text, arrays.start[at] ?? 0, (end = cursor.endIndex)))
        arrays.end[at] = end;
      else if ((bits & open) !== 0 && cursor.gotoFirstChild()) {
        parent = at;
        isFirst = true;
        mayHaveField = (bits & fieldless) === 0;
        continue;
      } else arrays.end[at] = end = cursor.endIndex;
    }
    arrays.next[at] = size;
    isFirst = false;
    while (!cursor.gotoNextSibling()) {
      if (end === -1 && isTight) end = cursor.endIndex;
      if (at === 0 || !cursor.gotoParent()) return new FlatTree(text, kinds, size, arrays);
      arrays.next[parent] = size;
      // The root reaches beyond its last child.
      if (!isTight || parent === 0) end = cursor.endIndex;
      arrays.end[parent] = end;
      if (parent === 0) return new FlatTree(text, kinds, size, arrays);
      parent = arrays.parent[parent] ?? 0;
      mayHaveField = ((plan[arrays.kind[parent] ?? 0] ?? 0) & fieldless) === 0;
    }
  }
}

function learn(cursor: Cursor, kind: number, kinds: Kinds): number {
  const type = cursor.nodeType;
  kinds.names[kind] = type;
  const isOpen =
    !(closed.has(type) || isClosedType(kinds.language, type)) || openStrings[kinds.language]?.includes(type) === true;
  const bits =
    known |
    (cursor.nodeIsNamed ? named | (isOpen ? open : 0) : 0) |
    (withoutFields.has(type) ? fieldless : 0) |
    (type === "import_statement" && ecma.has(kinds.language) ? worded : 0);
  kinds.plan[kind] = bits;
  return bits;
}

function learnField(cursor: Cursor, field: number, kinds: Kinds): void {
  const name = cursor.currentFieldName ?? "";
  kinds.fields[field] = name;
  kinds.fieldIds.set(name, field);
}

function makeArrays(length: number): Arrays {
  return {
    kind: new Uint16Array(length),
    start: new Uint32Array(length),
    end: new Uint32Array(length),
    parent: new Uint32Array(length),
    next: new Uint32Array(length),
    field: new Uint8Array(length),
  };
}

function grown(old: Arrays): Arrays {
  const more = makeArrays(old.kind.length * 2);
  for (const key of Object.keys(more) as (keyof Arrays)[]) more[key].set(old[key]);
  return more;
}

function lineStarts(text: string): Uint32Array {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (count === starts.length) {
      const more = new Uint32Array(count * 2);
      more.set(starts);
      starts = more;
    }
    starts[count++] = at + 1;
  }
  return starts.slice(0, count);
}

/** Reused from file to file; the first line begins at 0. */
let starts = new Uint32Array(1 << 12);
