import type { InstallationAccessTokenAuthentication } from "@octokit/auth-app";
import type { EndpointOptions, OctokitResponse, RequestInterface, RequestParameters, Route } from "@octokit/types";
import { statusOf } from "./failures.ts";

/** What a token may touch. */
export interface TokenScope {
  readonly installationId: number;
  readonly repositoryIds?: readonly number[];
  readonly permissions: Readonly<Record<string, string>>;
  /** One of them is enough: a token has those of them that the installation grants. */
  readonly any?: boolean;
}

/** What octokit takes for an authentication. */
export interface NarrowedToken {
  (): Promise<{ readonly token: string }>;
  hook(request: RequestInterface, route: Route, parameters?: RequestParameters): Promise<OctokitResponse<unknown>>;
}

/**
 * What an installation lacks of a scope, as `checks: write`.
 * @param granted the installation's permissions, by name
 */
export function lacking(
  { permissions }: TokenScope,
  granted: Readonly<Record<string, string | undefined>>,
): { readonly usable: TokenScope["permissions"]; readonly missing: readonly string[] } {
  const isGranted = ([name, level]: [string, string]) => granted[name] === level || granted[name] === "write";
  const asked = Object.entries(permissions);
  return {
    usable: Object.fromEntries(asked.filter(isGranted)),
    missing: asked.filter((pair) => !isGranted(pair)).map((pair) => pair.join(": ")),
  };
}

/** A token may reach some of GitHub's servers a few seconds after it was made. */
const replicationMs = 5_000;

/**
 * Octokit's authentication by tokens that are narrowed to a scope. The strategy of `@octokit/auth-app` narrows a token that is asked for by
 * name and not those that it takes for requests by itself: they would reach every repository of the installation with all its permissions.
 * @param ask gives a token of this scope; it keeps tokens until shortly before they expire
 */
export function narrowedToken(
  ask: (scope: TokenScope) => Promise<InstallationAccessTokenAuthentication>,
): (scope: TokenScope) => NarrowedToken {
  async function send(
    scope: TokenScope,
    request: RequestInterface,
    route: Route,
    parameters?: RequestParameters,
  ): Promise<OctokitResponse<unknown>> {
    const { token, createdAt } = await ask(scope);
    const endpoint = request.endpoint.merge(route, parameters);
    endpoint.headers["authorization"] = `token ${token}`;
    for (let tries = 1; ; tries += 1) {
      try {
        return await request(endpoint as EndpointOptions);
      } catch (error) {
        // 401 says that nothing was done, so a write may be sent again too.
        if (statusOf(error) !== 401 || Date.now() - Date.parse(createdAt) >= replicationMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, tries * 1_000));
      }
    }
  }
  return (scope) => Object.assign(() => ask(scope), { hook: send.bind(null, scope) });
}
