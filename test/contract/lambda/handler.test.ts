import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { LambdaEvent, LambdaHandler } from "../../../handlers/lambda.ts";
import { TransientError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import { commentBody, previous, secret, sign } from "../edge/client.ts";
import { context, httpEvent, inBase64, restEvent, type Posted } from "./events.ts";

const enqueued: string[] = [];
let queueAway = false;
let handler: LambdaHandler;

beforeAll(async () => {
  // The adapter is CommonJS and requires Probot; jest can only do that once Probot has been loaded.
  await import("probot");
  const { createLambdaHandler } = await import("../../../handlers/lambda.ts");
  handler = await createLambdaHandler({
    enqueue: async (name) => {
      if (queueAway) throw new TransientError("the queue did not take the job");
      enqueued.push(name);
    },
    appId: 4242,
    secrets: [secret, previous],
    log: silentLog,
  });
});
beforeEach(() => {
  enqueued.length = 0;
  queueAway = false;
});

const body = commentBody("/codegen plan für 日本 🎉");

function posted(headers: Record<string, string | undefined> = {}, text = body): Posted {
  const right = {
    "Content-Type": "application/json",
    "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "X-GitHub-Event": "issue_comment",
    "X-Hub-Signature-256": sign(text),
  };
  return { body: text, headers: { ...right, ...headers } };
}

describe("a delivery is queued before it is acknowledged", () => {
  test.each<[string, LambdaEvent]>([
    ["through a REST API", restEvent(posted())],
    ["through a REST API in base64", inBase64(restEvent(posted()))],
    ["through an HTTP API", httpEvent(posted())],
    ["through an HTTP API in base64", inBase64(httpEvent(posted()))],
    ["signed with the previous secret", httpEvent(posted({ "X-Hub-Signature-256": sign(body, previous) }))],
    [
      "signed with the previous secret, in base64",
      inBase64(restEvent(posted({ "X-Hub-Signature-256": sign(body, previous) }))),
    ],
  ])("%s", async (_name, event) => {
    const answer = await handler(event, context);
    expect(answer.statusCode).toBe(202);
    expect(JSON.parse(answer.body)).toEqual({
      delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      outcome: "queued: plan",
    });
    expect(enqueued).toEqual(["plan"]);
  });
});

describe("everything else gets the answer that the server gives", () => {
  test.each<[string, Posted, number, string]>([
    ["a wrong signature", posted({ "X-Hub-Signature-256": sign("other") }), 401, "does not match"],
    ["no signature", posted({ "X-Hub-Signature-256": undefined }), 400, "X-Hub-Signature-256 is missing"],
    ["no headers at all", { body, headers: {} }, 415, "application/json"],
    ["no event", posted({ "X-GitHub-Event": undefined }), 400, "X-GitHub-Event is missing"],
    ["no delivery id", posted({ "X-GitHub-Delivery": undefined }), 400, "X-GitHub-Delivery is missing"],
    ["a form", posted({ "Content-Type": "application/x-www-form-urlencoded" }), 415, "application/json"],
    ["bad JSON", posted({}, "{"), 400, "not JSON"],
    ["a list", posted({}, "[]"), 400, "not an object"],
    ["a GET", { ...posted(), method: "GET" }, 405, "POST"],
  ])("%s", async (_name, request, status, words) => {
    for (const event of [restEvent(request), httpEvent(request), inBase64(httpEvent(request))]) {
      const answer = await handler(event, context);
      expect(answer.statusCode).toBe(status);
      expect((JSON.parse(answer.body) as { error: string }).error).toContain(words);
    }
    expect(enqueued).toEqual([]);
  });

  test("an event without headers or body", async () => {
    const bare = { httpMethod: "POST", headers: null, body: null } as unknown as LambdaEvent;
    expect((await handler(bare, context)).statusCode).toBe(415);
  });

  test.each(["ping", "star", "error", "constructor"])("the event %s is acknowledged and ignored", async (event) => {
    const answer = await handler(httpEvent(posted({ "X-GitHub-Event": event })), context);
    expect(answer.statusCode).toBe(202);
    expect(answer.body).toContain("ignored: ");
  });

  test("a queue that is away is a 503, and the redelivery is taken", async () => {
    queueAway = true;
    expect(await handler(httpEvent(posted()), context)).toMatchObject({
      statusCode: 503,
      headers: { "retry-after": "30" },
    });
    queueAway = false;
    expect((await handler(httpEvent(posted()), context)).statusCode).toBe(202);
  });

  test("many at once keep their outcomes apart", async () => {
    const events = Array.from({ length: 40 }, (_, index) => {
      const command = index % 2 === 0 ? "plan" : "help";
      return httpEvent(posted({}, commentBody(`/codegen ${command}`)));
    });
    const outcomes = (await Promise.all(events.map((event) => handler(event, context)))).map(
      (answer) => (JSON.parse(answer.body) as { outcome: string }).outcome,
    );
    expect(outcomes).toEqual(events.map((_, index) => (index % 2 === 0 ? "queued: plan" : "queued: reply")));
  });
});
