import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { actingAccount, type Actor } from "../auth.ts";
import { afterPush, type RefChange } from "../operations/push.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { openRepository, readGitRequest } from "./git-access.ts";
import { hookRules } from "./hook-rules.ts";
import { execHttpBackend, gitEnvironment } from "./run-git.ts";

const HOOKS = fileURLToPath(new URL("hooks", import.meta.url));

export interface GitCall {
  readonly github: GitHub;
  readonly actor: Actor;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly owner: string;
  readonly repo: string;
  /** What follows `/owner/repo.git`. */
  readonly rest: string;
}

/**
 * Answers clone, fetch and push through `git http-backend` (gitprotocol-http). The body of the request must be unread.
 * Resolves when the answer is out; after a push the state has changed (`afterPush`) before the client hears its end.
 */
export async function handleGit(call: GitCall): Promise<void> {
  const { github, actor, owner, repo, request, response } = call;
  try {
    const { search, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const service = readGitRequest(request.method ?? "GET", call.rest, searchParams);
    if (!service) throw new HttpProblem(404, "Not Found");
    const repository = openRepository(github, { actor, owner, repo, query: search, ...service });
    const exchange = { github, actor, repository, operation: service.operation, request, response };
    if (service.operation === "git-receive-pack") await receivePush(exchange);
    else await runBackend(exchange, {});
    response.end();
  } catch (error) {
    request.resume();
    if (response.headersSent) response.destroy();
    if (!(error instanceof HttpProblem)) throw error;
    response.writeHead(error.status, { "content-type": "text/plain; charset=utf-8", ...error.headers });
    response.end(`${error.message}\n`);
  }
}

interface Exchange {
  readonly github: GitHub;
  readonly actor: Actor;
  readonly repository: Repository;
  readonly operation: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function receivePush(exchange: Exchange): Promise<void> {
  const { github, repository, actor } = exchange;
  const folder = await mkdtemp(join(tmpdir(), "local-github-push-"));
  const result = join(folder, "moved");
  const env = {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.hooksPath",
    GIT_CONFIG_VALUE_0: HOOKS,
    LOCAL_GITHUB_PUSH_RULES: hookRules(github, actor, repository),
    LOCAL_GITHUB_PUSH_RESULT: result,
  };
  try {
    await runBackend(exchange, env);
  } finally {
    // Even when the client went away in the middle: what git has moved, has moved. Big pushes come as two requests; the first moves nothing.
    const changes = await movedRefs(result);
    await rm(folder, { recursive: true, force: true });
    if (changes.length > 0) {
      await adoptFirstBranch(github, repository, changes);
      await afterPush(github, actor, repository, changes);
    }
  }
}

async function movedRefs(file: string): Promise<RefChange[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [before = "", after = "", ...name] = line.split(" ");
      return { ref: name.join(" "), before: orNull(before), after: orNull(after) };
    });
}

function orNull(sha: string): string | null {
  return /^0+$/.test(sha) ? null : sha;
}

// The first branch that is pushed to an empty repository becomes its default branch, whatever it is called.
async function adoptFirstBranch(github: GitHub, repository: Repository, changes: readonly RefChange[]): Promise<void> {
  const git = github.git(repository);
  if ((await git.readRef(`refs/heads/${repository.defaultBranch}`)) !== null) return;
  const created = changes.filter((change) => change.before === null && change.ref.startsWith("refs/heads/"));
  const heads = await git.refs("refs/heads");
  const first = created[0];
  if (!first || heads.length !== created.length) return;
  repository.defaultBranch = first.ref.slice("refs/heads/".length);
  await git.setDefaultBranch(repository.defaultBranch);
}

async function runBackend(exchange: Exchange, extra: Record<string, string>): Promise<void> {
  const { github, actor, repository, request, response } = exchange;
  const header = (name: string) => String(request.headers[name] ?? "");
  const dir = github.gitDir(repository);
  const env: Record<string, string> = {
    ...gitEnvironment(),
    GIT_PROJECT_ROOT: dir,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${exchange.operation}`,
    REQUEST_METHOD: request.method ?? "GET",
    QUERY_STRING: (request.url ?? "").split("?")[1] ?? "",
    CONTENT_TYPE: header("content-type"),
    REMOTE_USER: actingAccount(github, actor)?.login ?? "",
    REMOTE_ADDR: "127.0.0.1",
    GIT_PROTOCOL: header("git-protocol"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    ...(header("content-length") !== "" && { CONTENT_LENGTH: header("content-length") }),
    ...extra,
  };
  const input = await buffer(request).catch(() => null);
  // The client went away in the middle.
  if (input === null) return;
  const gone = new AbortController();
  // A push goes on by itself: git would leave its locks behind.
  if (exchange.operation === "git-upload-pack") response.once("close", () => gone.abort());
  const { code, stdout, stderr } = await execHttpBackend({ env, input, signal: gone.signal });
  if (gone.signal.aborted) return;
  if (!passOn(stdout, response))
    throw new Error(`git http-backend ended with ${String(code)} without an answer: ${stderr.trim()}`);
}

/**
 * Writes what a CGI program said (RFC 3875 section 6): header lines, an empty line, then the body; "Status: 404 Not Found" sets the status.
 * @returns false, and writes nothing, when it is no such answer
 */
export function passOn(said: Buffer, response: ServerResponse): boolean {
  const end = said.indexOf("\r\n\r\n");
  if (end < 0) return false;
  let status = 200;
  for (const line of said.toString("latin1", 0, end).split("\r\n")) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
  response.write(said.subarray(end + 4));
  return true;
}
