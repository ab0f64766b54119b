import { describe, expect, test } from "@jest/globals";
import { providers } from "../../../src/agents/models.ts";
import { LeaseLost } from "../../../src/errors.ts";
import { memoryWorkspace } from "../../doubles/model/memory-workspace.ts";
import type { Conversation, Turn } from "../../doubles/model/scripted-model.ts";
import { backend, plan, planTask, report, session, withModel, workTask } from "./story.ts";

const files = { "src/add.js": "export const add = (a, b) => a - b;\n", "test/add.test.js": "// adds\n" };

describe.each(providers)("a model behind %s", (provider) => {
  test("reads the code and proposes a plan", async () => {
    const script: Turn[] = [
      {
        text: "Let me look.",
        calls: [
          { tool: "list", input: {} },
          { tool: "search", input: { text: "a - b" } },
        ],
        usage: { input: 1000, output: 50 },
      },
      { calls: [{ tool: "read", input: { path: "./src/add.js" } }], usage: { input: 2000, output: 50 } },
      { calls: [{ tool: "finish", input: plan }], usage: { input: 3000, output: 100 } },
    ];
    await withModel(script, async (model) => {
      const seen = session();
      const outcome = await backend(model.url, {}, provider).plan(planTask, memoryWorkspace(files), seen);
      expect(outcome).toEqual({
        end: "done",
        result: plan,
        usage: { steps: 3, inputTokens: 6000, outputTokens: 200, usd: expect.closeTo(0.014, 6), priced: true },
      });
      expect(
        seen.events.map((event) => (event.kind === "tool" ? `${event.name} ${event.summary}` : event.usage.steps)),
      ).toEqual([1, "list /", 'search "a - b"', 2, "read src/add.js", 3]);
      const [first, second, third] = model.requests().map((request) => request.conversation);
      expect(first?.tools).toEqual(["read", "list", "search", "finish"]);
      expect(second?.results.map((result) => result.text)).toEqual([
        expect.stringMatching(
          /^2 files\n<data-[0-9a-f]{24} from="files below \/">\nsrc\/add\.js\ntest\/add\.test\.js\n<\/data-[0-9a-f]{24}>$/,
        ),
        expect.stringContaining("src/add.js:1: export const add"),
      ]);
      expect(third?.results.at(-1)?.text).toContain("1\texport const add = (a, b) => a - b;");
    });
  });

  test("changes files, runs the tests and reports", async () => {
    const script: Turn[] = [
      { calls: [{ tool: "edit", input: { path: "src/add.js", oldText: "a - b", newText: "a + b" } }] },
      {
        calls: [
          { tool: "write", input: { path: "src/new.js", content: "1\n" } },
          { tool: "remove", input: { path: "test/add.test.js" } },
        ],
      },
      { calls: [{ tool: "run", input: { command: "npm test" } }] },
      { calls: [{ tool: "finish", input: report }] },
    ];
    await withModel(script, async (model) => {
      const workspace = memoryWorkspace(files, () => ({
        end: "exited",
        code: 1,
        output: `\u001B[31m${"x".repeat(40_000)}\nlast line`,
      }));
      const outcome = await backend(model.url, {}, provider).work({ ...workTask, plan }, workspace, session());
      expect(outcome).toMatchObject({ end: "done", result: report });
      expect([...workspace.files]).toEqual([
        ["src/add.js", "export const add = (a, b) => a + b;\n"],
        ["src/new.js", "1\n"],
      ]);
      expect(workspace.commands).toEqual(["npm test"]);
      const ran = model.requests()[3]?.conversation?.results.at(-1)?.text ?? "";
      expect(ran).toMatch(/^exit code 1\n<data-/);
      expect(ran).toContain("last line");
      expect(ran).toContain("characters left out");
      expect(ran.length).toBeLessThan(31_000);
      expect(ran).not.toContain("\u001B");
    });
  });
});

test.each(providers)("a model behind %s that says nothing at first can go on", async (provider) => {
  await withModel([{ text: "" }, { text: "Hm." }, { calls: [{ tool: "finish", input: plan }] }], async (model) => {
    const outcome = await backend(model.url, {}, provider).plan(planTask, memoryWorkspace(files), session());
    expect(outcome).toMatchObject({ end: "done", result: plan, usage: { steps: 3 } });
  });
});

describe("a model that errs", () => {
  const cases: [string, Turn][] = [
    ["calls tools that do not exist", { fault: "unknown-tool" }],
    ["gives arguments of the wrong shape", { fault: "bad-arguments" }],
    ["gives arguments that are no JSON", { calls: [{ tool: "read", rawInput: '{"path": "src/ad' }] }],
    ["talks instead of acting", { text: "I would start by reading the code." }],
    ["says nothing", { text: "" }],
    ["sends half an answer", { fault: "malformed" }],
    ["sends ten megabytes", { fault: "huge" }],
    ["finishes with the wrong shape", { calls: [{ tool: "finish", input: { ...plan, confidence: "total" } }] }],
    [
      "finishes with a path outside",
      { calls: [{ tool: "finish", input: { ...plan, files: [{ path: "../x", change: "y" }] } }] },
    ],
    ["wants to change files while planning", { calls: [{ tool: "write", input: { path: "a", content: "b" } }] }],
  ];

  test.each(cases)("and %s three times in a row is given up", async (_name, turn) => {
    await withModel([turn, turn, turn], async (model) => {
      const workspace = memoryWorkspace(files);
      const outcome = await backend(model.url).plan(planTask, workspace, session());
      expect(outcome).toMatchObject({
        end: "nonsense",
        reason: expect.stringMatching(
          /^The model `claude-sonnet-5` gave 3 answers in a row that are of no use \(the last was /,
        ),
        usage: { steps: 3 },
      });
      expect(workspace.files.size).toBe(2);
    });
  });

  test.each(cases)("and %s twice is told so and can go on", async (_name, turn) => {
    await withModel(
      [turn, turn, { calls: [{ tool: "list" }] }, turn, turn, { calls: [{ tool: "finish", input: plan }] }],
      async (model) => {
        expect(await backend(model.url).plan(planTask, memoryWorkspace(files), session())).toMatchObject({
          end: "done",
          result: plan,
        });
        const last = model.requests()[1]?.conversation?.messages.at(-1);
        expect(last?.text).toMatch(/^(error: |That was )/);
      },
    );
  });

  test("is shown why the workspace refuses a path", async () => {
    const script: Turn[] = [
      {
        calls: [
          { tool: "read", input: { path: "../../etc/passwd" } },
          { tool: "write", input: { path: "/etc/cron.d/x", content: "" } },
        ],
      },
      { calls: [{ tool: "edit", input: { path: "src/add.js", oldText: "no such text", newText: "x" } }] },
      { calls: [{ tool: "finish", input: report }] },
    ];
    await withModel(script, async (model) => {
      const workspace = memoryWorkspace(files);
      expect(await backend(model.url).work(workTask, workspace, session())).toMatchObject({ end: "done" });
      expect(model.requests()[2]?.conversation?.results.map((result) => result.text)).toEqual([
        "error: ../../etc/passwd is outside of the workspace",
        "error: /etc/cron.d/x is outside of the workspace",
        expect.stringMatching(/^error: src\/add\.js was not changed: oldText does not stand in the file/),
      ]);
      expect(workspace.files.size).toBe(2);
    });
  });

  test("cannot flood one answer with calls", async () => {
    const calls = Array.from({ length: 40 }, () => ({ tool: "run", input: { command: "true" } }));
    await withModel([{ calls }, { calls: [{ tool: "finish", input: report }] }], async (model) => {
      const workspace = memoryWorkspace(files);
      await backend(model.url).work(workTask, workspace, session());
      expect(workspace.commands).toHaveLength(16);
    });
  });

  test("does not hide that the lease is lost", async () => {
    await withModel([{ calls: [{ tool: "list" }] }], async (model) => {
      const workspace = { ...memoryWorkspace(files), list: () => Promise.reject(new LeaseLost("gone")) };
      await expect(backend(model.url).plan(planTask, workspace, session())).rejects.toThrow(LeaseLost);
    });
  });
});

describe("a long conversation", () => {
  const long = { "big.txt": `${"word ".repeat(5)}\n`.repeat(1000) };
  test("loses its oldest results first and stays within its limit", async () => {
    let step = 0;
    const script = () => readsTwelveTimes(step++);
    await withModel(script, async (model) => {
      const outcome = await backend(model.url, { contextTokens: 40_000 }).plan(
        planTask,
        memoryWorkspace(long),
        session(),
      );
      expect(outcome).toMatchObject({ end: "done" });
      const sizes = model.requests().map((request) => JSON.stringify(request.body).length / 3.5);
      expect(Math.max(...sizes)).toBeLessThan(46_000);
      const last = model.requests().at(-1)?.conversation;
      expect(last?.results[0]?.text).toMatch(/left out to save space/);
      expect(last?.results.at(-1)?.text).toContain("word word");
      expect(last?.messages[1]?.text).toContain("Totals are wrong");
    });
  });

  test("shrinks when the server says that it is too long", async () => {
    let step = 0;
    const script = ({ messages }: Conversation): Turn =>
      JSON.stringify(messages).length > 90_000 ? { fault: "context-too-long" } : readsTwelveTimes(step++);
    await withModel(script, async (model) => {
      expect(await backend(model.url).plan(planTask, memoryWorkspace(long), session())).toMatchObject({ end: "done" });
    });
  });

  test("ends with a sentence when even the task does not fit", async () => {
    await withModel(
      () => ({ fault: "context-too-long" }),
      async (model) => {
        const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
        expect(outcome).toMatchObject({
          end: "unavailable",
          reason: expect.stringContaining("does not fit into what the model"),
        });
        expect(model.requests()).toHaveLength(1);
      },
    );
  });
});

function readsTwelveTimes(step: number): Turn {
  return step < 12
    ? { calls: [{ tool: "read", input: { path: "big.txt" } }] }
    : { calls: [{ tool: "finish", input: plan }] };
}
