import type { ServerResponse } from "node:http";
import { anthropicAnswer, anthropicEvents, readAnthropic } from "./anthropic.ts";
import { BadRequest } from "./conversation.ts";
import { openAiAnswer, openAiEvents, readOpenAi } from "./openai.ts";

/** What differs between the two protocols: reading a request, writing an answer, the shape of an error, the headers that must be there. */
export const openAi = {
  read: readOpenAi,
  answer: openAiAnswer,
  events: openAiEvents,
  error: (type: string, message: string): object => ({ error: { message, type, param: null, code: null } }),
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

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
