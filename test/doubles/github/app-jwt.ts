import { createPublicKey, verify } from "node:crypto";
import { HttpProblem } from "./rest/problem.ts";
import type { App } from "./state/apps.ts";
import type { GitHub } from "./state/github.ts";

const tenMinutes = 600;
/** GitHub forgives clocks that run a little ahead. */
const skew = 60;

/**
 * Checks the JSON web token of an app: RS256, `iss` an app id or client id, `exp` at most ten minutes ahead.
 * Throws 401 (404 for an unknown app) with GitHub's own sentences, since clients look for them.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appOfJwt(github: GitHub, token: string): App {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const { alg } = decode(header);
  const claims = decode(payload);
  if (alg !== "RS256") throw undecodable();
  const issuer = claims["iss"];
  if (typeof issuer !== "string" && typeof issuer !== "number") {
    throw new HttpProblem(401, "Missing 'issuer' claim ('iss') in assertion");
  }
  const app = github.state.apps.find((one) => String(one.id) === String(issuer) || one.clientId === issuer);
  if (!app) throw new HttpProblem(404, "Integration not found");
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", signed, createPublicKey(app.privateKey), Buffer.from(signature, "base64url"))) {
    throw undecodable();
  }
  checkTimes(claims, github.now().getTime() / 1000);
  return app;
}

function checkTimes(claims: Record<string, unknown>, now: number): void {
  const { exp, iat } = claims;
  if (typeof iat !== "number" || iat > now + skew) {
    const message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    throw new HttpProblem(401, message);
  }
  if (typeof exp !== "number" || exp <= now) {
    const message =
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
    throw new HttpProblem(401, message);
  }
  if (exp > now + tenMinutes + skew) {
    throw new HttpProblem(401, "'Expiration time' claim ('exp') is too far in the future");
  }
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // falls through to the one answer that GitHub gives for all of these
  }
  throw undecodable();
}

/** What GitHub says to anything that is no valid app token where one is needed. */
export function undecodable(): HttpProblem {
  return new HttpProblem(401, "A JSON web token could not be decoded");
}
