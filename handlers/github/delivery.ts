/**
 * What makes a request a delivery of GitHub's, decided the same way for the server and for AWS Lambda.
 * Nothing is parsed before its signature has been checked over the raw bytes.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
import { isUtf8 } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

/** GitHub sends no larger payload. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const maxBodyBytes = 25 * 1024 * 1024;

export interface DeliveryHeaders {
  /** The GUID; a redelivery has the same one. */
  readonly id: string;
  readonly event: string;
  readonly signature: string;
}

/** An answer that ends the request: `error` tells the sender what was wrong. */
export interface Refusal {
  readonly status: 400 | 401 | 405 | 408 | 413 | 415 | 503;
  readonly error: string;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @param headers with lower-case names */
export function readHeaders(method: string, headers: Headers): DeliveryHeaders | Refusal {
  if (method !== "POST") return { status: 405, error: "webhooks are sent with POST" };
  const type = one(headers["content-type"]).split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    return {
      status: 415,
      error: "the content type must be application/json: choose it on the settings page of the GitHub App",
    };
  const [id, event, signature] = [
    one(headers["x-github-delivery"]),
    one(headers["x-github-event"]),
    one(headers["x-hub-signature-256"]),
  ];
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) return missing("X-GitHub-Delivery", id);
  if (!/^[a-z_]{1,64}$/.test(event)) return missing("X-GitHub-Event", event);
  if (signature === "")
    return {
      status: 400,
      error: "the header X-Hub-Signature-256 is missing: set a webhook secret on the settings page of the GitHub App",
    };
  if (Number(one(headers["content-length"])) > maxBodyBytes) return tooLarge;
  return { id, event, signature };
}

export const tooLarge: Refusal = { status: 413, error: `the body is larger than ${maxBodyBytes} bytes` };

/**
 * The secret that made this signature, or null. Both are always tried, and compared in constant time.
 * @param signature `sha256=` and 64 hex digits; the old SHA-1 form is never accepted
 */
export function verifiedSecret(body: Buffer, signature: string, secrets: readonly string[]): string | null {
  const given = Buffer.from(/^sha256=([0-9a-f]{64})$/.exec(signature)?.[1] ?? "", "hex");
  let found: string | null = null;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret).update(body).digest();
    if (given.length === expected.length && timingSafeEqual(given, expected)) found ??= secret;
  }
  return found;
}

export const wrongSignature: Refusal = {
  status: 401,
  error: "the signature does not match the body: the secret of the GitHub App and WEBHOOK_SECRET differ",
};

/** The payload, once the signature is known to be right. */
export function readPayload(body: Buffer): { payload: object } | Refusal {
  if (!isUtf8(body)) return { status: 400, error: "the body is not UTF-8" };
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString("utf8"));
  } catch {
    return { status: 400, error: "the body is not JSON" };
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload))
    return { status: 400, error: "the body is JSON, but not an object" };
  return { payload };
}

export function isRefusal(value: object): value is Refusal {
  return "status" in value && "error" in value;
}

function one(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

function missing(header: string, value: string): Refusal {
  return {
    status: 400,
    error: `the header ${header} is ${value === "" ? "missing" : "not of the form that GitHub sends"}`,
  };
}
