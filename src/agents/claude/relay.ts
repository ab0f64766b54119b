import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { z } from "zod";
import type { Log } from "../../log.ts";
import type { BudgetMeter } from "../budget.ts";
import { estimateTokens } from "../context.ts";
import { forwardCall, type CallEnd, type ForwardLimits, type Upstream } from "./forward.ts";

// What stands between the program in the sandbox and the model: it alone knows the key and the address, passes on two kinds of request for
// one model, asks the budget before each and counts after it. Whatever comes in may be written by anybody.

export interface RelayOptions extends Upstream {
  /** What the program has to show in place of a key; worth nothing elsewhere. */
  readonly ticket: string;
  readonly budget: BudgetMeter;
  readonly limits: RelayLimits;
  readonly log: Log;
  /** Aborted when the session is over. */
  readonly signal: AbortSignal;
  /** Called after each answer that was counted. */
  onAnswer(): void;
  /** The session has to end for this. */
  onEnd(end: RelayEnd): void;
}

export interface RelayLimits extends ForwardLimits {
  readonly requestBytes: number;
  /** Calls that only count tokens: they cost nothing, but may not go on for ever. */
  readonly countings: number;
}

export type RelayEnd =
  | { readonly end: "budget" | "nonsense"; readonly reason: string }
  | { readonly end: "unavailable"; readonly reason: string; readonly passing: boolean };

export interface Relay {
  /** Takes a connection from the sandbox. */
  connect(connection: Socket): void;
  /** Stops what is under way. */
  close(): void;
}

const messages = "/v1/messages";
const counting = "/v1/messages/count_tokens";
const Request = z.looseObject({ model: z.string(), stream: z.boolean().optional() });
/** Headers that mean something to the model's server; the rest, and above all who asks, is ours. */
const passedOn = ["anthropic-version", "anthropic-beta", "content-type"];
const unreadableAllowed = 3;
const tooLongAllowed = 3;

/** Opens the relay of one session. Nothing listens: connections are handed to it. */
export function openRelay(options: RelayOptions): Relay {
  let last: Promise<unknown> = Promise.resolve();
  const closed = new AbortController();
  const signal = AbortSignal.any([options.signal, closed.signal]);
  const open = new Set<Socket>();
  const state: State = { ...options, signal, countingsLeft: options.limits.countings, unreadable: 0, tooLong: 0 };
  const server = createServer((request, response) => {
    request.on("error", () => response.destroy());
    response.on("error", () => request.destroy());
    // One after the other, so that the budget is asked with everything counted.
    last = last
      .then(() => serve(state, request, response))
      .catch((error: unknown) => {
        options.log.warn({ error: String(error).slice(0, 300) }, "the relay of a session failed");
        refuse(response, 500, "api_error", "the relay failed");
      });
  });
  return {
    connect: (connection) => {
      if (signal.aborted) return void connection.destroy();
      open.add(connection);
      connection.once("close", () => open.delete(connection));
      server.emit("connection", connection);
    },
    close: () => {
      closed.abort();
      for (const connection of open) connection.destroy();
    },
  };
}

interface State extends RelayOptions {
  countingsLeft: number;
  unreadable: number;
  tooLong: number;
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { budget, limits, ticket, model } = state;
  const url = new URL(request.url ?? "/", "http://relay");
  const known = url.pathname === messages || url.pathname === counting;
  if (!known) return refuse(response, 404, "not_found_error", "there is nothing here but /v1/messages");
  if (request.method !== "POST") return refuse(response, 405, "invalid_request_error", "only POST is served");
  if (!shows(request, ticket))
    return refuse(response, 401, "authentication_error", "this is not the key of the session");
  const body = await readUpTo(request, limits.requestBytes);
  if (body === undefined) return refuse(response, 413, "request_too_large", "the request is too large");
  const asked = readRequest(body);
  if (asked === undefined) return refuse(response, 400, "invalid_request_error", "this is no request for an answer");
  if (asked.model !== model) {
    state.log.warn({ asked: asked.model.slice(0, 100), model }, "a session asked for another model");
    return refuse(response, 403, "permission_error", "this session has one model only");
  }
  if (state.signal.aborted) return refuse(response, 403, "permission_error", "the session is over");

  const isMessage = url.pathname === messages;
  const input = isMessage ? estimateTokens(asked) : 0;
  const spent = budget.exhausted(input);
  if (spent !== undefined) {
    state.onEnd({ end: "budget", reason: spent });
    return refuse(response, 403, "permission_error", "the budget of the session is used up");
  }
  if (!isMessage && --state.countingsLeft < 0)
    return refuse(response, 403, "permission_error", "tokens were counted often enough");

  const headers = Object.fromEntries(
    passedOn.flatMap((name) => (typeof request.headers[name] === "string" ? [[name, request.headers[name]]] : [])),
  );
  const streamed = isMessage && asked.stream === true;
  const call = { path: url.pathname, query: url.search, headers, body, streamed, isMessage };
  const end = await forwardCall(state, call, () => begin(response));
  answer(state, response, end, { input, streamed, isMessage });
}

function answer(
  state: State,
  response: ServerResponse,
  end: CallEnd,
  call: { input: number; streamed: boolean; isMessage: boolean },
): void {
  if (end.kind === "stopped") return void response.destroy();
  if (end.kind === "down") {
    state.onEnd({ end: "unavailable", reason: end.reason, passing: end.passing });
    return refuse(response, 403, "permission_error", "the session is over");
  }
  if (end.kind === "too-long") {
    state.tooLong += 1;
    if (state.tooLong > tooLongAllowed) {
      const reason = `The task does not fit into what the model \`${state.model}\` can read at once. Ask for a smaller piece, or use a model with a larger context.`;
      state.onEnd({ end: "unavailable", reason, passing: false });
    }
    // In these words the program knows that it has to make its conversation shorter.
    return refuse(response, 400, "invalid_request_error", "prompt is too long");
  }
  if (end.kind === "unreadable") {
    state.unreadable += 1;
    if (state.unreadable >= unreadableAllowed) {
      const reason = `The model \`${state.model}\` gave ${state.unreadable} answers in a row that are of no use (the last was ${end.problem}). Try again, or use another model.`;
      state.onEnd({ end: "nonsense", reason });
    }
    return refuse(response, 529, "overloaded_error", "the answer could not be read");
  }
  state.unreadable = state.tooLong = 0;
  if (call.isMessage) {
    const input = end.tokens.input ?? call.input;
    const output = end.tokens.output ?? estimateTokens(end.body);
    state.budget.add({ input, output, cachedInput: Math.min(input, end.tokens.cachedInput ?? 0) });
    state.onAnswer();
  }
  if (!response.headersSent)
    response.writeHead(200, { "content-type": call.streamed ? "text/event-stream" : "application/json" });
  response.end(end.body);
}

/** Begins the answer before it is there: a program that hears nothing for long would ask again. @returns what ends the waiting */
function begin(response: ServerResponse): () => void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  const timer = setInterval(() => response.write('event: ping\ndata: {"type":"ping"}\n\n'), 5_000);
  return () => clearInterval(timer);
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  // An answer that has begun cannot become a refusal any more; a broken one is asked for again.
  if (response.headersSent || response.destroyed) return void response.destroy();
  // What is still coming in is not read.
  response.writeHead(status, {
    "content-type": "application/json",
    connection: "close",
    "x-should-retry": String(status === 529),
  });
  response.end(JSON.stringify({ type: "error", error: { type, message } }));
}

function shows({ headers }: IncomingMessage, ticket: string): boolean {
  const shown = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /, "");
  const [one, other] = [Buffer.from(String(shown)), Buffer.from(ticket)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function readUpTo(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > limit) return undefined;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

function readRequest(body: Buffer): z.infer<typeof Request> | undefined {
  try {
    return Request.parse(JSON.parse(body.toString("utf8")));
  } catch {
    return undefined;
  }
}
