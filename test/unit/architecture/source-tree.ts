import { parseSync } from "@swc/core";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** One import or re-export as it stands in a file. */
export interface Import {
  /** A path of the tree, or the specifier of a package or of a module of Node's own. */
  readonly to: string;
  /** `import type` and `export type`: nothing is loaded. (`import { type X }` does load the module.) */
  readonly typeOnly: boolean;
  /** `import("…")`: loaded when that line runs, not with the file. */
  readonly dynamic: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly readsProcessEnv: boolean;
  /** Names of exported functions and function values. */
  readonly functions: readonly string[];
  /** `path#name` of everything that it takes from other files of the tree. */
  readonly uses: readonly string[];
}

const parts = ["handlers", "pipelines", "src", "bench", "deploy", "schema"];

/** Every TypeScript file of the product, parsed; paths are relative to `root`, with `/`. */
export function readTree(root: string): SourceFile[] {
  return parts.flatMap((part) =>
    listFiles(join(root, part))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${part}/${file.replaceAll("\\", "/")}`)
      .map((path) => readSource(path, readFileSync(join(root, path), "utf8"))),
  );
}

export function readSource(path: string, text: string): SourceFile {
  const imports: Import[] = [];
  const uses: string[] = [];
  const functions: string[] = [];
  const namespaces = new Map<string, string>();
  let readsProcessEnv = false;
  const resolve = (specifier: string) =>
    specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(path), specifier)) : specifier;

  visit(parseSync(text, { syntax: "typescript", target: "es2024" }), (node) => {
    const source = textOf(child(node, "source"), "value");
    if (/^(?:Import|ExportNamed|ExportAll)Declaration$/.test(node["type"] as string) && source !== undefined) {
      const to = resolve(source);
      imports.push({ to, typeOnly: node["typeOnly"] === true, dynamic: false });
      for (const specifier of children(node, "specifiers")) {
        const local = textOf(child(specifier, "local"), "value");
        const name = textOf(child(specifier, "imported") ?? child(specifier, "orig"), "value") ?? local;
        if (specifier["type"] === "ImportNamespaceSpecifier" && local !== undefined) namespaces.set(local, to);
        else if (name !== undefined) uses.push(`${to}#${name}`);
        if (/^(?:node:)?process$/.test(to) && name === "env") readsProcessEnv = true;
      }
    }
    if (node["type"] === "CallExpression" && child(node, "callee")?.["type"] === "Import") {
      const [first] = children(node, "arguments");
      const specifier = textOf(child(first, "expression"), "value");
      if (specifier !== undefined) imports.push({ to: resolve(specifier), typeOnly: false, dynamic: true });
    }
    if (node["type"] === "MemberExpression") {
      const object = textOf(child(node, "object"), "value");
      const property = child(node, "property");
      const name = textOf(property, "value") ?? textOf(child(property, "expression"), "value");
      if (object === "process" && name === "env") readsProcessEnv = true;
      const namespace = object === undefined ? undefined : namespaces.get(object);
      if (namespace !== undefined && name !== undefined) uses.push(`${namespace}#${name}`);
    }
    if (node["type"] === "VariableDeclarator" && textOf(child(node, "init"), "value") === "process") {
      const taken = children(child(node, "id"), "properties").map((property) =>
        textOf(child(property, "key"), "value"),
      );
      if (taken.includes("env")) readsProcessEnv = true;
    }
    if (node["type"] === "ExportDeclaration") functions.push(...functionNames(child(node, "declaration")));
  });
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return { path, lines, imports, readsProcessEnv, functions, uses };
}

type Node = Record<string, unknown>;

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: "utf8" }).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Names of functions, and of constants that hold one, in an exported declaration. */
function functionNames(declaration: Node | undefined): string[] {
  const own = textOf(child(declaration, "identifier"), "value");
  if (declaration?.["type"] === "FunctionDeclaration" && own !== undefined) return [own];
  return children(declaration, "declarations").flatMap((item) => {
    const name = textOf(child(item, "id"), "value");
    return child(item, "init")?.["type"] === "ArrowFunctionExpression" && name !== undefined ? [name] : [];
  });
}

function visit(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) for (const item of node) visit(item, see);
  else if (isNode(node)) {
    if (typeof node["type"] === "string") see(node);
    for (const value of Object.values(node)) if (typeof value === "object") visit(value, see);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function child(node: Node | undefined, key: string): Node | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

function children(node: Node | undefined, key: string): Node[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function textOf(node: Node | undefined, key: string): string | undefined {
  const value = node?.[key];
  return typeof value === "string" ? value : undefined;
}
