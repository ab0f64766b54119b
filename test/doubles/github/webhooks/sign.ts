import { createHmac } from "node:crypto";

/** The signature headers of a payload, none without a secret. */
export function signatureHeaders(secret: string | null, body: string): Record<string, string> {
  if (secret === null || secret === "") return {};
  return {
    "X-Hub-Signature": `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`,
    "X-Hub-Signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
}
