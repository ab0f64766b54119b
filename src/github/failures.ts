import { GraphqlResponseError } from "@octokit/graphql";
import { RequestError } from "@octokit/request-error";
import { RateLimited, TransientError, UserError } from "../errors.ts";

/** The HTTP status of a failed call, or 0 when there was no answer. */
export function statusOf(error: unknown): number {
  if (!(error instanceof RequestError)) return 0;
  return error.response ? error.status : 0;
}

export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 || statusOf(error) === 410;
}

/** True when the request may have been carried out although it failed: no answer, or an answer from a broken server. */
export function isUnknownOutcome(error: unknown): boolean {
  return error instanceof RequestError && (error.response === undefined || error.status >= 500);
}

/**
 * What octokit throws → what our code reasons about. Limits become RateLimited, a missing permission of the installation becomes a
 * UserError that names it; everything else stays what it is.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function translate(error: unknown): unknown {
  const answer = answerOf(error);
  if (answer === null) return error;
  const wait = limitWaitMs(answer);
  if (wait !== undefined)
    return new RateLimited(`GitHub asks to wait ${Math.ceil(wait / 1000)} s: ${answer.message}`, wait, {
      cause: error,
    });
  return isMissingPermission(answer) ? new MissingPermission(acceptedBy(answer), "any", error) : error;
}

/** The installation does not grant what a call needs. */
export class MissingPermission extends UserError {
  /**
   * @param names such as `checks: write`; empty when GitHub does not say
   * @param enough whether one of them would do
   */
  constructor(names: readonly string[], enough: "all" | "any", cause: unknown) {
    const listed = names.map((name) => `\`${name}\``).join(enough === "any" ? " or " : " and ");
    const what =
      names.length === 0
        ? "a permission that this needs"
        : `the ${enough === "all" && names.length > 1 ? "permissions" : "permission"} ${listed}, which this needs`;
    super(
      `The installation of this App lacks ${what}. An owner of the repository can accept the App's present permissions under Settings → GitHub Apps.`,
      { cause },
    );
  }
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api (insufficient permissions) */
function acceptedBy({ headers }: Answer): readonly string[] {
  const told = String(headers["x-accepted-github-permissions"] ?? "");
  return [...told.matchAll(/([a-z_]+)=(read|write|admin)/g)].map(([, name, level]) => `${name}: ${level}`);
}

/** The error to throw when a write's outcome stays unknown, so that the job is tried again and looks first. */
export function unknownOutcome(what: string, cause: unknown): TransientError {
  return new TransientError(`${what}: GitHub gave no usable answer`, { cause });
}

/** What GitHub answered, by REST or by GraphQL, whose errors come with status 200. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
  /** The types of GraphQL errors. */
  readonly types: readonly string[];
}

function answerOf(error: unknown): Answer | null {
  if (error instanceof GraphqlResponseError)
    return {
      status: 200,
      headers: { ...error.headers },
      message: error.message,
      types: (error.errors ?? []).map(({ type }) => type),
    };
  if (!(error instanceof RequestError) || !error.response) return null;
  return { status: error.status, headers: { ...error.response.headers }, message: error.message, types: [] };
}

const withoutHintMs = 60_000;

function limitWaitMs({ status, headers, message, types }: Answer): number | undefined {
  if (status !== 403 && status !== 429 && !types.includes("RATE_LIMITED")) return undefined;
  const answered = Date.parse(String(headers["date"])) || Date.now();
  const retryAfter = headers["retry-after"];
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(String(retryAfter)) - answered;
    return Math.max(1_000, Number.isFinite(ms) ? ms : withoutHintMs);
  }
  const limited = status === 429 || types.includes("RATE_LIMITED") || /secondary rate limit/i.test(message);
  if (headers["x-ratelimit-remaining"] === "0") {
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    return Math.max(1_000, Number.isFinite(reset) ? reset - answered : withoutHintMs);
  }
  return limited ? withoutHintMs : undefined;
}

function isMissingPermission({ status, message, types }: Answer): boolean {
  const refused = status === 403 || types.includes("FORBIDDEN");
  return (
    (refused && /resource not accessible by integration/i.test(message)) ||
    (status === 422 && /permissions requested are not granted/i.test(message))
  );
}
