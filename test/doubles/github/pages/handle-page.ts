import type { IncomingMessage, ServerResponse } from "node:http";
import type { Services } from "../services.ts";

export interface PageCall {
  services: Services;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** Answers one request of a browser; `false` when there is no such page, and nothing was written. */
export function handlePage(_call: PageCall): Promise<boolean> {
  return Promise.resolve(false);
}
