import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface PostResult {
  /** `OK` for 2xx, else GitHub's words. */
  status: string;
  statusCode: number;
  headers: Record<string, string>;
  payload: string;
}

const answerLimit = 64 * 1024;

/**
 * Posts one delivery and waits for the answer, ten seconds unless told otherwise. Never throws: what went wrong is in `status`.
 * @param timeoutMs milliseconds until the receiver is given up
 */
export function postDelivery(
  url: string,
  headers: Record<string, string>,
  body: string,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<PostResult> {
  return new Promise((resolve) => {
    const failed = (status: string, statusCode: number) => resolve({ status, statusCode, headers: {}, payload: "" });
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    const fail = () => (signal.aborted ? failed("timed out", 504) : failed("failed to connect to host", 502));
    try {
      const send = url.startsWith("https:") ? httpsRequest : httpRequest;
      const length = { "content-length": String(Buffer.byteLength(body)) };
      const request = send(url, { method: "POST", headers: { ...headers, ...length }, agent: false, signal });
      request.once("error", fail);
      request.once("response", (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size <= answerLimit) parts.push(part);
        });
        response.once("error", fail);
        response.once("end", () => {
          const statusCode = response.statusCode ?? 0;
          const fine = statusCode >= 200 && statusCode < 300;
          const status = fine ? "OK" : `Invalid HTTP Response: ${statusCode}`;
          const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({ status, statusCode, headers: Object.fromEntries(told), payload: Buffer.concat(parts).toString() });
        });
      });
      request.end(body);
    } catch {
      failed("failed to connect to host", 502);
    }
  });
}
