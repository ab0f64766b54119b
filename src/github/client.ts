/**
 * One door to GitHub for the worker. Reads are retried; a write is never retried by the client, because a create whose answer was lost
 * may have happened (`writer.ts` looks before it tries again). Every call ends after 30 s. A limit becomes `RateLimited`: the job
 * goes back into the queue instead of sleeping in a worker. Tokens are narrowed to one repository and the permissions of the step.
 */
import { createAppAuth, type InstallationAccessTokenAuthentication } from "@octokit/auth-app";
import { Octokit as Core } from "@octokit/core";
import { withCustomRequest } from "@octokit/graphql";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import type { RepoRef } from "../domain/ids.ts";
import type { Log } from "../log.ts";
import { appJwts } from "./app-jwt.ts";
import { MissingPermission, statusOf, translate } from "./failures.ts";
import { lacking, narrowedToken, type TokenScope } from "./narrowed-token.ts";

const Octokit = Core.plugin(paginateRest, retry);
export type Octokit = InstanceType<typeof Octokit>;

export type Permissions = Readonly<Partial<Record<PermissionName, "read" | "write">>>;
type PermissionName = "contents" | "issues" | "pull_requests" | "checks" | "statuses" | "metadata";

export interface GitHubApp {
  readonly appId: number;
  /** As the App itself (JWT): hook deliveries, installations. */
  readonly app: Octokit;
  /**
   * As the installation, in one repository, with no more than these permissions.
   * @param enough `any` where GitHub asks for one of them: those that the installation does not grant are left out, as long as one is left
   */
  in(repo: RepoRef, permissions: Permissions, enough?: "all" | "any"): RepoApi;
  /** Every repository that the installation covers. */
  repositoriesOf(installation: number): Promise<{ id: number; owner: string; name: string }[]>;
  /** A token for git, read-only, for one repository; lives at most an hour. */
  gitToken(repo: RepoRef): Promise<string>;
  /** The same for another repository of the same account; null where the App is not installed there. */
  neighbourToken(repo: RepoRef, name: string): Promise<string | null>;
  /** The bot's own account name, `slug[bot]`. */
  login(): Promise<string>;
  cloneUrl(repo: RepoRef): string;
  webUrl(repo: RepoRef): string;
  /** Every text that leaves passes here: known secrets and token shapes are cut out. */
  readonly redact: (text: string) => string;
}

export interface RepoApi {
  readonly repo: RepoRef;
  /** `{ owner, repo }`, the first parameters of nearly every route. */
  readonly at: { owner: string; repo: string };
  readonly octokit: Octokit;
  /** For GET: retried three times on 5xx and broken connections. */
  readonly read: Octokit["request"];
  /** For everything that changes something: tried once. */
  readonly write: Octokit["request"];
  /** Tried once, as a write; most of what we ask in GraphQL is a mutation. */
  readonly graphql: <T>(query: string, variables: Readonly<Record<string, unknown>>) => Promise<T>;
}

export interface GitHubOptions {
  apiUrl: string;
  webUrl: string;
  appId: number;
  privateKey: string;
  log: Log;
  redact: (text: string) => string;
  timeoutMs?: number;
  /** Shortest time between two writes, in milliseconds; GitHub asks for a second. */
  writeIntervalMs?: number;
}

export function createGitHub(options: GitHubOptions): GitHubApp {
  const { appId, privateKey, apiUrl, log } = options;
  const lane = writeLane(options.writeIntervalMs ?? 0);
  const known = new Map<string, RepoApi>();
  const common = {
    baseUrl: apiUrl,
    userAgent: "codegen-bot",
    request: { fetch: fetchWithin(options.timeoutMs ?? 30_000) },
    retry: { doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
    log: quiet(log),
  };
  const open = (authentication: { authStrategy: unknown; auth: object }): Octokit => {
    const octokit = new Octokit({ ...common, ...authentication });
    octokit.hook.error("request", (error) => {
      throw translate(error);
    });
    octokit.hook.before("request", async (request) => {
      if (request.method !== "GET" && !request.url.includes("/access_tokens")) await lane();
    });
    return octokit;
  };
  const app = open({ authStrategy: createAppAuth, auth: { appId, createJwt: appJwts(privateKey) } });
  const askToken = async ({ any, ...scope }: TokenScope): Promise<InstallationAccessTokenAuthentication> => {
    const ask = async (permissions: TokenScope["permissions"]) =>
      (await app.auth({ type: "installation", ...scope, permissions })) as InstallationAccessTokenAuthentication;
    try {
      return await ask(scope.permissions);
    } catch (error) {
      if (!(error instanceof MissingPermission)) throw error;
      const at = { installation_id: scope.installationId };
      const { data } = await app.request("GET /app/installations/{installation_id}", at);
      const { usable, missing } = lacking(scope, data.permissions);
      if (any === true && missing.length > 0 && Object.keys(usable).length > 0) return ask(usable);
      throw new MissingPermission(missing, any === true ? "any" : "all", error);
    }
  };
  const authStrategy = narrowedToken(askToken);
  let slug: Promise<string> | undefined;

  const inRepo = (repo: RepoRef, permissions: Permissions, enough: "all" | "any" = "all"): RepoApi => {
    const key = JSON.stringify([
      repo.installation,
      repo.id,
      repo.owner,
      repo.name,
      enough,
      Object.entries(permissions).toSorted(([a], [b]) => a.localeCompare(b)),
    ]);
    const cached = known.get(key);
    if (cached) return cached;
    if (known.size > 500) known.clear();
    const any = enough === "any";
    const auth: TokenScope = { installationId: repo.installation, repositoryIds: [repo.id], permissions, any };
    const octokit = open({ authStrategy, auth });
    const write = octokit.request.defaults({ request: { retries: 0 } });
    const api: RepoApi = {
      repo,
      at: { owner: repo.owner, repo: repo.name },
      octokit,
      read: octokit.request,
      write,
      graphql: graphqlOver(write),
    };
    known.set(key, api);
    return api;
  };

  return {
    appId,
    app,
    redact: options.redact,
    in: inRepo,
    async repositoriesOf(installation) {
      const auth: TokenScope = { installationId: installation, permissions: { metadata: "read" } };
      const octokit = open({ authStrategy, auth });
      const repositories = await octokit.paginate("GET /installation/repositories", { per_page: 100 });
      return repositories.map((repository) => ({
        id: repository.id,
        owner: repository.owner.login,
        name: repository.name,
      }));
    },
    async gitToken(repo) {
      const { octokit } = inRepo(repo, { contents: "read" });
      const auth = (await octokit.auth()) as { token: string };
      return auth.token;
    },
    async neighbourToken({ installation }, name) {
      const scope = { installationId: installation, repositoryNames: [name], permissions: { contents: "read" } };
      try {
        const { token } = (await app.auth({ type: "installation", ...scope })) as InstallationAccessTokenAuthentication;
        return token;
      } catch (error) {
        if (statusOf(error) === 422) return null;
        throw error;
      }
    },
    async login() {
      slug ??= app.request("GET /app").then(({ data }) => `${data?.slug ?? ""}[bot]`);
      slug.catch(() => (slug = undefined));
      return slug;
    },
    cloneUrl: (repo) => `${options.webUrl}/${repo.owner}/${repo.name}.git`,
    webUrl: (repo) => `${options.webUrl}/${repo.owner}/${repo.name}`,
  };
}

/** GraphQL tells limits and missing permissions in answers of status 200. */
function graphqlOver(write: Octokit["request"]): RepoApi["graphql"] {
  const ask = withCustomRequest(write);
  return async <T>(query: string, variables: Readonly<Record<string, unknown>>) => {
    try {
      return await ask<T>(query, variables);
    } catch (error) {
      throw translate(error);
    }
  };
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api (pause between mutative requests) */
function writeLane(intervalMs: number): () => Promise<void> {
  let free = 0;
  return async () => {
    const now = Date.now();
    const start = Math.max(now, free);
    free = start + intervalMs;
    if (start > now) await new Promise((resolve) => setTimeout(resolve, start - now));
  };
}

/**
 * Reads the whole answer before octokit sees it: octokit takes a body that broke off for an empty one, and an empty list would mean
 * that something of ours does not exist yet.
 */
function fetchWithin(timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const response = await fetch(input, { ...init, signal });
    const body = await response.arrayBuffer();
    const { status, statusText, headers } = response;
    const whole = new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
    // Pagination goes by the address, which only fetch itself can set.
    return Object.defineProperty(whole, "url", { value: response.url });
  };
}

/** Octokit warns through its log about deprecations and retries; they are ours to read, not the console's. */
function quiet(log: Log) {
  return {
    debug: () => {},
    info: () => {},
    warn: (message: string) => log.warn({ message }, "octokit warns"),
    error: (message: string) => log.debug({ message }, "octokit reports a failed request"),
  };
}
