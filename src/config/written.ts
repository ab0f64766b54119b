/** What stands at a place of YAML, in few words or characters, for whoever has to find and mend it. */
import { isAlias, isCollection, isMap, isScalar, isSeq, type Alias, type Document, type Node } from "yaml";

const longest = 40;
/** What looks like nothing or like a space: it makes a text of what seems to be a number. */
const unseen = /[^\P{C}\t\r\n]|[^\P{Z} ]|\p{Default_Ignorable_Code_Point}/u;
const everyUnseen = new RegExp(unseen, "gu");

/** The node that each alias stands for. Looked up once: to ask the parser for one costs a walk through the document. */
export type Targets = ReadonlyMap<Alias, Node>;

/** The node at a path of keys, also of one that leads through aliases; undefined where there is none. */
export function nodeAt(path: readonly (string | number)[], document: Document.Parsed, targets: Targets): unknown {
  let node: unknown = document.contents;
  for (const part of path) {
    const parent = isAlias(node) ? targets.get(node) : node;
    if (!isCollection(parent)) return undefined;
    node = parent.get(part, true);
  }
  return node;
}

/**
 * A value as it is written, shortened. A text that does not look like what it is stands in quotes, with what cannot be seen in it escaped. A list or mapping that does not fit is told by its kind and size, and an alias also by what it
 * stands for, since what is wrong with it stands elsewhere.
 * @returns undefined where nothing can be told: there is no such node
 */
export function written(node: unknown, text: string, targets: Targets): string | undefined {
  if (isAlias(node)) {
    const target = targets.get(node);
    return target === undefined ? `*${node.source}` : `*${node.source}, that is ${written(target, text, targets)}`;
  }
  if (isMap(node) || isSeq(node)) return inFlow(node, text) ?? sizeOf(node);
  if (!isScalar(node) || !node.range) return undefined;
  const source = sourceOf(node, text);
  if (typeof node.value === "string" && (node.tag !== undefined || unseen.test(source)))
    return `the text "${shortened(node.value)}"`;
  return shortened(source) || "empty";
}

/** One that is written in brackets on one line, as it stands. */
function inFlow(node: Node & { flow?: boolean }, text: string): string | undefined {
  const source = sourceOf(node, text);
  return node.flow === true && source.length <= longest && !source.includes("\n") ? shortened(source) : undefined;
}

function sizeOf(node: Node & { items: readonly unknown[] }): string {
  const count = node.items.length;
  if (isMap(node)) return `a mapping of ${count} ${count === 1 ? "key" : "keys"}`;
  return `a list of ${count} ${count === 1 ? "entry" : "entries"}`;
}

function sourceOf({ range }: Node, text: string): string {
  return range ? text.slice(range[0], range[1]) : "";
}

function shortened(source: string): string {
  const line = source.replaceAll(/[ \t\r\n]+/g, " ").replaceAll(/^ | $/g, "");
  const cut = line.length > longest ? `${line.slice(0, longest).toWellFormed()}…` : line;
  return cut.replaceAll(everyUnseen, (sign) => {
    const point = (sign.codePointAt(0) ?? 0).toString(16);
    return point.length > 4 ? String.raw`\u{${point}}` : String.raw`\u${point.padStart(4, "0")}`;
  });
}
