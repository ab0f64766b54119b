import type { Actor } from "../auth.ts";
import type { Access } from "../permissions.ts";
import type { RateCounters } from "./rate-limit.ts";
import type { GitHub } from "../state/github.ts";
import type { Role } from "../state/repositories.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RestRequest {
  github: GitHub;
  actor: Actor;
  /** Path parameters, decoded. */
  params: Record<string, string>;
  query: Record<string, string>;
  /** Parsed JSON; `{}` when there was no body. */
  body: Record<string, unknown>;
  rates: RateCounters;
  request: {
    method: Method;
    /** Path as asked, with the `/api/v3` prefix if it had one; without the query. */
    path: string;
    headers: Record<string, string>;
    /** Parsed JSON of any kind, for the few routes whose body is a list. */
    json: unknown;
  };
}

/** `raw` is sent as it is (give a content-type); otherwise `body` is sent as JSON. */
export interface RestAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  raw?: Buffer | string;
}

export interface RouteOptions {
  /** The one kind of token that may come; for routes outside `/repos/{owner}/{repo}`, or about an app itself. */
  auth?: "app" | "user" | "installation";
  /** What an installation token needs: any one of these. Without it, installation tokens are let through. */
  permission?: Record<string, Access>;
  /** What a person needs in the repository; default: `read` for GET, `write` otherwise. Only for `/repos/{owner}/{repo}` routes. */
  role?: Role;
  handler: (request: RestRequest) => RestAnswer | Promise<RestAnswer>;
}

export interface Route extends RouteOptions {
  method: Method;
  pattern: string;
  expression: RegExp;
}

/** Parameters that may hold slashes, as on GitHub. */
const spanning = new Set(["path", "ref", "branch", "basehead"]);

/**
 * Declares one route.
 * @param pattern exactly as in GitHub's OpenAPI description: `/repos/{owner}/{repo}/issues/{issue_number}`
 */
export function route(method: Method, pattern: string, options: RouteOptions): Route {
  const source = pattern
    .split(/(\/\{path\}|\{\w+\})/)
    .map((part) => {
      if (part === "/{path}") return "(?:/(?<path>.*?))?";
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
      return spanning.has(name) ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
    })
    .join("");
  return { method, pattern, ...options, expression: new RegExp(`^${source}/?$`) };
}

/** GitHub's own resources below a branch. Those that are no route here are unknown, and no branch of that name. */
const belowBranch = /^\/repos\/[^/]+\/[^/]+\/branches\/.+\/(?:protection\/.+|rename\/?)$/;

/** The route for a request and its parameters; the one with the most fixed words wins (`/git/refs/{ref}` over `/{path}`). `null`: unknown. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | null {
  let best: { route: Route; params: Record<string, string>; weight: number } | null = null;
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const found = candidate.expression.exec(path);
    if (!found) continue;
    if (candidate.pattern.endsWith("/branches/{branch}") && belowBranch.test(path)) continue;
    const weight = weightOf(candidate.pattern);
    if (best && best.weight >= weight) continue;
    const params = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [name, decode(value ?? "")]),
    );
    best = { route: candidate, params, weight };
  }
  return best;
}

function weightOf(pattern: string): number {
  return pattern.split("/").filter((part) => part && !part.startsWith("{")).length;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
