import { createHmac } from "node:crypto";
import { request, type Agent, type IncomingHttpHeaders } from "node:http";

export const secret = "the secret in use";
export const previous = "the secret before it";
const path = "/api/github/webhooks";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  readonly port: number;
  readonly body?: string | Buffer;
  readonly method?: string;
  readonly path?: string;
  readonly agent?: Agent;
  /** Laid over the right ones; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export function sign(body: string | Buffer, key = secret): string {
  return `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
}

/** A comment as GitHub delivers it. */
export function commentBody(text: string): string {
  const user = { id: 11, login: "ann", type: "User" };
  const repository = { id: 900, name: "shop", owner: { login: "acme" } };
  const comment = { id: 1001, body: text, user, performed_via_github_app: null };
  return JSON.stringify({
    action: "created",
    issue: { number: 7 },
    comment,
    repository,
    installation: { id: 77 },
    sender: user,
  });
}

/** Sends one webhook over its own connection (or the agent's), signed and complete unless told otherwise. */
export function send(sent: Sent): Promise<Answer> {
  const body = sent.body ?? commentBody("/codegen plan");
  const right: Record<string, string | undefined> = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-github-event": "issue_comment",
    "x-hub-signature-256": sign(body),
    ...sent.headers,
  };
  const headers = Object.fromEntries(Object.entries(right).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port: sent.port,
        method: sent.method ?? "POST",
        path: sent.path ?? path,
        headers,
        agent: sent.agent ?? false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
        response.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}
