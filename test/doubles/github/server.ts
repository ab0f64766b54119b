import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { handleAdmin } from "./admin.ts";
import { authenticate, describeActor, type Actor } from "./auth.ts";
import { answerLfs, giveLfsObject } from "./git/lfs.ts";
import { handleGit } from "./git/smart-http.ts";
import { handleGraphqlCall } from "./graphql-door.ts";
import { handlePage } from "./pages/handle-page.ts";
import { handleRest, problemAnswer, type RestCall, type RestOutcome } from "./rest/handle-rest.ts";
import { HttpProblem } from "./rest/problem.ts";
import type { RestAnswer } from "./rest/router.ts";
import type { Services } from "./services.ts";

/** First words of API paths; anything else at the root belongs to browsers. */
const apiRoots = new Set(
  "app apps app-manifests applications installation installations marketplace_listing meta orgs organizations rate_limit repos repositories search user users versions zen teams issues notifications events gists emojis licenses".split(
    " ",
  ),
);

/** 100 MB of base64 is what GitHub takes for a blob. */
const bodyLimit = 150 * 1024 * 1024;

/** The HTTP server: one place that decides which door a request goes through. It does not listen yet. */
export function createGitHubServer(services: Services): Server {
  return createServer((request, response) => {
    void services.engine.hold(async () => {
      const closed = new Promise((resolve) => response.once("close", resolve));
      await serve(services, request, response);
      await closed;
    });
  });
}

async function serve(services: Services, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = performance.now();
  const asked = `http://localhost${request.url ?? "/"}`;
  const url = new URL(URL.canParse(asked) ? asked : "http://localhost/");
  const method = request.method ?? "GET";
  let seen = { route: null as string | null, actor: "anonymous", fault: null as string | null };
  try {
    response.setHeader("X-GitHub-Request-Id", randomBytes(12).toString("hex").toUpperCase());
    response.setHeader("Server", "github.com");
    seen = await dispatch(services, request, response, url);
  } catch (error) {
    fail(services, `${method} ${url.pathname}`, error, response);
  }
  const time = services.github.now().toISOString();
  const duration = Math.round(performance.now() - started);
  const status = response.writableEnded ? response.statusCode : 0;
  services.log.add({ time, method, path: url.pathname + url.search, ...seen, status, duration });
  if (method !== "GET" && method !== "HEAD") services.changed();
}

type Seen = { route: string | null; actor: string; fault: string | null };

async function dispatch(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<Seen> {
  const path = url.pathname;
  const git = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/.exec(path);
  if (git) return gitDoor(services, request, response, git);
  const lfs = /^\/([^/]+)\/([^/]+?)\.git\/info\/lfs(\/.*)$/.exec(path);
  if (lfs) return lfsDoor(services, request, response, lfs);
  const object = /^\/_lfs\/(\d+)\/([0-9a-f]{64})$/.exec(path);
  if (object) {
    await giveLfsObject(services.github, object, request, response);
    return { route: null, actor: "anonymous", fault: null };
  }
  if (path.startsWith("/_admin/")) {
    const answer = await handleAdmin(services, request.method ?? "GET", path, await readBody(request));
    send(response, request, answer);
    return { route: null, actor: "admin", fault: null };
  }
  if (!isApi(request, path)) {
    if (await handlePage({ services, request, response, url })) return { route: null, actor: "browser", fault: null };
  }
  const call = await callOf(request, url);
  const outcome = /^(\/api)?\/graphql$/.test(path)
    ? await handleGraphqlCall(services, call)
    : await handleRest(services, call);
  act(services, outcome, request, response);
  return { route: outcome.route, actor: describeActor(outcome.actor), fault: outcome.fault?.mode ?? null };
}

async function gitDoor(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  [, owner = "", repo = "", rest = ""]: RegExpExecArray,
): Promise<Seen> {
  const route = `${request.method} /{owner}/{repo}.git${rest}`;
  const fault = services.faults.take(route)?.mode ?? null;
  if (fault !== null) {
    request.resume();
    if (/^\d+$/.test(fault)) send(response, request, { status: Number(fault), raw: "" });
    else if (fault !== "hang") request.socket.destroy();
    return { route, actor: "anonymous", fault };
  }
  let actor: Actor;
  try {
    actor = authenticate(services.github, request.headers.authorization);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    request.resume();
    const message = "Invalid username or token. Password authentication is not supported for Git operations.\n";
    const headers = { "WWW-Authenticate": 'Basic realm="GitHub"', "Content-Type": "text/plain; charset=utf-8" };
    send(response, request, { status: error.status, raw: message, headers });
    return { route, actor: "unknown", fault };
  }
  const { github } = services;
  const [ownerName, repoName] = [decodeURIComponent(owner), decodeURIComponent(repo)];
  await handleGit({ github, actor, request, response, owner: ownerName, repo: repoName, rest });
  return { route, actor: describeActor(actor), fault };
}

async function lfsDoor(
  { github, faults }: Services,
  request: IncomingMessage,
  response: ServerResponse,
  [, owner = "", repo = "", rest = ""]: RegExpExecArray,
): Promise<Seen> {
  const route = `${request.method} /{owner}/{repo}.git/info/lfs${rest}`;
  const body = await readBody(request);
  const fault = faults.take(route)?.mode ?? null;
  if (fault !== null) {
    if (/^\d+$/.test(fault)) send(response, request, { status: Number(fault), raw: "" });
    else if (fault !== "hang") request.socket.destroy();
    return { route, actor: "anonymous", fault };
  }
  const actor = authenticate(github, request.headers.authorization);
  const names = { owner: decodeURIComponent(owner), repo: decodeURIComponent(repo) };
  send(response, request, await answerLfs({ github, actor, request, ...names, rest, body }));
  return { route, actor: describeActor(actor), fault };
}

function isApi(request: IncomingMessage, path: string): boolean {
  if (path.startsWith("/api/")) return true;
  const accept = request.headers.accept ?? "";
  if (accept.includes("text/html")) return false;
  if (/^(application\/x-www-form-urlencoded|multipart\/form-data)/.test(request.headers["content-type"] ?? ""))
    return false;
  const first = path.split("/")[1] ?? "";
  return first === "" || first === "graphql" || apiRoots.has(first);
}

/** Writes an answer with the time of this GitHub, or cuts or forgets the connection where a fault says so. */
function act(
  { github }: Services,
  { answer, fault }: RestOutcome,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader("Date", github.now().toUTCString());
  if (fault?.mode === "reset-before-commit" || fault?.mode === "reset-after-commit") request.socket.destroy();
  else if (fault?.mode !== "hang") send(response, request, answer);
}

function send(response: ServerResponse, request: IncomingMessage, answer: RestAnswer): void {
  const json = answer.raw === undefined && answer.body !== undefined;
  const text = json ? JSON.stringify(answer.body) : (answer.raw ?? "");
  response.statusCode = answer.status;
  if (json) response.setHeader("Content-Type", "application/json; charset=utf-8");
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const empty = answer.status === 204 || answer.status === 304 || request.method === "HEAD";
  if (!empty) response.setHeader("Content-Length", Buffer.byteLength(text));
  response.end(empty ? undefined : text);
}

/** A defect of the local GitHub itself is an answer too, and a violation that fails the test. */
function fail({ github }: Services, where: string, error: unknown, response: ServerResponse): void {
  // The client went away in the middle: nobody to answer, nothing wrong here.
  if (response.destroyed) return;
  const problem =
    error instanceof HttpProblem ? error : new HttpProblem(500, `the local GitHub failed: ${String(error)}`);
  if (!(error instanceof HttpProblem)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    github.violations.push({ kind: "response", where, problems: [trace] });
  }
  if (response.headersSent) response.destroy();
  else send(response, response.req, problemAnswer(problem));
}

async function callOf(request: IncomingMessage, url: URL): Promise<RestCall> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers),
    body: await readBody(request),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyLimit) throw new HttpProblem(413, "Request Entity Too Large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
