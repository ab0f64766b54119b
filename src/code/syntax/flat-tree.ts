import type { Cursor } from "./grammar.ts";
import type { Language } from "./languages.ts";

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

  /** The line of an index of the text, 1-based. */
  lineAt(index: number): number {
    const lines = (this.#lines ??= lineStarts(this.text));
    let [low, high] = [0, lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((lines[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low + 1;
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

export function createKinds(language: Language): Kinds {
  return { language, names: [], fields: [""], fieldIds: new Map(), plan: new Uint8Array(65_536) };
}

/** Reused from file to file: a tree must be done with before the next one is read. */
let arrays = makeArrays(1 << 16);

/**
 * Reads a whole tree. The arrays are shared: the tree before must not be used any more.
 * @param text what was parsed
 */
export function readFlatTree(cursor: Cursor, text: string, kinds: Kinds): FlatTree {
  const { plan } = kinds;
  let size = 0;
  let parent = 0;
  for (;;) {
    if (size === arrays.kind.length) arrays = grown(arrays);
    const kind = cursor.nodeTypeId;
    const bits = plan[kind] === 0 ? learn(cursor, kind, kinds) : (plan[kind] ?? 0);
    const at = size++;
    arrays.kind[at] = kind;
    arrays.parent[at] = parent;
    if ((bits & named) === 0) {
      arrays.start[at] = arrays.end[at] = 0;
      arrays.field[at] = 0;
    } else {
      arrays.start[at] = cursor.startIndex;
      arrays.end[at] = cursor.endIndex;
      const field = cursor.currentFieldId;
      arrays.field[at] = field;
      if (field !== 0 && kinds.fields[field] === undefined) learnField(cursor, field, kinds);
    }
    if ((bits & open) !== 0 && cursor.gotoFirstChild()) {
      parent = at;
      continue;
    }
    arrays.next[at] = size;
    while (!cursor.gotoNextSibling()) {
      if (at === 0 || !cursor.gotoParent()) return new FlatTree(text, kinds, size, arrays);
      arrays.next[parent] = size;
      if (parent === 0) return new FlatTree(text, kinds, size, arrays);
      parent = arrays.parent[parent] ?? 0;
    }
  }
}

function learn(cursor: Cursor, kind: number, kinds: Kinds): number {
  const type = cursor.nodeType;
  kinds.names[kind] = type;
  const isOpen = !closed.has(type) || openStrings[kinds.language]?.includes(type) === true;
  const bits = known | (cursor.nodeIsNamed ? named | (isOpen ? open : 0) : 0);
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
  const starts: number[] = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}
