import { describeActor, type Actor } from "../auth.ts";
import { allows } from "../permissions.ts";
import { maySee, tokenCovers } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, repositoryByName, roleAtLeast, roleOf, type Repository } from "../state/repositories.ts";

/** What a git client wants. `service` is the purpose, also while it only lists refs; `operation` is this request's part of it. */
export interface GitService {
  readonly operation: "info/refs" | "git-upload-pack" | "git-receive-pack";
  readonly service: "git-upload-pack" | "git-receive-pack";
}

export interface GitRequest extends GitService {
  readonly actor: Actor;
  readonly owner: string;
  readonly repo: string;
  /** With the question mark, or empty. */
  readonly query: string;
}

/** Reads what follows `/owner/repo.git` as a git client's request; null when it is none (GitHub does not speak the dumb protocol). */
export function readGitRequest(method: string, rest: string, query: URLSearchParams): GitService | null {
  const operation = rest.replace(/^\//, "");
  if (operation !== "info/refs" && operation !== "git-upload-pack" && operation !== "git-receive-pack") return null;
  const lists = operation === "info/refs";
  if (method !== (lists ? "GET" : "POST")) return null;
  const service = lists ? query.get("service") : operation;
  if (service !== "git-upload-pack" && service !== "git-receive-pack") return null;
  return { operation, service };
}

/**
 * The repository that git asks for. Throws HttpProblem as GitHub answers git: 401 so that the client asks for a password,
 * 403 without the right to push, 404 for a repository that this actor cannot see, 301 for a renamed one.
 */
export function openRepository(github: GitHub, asked: GitRequest): Repository {
  const { actor } = asked;
  const repository = repositoryByName(github.state, asked.owner, asked.repo);
  if (!repository) throw missing(github, asked);
  if (!maySee(github, actor, repository)) throw hidden(actor);
  if (asked.service === "git-receive-pack") requirePush(github, actor, repository);
  else if (actor.kind === "installation" && repository.private && !allows(actor.permissions["contents"], "read")) {
    throw hidden(actor);
  }
  return repository;
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

function missing(github: GitHub, asked: GitRequest): HttpProblem {
  const before = `${asked.owner}/${asked.repo}`.toLowerCase();
  const renamed = github.state.repositories.find((one) => one.previousFullNames.includes(before));
  if (!renamed || !maySee(github, asked.actor, renamed)) return hidden(asked.actor);
  const location = `${github.url}/${fullName(github.state, renamed)}.git/${asked.operation}${asked.query}`;
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
