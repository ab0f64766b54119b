import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { describe, expect, test } from "@jest/globals";
import { streamText, tool } from "ai";
import { z } from "zod";
import { withModel } from "./story.ts";

describe("the scripted model", () => {
  test.each(["openai-compatible", "anthropic"])("streams text and calls in the protocol of %s", async (provider) => {
    await withModel(
      [{ text: "Looking.", calls: [{ tool: "look", input: { at: "stars" } }], usage: { input: 11, output: 22 } }],
      async ({ url }) => {
        const model =
          provider === "anthropic"
            ? createAnthropic({ baseURL: url, apiKey: "k" })("scripted")
            : createOpenAICompatible({ name: "scripted", baseURL: url, includeUsage: true })("scripted");
        const streamed = streamText({
          model,
          prompt: "Look.",
          maxOutputTokens: 100,
          tools: { look: tool({ inputSchema: z.object({ at: z.string() }) }) },
        });
        expect(await streamed.text).toBe("Looking.");
        expect(await streamed.toolCalls).toMatchObject([{ toolName: "look", input: { at: "stars" } }]);
        expect(await streamed.usage).toMatchObject({ inputTokens: 11, outputTokens: 22 });
      },
    );
  });

  test("lists its models, and knows no other route", async () => {
    await withModel([], async (model) => {
      expect(await (await fetch(`${model.url}/models`)).json()).toMatchObject({ data: [{ id: "scripted" }] });
      expect((await fetch(`${model.url}/embeddings`, { method: "POST", body: "{}" })).status).toBe(404);
      expect(model.requests().map((request) => request.path)).toEqual(["/v1/models", "/v1/embeddings"]);
    });
  });

  const call = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }],
  };
  test.each([
    [
      "a call without its result",
      { model: "m", messages: [{ role: "user", content: "x" }, call, { role: "user", content: "y" }] },
      /must be followed by tool messages/,
    ],
    [
      "a result that nobody asked for",
      { model: "m", messages: [{ role: "tool", tool_call_id: "c9", content: "x" }] },
      /nobody called/,
    ],
    ["no messages", { model: "m", messages: [] }, /messages/],
    ["no JSON", "{", /expected object/],
  ])("refuses %s, as the real server does", async (_name, body, message) => {
    await withModel([{ text: "never" }], async ({ url }) => {
      const response = await fetch(`${url}/chat/completions`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
    });
  });

  test("says when a list of turns is over", async () => {
    await withModel([], async ({ url }) => {
      const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }] });
      const response = await fetch(`${url}/chat/completions`, { method: "POST", body });
      expect(await response.json()).toMatchObject({
        error: { message: "the script is over: it has 0 turns and was asked for one more" },
      });
    });
  });

  test("tells a script the mode, the step and the results", async () => {
    const seen: unknown[] = [];
    await withModel(
      (conversation) => {
        seen.push([conversation.mode, conversation.step, conversation.results]);
        return { text: "ok" };
      },
      async ({ url }) => {
        const messages = [
          { role: "user", content: "x" },
          call,
          { role: "tool", tool_call_id: "c1", content: "a star" },
        ];
        const tools = [{ type: "function", function: { name: "write", parameters: { type: "object" } } }];
        await fetch(`${url}/chat/completions`, {
          method: "POST",
          body: JSON.stringify({ model: "m", messages, tools }),
        });
      },
    );
    expect(seen).toEqual([["work", 1, [{ tool: "look", input: {}, text: "a star" }]]]);
  });
});
