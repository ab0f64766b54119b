import { createServer } from "node:http";
import { describe, expect, test } from "@jest/globals";
import type { AgentMemory } from "../../../src/agents/port.ts";
import { Cancelled } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import { startCodegenApi, type CodegenApiDouble, type Script } from "../../doubles/codegen-api/codegen-api.ts";
import { memoryWorkspace } from "../../doubles/model/memory-workspace.ts";
import { until } from "../until.ts";
import { diligent, remoteBackend } from "./rigs.ts";
import { plan, planTask, session, workTask } from "./story.ts";

describe("an agent at Codegen", () => {
  test("is told where the result belongs, and what contributors wrote stands in a fence", async () => {
    await withApi(diligent, async (api) => {
      await remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), session());
      const [run] = api.runs();
      expect(run?.prompt).toContain("new branch named `codegen/issue-7-totals-are-wrong`, made from `main`");
      expect(run?.prompt).toContain("begins with `Closes #7`");
      expect(run?.prompt).toMatch(/<(data-[0-9a-f]{24}) from="issue #7">\nTotals are wrong[\s\S]*<\/\1>/);
      expect(api.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
        "GET /v1/organizations/12/repos",
        "POST /v1/organizations/12/agent/run",
        "GET /v1/organizations/12/agent/run/1000",
        "GET /v1/organizations/12/agent/run/1000",
      ]);
      expect(api.requests()[1]?.body).toMatchObject({ repo_id: 501 });
    });
  });

  test("goes on with the pull that is open already", async () => {
    await withApi(diligent, async (api) => {
      const target = { ...workTask.target, pull: 8 };
      await remoteBackend(api, silentLog).work({ ...workTask, target }, memoryWorkspace({}), session());
      expect(api.runs()[0]?.prompt).toContain("Pull request #8 is open for this.");
    });
  });

  test("whose plan cannot be read is asked again", async () => {
    const script: Script = ({ resumed }) => ({
      status: "completed",
      result: ["{ not json }", JSON.stringify({ ...plan, confidence: "total" }), JSON.stringify(plan)][resumed] ?? "",
    });
    await withApi(script, async (api) => {
      const outcome = await remoteBackend(api, silentLog).plan(planTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: "done", result: plan });
      const asked = api.requests().filter(({ path }) => path.endsWith("/resume"));
      expect(asked.map(({ body }) => body)).toEqual([
        { agent_run_id: 1000, prompt: expect.stringContaining("is no JSON") },
        { agent_run_id: 1000, prompt: expect.stringContaining("confidence") },
      ]);
    });
  });

  test("that opens a pull with its plan is told of", async () => {
    const pulls = [{ url: "https://github.com/octo/shop/pull/9", head: "eager" }];
    await withApi(
      () => ({ status: "COMPLETE", result: JSON.stringify(plan), pulls }),
      async (api) => {
        const outcome = await remoteBackend(api, silentLog).plan(planTask, memoryWorkspace({}), session());
        expect(outcome).toMatchObject({ result: { risks: [expect.stringContaining("octo/shop/pull/9")] } });
      },
    );
  });

  test.each([
    ["no pull", [], { end: "done", result: { summary: "I looked around." } }],
    ["the newest of several", [pull("octo/shop", 3, "2026-01-01"), pull("Octo/Shop", 5, "2026-01-02")], { pull: 5 }],
    ["one elsewhere besides", [pull("octo/shop", 3, "2026-01-01"), pull("octo/else", 5, "2026-01-02")], { pull: 3 }],
    ["one elsewhere only", [pull("octo/shopping", 3, "2026-01-01")], { end: "nonsense" }],
    ["an address of nothing", [{ url: "https://x/octo/shop/pull/3e1", head: "x" }], { end: "nonsense" }],
  ])("that ends with %s is read as that", async (_name, pulls, expected) => {
    await withApi(
      () => ({ status: "COMPLETE", result: "I looked around.", pulls }),
      async (api) => {
        const outcome = await remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), session());
        expect(outcome).toMatchObject(expected);
      },
    );
  });

  test.each([
    ["FAILED", { end: "nonsense", reason: "The agent at Codegen gave up (its run 1000)." }],
    ["error", { end: "nonsense" }],
    ["CANCELLED", { end: "nonsense", reason: "The agent at Codegen was stopped there (its run 1000)." }],
    ["PONDERING", { end: "budget" }],
    [null, { end: "budget" }],
  ])("in the state %s is judged; one that nobody knows goes on until its time is over", async (status, expected) => {
    await withApi(
      () => ({ status }),
      async (api) => {
        const outcome = await remoteBackend(api, silentLog).work(
          workTask,
          memoryWorkspace({}),
          session({ minutes: 0.01 }),
        );
        expect(outcome).toMatchObject(expected);
        expect(stops(api)).toBe(expected.end === "budget" ? 1 : 0);
      },
    );
  });
});

describe("a run at Codegen", () => {
  const endless: Script = () => ({});

  test("is stopped when nobody wants it any more, and goes on when only this process ends", async () => {
    for (const [reason, stopped] of [
      [new Cancelled("cancelled", "Cancelled by @ada."), 1],
      ["shutdown", 0],
    ] as const) {
      await withApi(endless, async (api) => {
        const controller = new AbortController();
        const working = remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), session({}, controller));
        await until("the run is looked at", () => api.requests().length >= 4 || undefined);
        controller.abort(reason);
        expect(await working).toMatchObject({ end: "cancelled" });
        expect(stops(api)).toBe(stopped);
      });
    }
  });

  test("is found again by who takes the work up, and nobody works twice", async () => {
    let done = false;
    await withApi(
      (agent) => (done ? diligent(agent) : {}),
      async (api) => {
        const memory = journal();
        const controller = new AbortController();
        const first = { ...session({}, controller), memory };
        const working = remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), first);
        await until("the run is looked at", () => api.requests().length >= 5 || undefined);
        controller.abort("shutdown");
        await working;
        done = true;
        const again = await remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), { ...session(), memory });
        expect(again).toMatchObject({ end: "published", pull: 8 });
        expect(api.runs()).toHaveLength(1);
      },
    );
  });

  test("is stopped when nobody waits for it any more", async () => {
    await withApi(endless, async (api) => {
      const memory = journal();
      const controller = new AbortController();
      const backend = remoteBackend(api, silentLog);
      const working = backend.work(workTask, memoryWorkspace({}), { ...session({}, controller), memory });
      await until("the run is looked at", () => api.requests().length >= 5 || undefined);
      controller.abort("shutdown");
      await working;
      expect(api.runs()).toMatchObject([{ status: "ACTIVE" }]);
      await backend.abandon?.(memory);
      expect(api.runs()).toMatchObject([{ status: "CANCELLED" }]);
      const found = { ...memory, recall: async () => undefined };
      for (const ended of [memory, found, { ...found, key: "run-2/work" }]) await backend.abandon?.(ended);
      expect(stops(api)).toBe(1);
      await api.close();
      await backend.abandon?.(memory);
    });
  });

  test.each([
    ["at once", 0],
    ["by the next try", 1],
  ])("whose making was not answered is found %s", async (_name, blind) => {
    await withApi(diligent, async (api) => {
      const memory = {
        key: "run-1/work",
        once: <T>(_step: string, work: () => Promise<T>) => work(),
        recall: async () => undefined,
      };
      api.fail("lost", { times: 1, path: /agent\/run$/ });
      api.fail("reset", { times: blind, path: /agent\/runs$/, but: 1 });
      const backend = remoteBackend(api, silentLog);
      const first = await backend.work(workTask, memoryWorkspace({}), { ...session(), memory });
      expect(first.end).toBe(blind === 0 ? "published" : "unavailable");
      const outcome =
        first.end === "published" ? first : await backend.work(workTask, memoryWorkspace({}), { ...session(), memory });
      expect(outcome).toMatchObject({ end: "published", pull: 8 });
      expect(api.runs()).toHaveLength(1);
    });
  });

  test("survives a service that is away for a moment", async () => {
    await withApi(diligent, async (api) => {
      api.fail({ status: 502 }, { times: 2, path: /run\/1000$/ });
      api.fail({ status: 429, retryAfter: 0 }, { times: 1, path: /run\/1000$/ });
      api.fail("malformed", { times: 1, path: /run\/1000$/ });
      const outcome = await remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: "published" });
    });
  });

  test("is asked for at the pace that it is told", async () => {
    await withApi(diligent, async (api) => {
      const started = performance.now();
      await remoteBackend(api, silentLog, { pollMs: 150 }).work(workTask, memoryWorkspace({}), session());
      expect(performance.now() - started).toBeGreaterThan(140);
      expect(api.requests().filter(({ path }) => path.endsWith("/1000"))).toHaveLength(2);
    });
  });
});

describe("a refusal of the Codegen API", () => {
  test.each([
    [401, false, "refuses the token that the operator of this bot has set in CODEGEN_API_TOKEN (HTTP 401)"],
    [402, false, "allows no more agent runs; the operator has to look after it (HTTP 402)"],
    [403, false, "refuses access to the organisation; the operator of this bot has to check CODEGEN_API_TOKEN and"],
    [404, false, "does not know what it is asked for; the operator of this bot has to check CODEGEN_API_ORG and"],
    [422, false, "refuses the request; the bot's log says more (HTTP 422)"],
    [429, true, "is at its limit (HTTP 429)."],
    [500, true, "has a failure of its own (HTTP 500)."],
  ])("with %s is a sentence for people", async (status, passing, words) => {
    await withApi(diligent, async (api) => {
      api.fail({ status }, { path: /agent\/run$/ });
      const outcome = await remoteBackend(api, silentLog).work(workTask, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({ end: "unavailable", passing, reason: expect.stringContaining(words) });
    });
  });

  test("at the eleventh run of a minute is one for a while", async () => {
    await withApi(diligent, async (api) => {
      const backend = remoteBackend(api, silentLog);
      const work = () => backend.work(workTask, memoryWorkspace({}), session());
      for (let made = 0; made < 10; made += 1) expect(await work()).toMatchObject({ end: "published" });
      expect(await work()).toMatchObject({ end: "unavailable", passing: true });
    });
  });

  test("is told before a run is made where the organisation has no such repository", async () => {
    await withApi(diligent, async (api) => {
      const task = { ...workTask, repository: "octo/unknown" };
      const outcome = await remoteBackend(api, silentLog).work(task, memoryWorkspace({}), session());
      expect(outcome).toMatchObject({
        end: "unavailable",
        passing: false,
        reason:
          "The organisation at Codegen does not have the repository `octo/unknown`; the operator of this bot has to add it there.",
      });
      expect(api.runs()).toEqual([]);
    });
  });

  test("by a redirect takes the token nowhere", async () => {
    await withApi(diligent, async (elsewhere) => {
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(307, { location: `${elsewhere.url}${request.url}` }).end();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
      const outcome = await remoteBackend({ ...elsewhere, url }, silentLog).plan(
        planTask,
        memoryWorkspace({}),
        session(),
      );
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      expect(outcome).toMatchObject({ end: "unavailable" });
      expect(elsewhere.requests()).toEqual([]);
    });
  });
});

function pull(repository: string, number: number, day: string): { url: string; head: string; createdAt: string } {
  return { url: `https://github.com/${repository}/pull/${number}`, head: "b", createdAt: `${day}T00:00:00Z` };
}

function stops(api: CodegenApiDouble): number {
  return api.requests().filter(({ path }) => path.endsWith("/ban")).length;
}

/** What the pipelines' journal does. */
function journal(): AgentMemory {
  const kept = new Map<string, unknown>();
  return {
    key: "run-1/work",
    once: async <T>(name: string, work: () => Promise<T>) => {
      if (!kept.has(name)) kept.set(name, await work());
      return kept.get(name) as T;
    },
    recall: async (name) => kept.get(name),
  };
}

async function withApi(script: Script, use: (api: CodegenApiDouble) => Promise<void>): Promise<void> {
  const api = await startCodegenApi({ script, repositories: ["octo/else", "octo/shop"] });
  try {
    await use(api);
  } finally {
    await api.close();
  }
}
