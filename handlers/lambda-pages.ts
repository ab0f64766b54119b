/**
 * The pages of runs as an AWS Lambda function behind an API Gateway (REST or HTTP API) or a function URL. The worker writes what they show
 * into the store, which lies elsewhere; nothing is streamed, so an open page asks now and then.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { systemClock } from "../src/clock.ts";
import { readEnv } from "../src/env.ts";
import { messageOf, StartError } from "../src/errors.ts";
import { createLog, type Log } from "../src/log.ts";
import { openStore } from "../src/store/open-store.ts";
import { createRunPages, type PageAnswer, type RunPages } from "./http/run-page/answer.ts";

export type PagesEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;
export type PagesResult = APIGatewayProxyStructuredResultV2 & { statusCode: number; body: string };

/** Lambda takes answers of at most 6 MB. */
const mostCharacters = 1024 ** 2;

let opened: Promise<(event: PagesEvent) => Promise<PagesResult>> | undefined;

/**
 * The function's entry. The store is opened by the first request of a container and kept for those that follow.
 * @throws StartError when the variables or the store are wrong; the next request tries again
 */
export const pages = async (event: PagesEvent): Promise<PagesResult> => {
  opened ??= openFromEnv();
  const handler = await opened.catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return handler(event);
};

async function openFromEnv(): Promise<(event: PagesEvent) => Promise<PagesResult>> {
  const env = readEnv(undefined, "function");
  const log = createLog(env.logLevel);
  const { databaseUrl, dataDir, githubWebUrl: webUrl } = env;
  if (databaseUrl === null)
    throw new StartError("DATABASE_URL is missing: the pages of runs show what the worker writes into that store.");
  // The worker brings the tables up to date.
  const { store } = await openStore({ databaseUrl, dataDir, clock: systemClock, log, migrate: false });
  return createPagesHandler(createRunPages({ store, webUrl, clock: systemClock, follow: "poll" }), log);
}

export function createPagesHandler(runPages: RunPages, log: Log): (event: PagesEvent) => Promise<PagesResult> {
  return async (event) => {
    try {
      const answer = await runPages.answer(pathOf(event), queryOf(event));
      return answer === null ? notFound : { ...toResult(answer), body: await wholeBody(answer) };
    } catch (error) {
      log.error({ error: messageOf(error) }, "a page failed");
      return { statusCode: 503, headers: { "retry-after": "30" }, body: "This page cannot be shown now; try again." };
    }
  };
}

const notFound: PagesResult = { statusCode: 404, headers: { "content-type": "text/plain" }, body: "Not found" };

function pathOf(event: PagesEvent): string {
  return "rawPath" in event ? event.rawPath : event.path;
}

function queryOf(event: PagesEvent): URLSearchParams {
  if ("rawQueryString" in event) return new URLSearchParams(event.rawQueryString);
  const query = new URLSearchParams();
  for (const [name, value = ""] of Object.entries(event.queryStringParameters ?? {})) query.append(name, value);
  return query;
}

function toResult({ status, headers }: PageAnswer): Omit<PagesResult, "body"> {
  return { statusCode: status, headers: { ...headers } };
}

async function wholeBody({ body }: PageAnswer): Promise<string> {
  if (typeof body === "string") return body;
  let text = "";
  for await (const part of body) {
    text += part;
    if (text.length > mostCharacters)
      return `${text.slice(0, mostCharacters).toWellFormed()}\n[the rest is longer than a function may answer]\n`;
  }
  return text;
}
