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
 * UserError that names it; everything else stays a RequestError.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function translate(error: unknown): unknown {
  if (!(error instanceof RequestError) || !error.response) return error;
  const wait = limitWaitMs(error);
  if (wait !== undefined)
    return new RateLimited(`GitHub asks to wait ${Math.ceil(wait / 1000)} s: ${error.message}`, wait, { cause: error });
  if (isMissingPermission(error)) {
    return new UserError(
      "The installation of this App lacks a permission that this needs. An owner of the repository can accept the App's present permissions " +
        `under Settings → GitHub Apps. GitHub said: ${error.message}`,
      { cause: error },
    );
  }
  return error;
}

/** The error to throw when a write's outcome stays unknown, so that the job is tried again and looks first. */
export function unknownOutcome(what: string, cause: unknown): TransientError {
  return new TransientError(`${what}: GitHub gave no usable answer`, { cause });
}

function limitWaitMs(error: RequestError): number | undefined {
  if (error.status !== 403 && error.status !== 429) return undefined;
  const headers = error.response?.headers ?? {};
  const retryAfter = Number(headers["retry-after"]);
  if (Number.isFinite(retryAfter) && headers["retry-after"] !== undefined) return Math.max(1, retryAfter) * 1000;
  if (headers["x-ratelimit-remaining"] === "0") {
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    const answered = Date.parse(headers.date ?? "") || Date.now();
    return Math.max(1_000, reset - answered);
  }
  if (error.status === 429 || /secondary rate limit/i.test(error.message)) return 60_000;
  return undefined;
}

function isMissingPermission(error: RequestError): boolean {
  return (
    (error.status === 403 && /resource not accessible by integration/i.test(error.message)) ||
    (error.status === 422 && /permissions requested are not granted/i.test(error.message))
  );
}
