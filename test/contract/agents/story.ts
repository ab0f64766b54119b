import { createModelBackend, type ModelLimits } from "../../../src/agents/model-loop.ts";
import type { providers } from "../../../src/agents/models.ts";
import type {
  AgentBackend,
  AgentBudget,
  AgentProgress,
  AgentSession,
  PlanTask,
  WorkTask,
} from "../../../src/agents/port.ts";
import { silentLog } from "../../../src/log.ts";
import { startScriptedModel, type Script, type ScriptedModel } from "../../doubles/model/scripted-model.ts";

export const key = "key-4f9d2c7b1a6e8035";

export const planTask: PlanTask = {
  repository: "octo/shop",
  issue: { number: 7, title: "Totals are wrong", body: "Adding 1 and 2 gives -1.", author: "mona" },
  comments: [{ from: "hubot", text: "Same here." }],
  guidance: ["Keep functions small."],
};

export const workTask: WorkTask = {
  repository: "octo/shop",
  issue: { number: 7, title: "Totals are wrong", body: "Adding 1 and 2 gives -1." },
  guidance: [],
  commands: [{ name: "test", run: "npm test" }],
  target: { branch: "codegen/issue-7-totals-are-wrong", base: "main", pull: null },
};

export const plan = {
  problem: "add() subtracts.",
  files: [{ path: "src/add.js", change: "use +", symbols: ["add"] }],
  steps: ["Replace - by +."],
  tests: ["npm test"],
  risks: [],
  questions: [],
  confidence: "high" as const,
};

export const report = {
  title: "Add instead of subtracting",
  summary: "add() used -.",
  testsRun: ["npm test: passed"],
  openPoints: [],
};

/** Runs a test against a scripted model and closes it, whatever happens. */
export async function withModel<T>(script: Script, use: (model: ScriptedModel) => Promise<T>): Promise<T> {
  const model = await startScriptedModel({ script });
  try {
    return await use(model);
  } finally {
    await model.close();
  }
}

/** All providers speak to the same server. */
export function backend(
  url: string,
  limits: Partial<ModelLimits> = {},
  provider: (typeof providers)[number] = "openai-compatible",
): AgentBackend {
  const quick = { retryTotalMs: 900, ...limits };
  return createModelBackend({ model: `${provider}:claude-sonnet-5`, url, key, log: silentLog, limits: quick });
}

export function session(
  budget: Partial<AgentBudget> = {},
  controller = new AbortController(),
): AgentSession & { readonly events: AgentProgress[] } {
  const events: AgentProgress[] = [];
  return {
    budget: { steps: 20, tokens: 500_000, usd: 5, minutes: 1, ...budget },
    signal: controller.signal,
    events,
    onProgress: (event) => void events.push(event),
  };
}
