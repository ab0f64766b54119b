import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

/**
 * The part of the Codegen API that the bot uses, with state, over real HTTP: after docs.codegen.com/api-reference (openapi3.json of October
 * 2025). It refuses what is refused there (token, organisation, shape, limits) and answers in the same shapes. What an agent does is a script.
 */
export type Script = (agent: ScriptedAgent) => AgentEnd | Promise<AgentEnd>;

export interface ScriptedAgent {
  readonly id: number;
  readonly prompt: string;
  /** How often it was asked to go on. */
  readonly resumed: number;
}

/** What a run shows once its agent is done; without a status it goes on for ever. */
export interface AgentEnd {
  readonly status?: string | null;
  readonly result?: string;
  readonly pulls?: readonly { readonly url: string; readonly head: string; readonly createdAt?: string }[];
}

export type Fault =
  | { readonly status: number; readonly retryAfter?: number }
  /** `lost` does what it is asked and breaks the connection in place of an answer; `echo` refuses and repeats the token. */
  | "hang"
  | "reset"
  | "lost"
  | "malformed"
  | "echo";

export interface CodegenApiDouble {
  /** What goes into `CODEGEN_API_URL`. */
  readonly url: string;
  readonly token: string;
  readonly org: number;
  requests(): readonly { readonly method: string; readonly path: string; readonly body: unknown }[];
  runs(): readonly { readonly id: number; readonly status: string | null; readonly prompt: string }[];
  /** Meets requests of these paths from now on, but for the first few: so many of them, or all until `heal`. */
  fail(fault: Fault, options?: { times?: number; path?: RegExp; but?: number }): void;
  heal(): void;
  close(): Promise<void>;
}

interface Run {
  readonly id: number;
  readonly prompt: string;
  readonly metadata: Record<string, unknown> | null;
  readonly createdAt: string;
  resumed: number;
  polls: number;
  status: string | null;
  end: AgentEnd;
}

const Create = z.object({
  prompt: z.string(),
  images: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  repo_id: z.int().nullish(),
  model: z.string().nullish(),
});
const Resume = z.object({ agent_run_id: z.int(), prompt: z.string() });
const Ban = z.object({ agent_run_id: z.int() });

/** Starts the service on a free port of the loopback, with one organisation that has these repositories. */
export async function startCodegenApi(options: {
  script: Script;
  repositories?: readonly string[];
  /** How often a run is asked for before its agent is done. */
  polls?: number;
}): Promise<CodegenApiDouble> {
  const service = new Service(options);
  const server = createServer((request, response) => {
    service.serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { message: `the script failed: ${String(error)}`, status_code: 500 });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    token: service.token,
    org: service.org,
    requests: () => service.requests,
    runs: () => [...service.runs.values()],
    fail: (fault, { times = Number.POSITIVE_INFINITY, path = /./, but = 0 } = {}) => {
      service.faults.push({ fault, times, path, but });
    },
    heal: () => void service.faults.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Service {
  readonly token = "codegen-token-8c1f0b6e";
  readonly org = 12;
  readonly requests: { method: string; path: string; body: unknown }[] = [];
  readonly runs = new Map<number, Run>();
  readonly faults: { fault: Fault; times: number; path: RegExp; but: number }[] = [];
  readonly #script: Script;
  readonly #repositories: readonly string[];
  readonly #polls: number;
  readonly #created: number[] = [];

  constructor(options: { script: Script; repositories?: readonly string[]; polls?: number }) {
    this.#script = options.script;
    this.#repositories = options.repositories ?? ["octo/shop"];
    this.#polls = options.polls ?? 1;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://codegen");
    const method = request.method ?? "GET";
    const body = await readJson(request);
    this.requests.push({ method, path: url.pathname, body });
    const fault = this.#fault(url.pathname);
    if (fault === "hang") return;
    if (fault === "reset") return void response.destroy();
    if (fault === "malformed") return void response.writeHead(200).end('{"id": 1, "stat');
    if (fault === "echo")
      return send(response, 403, { message: `no access with ${request.headers.authorization}`, status_code: 403 });
    if (typeof fault === "object") {
      if (fault.retryAfter !== undefined) response.setHeader("retry-after", String(fault.retryAfter));
      return send(response, fault.status, { message: `scripted ${fault.status}`, status_code: fault.status });
    }
    const answer = await this.#answer(method, url, body, request.headers.authorization);
    if (fault === "lost") return void response.destroy();
    send(response, answer.status, answer.body);
  }

  #fault(path: string): Fault | undefined {
    const found = this.faults.find((one) => one.times > 0 && one.path.test(path));
    if (found === undefined) return undefined;
    if (found.but > 0) {
      found.but -= 1;
      return undefined;
    }
    found.times -= 1;
    return found.fault;
  }

  async #answer(
    method: string,
    url: URL,
    body: unknown,
    authorization: string | undefined,
  ): Promise<{ status: number; body: object }> {
    const [, org, rest] = /^\/v1\/organizations\/(\d+)(\/.*)$/.exec(url.pathname) ?? [];
    if (authorization !== `Bearer ${this.token}` || Number(org) !== this.org)
      return refusal(403, "You do not have access to this organization.");
    const route = `${method} ${rest}`;
    if (route === "GET /repos") return page(url, this.#repositories.map(toRepository));
    if (route === "GET /agent/runs") return page(url, [...this.runs.values()].toReversed().map(toAnswer));
    if (route === "POST /agent/run") return this.#create(body);
    if (route === "POST /agent/run/resume") return this.#resume(body);
    if (route === "POST /agent/run/ban") {
      const run = this.#find(Ban.safeParse(body));
      if (!("id" in run)) return run;
      run.status = "CANCELLED";
      return { status: 200, body: { message: "banned" } };
    }
    const [, id] = /^GET \/agent\/run\/(\d+)$/.exec(route) ?? [];
    if (id === undefined) return refusal(404, `no such route: ${route}`);
    const run = this.runs.get(Number(id));
    if (run === undefined) return refusal(404, "Agent run not found.");
    await this.#advance(run);
    return { status: 200, body: toAnswer(run) };
  }

  #create(body: unknown): { status: number; body: object } {
    const parsed = Create.safeParse(body);
    if (!parsed.success) return unprocessable(parsed.error);
    const minuteAgo = Date.now() - 60_000;
    if (this.#created.filter((at) => at > minuteAgo).length >= 10)
      return refusal(429, "Rate limit exceeded. Please try again later.");
    this.#created.push(Date.now());
    const { prompt, metadata } = parsed.data;
    const id = 1_000 + this.runs.size;
    const run = { id, prompt, metadata: metadata ?? null, createdAt: new Date().toISOString() };
    this.runs.set(id, { ...run, resumed: 0, polls: 0, status: "ACTIVE", end: {} });
    return { status: 200, body: toAnswer(this.runs.get(id) as Run) };
  }

  #resume(body: unknown): { status: number; body: object } {
    const run = this.#find(Resume.safeParse(body));
    if (!("id" in run)) return run;
    run.resumed += 1;
    run.polls = 0;
    run.status = "ACTIVE";
    return { status: 200, body: toAnswer(run) };
  }

  #find(
    parsed: { success: true; data: { agent_run_id: number } } | { success: false; error: z.ZodError },
  ): Run | { status: number; body: object } {
    if (!parsed.success) return unprocessable(parsed.error);
    return this.runs.get(parsed.data.agent_run_id) ?? refusal(404, "Agent run not found.");
  }

  /** An agent is done when it was asked for often enough. */
  async #advance(run: Run): Promise<void> {
    if (run.status !== "ACTIVE") return;
    run.polls += 1;
    if (run.polls <= this.#polls) return;
    run.end = await this.#script({ id: run.id, prompt: run.prompt, resumed: run.resumed });
    run.status = run.end.status === undefined ? "ACTIVE" : run.end.status;
  }
}

function toAnswer(run: Run): object {
  return {
    id: run.id,
    organization_id: 12,
    status: run.status,
    created_at: run.createdAt,
    web_url: `https://codegen.com/agent/trace/${run.id}`,
    result: run.end.result ?? null,
    summary: null,
    source_type: "API",
    github_pull_requests: (run.end.pulls ?? []).map((pull, index) => ({
      id: run.id * 10 + index,
      title: "A pull",
      url: pull.url,
      created_at: pull.createdAt ?? run.createdAt,
      head_branch_name: pull.head,
    })),
    metadata: run.metadata,
  };
}

function toRepository(name: string, index: number): object {
  const rest = { description: null, visibility: "private", archived: false, setup_status: "done", language: null };
  const id = 500 + index;
  return { id, name: name.split("/")[1], full_name: name, github_id: `${id}`, organization_id: 12, ...rest };
}

function page(url: URL, all: readonly object[]): { status: number; body: object } {
  const skip = Number(url.searchParams.get("skip") ?? 0);
  const limit = Number(url.searchParams.get("limit") ?? 100);
  if (!(limit >= 1 && limit <= 100)) return refusal(422, "limit");
  const [total, pages] = [all.length, Math.ceil(all.length / limit)];
  return {
    status: 200,
    body: { items: all.slice(skip, skip + limit), total, page: Math.floor(skip / limit) + 1, size: limit, pages },
  };
}

function refusal(status: number, message: string): { status: number; body: object } {
  return { status, body: { message, status_code: status } };
}

function unprocessable(error: z.ZodError): { status: number; body: object } {
  return {
    status: 422,
    body: { detail: error.issues.map(({ path, message }) => ({ loc: path, msg: message, type: "value_error" })) },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const text = Buffer.concat(pieces).toString("utf8");
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
