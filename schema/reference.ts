/** Writes the table of docs/configuration.md from the schema of `.codegen.yml`. Part of `npm run schema`. */
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { defaultConfig, notInEffect } from "../src/config/schema.ts";
import { jsonSchema } from "./generate.ts";
import { meanings } from "./meanings.ts";

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly anyOf?: readonly Node[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export interface Key {
  /** Dotted; `[]` behind a list of mappings. */
  readonly key: string;
  readonly type: string;
  readonly default: string;
  readonly inEffect: boolean;
}

/** Every key that has a row: those with a meaning of their own, and all that are no mapping. */
export function listKeys(): readonly Key[] {
  return keysBelow(JSON.parse(jsonSchema()) as Node, "", false);
}

/** The page with its table made anew. */
export async function referencePage(page: string): Promise<string> {
  const rows = listKeys().map(
    (one) =>
      `| \`${one.key}\` | ${one.type} | ${one.default} | ${meanings[one.key] ?? ""} | ${one.inEffect ? "yes" : "**not yet**"} |`,
  );
  const table = ["| key | type | default | meaning | in effect |", "| --- | --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
  const [before, rest] = cut(page, begin);
  const [, after] = cut(rest, end);
  const text = `${before}${begin}\n\n${table}\n\n${end}${after}`;
  return format(text, { ...(await resolveConfig(file)), parser: "markdown" });
}

const begin = "<!-- table: npm run schema -->";
const end = "<!-- end of table -->";
const file = new URL("../docs/configuration.md", import.meta.url);

function cut(text: string, line: string): [string, string] {
  const place = text.indexOf(line);
  if (place === -1) throw new Error(`docs/configuration.md has lost its line ${line}`);
  return [text.slice(0, place), text.slice(place + line.length)];
}

function keysBelow(node: Node, path: string, required: boolean): readonly Key[] {
  const known = path in meanings;
  const mapping = node.type === "array" ? node.items : node;
  const inner = mapping?.properties;
  const here = node.type === "array" ? `${path}[]` : path;
  const below = inner
    ? Object.entries(inner).flatMap(([name, child]) =>
        keysBelow(child, path === "" ? name : `${here}.${name}`, mapping?.required?.includes(name) === true),
      )
    : [];
  if (inner && !known) return below;
  const described = below.filter((child) => child.key in meanings);
  return [row(node, path, required), ...described];
}

function row(node: Node, key: string, required: boolean): Key {
  const plain = key.replaceAll("[]", "");
  return {
    key,
    type: typeOf(node),
    default: required ? "required" : defaultOf(node, plain),
    inEffect: !notInEffect.some((absent) => plain === absent || plain.startsWith(`${absent}.`)),
  };
}

function typeOf(node: Node): string {
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(", ");
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.anyOf) return typeOf(node.anyOf[0] ?? {});
  if (node.pattern?.includes("ms|s|m|h")) return "time, such as `90s` or `5m`";
  if (node.pattern?.includes("KB|MB|GB")) return "size, such as `512MB` or `2GB`";
  if (node.type === "array") return node.items?.properties ? "list" : `list of ${plural(typeOf(node.items ?? {}))}`;
  if (node.type === "integer" || node.type === "number") return numberOf(node);
  if (node.type === "boolean") return "`true`, `false`";
  return node.type === "object" ? "mapping" : "text";
}

function plural(type: string): string {
  return type === "text" ? "texts" : type;
}

function numberOf({ type, minimum, maximum, exclusiveMinimum }: Node): string {
  const word = type === "integer" ? "whole number" : "number";
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : `over ${exclusiveMinimum}`);
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least === undefined) return word;
  return most === undefined
    ? `${word}, ${least} or more`.replace(/(over \d+) or more/, "$1")
    : `${word}, ${least} to ${most}`;
}

function defaultOf(node: Node, key: string): string {
  // A union has no default in JSON Schema; what the parser fills in is the same.
  const value = node.default ?? at(defaultConfig, key.split("."));
  if (value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0))
    return "–";
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item !== "object") ? list.map((item) => `\`${String(item)}\``).join(", ") : "–";
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}

if (import.meta.main) writeFileSync(file, await referencePage(readFileSync(file, "utf8")));
