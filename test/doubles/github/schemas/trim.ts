/**
 * Writes `data/api.json`, `data/webhooks.json` and `data/NOTICE.md`: the part of GitHub's published descriptions that
 * strict mode needs, without prose. Run it after raising one of the versions below:
 *
 *     node test/doubles/github/schemas/trim.ts [FOLDER]
 *
 * Both packages are installed by npm into a temporary folder (420 MB, removed at the end), never into this project.
 * With FOLDER, an existing `node_modules` in FOLDER is read and kept instead.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CORRECTED_PROPERTIES, CORRECTED_RESPONSES } from "./corrections.ts";
import { EVENTS, keepsOperation } from "./selection.ts";
import { shareRepeated } from "./share.ts";
import { close, isObject, references, simplify, type Json, type JsonObject } from "./simplify.ts";

const API = { name: "@octokit/openapi", version: "23.0.2" };
const WEBHOOKS = { name: "@octokit/openapi-webhooks", version: "12.1.0" };
const METHODS = ["get", "post", "put", "patch", "delete"];

function main(existing: string | undefined): void {
  const folder = existing ?? mkdtempSync(join(tmpdir(), "github-descriptions-"));
  try {
    if (existing === undefined) {
      const wanted = [API, WEBHOOKS].map(({ name, version }) => `${name}@${version}`);
      execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", ...wanted]);
    }
    write("api.json", trimApi(load(folder, API)));
    write("webhooks.json", trimWebhooks(load(folder, WEBHOOKS)));
    writeFileSync(new URL("data/NOTICE.md", import.meta.url), notice(folder));
  } finally {
    if (existing === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function trimApi(document: JsonObject): JsonObject {
  const operations: JsonObject = {};
  for (const [path, item] of Object.entries(object(document.paths))) {
    if (!keepsOperation(path)) continue;
    for (const method of METHODS) {
      const operation = object(item)[method];
      const name = `${method.toUpperCase()} ${path}`;
      if (isObject(operation)) operations[name] = trimOperation(document, operation, name);
    }
  }
  const schemas = reached(document, operations);
  return { source: source(API), ...shareRepeated({ operations, schemas }) };
}

function trimOperation(document: JsonObject, operation: JsonObject, name: string): JsonObject {
  const out: JsonObject = { parameters: [], responses: {} };
  const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
  out.parameters = parameters.map((entry) => trimParameter(resolve(document, entry)));
  if (isObject(operation.requestBody)) {
    const body = resolve(document, operation.requestBody);
    const schema = object(object(body.content)["application/json"]).schema;
    if (schema !== undefined) out.body = { required: body.required === true, schema: inlineClosed(document, schema) };
    else out.body = { required: false };
  } else {
    out.body = null;
  }
  const responses: JsonObject = {};
  for (const [status, entry] of Object.entries(object(operation.responses))) {
    const corrected = CORRECTED_RESPONSES.find((one) => one.operation === name && one.status === status);
    const described = object(object(resolve(document, entry).content)["application/json"]).schema;
    const schema = corrected?.schema ?? described;
    responses[status] = schema === undefined ? null : simplify(schema);
  }
  return { ...out, responses };
}

/** GitHub states some upper limits in prose only ("max 100"); they are kept as `maximum`. */
function trimParameter(parameter: JsonObject): Json {
  const schema = object(simplify(parameter.schema ?? {}));
  const limit = /\(max (\d+)\)/.exec(text(parameter.description))?.[1];
  const whole = limit === undefined ? schema : { ...schema, maximum: Number(limit) };
  return { name: parameter.name ?? "", in: parameter.in ?? "", required: parameter.required === true, schema: whole };
}

/** Request bodies are closed at every level; what they share is copied in, as the shared form stays open for answers. */
function inlineClosed(document: JsonObject, schema: Json): Json {
  const inline = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(inline);
    if (!isObject(node)) return node;
    if (typeof node.$ref === "string") return inline(resolve(document, node));
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inline(value)]));
  };
  return close(simplify(inline(schema)));
}

function trimWebhooks(document: JsonObject): JsonObject {
  const deliveries: JsonObject = {};
  for (const [name, item] of Object.entries(object(document.webhooks))) {
    const post = object(object(item).post);
    const event = text(object(post["x-github"]).subcategory);
    if (!EVENTS.includes(event)) continue;
    const action = name.slice(event.length + 1).replaceAll("-", "_");
    const schema = object(object(object(post.requestBody).content)["application/json"]).schema ?? {};
    deliveries[action === "" ? event : `${event}.${action}`] = simplify(schema);
  }
  const schemas = reached(document, deliveries);
  return { source: source(WEBHOOKS), ...shareRepeated({ deliveries, schemas }) };
}

function reached(document: JsonObject, from: Json): JsonObject {
  const all = object(object(document.components).schemas);
  const schemas: JsonObject = {};
  const queue = references(from);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (schemas[name] !== undefined) continue;
    const schema = simplify(all[name] ?? {});
    for (const { schema: of, within = [], property, is } of CORRECTED_PROPERTIES)
      if (of === name)
        object(within.reduce((node, key) => object(node[key]), object(schema)).properties)[property] = is;
    schemas[name] = schema;
    queue.push(...references(schema));
  }
  return Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function resolve(document: JsonObject, entry: Json): JsonObject {
  const node = object(entry);
  if (typeof node.$ref !== "string") return node;
  let target: Json = document;
  for (const part of node.$ref.slice(2).split("/")) target = object(target)[part] ?? {};
  return resolve(document, target);
}

function load(folder: string, { name, version }: { name: string; version: string }): JsonObject {
  const root = join(folder, "node_modules", name);
  const found = text(object(JSON.parse(readFileSync(join(root, "package.json"), "utf8"))).version);
  if (found !== version) throw new Error(`${folder} holds ${name}@${found}, but ${version} is wanted`);
  return object(JSON.parse(readFileSync(join(root, "generated/api.github.com.json"), "utf8")));
}

/** One line for each operation, delivery and schema, so that a new version shows as a readable difference. */
function write(file: string, content: JsonObject): void {
  const parts = Object.entries(content).map(([key, value]) => {
    if (!isObject(value)) return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
    const lines = Object.entries(value).map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    return `${JSON.stringify(key)}:{\n${lines.join(",\n")}\n}`;
  });
  const whole = `{${parts.join(",\n")}}\n`;
  writeFileSync(new URL(`data/${file}`, import.meta.url), whole);
  console.log(`data/${file}: ${Math.round(whole.length / 1024)} KiB`);
}

function notice(folder: string): string {
  const licence = readFileSync(join(folder, "node_modules", API.name, "LICENSE"), "utf8").trim();
  return `# Where this data comes from

\`api.json\` and \`webhooks.json\` are trimmed copies of GitHub's published API descriptions
(<https://github.com/github/rest-api-description>, MIT License, Copyright (c) GitHub), taken from
${source(API)} (\`api.json\`) and ${source(WEBHOOKS)} (\`webhooks.json\`). All prose was removed;
\`trim.ts\` in the folder above writes both files anew.

The packages are distributed under this licence:

${licence}
`;
}

function source({ name, version }: { name: string; version: string }): string {
  return `${name}@${version}`;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

main(process.argv[2]);
