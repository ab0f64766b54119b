import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { Access, PermissionSet } from "../permissions.ts";
import { isObject } from "../rest/body.ts";
import { validationFailed, type HttpProblem } from "../rest/problem.ts";
import type { Account } from "../state/accounts.ts";
import type { App, ManifestCode } from "../state/apps.ts";
import type { GitHub } from "../state/github.ts";
import { createAccount, randomText } from "./accounts.ts";

const makeKeyPair = promisify(generateKeyPair);
const accesses: readonly unknown[] = ["read", "write", "admin"];

/**
 * Makes an app of a manifest, with its key, secret and bot account.
 * Throws 422 that names what is wrong with the manifest.
 * @see https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export async function createApp(
  github: GitHub,
  input: { manifest: Record<string, unknown>; owner: Account; webhookUrl?: string | null },
): Promise<App> {
  const { manifest, owner } = input;
  const name = manifest["name"];
  if (typeof name !== "string" || name.trim() === "") throw wrong("name", "the manifest needs a name");
  const slug = slugOf(name);
  if (github.state.apps.some((app) => app.slug === slug)) throw wrong("name", `the name "${name}" is already taken`);
  const permissions = permissionsOf(manifest["default_permissions"]);
  const events = eventsOf(manifest["default_events"]);
  const hook = isObject(manifest["hook_attributes"]) ? manifest["hook_attributes"] : {};
  const hookUrl = typeof hook["url"] === "string" && hook["active"] !== false ? hook["url"] : null;
  const privateKey = await newKey(github);
  const { account: bot } = createAccount(github, { login: `${slug}[bot]`, type: "Bot" });
  const now = github.timestamp();
  const app: App = {
    id: github.nextId(),
    slug,
    name: name.trim(),
    clientId: `Iv23li${randomText(14)}`,
    clientSecret: randomBytes(20).toString("hex"),
    ownerId: owner.id,
    botId: bot.id,
    description: typeof manifest["description"] === "string" ? manifest["description"] : null,
    externalUrl: typeof manifest["url"] === "string" ? manifest["url"] : github.url,
    privateKey,
    webhookUrl: input.webhookUrl ?? hookUrl,
    webhookSecret: randomBytes(20).toString("hex"),
    hookId: github.nextId(),
    permissions,
    events,
    createdAt: now,
    updatedAt: now,
  };
  github.state.apps.push(app);
  return app;
}

/** Keeps a posted manifest for one conversion and gives the code that the browser carries back. */
export function keepManifest(github: GitHub, manifest: Record<string, unknown>, owner: Account): string {
  const code = randomBytes(20).toString("hex");
  github.state.manifestCodes.push({ code, manifest, ownerId: owner.id });
  return code;
}

/** Takes a code out of the waiting ones; `null` when it is unknown or was used. */
export function takeManifest(github: GitHub, code: string): ManifestCode | null {
  const found = github.state.manifestCodes.find((one) => one.code === code) ?? null;
  github.state.manifestCodes = github.state.manifestCodes.filter((one) => one !== found);
  return found;
}

// To make one takes 0.1 s of a core, and tests make many apps: each local GitHub of a process gives out the same ones, none twice.
const keys: Promise<string>[] = [];
const givenOut = new WeakMap<GitHub, number>();

async function newKey(github: GitHub): Promise<string> {
  const index = givenOut.get(github) ?? 0;
  givenOut.set(github, index + 1);
  const key = await (keys[index] ??= makeKey());
  // The state may come from a file that another one of this process wrote.
  return github.state.apps.some((app) => app.privateKey === key) ? newKey(github) : key;
}

async function makeKey(): Promise<string> {
  const { privateKey } = await makeKeyPair("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  return privateKey;
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

function permissionsOf(value: unknown): PermissionSet {
  if (value !== undefined && !isObject(value)) throw wrong("default_permissions", "default_permissions is no object");
  const set: PermissionSet = {};
  for (const [name, access] of Object.entries(value ?? {})) {
    if (!isAccess(access))
      throw wrong("default_permissions", `default_permissions.${name} is neither read nor write nor admin`);
    set[name] = access;
  }
  // Every app may read metadata as soon as it may do anything; it cannot be refused.
  return { ...set, metadata: "read" };
}

function eventsOf(value: unknown): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrong("default_events", "default_events is no list of event names");
}

function isAccess(value: unknown): value is Access {
  return accesses.includes(value);
}

function wrong(field: string, message: string): HttpProblem {
  return validationFailed({ resource: "Integration", field, code: "custom", message });
}
