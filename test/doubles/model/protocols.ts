import type { ServerResponse } from "node:http";
import { anthropicAnswer, anthropicEvents, readAnthropic } from "./anthropic.ts";
import { BadRequest } from "./conversation.ts";
import { googleAnswer, googleError, readGoogle } from "./google.ts";
import { openAiAnswer, openAiEvents, readOpenAi } from "./openai.ts";

/** What differs between the protocols: reading a request, writing an answer, the shape of an error, the headers that must be there. */
export const openAi = {
  read: (body: unknown, _path: string) => readOpenAi(body),
  answer: openAiAnswer,
  events: openAiEvents,
  error: (type: string, message: string, _status: number): object => ({
    error: { message, type, param: null, code: null },
  }),
  checkHeaders: (_headers: Readonly<Record<string, string>>): void => {},
};

export type Protocol = typeof openAi;

export const anthropic: Protocol = {
  read: readAnthropic,
  answer: anthropicAnswer,
  events: anthropicEvents,
  error: (type, message) => ({ type: "error", error: { type, message } }),
  checkHeaders: (headers) => {
    if (!headers["x-api-key"]) throw new BadRequest("x-api-key header is required");
    if (!headers["anthropic-version"]) throw new BadRequest("anthropic-version: header is required");
  },
};

export const google: Protocol = {
  read: readGoogle,
  answer: googleAnswer,
  events: () => {
    throw new BadRequest("streamGenerateContent is not served here");
  },
  error: googleError,
  checkHeaders: (headers) => {
    if (!headers["x-goog-api-key"])
      throw new BadRequest("Method doesn't allow unregistered callers (callers without established identity).");
  },
};

/** Who speaks at a path, or undefined where nothing is served. */
export function protocolAt(path: string): Protocol | undefined {
  if (path === "/v1/chat/completions") return openAi;
  if (path === "/v1/messages") return anthropic;
  return /^\/v1(beta)?\/models\/[^/]+:generateContent$/.test(path) ? google : undefined;
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
