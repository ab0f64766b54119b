import type { IncomingMessage } from "node:http";
import { authenticate, describeActor, type Actor } from "../auth.ts";
import { allows } from "../permissions.ts";
import { maySee, tokenCovers } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, repositoryByName, roleAtLeast, roleOf, type Repository } from "../state/repositories.ts";

/** A request of a git client: which repository, what for. `service` is what the client wants to do, also while it only lists refs. */
export interface GitRequest {
  readonly owner: string;
  readonly name: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly operation: string;
  readonly service: "git-upload-pack" | "git-receive-pack";
}

const SHAPE = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Reads a URL as a git client's request; null when it is none (a page, the API, or the dumb protocol, which GitHub does not speak). */
export function readGitRequest(method: string, url: URL): GitRequest | null {
  const [, owner, name, operation] = SHAPE.exec(url.pathname) ?? [];
  if (owner === undefined || name === undefined || operation === undefined) return null;
  const lists = operation === "info/refs";
  if (method !== (lists ? "GET" : "POST")) return null;
  const service = lists ? url.searchParams.get("service") : operation;
  if (service !== "git-upload-pack" && service !== "git-receive-pack") return null;
  return { owner: decodeURIComponent(owner), name: decodeURIComponent(name), operation, service };
}

/**
 * Who asks and for which repository. Throws HttpProblem as GitHub answers git: 401 so that the client asks for a password,
 * 403 without the right to push, 404 for a repository that this actor cannot see, 301 for a renamed one.
 */
export function openRepository(
  github: GitHub,
  asked: GitRequest,
  request: IncomingMessage,
): { actor: Actor; repository: Repository } {
  const actor = actorOf(github, request);
  const repository = repositoryByName(github.state, asked.owner, asked.name);
  if (!repository) throw missing(github, asked, actor, request);
  if (!maySee(github, actor, repository)) throw hidden(actor);
  if (asked.service === "git-receive-pack") requirePush(github, actor, repository);
  else if (actor.kind === "installation" && repository.private && !allows(actor.permissions["contents"], "read")) {
    throw hidden(actor);
  }
  return { actor, repository };
}

function actorOf(github: GitHub, request: IncomingMessage): Actor {
  try {
    return authenticate(github, request.headers.authorization);
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 401) {
      throw challenge("Invalid username or token. Password authentication is not supported for Git operations.");
    }
    throw error;
  }
}

function requirePush(github: GitHub, actor: Actor, repository: Repository): void {
  const name = fullName(github.state, repository);
  if (actor.kind === "anonymous") throw challenge("No anonymous write access.");
  if (actor.kind === "installation") {
    const covered = tokenCovers(actor, repository);
    if (!covered) throw new HttpProblem(403, `Permission to ${name}.git denied to ${botName(github, actor)}.`);
    if (!allows(actor.permissions["contents"], "write")) {
      throw new HttpProblem(403, "Write access to repository not granted.");
    }
  }
  const denied = `Permission to ${name}.git denied to ${describeActor(actor)}.`;
  if (actor.kind === "app") throw new HttpProblem(403, denied);
  if (actor.kind === "user" && !roleAtLeast(roleOf(github.state, repository, actor.user.id), "write")) {
    throw new HttpProblem(403, denied);
  }
  if (repository.archived) throw new HttpProblem(403, "This repository was archived so it is read-only.");
}

function botName(github: GitHub, actor: Extract<Actor, { kind: "installation" }>): string {
  return accountById(github.state, actor.app.botId).login;
}

function missing(github: GitHub, asked: GitRequest, actor: Actor, request: IncomingMessage): HttpProblem {
  const before = `${asked.owner}/${asked.name}`.toLowerCase();
  const renamed = github.state.repositories.find((one) => one.previousFullNames.includes(before));
  if (!renamed || !maySee(github, actor, renamed)) return hidden(actor);
  const query = new URL(request.url ?? "/", github.url).search;
  const location = `${github.url}/${fullName(github.state, renamed)}.git/${asked.operation}${query}`;
  return new HttpProblem(asked.operation === "info/refs" ? 301 : 307, "Moved", undefined, { location });
}

// Without a name GitHub asks for one first, so that nobody learns which private repositories there are.
function hidden(actor: Actor): HttpProblem {
  return actor.kind === "anonymous"
    ? challenge("Repository not found.")
    : new HttpProblem(404, "Repository not found.");
}

function challenge(message: string): HttpProblem {
  return new HttpProblem(401, message, undefined, { "www-authenticate": 'Basic realm="GitHub"' });
}
