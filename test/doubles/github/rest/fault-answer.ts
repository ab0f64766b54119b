import { describeActor, type Actor } from "../auth.ts";
import type { Fault } from "../faults.ts";
import type { GitHub } from "../state/github.ts";
import type { RestAnswer } from "./router.ts";

const secondary =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.";
const docs = "https://docs.github.com/rest";
const limits = "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api";

/** What GitHub answers under a fault, or `null` for the faults that are no answers (`reset-*`, `hang`, `lag-after-write`). */
export function faultAnswer(github: GitHub, actor: Actor, fault: Fault): RestAnswer | null {
  switch (fault.mode) {
    case "500":
      return failure(500, "Server Error");
    case "502":
      return failure(502, "Server Error");
    case "409":
      return failure(409, "Conflict");
    case "422":
      return failure(422, "Validation Failed");
    case "404":
      return failure(404, "Not Found");
    case "secondary403":
    case "secondary429":
      return {
        ...failure(fault.mode === "secondary403" ? 403 : 429, secondary, `${limits}#about-secondary-rate-limits`),
        headers: { "retry-after": String(fault.seconds) },
      };
    case "primary":
      return {
        ...failure(403, `API rate limit exceeded for ${describeActor(actor)}.`, `${limits}#about-primary-rate-limits`),
        headers: {
          "X-RateLimit-Remaining": "0",
          "X-RateLimit-Reset": String(Math.ceil(github.now().getTime() / 1000) + fault.seconds),
        },
      };
    case "reset-before-commit":
    case "reset-after-commit":
    case "hang":
    case "lag-after-write":
      return null;
  }
}

function failure(status: number, message: string, documentation = docs): RestAnswer {
  return { status, body: { message, documentation_url: documentation, status: String(status) } };
}
