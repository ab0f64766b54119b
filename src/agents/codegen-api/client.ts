import { z } from "zod";
import { boundedFetch } from "../model-fetch.ts";
import { failureOf, readApiFailure } from "./failure.ts";

// Agents of codegen.com, by its API: https://docs.codegen.com/api-reference (openapi3.json of October 2025). It calls nobody back, so a run
// is asked for again and again: at most 60 questions in 30 s and 10 new runs in a minute are allowed.

export interface CodegenApiAccess {
  readonly url: string;
  readonly token: string;
  readonly org: number;
  readonly fetch: typeof globalThis.fetch;
  /** Of one request. */
  readonly timeoutMs: number;
}

export interface RemoteRun {
  readonly id: number;
  readonly status: "running" | "complete" | "failed" | "stopped";
  /** What the agent said at its end. */
  readonly text: string;
  readonly pulls: readonly RemotePull[];
}

export interface RemotePull {
  readonly url: string;
  readonly createdAt: string;
}

/** Every call throws `CodegenApiFailure` when it gets no answer or a refusal, and the signal's reason when that aborts. */
export interface CodegenApi {
  /** The service's own number of a repository, by `owner/name`; null when the organisation does not have it. */
  findRepository(name: string, signal: AbortSignal): Promise<number | null>;
  create(wanted: NewRun, signal: AbortSignal): Promise<RemoteRun>;
  get(id: number, signal: AbortSignal): Promise<RemoteRun>;
  /** The newest run that was made with this key, among the last few hundred. */
  find(key: string, signal: AbortSignal): Promise<RemoteRun | null>;
  /** Asks an agent to go on from where it ended. */
  resume(id: number, prompt: string, signal: AbortSignal): Promise<void>;
  /** Stops the agents of a run. The service calls it a ban and has no other way. */
  stop(id: number, signal: AbortSignal): Promise<void>;
}

export interface NewRun {
  readonly prompt: string;
  readonly repository: number;
  /** Kept with the run; {@link CodegenApi.find} looks for it. */
  readonly key: string | undefined;
}

const answerBytes = 4 * 1024 ** 2;
const pageSize = 100;
const repositoryPages = 50;
const runPages = 3;

const Pull = z.object({ url: z.string().nullish(), created_at: z.string() });
const Run = z.object({
  id: z.int(),
  status: z.string().nullish(),
  result: z.string().nullish(),
  summary: z.string().nullish(),
  github_pull_requests: z.array(Pull).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), pages: z.int() });
const Runs = page(Run);
const Repositories = page(z.object({ id: z.int(), full_name: z.string() }));

/** The part of the API that a back-end needs. Nothing is sent before the first call, and no redirect gets the token. */
export function createCodegenApi(access: CodegenApiAccess): CodegenApi {
  const fetch = boundedFetch(access.fetch, answerBytes);
  const root = `${access.url}/v1/organizations/${access.org}`;
  const ask = async <T extends z.ZodType>(
    answer: T,
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<z.infer<T>> => {
    const timeout = AbortSignal.timeout(access.timeoutMs);
    try {
      const response = await fetch(`${root}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${access.token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, timeout]),
      });
      if (!response.ok) throw readApiFailure(response);
      return answer.parse(await response.json());
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, timeout.aborted ? access.timeoutMs : undefined);
    }
  };
  return {
    findRepository: async (name, signal) => {
      for (let at = 0; at < repositoryPages; at += 1) {
        const { items, pages } = await ask(Repositories, `/repos?skip=${at * pageSize}&limit=${pageSize}`, signal);
        const found = items.find((one) => one.full_name.toLowerCase() === name.toLowerCase());
        if (found !== undefined) return found.id;
        if (at + 1 >= pages || items.length === 0) return null;
      }
      return null;
    },
    create: async ({ prompt, repository, key }, signal) => {
      const metadata = key === undefined ? {} : { metadata: { [keyName]: key } };
      return toRemoteRun(await ask(Run, "/agent/run", signal, { prompt, repo_id: repository, ...metadata }));
    },
    get: async (id, signal) => toRemoteRun(await ask(Run, `/agent/run/${id}`, signal)),
    find: async (key, signal) => {
      for (let at = 0; at < runPages; at += 1) {
        const query = `source_type=API&skip=${at * pageSize}&limit=${pageSize}`;
        const { items, pages } = await ask(Runs, `/agent/runs?${query}`, signal);
        const found = items.find((run) => run.metadata?.[keyName] === key);
        if (found !== undefined) return toRemoteRun(found);
        if (at + 1 >= pages) return null;
      }
      return null;
    },
    resume: async (id, prompt, signal) => {
      await ask(Run, "/agent/run/resume", signal, { agent_run_id: id, prompt });
    },
    stop: async (id, signal) => {
      await ask(z.unknown(), "/agent/run/ban", signal, { agent_run_id: id });
    },
  };
}

const keyName = "codegen_bot_run";

function toRemoteRun(run: z.infer<typeof Run>): RemoteRun {
  return {
    id: run.id,
    status: normalized(run.status ?? ""),
    text: run.result || run.summary || "",
    pulls: (run.github_pull_requests ?? []).flatMap((pull) =>
      pull.url ? [{ url: pull.url, createdAt: pull.created_at }] : [],
    ),
  };
}

/** The service describes no list of states, so one that nobody knows is a run that goes on; its time is bounded by ours. */
function normalized(status: string): RemoteRun["status"] {
  switch (status.trim().toLowerCase()) {
    case "complete":
    case "completed":
      return "complete";
    case "failed":
    case "error":
      return "failed";
    case "cancelled":
    case "canceled":
    case "stopped":
      return "stopped";
    default:
      return "running";
  }
}
