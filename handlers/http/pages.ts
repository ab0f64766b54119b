import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import type { Log } from "../../src/log.ts";
import { readHealth, type Part } from "./health.ts";
import type { Metrics } from "./metrics.ts";

export interface PagesOptions {
  readonly parts: Readonly<Record<string, Part>>;
  readonly metrics: Metrics;
  /** Answers for the pages of runs, and lets all other requests pass. */
  readonly runPages: RequestHandler;
  readonly role: string;
  readonly log: Log;
}

/** Everything over HTTP that is no webhook. */
export function createPages(options: PagesOptions): Express {
  const { parts, metrics, runPages, role, log } = options;
  const app = express();
  app.disable("x-powered-by");
  app.use(helmet());
  app.get("/", (_request, response) => {
    response.type("html").send(welcome(role));
  });
  app.get("/health", async (_request, response) => {
    const health = await readHealth(parts);
    response
      .status(health.ok ? 200 : 503)
      .set("cache-control", "no-store")
      .json({ role, ...health });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
  app.use(runPages);
  app.use((request, response) => {
    response.status(404).json({ error: `there is nothing at ${request.method} ${request.path.slice(0, 200)}` });
  });
  app.use((error: unknown, request: express.Request, response: express.Response, next: express.NextFunction) => {
    // Not the query: it may hold the signature of a link.
    log.error({ err: error, path: request.path }, "a page failed");
    if (response.headersSent) next(error);
    else response.status(500).json({ error: "this page failed; the log says why" });
  });
  return app;
}

function welcome(role: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Codegen</title>
<h1>Codegen</h1>
<p>A GitHub App that takes an issue to a validated, merged pull request. It is running here (role: ${role}), and there is
nothing to set on this page: talk to it with <code>/codegen help</code> in an issue or pull.</p>
<ul>
<li><a href="/health">Health</a>: what this process needs, and whether it is there</li>
<li><a href="/metrics">Metrics</a>, for Prometheus</li>
</ul>
</html>
`;
}
