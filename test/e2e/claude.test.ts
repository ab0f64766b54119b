import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import {
  startScriptedModel,
  type Conversation,
  type ScriptedModel,
  type Turn,
} from "../doubles/model/scripted-model.ts";
import { start, type Story } from "../doubles/start.ts";

let story: Story | undefined;
let model: ScriptedModel | undefined;
afterEach(async () => {
  const [ending, server] = [story, model];
  story = model = undefined;
  await ending?.finish();
  await server?.close();
}, 30_000);
afterAll(dropTemplate);

const plan = {
  problem: "There is no note.",
  files: [{ path: "NOTE.md", change: "say it" }],
  steps: ["Write NOTE.md."],
  tests: [],
  risks: [],
  questions: [],
  confidence: "high",
};
const report = { title: "Add a note", summary: "There is a note now.", testsRun: [], openPoints: [] };

describe("a repository that chooses the Claude Agent SDK", () => {
  test("gets its plan and its pull from it, through the bot's own sandbox", async () => {
    const running = await begin(({ mode, step }) => {
      if (mode === "plan") return call("mcp__codegen__finish", plan);
      if (step === 0) return call("Write", { file_path: "/workspace/NOTE.md", content: "noted\n" });
      return call("mcp__codegen__finish", report);
    });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await running.drain();
    expect((await running.answers(issue))[0]).toContain("There is no note.");
    await running.comment(issue, "/codegen approve");
    await running.drain();
    expect((await running.answers(issue)).join("\n")).toContain("✅ **Codegen finished");
    const [pull] = await running.ada.api<{ number: number; title: string }[]>("GET", `${running.at}/pulls`);
    expect(pull?.title).toBe(report.title);
    const files = await running.ada.api<{ filename: string }[]>("GET", `${running.at}/pulls/${pull?.number}/files`);
    expect(files.map(({ filename }) => filename)).toEqual(["NOTE.md"]);
    expect(model?.requests().map(({ headers }) => headers["x-api-key"])).toEqual([
      "claude-key",
      "claude-key",
      "claude-key",
    ]);
  }, 90_000);
});

async function begin(script: (conversation: Conversation) => Turn): Promise<Story> {
  model = await startScriptedModel({ script });
  const variables = {
    CODEGEN_CLAUDE_URL: model.url.replace(/\/v1$/, ""),
    CODEGEN_CLAUDE_KEY: "claude-key",
    CODEGEN_CLAUDE_MODEL: "claude-sonnet-5",
  };
  story = await start({ variables, files: { ".codegen.yml": "version: 1\nagent: { backend: claude }\n" } });
  return story;
}

function call(tool: string, input: object): Turn {
  return { calls: [{ tool, input }] };
}
