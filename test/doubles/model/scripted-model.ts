import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BadRequest, type Conversation, type ScriptedUsage, type Turn } from "./conversation.ts";
import { breakDown, confusedAnswer, isWireFault } from "./faults.ts";
import { openAi, protocolAt, sendJson } from "./protocols.ts";

export type { Conversation, Fault, ScriptMessage, ScriptedCall, ToolOutput, Turn } from "./conversation.ts";

/**
 * A model server over real HTTP whose answers are written down beforehand: OpenAI's Chat Completions (`POST /v1/chat/completions`, plain and
 * streamed, `GET /v1/models`), Anthropic's Messages (`POST /v1/messages`) and Gemini's generateContent, plain
 * (`POST /v1/models/NAME:generateContent`). It refuses what the real servers refuse, so that a broken conversation fails here too. A script is a function of the conversation, or a list of turns of which each request takes the next.
 */
export type Script = readonly Turn[] | ((conversation: Conversation) => Turn | Promise<Turn>);

export interface ScriptedModel {
  /** What goes into `CODEGEN_MODEL_URL`, `/v1` included; for all protocols. */
  readonly url: string;
  /** Every request so far, oldest first. */
  requests(): readonly RecordedRequest[];
  close(): Promise<void>;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Absent where the request was refused before it reached the script. */
  readonly conversation?: Conversation;
}

/** Starts the server on a free port of the loopback, or on `port`. */
export async function startScriptedModel(options: {
  script: Script;
  port?: number;
  models?: readonly string[];
}): Promise<ScriptedModel> {
  const requests: RecordedRequest[] = [];
  const next = turnTaker(options.script);
  const models = options.models ?? ["scripted"];
  const server = createServer((request, response) => {
    serve(request, response, { requests, next, models }).catch((error: unknown) => {
      if (!response.headersSent)
        sendJson(response, 500, { error: { message: `the script failed: ${String(error)}`, type: "script_error" } });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}/v1`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Context {
  readonly requests: RecordedRequest[];
  readonly next: (conversation: Conversation) => Turn | Promise<Turn>;
  readonly models: readonly string[];
}

async function serve(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const path = new URL(request.url ?? "/", "http://model").pathname;
  const method = request.method ?? "GET";
  const body = await readJson(request);
  const recorded = { method, path, headers: plainHeaders(request), body };
  const protocol = protocolAt(path);
  if (method === "GET" && path === "/v1/models") {
    context.requests.push(recorded);
    return sendJson(response, 200, {
      object: "list",
      data: context.models.map((id) => ({ id, object: "model", created: 1, owned_by: "script" })),
    });
  }
  if (method !== "POST" || protocol === undefined) {
    context.requests.push(recorded);
    return sendJson(response, 404, openAi.error("not_found_error", `no such route: ${method} ${path}`, 404));
  }
  try {
    protocol.checkHeaders(recorded.headers);
    const { model, stream, conversation } = protocol.read(body, path);
    context.requests.push({ ...recorded, conversation });
    const id = `${context.requests.length}`;
    const turn = await context.next(conversation);
    if ("fault" in turn && isWireFault(turn.fault)) return breakDown(response, turn.fault, turn.retryAfter, protocol);
    const answer = "fault" in turn ? confusedAnswer(turn.fault, conversation) : turn;
    const usage = "fault" in turn && turn.fault === "no-usage" ? undefined : (answer.usage ?? estimate(body, answer));
    if (!stream) return sendJson(response, 200, protocol.answer(id, model, answer, usage));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.end(protocol.events(id, model, answer, usage).join(""));
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    if (context.requests.at(-1)?.body !== body) context.requests.push(recorded);
    sendJson(response, 400, protocol.error("invalid_request_error", error.message, 400));
  }
}

function turnTaker(script: Script): Context["next"] {
  if (typeof script === "function") return script;
  const turns = [...script];
  return () => {
    const turn = turns.shift();
    if (!turn) throw new BadRequest(`the script is over: it has ${script.length} turns and was asked for one more`);
    return turn;
  };
}

function estimate(body: unknown, answer: object): ScriptedUsage {
  return { input: Math.ceil(JSON.stringify(body).length / 4), output: Math.ceil(JSON.stringify(answer).length / 4) };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const text = Buffer.concat(pieces).toString("utf8");
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
