import type { ImportFact } from "../facts.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";

type Name = ImportFact["names"][number];

/** `import a.b as c`, `from .a import b as c`. Relative modules keep their dots. */
export function readPythonImport(tree: FlatTree, node: number): readonly ImportFact[] {
  const more = {
    line: tree.lineAt(tree.start(node)),
    typeOnly: isForTypes(tree, node),
    dynamic: isWithin(tree, node, "function_definition"),
  };
  const named = [...tree.children(node)].filter((child) => tree.field(child) === "name");
  if (tree.type(node) === "import_statement")
    return named.map((child) => {
      const { name, as } = aliased(tree, child);
      return { from: name, names: [{ name: "*", as: as === name ? (name.split(".")[0] ?? name) : as }], ...more };
    });
  const module = tree.childIn(node, "module_name");
  const from = module === -1 ? "__future__" : tree.textOf(module).replaceAll(/\s+/g, "");
  const all = tree.childOf(node, "wildcard_import") !== -1;
  return [{ from, names: all ? [{ name: "*", as: "" }] : named.map((child) => aliased(tree, child)), ...more }];
}

function aliased(tree: FlatTree, node: number): Name {
  const isAliased = tree.type(node) === "aliased_import";
  const name = tree.textOf(isAliased ? tree.childIn(node, "name") : node);
  return { name, as: isAliased ? tree.textOf(tree.childIn(node, "alias")) : name };
}

/** Under `if TYPE_CHECKING:` */
function isForTypes(tree: FlatTree, node: number): boolean {
  for (let at = tree.parent(node); at !== 0; at = tree.parent(at))
    if (tree.type(at) === "if_statement" && /^if\s+(?:typing\.)?TYPE_CHECKING\b/.test(tree.textOf(at).slice(0, 60)))
      return true;
  return false;
}

function isWithin(tree: FlatTree, node: number, type: string): boolean {
  for (let at = tree.parent(node); at !== 0; at = tree.parent(at)) if (tree.type(at) === type) return true;
  return false;
}

/** One of `import "a"`, `import b "a"`, `import ( … )`. */
export function readGoImport(tree: FlatTree, node: number): readonly ImportFact[] {
  const from = tree.textOf(tree.childIn(node, "path")).slice(1, -1);
  const name = tree.childIn(node, "name");
  const as =
    name === -1
      ? (from
          .replace(/\/v\d+$/, "")
          .split("/")
          .at(-1) ?? from)
      : tree.textOf(name);
  return [{ from, names: as === "_" ? [] : [{ name: "*", as }], ...plain(tree, node) }];
}

/** `use a::b::{c, d as e, f::*};` is one import for each module; `mod a;` takes the file of that name. */
export function readRustImport(tree: FlatTree, node: number): readonly ImportFact[] {
  const more = plain(tree, node);
  if (tree.type(node) === "mod_item") {
    if (tree.childIn(node, "body") !== -1) return [];
    const name = tree.textOf(tree.childIn(node, "name"));
    return [{ from: `self::${name}`, names: [{ name: "*", as: name }], ...more }];
  }
  if (tree.type(node) === "extern_crate_declaration") {
    const name = tree.textOf(tree.childIn(node, "name"));
    return [{ from: name, names: [{ name: "*", as: name }], ...more }];
  }
  const modules = new Map<string, Name[]>();
  for (const path of usedPaths(tree.textOf(tree.childIn(node, "argument")))) {
    const [, whole = "", alias] = /^(.*?)(?:\s+as\s+(\w+))?$/.exec(path) ?? [];
    const at = whole.lastIndexOf("::");
    const [from, name] = at === -1 ? [whole, "*"] : [whole.slice(0, at), whole.slice(at + 2)];
    const names = modules.get(from) ?? [];
    names.push(
      name === "self"
        ? { name: "*", as: alias ?? from.split("::").at(-1) ?? from }
        : { name, as: alias ?? (name === "*" ? "" : name) },
    );
    modules.set(from, names);
  }
  return [...modules].map(([from, names]) => ({ from, names, ...more }));
}

const mostPaths = 500;

/** `a::{b, c::{d, e}}` → `a::b`, `a::c::d`, `a::c::e`. By a stack, since braces may lie deep. */
function usedPaths(text: string): readonly string[] {
  const paths: string[] = [];
  const prefixes: string[] = [""];
  let part = "";
  const finish = () => {
    const said = part.replaceAll(/\s+/g, " ").trim();
    if (said !== "" && paths.length < mostPaths) paths.push(`${prefixes.at(-1)}${said}`.replaceAll(/\s*::\s*/g, "::"));
    part = "";
  };
  for (const sign of text.slice(0, 20_000)) {
    if (sign === "{" && prefixes.length < 50) {
      prefixes.push(`${prefixes.at(-1)}${part.trim()}`);
      part = "";
    } else if (sign === "," || sign === "}") {
      finish();
      if (sign === "}" && prefixes.length > 1) prefixes.pop();
    } else part += sign;
  }
  finish();
  return paths;
}

/** `import a.b.C;`, `import static a.b.C.d;`, `import a.b.*;` */
export function readJavaImport(tree: FlatTree, node: number): readonly ImportFact[] {
  const path =
    tree.childOf(node, "scoped_identifier") === -1
      ? tree.childOf(node, "identifier")
      : tree.childOf(node, "scoped_identifier");
  if (path === -1) return [];
  const whole = tree.textOf(path).replaceAll(/\s+/g, "");
  const isAll = tree.childOf(node, "asterisk") !== -1;
  const at = whole.lastIndexOf(".");
  const name = whole.slice(at + 1);
  return [
    isAll || at === -1
      ? { from: whole, names: [{ name: "*", as: "" }], ...plain(tree, node) }
      : { from: whole.slice(0, at), names: [{ name, as: name }], ...plain(tree, node) },
  ];
}

function plain(tree: FlatTree, node: number): Pick<ImportFact, "line" | "typeOnly" | "dynamic"> {
  return { line: tree.lineAt(tree.start(node)), typeOnly: false, dynamic: false };
}
