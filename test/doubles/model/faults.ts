import type { ServerResponse } from "node:http";
import type { AnswerFault, Conversation, Fault, Turn, WireFault } from "./conversation.ts";
import { sendJson, type Protocol } from "./protocols.ts";

const answerFaults: readonly Fault[] = ["unknown-tool", "bad-arguments", "no-usage"] satisfies AnswerFault[];

export function isWireFault(fault: Fault): fault is WireFault {
  return !answerFaults.includes(fault);
}

/** Answers as a broken server does, or not at all. */
export function breakDown(
  response: ServerResponse,
  fault: WireFault,
  retryAfter: number | undefined,
  protocol: Protocol,
): void {
  if (typeof fault === "number") {
    if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
    sendJson(response, fault, protocol.error("scripted_fault", `scripted HTTP ${fault}`, fault));
    return;
  }
  switch (fault) {
    case "hang":
      return;
    case "reset":
      response.destroy();
      return;
    case "malformed":
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"id":"1","choices":[{"index":0,"message":{"role":"assistant","conte');
      return;
    case "huge": {
      const tenMegabytes = "nonsense ".repeat(1_165_085);
      sendJson(response, 200, protocol.answer("huge", "scripted", { text: tenMegabytes }, { input: 1, output: 1 }));
      return;
    }
    case "context-too-long": {
      const message = "This model's maximum context length is 8192 tokens. However, your messages resulted in more.";
      sendJson(response, 400, protocol.error("invalid_request_error", message, 400));
    }
  }
}

/** The answer of a confused model behind a healthy server. */
export function confusedAnswer(fault: Fault, conversation: Conversation): Exclude<Turn, { fault: unknown }> {
  if (fault === "unknown-tool") return { calls: [{ tool: "launch_rockets", input: { at: "noon" } }] };
  if (fault === "bad-arguments")
    return { calls: [{ tool: conversation.tools[0] ?? "read", input: { nonsense: [1, 2, 3] } }] };
  return { text: "I say nothing about what I used." };
}
