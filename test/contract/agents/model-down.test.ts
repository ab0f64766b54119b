import { describe, expect, test } from "@jest/globals";
import { memoryWorkspace } from "../../doubles/model/memory-workspace.ts";
import type { Turn } from "../../doubles/model/scripted-model.ts";
import { backend, plan, planTask, report, session, withModel, workTask } from "./story.ts";

const finish: Turn = { calls: [{ tool: "finish", input: plan }] };
const list: Turn = { calls: [{ tool: "list" }] };

describe("a model that is down", () => {
  test.each([500, 503, 429, "reset"] as const)("for a moment (%s) is asked again", async (fault) => {
    await withModel([{ fault }, finish], async (model) => {
      expect(await backend(model.url).plan(planTask, memoryWorkspace({}), session())).toMatchObject({
        end: "done",
        usage: { steps: 1 },
      });
      expect(model.requests()).toHaveLength(2);
    });
  });

  test.each([
    [500 as const, /^The model server has a failure of its own \(HTTP 500, \d tries\)\.$/],
    [429 as const, /^The model server is at its limit \(HTTP 429, \d tries\)\.$/],
    ["reset" as const, /^The model server cannot be reached \(\w+\), \d tries\.$/],
  ])("for long (%s) is given up after bounded tries", async (fault, sentence) => {
    await withModel(
      () => ({ fault }),
      async (model) => {
        const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
        expect(outcome).toMatchObject({
          end: "unavailable",
          reason: expect.stringMatching(sentence),
          usage: { steps: 0, inputTokens: 0 },
        });
        expect(model.requests().length).toBeGreaterThan(1);
        expect(model.requests().length).toBeLessThan(6);
      },
    );
  });

  test.each([
    [401 as const, "refuses the key"],
    [404 as const, "does not know the model `claude-sonnet-5`"],
    [400 as const, "refuses the request"],
  ])("for good (HTTP %s) is asked once", async (fault, words) => {
    await withModel([{ fault }], async (model) => {
      const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: "unavailable", reason: expect.stringContaining(words) });
      expect(model.requests()).toHaveLength(1);
    });
  });

  test("waits as long as the server asks, when that is short", async () => {
    await withModel([{ fault: 429, retryAfter: 1 }, finish], async (model) => {
      const started = performance.now();
      const outcome = await backend(model.url, { retryTotalMs: 2_000 }).plan(planTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: "done" });
      expect(performance.now() - started).toBeGreaterThan(990);
    });
  });

  test.each([429, 503] as const)(
    "and asks to be called at once, again and again (%s), is given up too",
    async (fault) => {
      await withModel(
        () => ({ fault, retryAfter: 0 }),
        async (model) => {
          const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
          expect(outcome).toMatchObject({ end: "unavailable" });
          expect(model.requests().length).toBeLessThan(6);
        },
      );
    },
  );

  test("is not waited for when it asks for a minute", async () => {
    await withModel([{ fault: 429, retryAfter: 60 }], async (model) => {
      const started = performance.now();
      const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({
        end: "unavailable",
        reason: "The model server is at its limit (HTTP 429). It asks to wait 60 s.",
      });
      expect(performance.now() - started).toBeLessThan(30_000);
    });
  });

  test("at an address where nobody listens says so, without address and key", async () => {
    const { url } = await withModel([], (model) => Promise.resolve(model));
    const outcome = await backend(url).plan(planTask, memoryWorkspace({}), session());
    expect(outcome).toMatchObject({
      end: "unavailable",
      reason: expect.stringMatching(/^The model server cannot be reached \(ECONNREFUSED\), \d tries\./),
    });
    expect(JSON.stringify(outcome)).not.toContain("127.0.0.1");
  });

  test("and does not answer in time is asked once more", async () => {
    await withModel(
      () => ({ fault: "hang" }),
      async (model) => {
        const outcome = await backend(model.url, { callTimeoutMs: 1_000 }).plan(
          planTask,
          memoryWorkspace({}),
          session(),
        );
        expect(outcome).toMatchObject({
          end: "unavailable",
          reason: "The model server did not answer within 1 s, 2 tries.",
        });
        expect(model.requests()).toHaveLength(2);
      },
    );
  });

  test("keeps what was used before it went down", async () => {
    const script: Turn[] = [{ calls: [{ tool: "list" }], usage: { input: 700, output: 7 } }, { fault: 401 }];
    await withModel(script, async (model) => {
      const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: "unavailable", usage: { steps: 1, inputTokens: 700, outputTokens: 7 } });
    });
  });
});

describe("a cancelled session", () => {
  test("ends at once while the server hangs", async () => {
    const controller = new AbortController();
    await withModel(
      () => {
        queueMicrotask(() => controller.abort());
        return { fault: "hang" };
      },
      async (model) => {
        const started = performance.now();
        const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session({}, controller));
        expect(outcome).toMatchObject({ end: "cancelled", reason: "The run was cancelled." });
        expect(performance.now() - started).toBeLessThan(15_000);
      },
    );
  });

  test("ends while a command runs that does not listen", async () => {
    const controller = new AbortController();
    await withModel([{ calls: [{ tool: "run", input: { command: "sleep 1000" } }] }], async (model) => {
      const workspace = memoryWorkspace({}, (_command, { signal }) => {
        expect(signal).toBeDefined();
        queueMicrotask(() => controller.abort());
        return new Promise(() => {});
      });
      expect(await backend(model.url).work(workTask, workspace, session({}, controller))).toMatchObject({
        end: "cancelled",
        usage: { steps: 1 },
      });
    });
  });

  test("asks nothing when it was cancelled before it began", async () => {
    await withModel([], async (model) => {
      const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session({}, abortedController()));
      expect(outcome).toMatchObject({ end: "cancelled" });
      expect(model.requests()).toHaveLength(0);
    });
  });
});

describe("a budget", () => {
  test.each([
    [
      { steps: 4 },
      4,
      "The agent's budget of 4 steps is used up before it was done. Ask for a smaller piece, or raise `agent.budget.steps` in `.codegen.yml`.",
    ],
    [{ tokens: 31_000 }, 3, "The agent's budget of 31,000 tokens is used up"],
    [{ usd: 0.1 }, 5, "The agent's budget of 0.1 US dollars is used up"],
    [{ minutes: 0 }, 0, "The agent's budget of 0 minutes is used up"],
  ])("of %j ends a model that never does", async (budget, calls, words) => {
    await withModel(forEver, async (model) => {
      const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session(budget));
      expect(outcome).toMatchObject({ end: "budget", reason: expect.stringContaining(words), usage: { steps: calls } });
      expect(model.requests()).toHaveLength(calls);
    });
  });

  test("of minutes ends a call that is under way", async () => {
    await withModel(
      () => ({ fault: "hang" }),
      async (model) => {
        const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session({ minutes: 0.003 }));
        expect(outcome).toMatchObject({ end: "budget", reason: expect.stringContaining("0.003 minutes") });
      },
    );
  });

  test("is kept with a server that does not say what it used", async () => {
    await withModel(
      () => ({ fault: "no-usage" }),
      async (model) => {
        const outcome = await backend(model.url).plan(planTask, memoryWorkspace({}), session());
        expect(outcome.usage.inputTokens).toBeGreaterThan(1000);
        expect(outcome.usage.outputTokens).toBeGreaterThan(10);
      },
    );
  });

  test("warns the model before its last answers", async () => {
    await withModel([list, { calls: [{ tool: "finish", input: report }] }], async (model) => {
      await backend(model.url).work(workTask, memoryWorkspace({ a: "b" }), session({ steps: 3 }));
      expect(model.requests()[1]?.conversation?.results[0]?.text).toMatch(
        /\(2 answers left: finish now with what you have\)$/,
      );
    });
  });
});

function forEver(): Turn {
  return { calls: [{ tool: "list" }], usage: { input: 10_000, output: 100 } };
}

function abortedController(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}
