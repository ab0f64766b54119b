import { z } from "zod";
import {
  BadRequest,
  conversationOf,
  type Conversation,
  type ScriptMessage,
  type ScriptedUsage,
  type Turn,
} from "./conversation.ts";

// The part of Google's Gemini API that agents use, `models.generateContent`: https://ai.google.dev/api/generate-content

const FunctionCall = z.object({ id: z.string().optional(), name: z.string().min(1), args: z.unknown() });
const FunctionResponse = z.object({
  id: z.string().optional(),
  name: z.string().min(1),
  response: z.looseObject({ content: z.string().optional() }),
});
const Part = z
  .looseObject({
    text: z.string().optional(),
    functionCall: FunctionCall.optional(),
    functionResponse: FunctionResponse.optional(),
  })
  .refine(
    (part) => [part.text, part.functionCall, part.functionResponse].filter((data) => data !== undefined).length === 1,
    {
      error: "required oneof field 'data' must have one initialized field",
    },
  );
const parts = z.array(Part).min(1, "must include at least one parts field");

const GenerateContentRequest = z.object({
  contents: z
    .array(z.object({ role: z.enum(["user", "model"], "Please use a valid role: user, model."), parts }))
    .min(1, "contents is not specified"),
  systemInstruction: z.object({ parts }).optional(),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z
          .array(
            z.looseObject({
              name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/, "Invalid function name"),
              description: z.string(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

/** @throws BadRequest where the real server answers 400, e.g. a function call without its response in the next turn */
export function readGoogle(
  body: unknown,
  path: string,
): { model: string; stream: boolean; conversation: Conversation } {
  const parsed = GenerateContentRequest.safeParse(body);
  if (!parsed.success) throw new BadRequest(z.prettifyError(parsed.error));
  const read: ScriptMessage[] = [];
  const results: { id: string; tool: string; input: unknown; text: string }[] = [];
  let open: { id: string; tool: string; input: unknown }[] = [];
  const system = textOf(parsed.data.systemInstruction?.parts);
  if (system) read.push({ role: "system", text: system, calls: [] });
  for (const content of parsed.data.contents) {
    const responses = content.parts.flatMap((part) => part.functionResponse ?? []);
    if (responses.length !== open.length)
      throw new BadRequest(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    for (const [index, response] of responses.entries()) {
      const call = open[index];
      if (call?.tool !== response.name || (response.id !== undefined && response.id !== call.id))
        throw new BadRequest(`the function response for ${response.name} answers no call of the turn before`);
      const text = response.response.content ?? JSON.stringify(response.response);
      results.push({ ...call, text });
      read.push({ role: "tool", text, calls: [] });
    }
    open = content.parts
      .flatMap((part) => part.functionCall ?? [])
      .map((call, index) => ({ id: call.id ?? `${read.length}_${index}`, tool: call.name, input: call.args }));
    const text = textOf(content.parts);
    if (text !== "" || open.length > 0)
      read.push({ role: content.role === "model" ? "assistant" : "user", text, calls: open });
  }
  if (open.length > 0) throw new BadRequest("the last function call turn has no function response turn");
  const tools = (parsed.data.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []).map((tool) => tool.name);
  const model = /\/models\/(.+):generateContent$/.exec(path)?.[1] ?? "";
  return { model: decodeURIComponent(model), stream: false, conversation: conversationOf(read, results, tools) };
}

type Answer = Exclude<Turn, { fault: unknown }>;

/** The body of an answer. */
export function googleAnswer(id: string, model: string, turn: Answer, usage: ScriptedUsage | undefined): object {
  const calls = "calls" in turn ? turn.calls : [];
  const content = [
    ...(turn.text ? [{ text: turn.text }] : []),
    ...calls.map((call, index) => ({
      functionCall: { id: `call_${id}_${index}`, name: call.tool, args: call.input ?? {} },
      ...(index === 0 && { thoughtSignature: `signed-${id}` }),
    })),
  ];
  return {
    candidates: [
      // The real server leaves the parts out where a model says nothing.
      { index: 0, finishReason: "STOP", content: { role: "model", ...(content.length > 0 && { parts: content }) } },
    ],
    modelVersion: model,
    responseId: id,
    ...(usage && {
      usageMetadata: {
        promptTokenCount: usage.input,
        candidatesTokenCount: usage.output,
        totalTokenCount: usage.input + usage.output,
      },
    }),
  };
}

const statusNames: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

/** @see https://google.aip.dev/193 */
export function googleError(_type: string, message: string, status: number): object {
  return { error: { code: status, message, status: statusNames[status] ?? "UNKNOWN" } };
}

function textOf(content: readonly { text?: string | undefined }[] | undefined): string {
  return (content ?? []).flatMap((part) => part.text ?? []).join("\n");
}
