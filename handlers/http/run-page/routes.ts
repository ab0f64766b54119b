/** The page of a run over Express. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, RequestHandler } from "express";
import type { RunPages } from "./answer.ts";
import type { Viewers } from "./viewers.ts";

export function runPageRoutes(pages: RunPages, viewers: Viewers): RequestHandler {
  return async (request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") return next();
    const query = queryOf(request);
    if (request.method === "GET" && request.headers.accept === "text/event-stream") {
      const runId = await pages.followed(request.path, query);
      const after = Number(/^\d{1,9}$/.exec(query.get("after") ?? "")?.[0] ?? 0);
      if (runId !== null) return viewers.follow(request, response, runId, after);
    }
    const answer = await pages.answer(request.path, query);
    if (answer === null) return next();
    response.status(answer.status).set(answer.headers);
    if (typeof answer.body === "string") response.send(answer.body);
    else if (request.method === "HEAD") response.end();
    // A reader who leaves in the middle is no failure.
    else await pipeline(Readable.from(answer.body), response).catch(() => response.destroy());
  };
}

function queryOf({ url }: Request): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf("?") + 1));
}
