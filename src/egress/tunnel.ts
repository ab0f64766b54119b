import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Duplex } from "node:stream";
import { parseHostAndPort } from "../domain/host-pattern.ts";
import { proxyUsage, refusalText } from "../messages/network.ts";
import type { Exchange } from "./proxy.ts";

/** Answers `CONNECT HOST:PORT` (RFC 9110 §9.3.6): joins the sandbox and the host, byte by byte, or says why not. */
export async function tunnel(exchange: Exchange, request: IncomingMessage, near: Duplex, head: Buffer): Promise<void> {
  near.on("error", () => near.destroy());
  const target = parseHostAndPort(request.url ?? "");
  if (target === null) return refuse(near, "400 Bad Request", proxyUsage);
  const far = await exchange.reach(target);
  if (typeof far === "string") return refuse(near, statusFor(far), refusalText(target, far));
  if (near.destroyed) return void far.destroy();
  near.write("HTTP/1.1 200 Connection established\r\n\r\n");
  if (head.length > 0) near.unshift(head);
  try {
    await Promise.all([pipeline(near, exchange.meter(target), far), pipeline(far, exchange.meter(target), near)]);
  } finally {
    near.destroy();
    far.destroy();
  }
}

/** 403 for what the rules forbid, 502 for what the host or the name is to blame. */
export function statusFor(reason: string): "403 Forbidden" | "502 Bad Gateway" {
  return reason === "unresolved" || reason === "unreachable" ? "502 Bad Gateway" : "403 Forbidden";
}

function refuse(near: Duplex, status: string, text: string): void {
  near.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}
