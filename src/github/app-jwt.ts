import sign from "universal-github-app-jwt";

/** Half of a token's ten minutes: one that is sent late, or by a clock that is behind, is still valid. */
const useMs = 300_000;

export interface AppJwt {
  readonly jwt: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/**
 * Gives the App's JSON web tokens, each of them for five minutes: to sign one takes longer than all else that a request needs.
 * @param now milliseconds
 * @returns what `createAppAuth` of Octokit takes as `createJwt`; `differenceS` is how far GitHub's clock is ahead of ours, when that is known
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appJwts(
  privateKey: string,
  now = Date.now,
): (id: string | number, differenceS?: number) => Promise<AppJwt> {
  let kept: { readonly until: number; readonly made: Promise<AppJwt> } | undefined;
  const make = async (id: string | number, differenceS: number): Promise<AppJwt> => {
    const made = await sign({ id, privateKey, now: Math.floor(now() / 1_000) + differenceS });
    return { jwt: made.token, expiresAt: new Date(made.expiration * 1_000).toISOString() };
  };
  return async (id, differenceS = 0) => {
    // GitHub has just refused the one that was kept.
    if (differenceS !== 0) return make(id, differenceS);
    if (kept === undefined || now() >= kept.until) kept = { until: now() + useMs, made: make(id, 0) };
    return kept.made;
  };
}
