import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describeProblems } from "./describe-problems.ts";

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: object;
}
interface Operation {
  parameters: Parameter[];
  body: { required: boolean; schema?: object } | null;
  responses: Record<string, object | null>;
}
interface Api {
  operations: Record<string, Operation>;
  schemas: Record<string, object>;
}
interface Webhooks {
  deliveries: Record<string, object>;
  schemas: Record<string, object>;
}
const api = lazily(() => load("api") as Api);
const webhooks = lazily(() => load("webhooks") as Webhooks);
const compiled = new Map<string, ValidateFunction>();

/**
 * Holds a request against GitHub's OpenAPI description. `pattern` is the path as the description writes it
 * (`/repos/{owner}/{repo}/issues/{issue_number}`); query and path values are the strings of the URL.
 * @returns readable problems, none when the request is one that GitHub documents. Unknown query parameters and
 * unknown properties of the body count as problems, although GitHub ignores them.
 */
export function validateRequest(
  method: string,
  pattern: string,
  request: { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown },
): string[] {
  const name = `${method.toUpperCase()} ${pattern}`;
  const operation = api().operations[name];
  if (operation === undefined) return [notDescribed(name)];
  return [
    ...parameterProblems(`${name} path`, operation, "path", request.params ?? {}),
    ...parameterProblems(`${name} query`, operation, "query", request.query ?? {}),
    ...bodyProblems(name, operation, request.body),
  ];
}

/**
 * Holds an answer against the description. Answers without a JSON body (204, 304, redirects, raw media types given as
 * text or bytes) are not looked at; an error needs a `message`, and the described shape if there is one.
 */
export function validateResponse(method: string, pattern: string, status: number, body: unknown): string[] {
  const name = `${method.toUpperCase()} ${pattern}`;
  const operation = api().operations[name];
  if (operation === undefined) return [notDescribed(name)];
  const where = `${name} response ${status}`;
  const schema = operation.responses[String(status)];
  if (schema === undefined) {
    if (status < 300) return [`${where}: is not described, only ${Object.keys(operation.responses).join(", ")}`];
    return status < 400 ? [] : errorProblems(where, body);
  }
  if (schema === null || body === undefined || typeof body === "string" || body instanceof Uint8Array) return [];
  const errors = check("api", `/operations/${pointer(name)}/responses/${status}`, plain(body));
  return describeProblems(where, errors);
}

/** Holds a webhook payload against GitHub's description of `event` and `action` (none for `push`, `status`, …). */
export function validateDelivery(event: string, action: string | undefined, payload: unknown): string[] {
  const name = action === undefined ? event : `${event}.${action}`;
  if (webhooks().deliveries[name] === undefined) return [`delivery ${name}: GitHub describes no such event or action`];
  const errors = check("webhooks", `/deliveries/${pointer(name)}`, plain(payload));
  return describeProblems(`delivery ${name}`, errors);
}

/** True when the trimmed description holds the operation. */
export function isDescribed(method: string, pattern: string): boolean {
  return api().operations[`${method.toUpperCase()} ${pattern}`] !== undefined;
}

function parameterProblems(
  where: string,
  operation: Operation,
  place: "path" | "query",
  given: Record<string, unknown>,
): string[] {
  const known = operation.parameters.filter((parameter) => parameter.in === place);
  const problems: string[] = [];
  if (place === "query") {
    for (const name of Object.keys(given)) {
      // `name[]=a&name[]=b` is how octokit sends lists
      if (!known.some((parameter) => parameter.name === name.replace(/\[\]$/, ""))) {
        problems.push(`${where}: ${name} is not a parameter of this operation`);
      }
    }
  }
  for (const parameter of known) {
    const value = given[parameter.name] ?? given[`${parameter.name}[]`];
    if (value === undefined) {
      if (parameter.required && place === "query") problems.push(`${where}: ${parameter.name} is required`);
      continue;
    }
    const errors = checkText(parameter.schema, { [parameter.name]: value }, parameter.name);
    problems.push(...describeProblems(where, errors));
  }
  return problems;
}

function bodyProblems(name: string, operation: Operation, body: unknown): string[] {
  const where = `${name} body`;
  const empty = body === undefined || body === "" || (isRecord(body) && Object.keys(body).length === 0);
  if (operation.body === null) return empty ? [] : [`${where}: this operation takes no body`];
  if (operation.body.schema === undefined) return [];
  if (body === undefined || body === "") {
    if (operation.body.required) return [`${where}: is missing`];
    return [];
  }
  const errors = check("api", `/operations/${pointer(name)}/body/schema`, plain(body));
  return describeProblems(where, errors);
}

function errorProblems(where: string, body: unknown): string[] {
  if (isRecord(body) && typeof body.message === "string") return [];
  return [`${where}: / must have message`];
}

/** Compiles on first use: a whole document would cost seconds, one operation costs milliseconds. */
function check(document: "api" | "webhooks", path: string, value: unknown): ErrorObject[] {
  const ref = `${document}#${path}`;
  let validate = compiled.get(ref);
  if (validate === undefined) {
    const ajv = document === "api" ? apiReader() : webhooksReader();
    validate = ajv.compile({ $ref: ref.split("/").map(encodeURIComponent).join("/").replace("%23", "#") });
    compiled.set(ref, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}

/** Texts of a URL, which stand for what the schema says. Each schema is compiled once. */
function checkText(schema: object, value: Record<string, unknown>, name: string): ErrorObject[] {
  let validate = textual.get(schema);
  if (validate === undefined) {
    validate = textReader().compile({ type: "object", properties: { [name]: schema } });
    textual.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}

const textual = new Map<object, ValidateFunction>();

const apiReader = lazily(() => reader().addSchema(api(), "api"));
const webhooksReader = lazily(() => reader().addSchema(webhooks(), "webhooks"));
const textReader = lazily(() => reader("array"));

function reader(coerceTypes: false | "array" = false): Ajv2020 {
  // Most validators are asked a few times: to optimise one takes longer than it saves.
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    logger: false,
    coerceTypes,
    code: { optimize: false },
    inlineRefs: false,
  });
  addFormats.default(ajv);
  // GitHub's own `1+slug[bot]@users.noreply.github.com` is no e-mail address by the letter of RFC 5322
  ajv.addFormat("email", /^\S+@\S+$/);
  return ajv;
}

function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), "utf8"));
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What a client would receive: dates as text, undefined properties gone. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function pointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notDescribed(name: string): string {
  return `${name}: is no operation of GitHub's description, or test/doubles/github/schemas/selection.ts leaves it out`;
}
