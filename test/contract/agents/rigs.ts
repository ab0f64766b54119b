import { createClaudeBackend } from "../../../src/agents/claude/backend.ts";
import { createCodegenApiBackend, type CodegenApiLimits } from "../../../src/agents/codegen-api/backend.ts";
import { createModelBackend } from "../../../src/agents/model-loop.ts";
import { providers } from "../../../src/agents/models.ts";
import type { AgentBackend, AgentWorkspace } from "../../../src/agents/port.ts";
import type { Log } from "../../../src/log.ts";
import { startCodegenApi, type CodegenApiDouble, type Script } from "../../doubles/codegen-api/codegen-api.ts";
import { memoryWorkspace } from "../../doubles/model/memory-workspace.ts";
import { sandboxWorkspace, type SandboxWorkspace } from "../../doubles/model/sandbox-workspace.ts";
import { startScriptedModel, type Turn } from "../../doubles/model/scripted-model.ts";
import { key, plan, report } from "./story.ts";

// Every back-end with a scripted other side, so that one suite can hold all of them against the port.

/** How the other side behaves: as it should, in words without sense, or out of order. */
export type Behaviour = "well" | "nonsense" | "hangs" | "down" | "at its limit" | "broken off" | "refuses";

export interface Rig {
  readonly backend: AgentBackend;
  /** What the operator keeps secret. */
  readonly secret: string;
  readonly url: string;
  /** What the back-end works on, with these files. */
  workspace(files: Readonly<Record<string, string>>): Promise<AgentWorkspace>;
  behave(how: Behaviour): void;
  /** Requests that the other side got. */
  asked(): number;
  /** Nobody listens there any more. */
  stopOtherSide(): Promise<void>;
  close(): Promise<void>;
}

export const rigs: Readonly<Record<string, (log: Log) => Promise<Rig>>> = {
  ...Object.fromEntries(providers.map((provider) => [provider, (log: Log) => modelRig(provider, log)])),
  "codegen-api": remoteRig,
  claude: claudeRig,
};

const modelFaults = {
  nonsense: { fault: "unknown-tool" },
  hangs: { fault: "hang" },
  down: { fault: 503, retryAfter: 60 },
  "at its limit": { fault: 429, retryAfter: 60 },
  "broken off": { fault: "reset" },
  refuses: { fault: 401 },
} as const satisfies Record<Exclude<Behaviour, "well">, Turn>;

async function modelRig(provider: (typeof providers)[number], log: Log): Promise<Rig> {
  let how: Behaviour = "well";
  const model = await startScriptedModel({
    script: ({ mode }) =>
      how === "well" ? { calls: [{ tool: "finish", input: mode === "plan" ? plan : report }] } : modelFaults[how],
  });
  const limits = { retryTotalMs: 300 };
  return {
    backend: createModelBackend({ model: `${provider}:large`, url: model.url, key, log, limits }),
    secret: key,
    url: model.url,
    workspace: async (files) => memoryWorkspace(files),
    behave: (next) => void (how = next),
    asked: () => model.requests().length,
    stopOtherSide: () => model.close(),
    close: () => model.close(),
  };
}

/** The real program of the SDK, in a real sandbox. */
async function claudeRig(log: Log): Promise<Rig> {
  let how: Behaviour = "well";
  const model = await startScriptedModel({
    script: ({ mode }) =>
      how === "well"
        ? { calls: [{ tool: "mcp__codegen__finish", input: mode === "plan" ? plan : report }] }
        : modelFaults[how],
  });
  const url = model.url.replace(/\/v1$/, "");
  const limits = { retryTotalMs: 300 };
  const open: SandboxWorkspace[] = [];
  return {
    backend: createClaudeBackend({ model: "large", url, key, log, limits }),
    secret: key,
    url,
    workspace: async (files) => {
      const made = await sandboxWorkspace(files);
      open.push(made);
      return made;
    },
    behave: (next) => void (how = next),
    asked: () => model.requests().length,
    stopOtherSide: () => model.close(),
    close: async () => {
      await model.close();
      for (const workspace of open.splice(0)) await workspace.close();
    },
  };
}

const remoteFaults = {
  hangs: "hang",
  down: { status: 503, retryAfter: 60 },
  "at its limit": { status: 429, retryAfter: 60 },
  "broken off": "reset",
  refuses: "echo",
} as const;

async function remoteRig(log: Log): Promise<Rig> {
  let how: Behaviour = "well";
  const api = await startCodegenApi({
    script: (agent) => (how === "nonsense" ? { status: "COMPLETE", result: "Stars, mostly." } : diligent(agent)),
  });
  return {
    backend: remoteBackend(api, log),
    secret: api.token,
    workspace: async (files) => memoryWorkspace(files),
    url: api.url,
    behave: (next) => {
      how = next;
      api.heal();
      if (next !== "well" && next !== "nonsense") api.fail(remoteFaults[next]);
    },
    asked: () => api.requests().length,
    stopOtherSide: () => api.close(),
    close: () => api.close(),
  };
}

/** An agent that plans when it is asked for a plan, and else opens a pull. */
export const diligent: Script = ({ prompt }) =>
  prompt.startsWith("You plan changes")
    ? { status: "COMPLETE", result: `Here it is:\n\`\`\`json\n${JSON.stringify(plan)}\n\`\`\`` }
    : {
        status: "COMPLETE",
        result: report.summary,
        pulls: [{ url: "https://github.com/octo/shop/pull/8", head: "codegen/issue-7-totals-are-wrong" }],
      };

/** The back-end of a double, in a hurry. */
export function remoteBackend(api: CodegenApiDouble, log: Log, limits: Partial<CodegenApiLimits> = {}): AgentBackend {
  const quick = { pollMs: 10, downMs: 300, settleMs: 100, ...limits };
  return createCodegenApiBackend({ url: api.url, token: api.token, org: api.org, log, limits: quick });
}
