/** The only file that reads `process.env`. Everything else takes values as parameters. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { parseHostPattern, toHostPatterns, type HostPattern } from "./domain/host-pattern.ts";
import { messageOf, StartError } from "./errors.ts";

export const processRoles = ["all", "edge", "worker"] as const;
export type ProcessRole = (typeof processRoles)[number];

export const sandboxKinds = ["bubblewrap", "docker"] as const;

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** What the process was told. An absent value is `null`, never an empty text. */
export interface Env {
  readonly nodeEnv: string;
  /** `edge` receives, `worker` works, `all` does both in one process. */
  readonly role: ProcessRole;
  readonly appId: number;
  /** PEM text; only an `edge` may go without. */
  readonly privateKey: string | null;
  /** The secret in use first, then the one it replaces. Empty for a `worker`. */
  readonly webhookSecrets: readonly string[];
  /** Without a slash at its end. */
  readonly githubApiUrl: string;
  /** Where people and git find the repositories of that API; without a slash at its end. */
  readonly githubWebUrl: string;
  readonly host: string;
  readonly port: number;
  /** How people reach this process; without a slash at its end. */
  readonly publicUrl: string;
  readonly dataDir: string;
  /** Bytes that all snapshots may have; null: as the disk allows. */
  readonly snapshotBytes: number | null;
  /** Minutes that commands for one account may run within 24 hours; null: as many as there are. */
  readonly quotaMinutes: number | null;
  /** What other people's code runs in, and what that needs when it is Docker. */
  readonly sandbox: {
    readonly kind: (typeof sandboxKinds)[number];
    readonly image: string;
    readonly dockerSocket: string;
  };
  readonly databaseUrl: string | null;
  readonly queueUrl: string | null;
  readonly artifactsUrl: string | null;
  /** `openai-compatible:NAME`, `anthropic:NAME` or `google:NAME` */
  readonly model: string | null;
  /** What repositories may choose from besides, in the same form. */
  readonly models: readonly string[];
  readonly modelUrl: string | null;
  readonly modelKey: string | null;
  /** The account with the Codegen API, when repositories may choose it. */
  readonly codegenApi: { readonly url: string; readonly token: string; readonly org: number } | null;
  /** The account at Anthropic, when repositories may choose the Claude Agent SDK. */
  readonly claude: { readonly url: string; readonly key: string; readonly model: string } | null;
  readonly chromiumPath: string | null;
  /** The file of the values that `environment.secrets` of a repository names. */
  readonly secretsPath: string | null;
  /** Hosts that may lead into private networks, where a repository lists them. */
  readonly privateHosts: readonly HostPattern[];
  readonly logLevel: (typeof logLevels)[number];
  /** Every secret value above, for the redactor. */
  readonly secrets: readonly string[];
}

/** What a command line on this host needs to know. */
export type LocalEnv = Pick<
  Env,
  "dataDir" | "snapshotBytes" | "sandbox" | "databaseUrl" | "queueUrl" | "chromiumPath" | "logLevel"
>;

type Source = Readonly<Record<string, string | undefined>>;

const url = (...schemes: readonly string[]) =>
  z
    .string()
    .refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text), {
      error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
    })
    .transform((text) => text.replace(/\/+$/, ""));
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((number) => number >= least && number <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    });
const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.enum(names, { error: `must be one of ${names.join(", ")}` });

const listed = z
  .string()
  .transform((text) => [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== ""));
const hosts = listed.superRefine((names, context) => {
  for (const name of names) {
    const parsed = parseHostPattern(name);
    if ("problem" in parsed)
      context.addIssue({ code: "custom", message: `names ${name.slice(0, 80)}, which ${parsed.problem}` });
  }
});

const model = /^(?:openai-compatible|anthropic|google):\S+$/;
const modelForms = "openai-compatible:NAME, anthropic:NAME or google:NAME";

/** Containers show directories of this machine, so their engine is on it. */
const socketScheme = "unix://";

const Variables = z.object({
  NODE_ENV: z.string().default("development"),
  CODEGEN_ROLE: oneOf(processRoles).default("all"),
  APP_ID: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string().optional(),
  WEBHOOK_SECRET_PREVIOUS: z.string().optional(),
  GITHUB_API_URL: url("https", "http").default("https://api.github.com"),
  HOST: z.string().default("127.0.0.1"),
  PORT: whole(0, 65_535).default(3000),
  PUBLIC_URL: url("https", "http").optional(),
  // Programs are started in another directory.
  CODEGEN_DATA_DIR: z
    .string()
    .default(".codegen")
    .transform((path) => resolve(path)),
  CODEGEN_SNAPSHOT_BYTES: whole(0, Number.MAX_SAFE_INTEGER).optional(),
  CODEGEN_QUOTA_MINUTES: whole(1, 1_000_000_000).optional(),
  CODEGEN_SANDBOX: oneOf(sandboxKinds).default("bubblewrap"),
  CODEGEN_SANDBOX_IMAGE: z
    .string()
    .regex(/^[\w.:@/-]{1,500}$/, "must be the name of an image, such as node:24-trixie or NAME@sha256:DIGEST")
    .default("node:24-trixie"),
  DOCKER_HOST: z.string().default(`${socketScheme}/var/run/docker.sock`),
  DATABASE_URL: url("postgres", "postgresql").optional(),
  QUEUE_URL: url("redis", "rediss", "postgres", "postgresql").optional(),
  ARTIFACTS_URL: url("s3", "https", "http", "file").optional(),
  CODEGEN_MODEL: z.string().regex(model, `must be ${modelForms}`).optional(),
  CODEGEN_MODELS: listed
    .refine((names) => names.every((name) => model.test(name)), `must be a list of ${modelForms}, with commas between`)
    .optional(),
  CODEGEN_MODEL_URL: url("https", "http").optional(),
  CODEGEN_MODEL_KEY: z.string().optional(),
  CODEGEN_API_URL: url("https", "http").default("https://api.codegen.com"),
  CODEGEN_API_TOKEN: z.string().optional(),
  CODEGEN_API_ORG: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  CODEGEN_CLAUDE_URL: url("https", "http").default("https://api.anthropic.com"),
  CODEGEN_CLAUDE_KEY: z.string().optional(),
  CODEGEN_CLAUDE_MODEL: z
    .string()
    .regex(/^[\w.:@/-]{1,200}$/, "must be the name of a model at Anthropic, such as claude-sonnet-5")
    .optional(),
  CHROMIUM_PATH: z.string().optional(),
  CODEGEN_SECRETS_PATH: z.string().optional(),
  CODEGEN_PRIVATE_HOSTS: hosts.optional(),
  LOG_LEVEL: oneOf(logLevels).default("info"),
});
type Variables = z.infer<typeof Variables>;
const LocalVariables = Variables.pick({
  CODEGEN_DATA_DIR: true,
  CODEGEN_SNAPSHOT_BYTES: true,
  CODEGEN_SANDBOX: true,
  CODEGEN_SANDBOX_IMAGE: true,
  DOCKER_HOST: true,
  DATABASE_URL: true,
  QUEUE_URL: true,
  CHROMIUM_PATH: true,
}).extend({
  // What the command line has to say is not for a log.
  LOG_LEVEL: oneOf(logLevels).default("error"),
});
type Some = { readonly [K in keyof Variables]?: Variables[K] | undefined };

/**
 * Reads and checks all variables.
 * @param source `process.env` unless a test says otherwise; an empty text counts as absent
 * @param place a `function` (AWS Lambda) is always an edge; it opens no store, but the queue cannot be embedded in it
 * @throws StartError naming every problem at once
 */
export function readEnv(source: Source = process.env, place: "server" | "function" = "server"): Env {
  const told = Object.entries(source).filter(([, value]) => value?.trim());
  const present = { ...Object.fromEntries(told), ...(place === "function" && { CODEGEN_ROLE: "edge" }) };
  const parsed = Variables.safeParse(present);
  const issues = parsed.error?.issues ?? [];
  const problems = issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`);
  // What one variable needs of another is told even where a third one is wrong, but nothing twice.
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  const sound: Some = parsed.data ?? Variables.partial().parse(without(present, wrong));
  const privateKey = readPrivateKey(sound, problems);
  problems.push(...missing(sound, wrong, place));
  if (!parsed.success || problems.length > 0) throw new StartError(explain(problems));
  return toEnv(parsed.data, privateKey);
}

/**
 * The variables that the command line needs, which works on this host alone and speaks to nobody.
 * @throws StartError naming every problem at once
 */
export function readLocalEnv(source: Source = process.env): LocalEnv {
  const told = Object.entries(source).filter(([, value]) => value?.trim());
  const parsed = LocalVariables.safeParse(Object.fromEntries(told));
  if (!parsed.success)
    throw new StartError(explain(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}.`)));
  return {
    dataDir: parsed.data.CODEGEN_DATA_DIR,
    snapshotBytes: parsed.data.CODEGEN_SNAPSHOT_BYTES ?? null,
    sandbox: toSandbox(parsed.data),
    databaseUrl: parsed.data.DATABASE_URL ?? null,
    queueUrl: parsed.data.QUEUE_URL ?? null,
    chromiumPath: parsed.data.CHROMIUM_PATH ?? null,
    logLevel: parsed.data.LOG_LEVEL,
  };
}

/**
 * Where the web side of an API is: `https://api.github.com` → `https://github.com`, GitHub Enterprise Server's
 * `https://HOST/api/v3` → `https://HOST`, a data-residency `https://api.NAME.ghe.com` → `https://NAME.ghe.com`;
 * anything else serves both.
 */
export function webUrlOf(apiUrl: string): string {
  const parsed = new URL(apiUrl);
  const path = parsed.pathname.replace(/\/+$/, "");
  if (path.endsWith("/api/v3")) return parsed.origin + path.slice(0, -"/api/v3".length);
  if (/^api\.(?:github\.com|[^.]+\.ghe\.com)$/.test(parsed.hostname))
    return `https://${parsed.host.slice("api.".length)}`;
  return parsed.origin + path;
}

function without(source: Source, names: ReadonlySet<string>): Source {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !names.has(name)));
}

function missing(given: Some, wrong: ReadonlySet<string>, place: "server" | "function"): readonly string[] {
  const role = given.CODEGEN_ROLE ?? "all";
  const told: string[] = [];
  const lacks = (name: keyof Variables): boolean => !given[name] && !wrong.has(name);
  if (lacks("APP_ID")) told.push("APP_ID is missing: the number on the settings page of your GitHub App.");
  if (role !== "edge" && lacks("PRIVATE_KEY") && lacks("PRIVATE_KEY_PATH"))
    told.push("PRIVATE_KEY or PRIVATE_KEY_PATH is missing: the .pem file that your GitHub App gave you.");
  if (role !== "worker" && lacks("WEBHOOK_SECRET"))
    told.push("WEBHOOK_SECRET is missing: without it anybody could pretend to be GitHub, so nothing starts.");
  if (place === "function" && lacks("QUEUE_URL") && lacks("DATABASE_URL"))
    told.push(
      "QUEUE_URL is missing: a function cannot hold the embedded queue; name the Redis or PostgreSQL where the worker takes its jobs.",
    );
  if (place === "server" && role !== "all" && lacks("DATABASE_URL"))
    told.push(
      `DATABASE_URL is missing: with CODEGEN_ROLE=${role} several processes share the store and the queue, and the embedded ones serve a single process.`,
    );
  if (given.CODEGEN_SANDBOX === "docker" && given.DOCKER_HOST?.startsWith(`${socketScheme}/`) === false)
    told.push(`DOCKER_HOST must be ${socketScheme}/PATH: containers show directories of this machine to sandboxes.`);
  told.push(...oddModels(given));
  if (given.CODEGEN_API_TOKEN && lacks("CODEGEN_API_ORG"))
    told.push("CODEGEN_API_ORG is missing: the number of the organisation that CODEGEN_API_TOKEN belongs to.");
  if (given.CODEGEN_API_ORG && lacks("CODEGEN_API_TOKEN"))
    told.push("CODEGEN_API_TOKEN is missing: the token of the Codegen organisation in CODEGEN_API_ORG.");
  if (given.CODEGEN_CLAUDE_KEY && lacks("CODEGEN_CLAUDE_MODEL"))
    told.push("CODEGEN_CLAUDE_MODEL is missing: the model that CODEGEN_CLAUDE_KEY is for.");
  if (given.CODEGEN_CLAUDE_MODEL && lacks("CODEGEN_CLAUDE_KEY"))
    told.push("CODEGEN_CLAUDE_KEY is missing: the key at Anthropic for the model in CODEGEN_CLAUDE_MODEL.");
  return told;
}

/** There is one key and one address: a model of another provider would take the key to a stranger. */
function oddModels({ CODEGEN_MODEL: one, CODEGEN_MODELS: all = [] }: Some): readonly string[] {
  const provider = one?.slice(0, one.indexOf(":") + 1);
  if (provider === undefined)
    return all.length === 0 ? [] : ["CODEGEN_MODEL is missing: CODEGEN_MODELS names models that go with it."];
  return all
    .filter((name) => !name.startsWith(provider))
    .map((name) => `CODEGEN_MODELS names ${name}, but address and key are those of ${provider}… in CODEGEN_MODEL.`);
}

function readPrivateKey(variables: Some, problems: string[]): string | null {
  const { PRIVATE_KEY: inline, PRIVATE_KEY_PATH: path } = variables;
  if (inline && path) problems.push("PRIVATE_KEY and PRIVATE_KEY_PATH are both set: keep one.");
  if (!inline && !path) return null;
  const name = inline ? "PRIVATE_KEY" : "PRIVATE_KEY_PATH";
  try {
    const pem = (inline ?? readFileSync(path ?? "", "utf8")).replaceAll("\\n", "\n").trim();
    if (createPrivateKey(pem).asymmetricKeyType !== "rsa") throw new Error("it is not an RSA key");
    return `${pem}\n`;
  } catch (error) {
    // The message of a failed parse never repeats the key; a failed read names the file.
    problems.push(
      `${name} cannot be used: ${messageOf(error)}. It must be the whole .pem text, line ends as they are or written as \\n.`,
    );
    return null;
  }
}

function explain(problems: readonly string[]): string {
  const lines = problems.map((problem) => `  - ${problem}`);
  return `Cannot start, ${problems.length === 1 ? "one variable is" : `${problems.length} things are`} wrong:\n${lines.join("\n")}`;
}

function toEnv(variables: Variables, privateKey: string | null): Env {
  const { WEBHOOK_SECRET: secret, WEBHOOK_SECRET_PREVIOUS: previous, HOST: host, PORT: port } = variables;
  const webhookSecrets = [secret, previous].filter((value) => value !== undefined);
  return {
    nodeEnv: variables.NODE_ENV,
    role: variables.CODEGEN_ROLE,
    // `missing` has refused an absent one.
    appId: variables.APP_ID ?? 0,
    privateKey,
    webhookSecrets,
    githubApiUrl: variables.GITHUB_API_URL,
    githubWebUrl: webUrlOf(variables.GITHUB_API_URL),
    host,
    port,
    publicUrl: variables.PUBLIC_URL ?? addressOf(host, port),
    dataDir: variables.CODEGEN_DATA_DIR,
    snapshotBytes: variables.CODEGEN_SNAPSHOT_BYTES ?? null,
    quotaMinutes: variables.CODEGEN_QUOTA_MINUTES ?? null,
    sandbox: toSandbox(variables),
    databaseUrl: variables.DATABASE_URL ?? null,
    queueUrl: variables.QUEUE_URL ?? null,
    artifactsUrl: variables.ARTIFACTS_URL ?? null,
    model: variables.CODEGEN_MODEL ?? null,
    models: variables.CODEGEN_MODELS ?? [],
    modelUrl: variables.CODEGEN_MODEL_URL ?? null,
    modelKey: variables.CODEGEN_MODEL_KEY ?? null,
    codegenApi: toCodegenApi(variables),
    claude: toClaude(variables),
    chromiumPath: variables.CHROMIUM_PATH ?? null,
    secretsPath: variables.CODEGEN_SECRETS_PATH ?? null,
    privateHosts: toHostPatterns(variables.CODEGEN_PRIVATE_HOSTS ?? []),
    logLevel: variables.LOG_LEVEL,
    secrets: [
      privateKey,
      ...webhookSecrets,
      variables.CODEGEN_MODEL_KEY,
      variables.CODEGEN_API_TOKEN,
      variables.CODEGEN_CLAUDE_KEY,
      ...passwordsOf(variables.DATABASE_URL),
      ...passwordsOf(variables.QUEUE_URL),
    ].filter((value): value is string => !!value),
  };
}

function toSandbox(
  variables: Pick<Variables, "CODEGEN_SANDBOX" | "CODEGEN_SANDBOX_IMAGE" | "DOCKER_HOST">,
): Env["sandbox"] {
  const { CODEGEN_SANDBOX: kind, CODEGEN_SANDBOX_IMAGE: image, DOCKER_HOST: host } = variables;
  return { kind, image, dockerSocket: host.startsWith(socketScheme) ? host.slice(socketScheme.length) : host };
}

function toCodegenApi(variables: Variables): Env["codegenApi"] {
  const { CODEGEN_API_TOKEN: token, CODEGEN_API_ORG: org } = variables;
  return token === undefined || org === undefined ? null : { url: variables.CODEGEN_API_URL, token, org };
}

function toClaude(variables: Variables): Env["claude"] {
  const { CODEGEN_CLAUDE_URL: address, CODEGEN_CLAUDE_KEY: key, CODEGEN_CLAUDE_MODEL: name } = variables;
  return key === undefined || name === undefined ? null : { url: address, key, model: name };
}

/** The same variables, with the port that 0 has come to stand for. A PUBLIC_URL of its own stays. */
export function withPort(env: Env, port: number): Env {
  const isMade = env.publicUrl === addressOf(env.host, env.port);
  return { ...env, port, ...(isMade && { publicUrl: addressOf(env.host, port) }) };
}

/** An address to open: one that listens everywhere is no place to go. */
function addressOf(host: string, port: number): string {
  const isEverywhere = host === "0.0.0.0" || host === "::";
  const name = host.includes(":") ? `[${host}]` : host;
  return `http://${isEverywhere ? "localhost" : name}:${port}`;
}

/** As it stands in the URL, and as the server will see it. */
function passwordsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const { password } = new URL(text);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A stray % decodes to nothing; then the written form is the only one.
    return [password];
  }
}
