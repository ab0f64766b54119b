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

  const tree = parseSync(text, { syntax: "typescript", target: "es2024" });
  const { isProcess, isLoader } = namesOf(tree);

  visit(tree, (node) => {
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
    if (node["type"] === "CallExpression" && isLoader(child(node, "callee"))) {
      const [first] = children(node, "arguments");
      const specifier = textOf(child(first, "expression"), "value");
      // It may stand in a function that runs later; nothing here needs to tell that apart.
      if (specifier !== undefined) imports.push({ to: resolve(specifier), typeOnly: false, dynamic: false });
    }
    if (node["type"] === "MemberExpression") {
      const object = textOf(child(node, "object"), "value");
      const name = memberName(node);
      if (name === "env" && isProcess(child(node, "object"))) readsProcessEnv = true;
      const namespace = object === undefined ? undefined : namespaces.get(object);
      if (namespace !== undefined && name !== undefined) uses.push(`${namespace}#${name}`);
    }
    if (node["type"] === "VariableDeclarator" && isProcess(child(node, "init"))) {
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

/** What a file calls Node's `process`, and what it loads CommonJS with: `createRequire(…)`, by whatever name. */
function namesOf(tree: unknown): Record<"isProcess" | "isLoader", (node: Node | undefined) => boolean> {
  const processes = new Set(["process"]);
  const makers = new Set<string>();
  const loaders = new Set<string>();
  const isProcess = (node: Node | undefined): boolean => {
    const at = bare(node);
    if (at?.["type"] === "Identifier") return processes.has(textOf(at, "value") ?? "");
    if (at?.["type"] !== "MemberExpression") return false;
    const from = bare(child(at, "object"));
    const isGlobal = /^global(?:This)?$/.test(textOf(from, "value") ?? "");
    return memberName(at) === "process" ? isGlobal : memberName(at) === "default" && isProcess(from);
  };
  const isLoader = (node: Node | undefined): boolean => {
    const at = bare(node);
    if (at?.["type"] === "Identifier") return loaders.has(textOf(at, "value") ?? "");
    const callee = at?.["type"] === "CallExpression" ? bare(child(at, "callee")) : undefined;
    return memberName(callee) === "createRequire" || makers.has(textOf(callee, "value") ?? "");
  };
  // Imports count from the first line on, wherever they stand.
  visit(tree, (node) => {
    if (node["type"] !== "ImportDeclaration") return;
    const source = textOf(child(node, "source"), "value") ?? "";
    for (const specifier of children(node, "specifiers")) {
      const local = textOf(child(specifier, "local"), "value") ?? "";
      const name = textOf(child(specifier, "imported"), "value");
      const isWhole = specifier["type"] !== "ImportSpecifier" || name === "default";
      if (/^(?:node:)?process$/.test(source) && isWhole) processes.add(local);
      if (/^(?:node:)?module$/.test(source) && (name ?? local) === "createRequire") makers.add(local);
    }
  });
  visit(tree, (node) => {
    const name = textOf(child(node, "id"), "value");
    if (node["type"] !== "VariableDeclarator" || name === undefined) return;
    if (isProcess(child(node, "init"))) processes.add(name);
    if (isLoader(child(node, "init"))) loaders.add(name);
  });
  return { isProcess, isLoader };
}

/** Without brackets, `!`, `as` and `?.` around it. */
function bare(node: Node | undefined): Node | undefined {
  const wraps = /^(?:Parenthesis|TsNonNull|TsAs|TsSatisfies|OptionalChaining)Expression$/;
  const inner = wraps.test(textOf(node, "type") ?? "") ? (child(node, "expression") ?? child(node, "base")) : undefined;
  return inner === undefined ? node : bare(inner);
}

/** `name` of `x.name` and of `x["name"]`. */
function memberName(node: Node | undefined): string | undefined {
  const property = child(node, "property");
  return textOf(property, "value") ?? textOf(child(property, "expression"), "value");
}

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
