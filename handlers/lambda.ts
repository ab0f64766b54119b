/**
 * The edge as an AWS Lambda function behind an API Gateway (REST or HTTP API) or a function URL. Same decisions as the
 * server's ingress; only the transport differs. It puts jobs into the queue and is done: nothing runs in a function after its
 * answer, so the worker lives elsewhere, and the embedded queue is refused.
 */
import adapter from "@probot/adapter-aws-lambda-serverless";
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import type { ApplicationFunction, Probot } from "probot";
import { openQueueOnDemand } from "../pipelines/queue.ts";
import { readEnv } from "../src/env.ts";
import { messageOf } from "../src/errors.ts";
import { createLog, type Log } from "../src/log.ts";
import { codegenApp, type Enqueue } from "./github/app.ts";
import {
  isRefusal,
  maxBodyBytes,
  readHeaders,
  readPayload,
  tooLarge,
  verifiedSecret,
  wrongSignature,
  type Refusal,
} from "./github/delivery.ts";
import { isHandled, notHandled, openProbot } from "./github/receive.ts";
import { watch, type Settled } from "./github/settled.ts";

export type LambdaEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;
export type LambdaAnswer = APIGatewayProxyStructuredResultV2 & { statusCode: number; body: string };
export type LambdaHandler = (event: LambdaEvent, context: Context) => Promise<LambdaAnswer>;

let opened: Promise<LambdaHandler> | undefined;

/**
 * The function's entry. The queue is opened by the first verified delivery of a container that has a job, and kept for those that follow.
 * @throws StartError when the variables are wrong; a queue that is away is an answer
 */
export const webhooks: LambdaHandler = async (event, context) => {
  opened ??= openFromEnv();
  const handler = await opened.catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return handler(event, context);
};

async function openFromEnv(): Promise<LambdaHandler> {
  const env = readEnv(undefined, "function");
  const log = createLog(env.logLevel);
  const { queueUrl, databaseUrl } = env;
  const queue = openQueueOnDemand({
    ...(queueUrl !== null && { queueUrl }),
    ...(databaseUrl !== null && { databaseUrl }),
    log,
  });
  const enqueue: Enqueue = (name, data, options) => queue.enqueue(name, data, options);
  return createLambdaHandler({ enqueue, appId: env.appId, secrets: env.webhookSecrets, log });
}

export interface LambdaOptions {
  readonly enqueue: Enqueue;
  readonly appId: number;
  readonly secrets: readonly string[];
  readonly log: Log;
}

type AdapterFunction = ReturnType<typeof adapter.createLambdaFunction>;

/** The adapter checks with the one secret that its Probot knows, so there is one for each secret in use. */
export async function createLambdaHandler({ enqueue, appId, secrets, log }: LambdaOptions): Promise<LambdaHandler> {
  const app = codegenApp(enqueue, appId);
  const functions = new Map<string, AdapterFunction>();
  for (const secret of secrets) functions.set(secret, await loadAdapter(app, await openProbot(secret, log)));
  return async (event, context) => {
    const start = performance.now();
    const { answer, facts } = await take(event, context, { functions, secrets, appId, log });
    log.info({ ...facts, status: answer.statusCode, ms: Math.round(performance.now() - start) }, "delivery answered");
    return answer;
  };
}

/** The adapter neither waits for Probot nor for the app function; both must be there before the first event. */
function loadAdapter(app: ApplicationFunction, probot: Probot): Promise<AdapterFunction> {
  return new Promise((resolve, reject) => {
    const load: ApplicationFunction = async (loading, options) => {
      try {
        await app(loading, options);
        resolve(created);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      }
    };
    const created = adapter.createLambdaFunction(load, { probot });
  });
}

interface Taken {
  readonly answer: LambdaAnswer;
  readonly facts: { readonly delivery?: string; readonly event?: string; readonly outcome: string };
}
type Inside = Pick<LambdaOptions, "secrets" | "appId" | "log"> & { functions: ReadonlyMap<string, AdapterFunction> };

async function take(event: LambdaEvent, context: Context, { functions, secrets, appId, log }: Inside): Promise<Taken> {
  const method = "httpMethod" in event ? event.httpMethod : event.requestContext?.http?.method;
  const lower = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const headers = readHeaders(method ?? "", lower);
  if (isRefusal(headers)) return refused(headers);
  const named = { delivery: headers.id, event: headers.event };
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (body.length > maxBodyBytes) return refused(tooLarge, named);
  const secret = verifiedSecret(body, headers.signature, secrets);
  if (secret === null) return refused(wrongSignature, named);
  const read = readPayload(body);
  if (isRefusal(read)) return refused(read, named);
  const plain = { ...event, headers: lower, body: body.toString("utf8"), isBase64Encoded: false };
  const settled = await caught(async () => {
    // Only events with a handler reach Probot: other names could mean something to its event table.
    const run = isHandled(headers.event) ? functions.get(secret) : undefined;
    // The adapter reads `headers` and `body`, which all kinds of event share.
    const known = run && (await watch(() => run(plain, context)));
    return known ?? notHandled(headers.event, read.payload, appId);
  });
  if ("failed" in settled) {
    log.error({ err: settled.failed, ...named }, "the delivery could not be queued");
    return refused({ status: 503, error: "the delivery could not be queued; it can be delivered again" }, named);
  }
  return {
    answer: json(202, { delivery: headers.id, outcome: settled.outcome }),
    facts: { ...named, outcome: settled.outcome },
  };
}

function refused(refusal: Refusal, named: { delivery?: string; event?: string } = {}): Taken {
  const outcome = refusal.status === 503 ? "failed: not queued" : `refused: ${refusal.error}`;
  return { answer: json(refusal.status, { error: refusal.error }), facts: { ...named, outcome } };
}

function json(statusCode: number, content: object): LambdaAnswer {
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
    ...(statusCode === 405 && { allow: "POST" }),
    ...(statusCode === 503 && { "retry-after": "30" }),
  };
  return { statusCode, headers, body: JSON.stringify(content) };
}

/** Whatever goes wrong on the way becomes an answer: a thrown error would be a 502 that says nothing. */
async function caught(work: () => Promise<Settled>): Promise<Settled> {
  try {
    return await work();
  } catch (error) {
    return { failed: error instanceof Error ? error : new Error(messageOf(error)) };
  }
}
