import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { parseHostAndPort } from "../domain/host-pattern.ts";
import { proxyUsage, refusalText } from "../messages/network.ts";
import type { Exchange } from "./proxy.ts";
import { statusFor } from "./tunnel.ts";

/** What belongs to one connection and is not passed on (RFC 9110 §7.6.1), and what was said to us alone. */
const ours = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
]);

/** Answers a request in absolute form (RFC 9112 §3.2.2): asks the host, on a connection for this request alone, or says why not. */
export async function forward(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = /^http:\/\/([^/?#@\\\s]+)(\/[^\s#]*|\?[^\s#]*)?$/i.exec(request.url ?? "");
  const target = parseHostAndPort(asked?.[1] ?? "", 80);
  if (asked === null || target === null) return refuse(response, "400", proxyUsage);
  const far = await exchange.reach(target);
  if (typeof far === "string") return refuse(response, statusFor(far), refusalText(target, far));
  response.once("close", () => far.destroy());
  if (response.destroyed) return void far.destroy();
  try {
    const path = asked[2] ?? "/";
    const answer = await ask(exchange, request, target, far, path.startsWith("/") ? path : `/${path}`);
    response.writeHead(answer.statusCode ?? 502, passedOn(answer));
    await pipeline(answer, exchange.meter(target), response);
  } catch {
    // What it sent is no HTTP, or it went away in the middle.
    if (response.headersSent) response.destroy();
    else refuse(response, "502", refusalText(target, "unreachable"));
  } finally {
    far.destroy();
  }
}

function ask(
  exchange: Exchange,
  request: IncomingMessage,
  target: { readonly host: string; readonly port: number },
  far: Socket,
  path: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      createConnection: () => far,
      maxHeaderSize: exchange.limits.headBytes,
      method: request.method ?? "GET",
      path,
      headers: {
        ...passedOn(request),
        // What the request says of the host counts for nothing: only the one that was checked.
        host: target.port === 80 ? target.host : `${target.host}:${target.port}`,
        connection: "close",
        ...(request.headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" }),
      },
    });
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
    pipeline(request, exchange.meter(target), outgoing).catch(reject);
  });
}

function passedOn({ headersDistinct }: IncomingMessage): Record<string, string[]> {
  const named = (headersDistinct.connection ?? []).flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  const dropped = new Set([...ours, ...named]);
  return Object.fromEntries(
    Object.entries(headersDistinct).flatMap(([name, values]) =>
      values === undefined || dropped.has(name) ? [] : [[name, values]],
    ),
  );
}

function refuse(response: ServerResponse, status: string, text: string): void {
  if (response.destroyed) return;
  response.writeHead(Number.parseInt(status, 10), { "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end(text);
}
