import type { GitPerson, TreeEntry } from "../git/bare-repository.ts";
import { followLink, writeFile } from "../operations/contents.ts";
import { resolveRevision } from "../operations/revision.ts";
import { serializeGitCommit } from "../serialize/commit.ts";
import { kindOf, serializeEntry } from "../serialize/content.ts";
import type { Repository } from "../state/repositories.ts";
import { repositoryOf } from "./access.ts";
import { optionalObject, optionalText, requiredText } from "./body.ts";
import { wantedForm } from "./media-type.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const path = "/repos/{owner}/{repo}/contents/{path}";
const read = { permission: { contents: "read" } } as const;
const write = { permission: { contents: "write" } } as const;
/** Beyond this a file's content is only given raw. */
const inlineLimit = 1024 * 1024;

export const routes: Route[] = [
  route("GET", path, { ...read, handler: (request) => getContents(request, request.params["path"] ?? "") }),
  route("PUT", path, { ...write, handler: putFile }),
  route("DELETE", path, { ...write, handler: deleteFile }),
  route("GET", "/repos/{owner}/{repo}/readme", { ...read, handler: getReadme }),
];

async function getContents(request: RestRequest, asked: string): Promise<RestAnswer> {
  const { repository, ref, revision } = await revisionOf(request);
  const git = request.github.git(repository);
  const found = await git.readPath(revision, asked.replaceAll(/^\/+|\/+$/g, ""));
  if (!found) throw notFound();
  if (found.type === "tree") return directory(request, repository, ref, revision, found);
  return file(request, repository, ref, await followLink(git, revision, found));
}

async function getReadme(request: RestRequest): Promise<RestAnswer> {
  const { repository, revision } = await revisionOf(request);
  const entries = await request.github.git(repository).readTree(revision, { recursive: false });
  const readme = entries?.find((entry) => entry.type === "blob" && /^readme(\.\w+)?$/i.test(entry.path));
  if (!readme) throw notFound();
  return getContents(request, readme.path);
}

async function revisionOf(request: RestRequest): Promise<{ repository: Repository; ref: string; revision: string }> {
  const repository = repositoryOf(request);
  const git = request.github.git(repository);
  const ref = request.query["ref"] || repository.defaultBranch;
  const revision = await resolveRevision(git, ref);
  if (revision !== null) return { repository, ref, revision };
  if ((await git.refs("refs/heads")).length === 0) throw new HttpProblem(404, "This repository is empty.");
  throw new HttpProblem(404, `No commit found for the ref ${ref}`);
}

async function directory(
  { github, request }: RestRequest,
  repository: Repository,
  ref: string,
  revision: string,
  entry: TreeEntry,
): Promise<RestAnswer> {
  const listing = await github.git(repository).readTree(revision, { recursive: false, path: entry.path });
  const entries = (listing ?? []).map((one) => serializeEntry(github, repository, ref, one));
  if (wantedForm(request.headers["accept"]) !== "object") return { status: 200, body: entries };
  // GitHub describes this form for its own media type only, not as JSON.
  const raw = JSON.stringify({ ...serializeEntry(github, repository, ref, entry), entries });
  return { status: 200, raw, headers: { "Content-Type": "application/json; charset=utf-8" } };
}

async function file(
  { github, request }: RestRequest,
  repository: Repository,
  ref: string,
  entry: TreeEntry,
): Promise<RestAnswer> {
  const told = serializeEntry(github, repository, ref, entry);
  if (kindOf(entry) === "submodule") return { status: 200, body: { ...told, submodule_git_url: null } };
  const content = (await github.git(repository).readBlob(entry.sha)) ?? Buffer.alloc(0);
  if (wantedForm(request.headers["accept"]) === "raw") {
    const headers = { "Content-Type": "application/vnd.github.raw+json; charset=utf-8" };
    return { status: 200, raw: content, headers };
  }
  if (kindOf(entry) === "symlink") return { status: 200, body: { ...told, target: content.toString() } };
  const inline = content.length <= inlineLimit;
  const body = { ...told, content: inline ? wrapped(content) : "", encoding: inline ? "base64" : "none" };
  return { status: 200, body };
}

async function putFile(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body, params } = request;
  const repository = repositoryOf(request);
  const asked = params["path"] ?? "";
  const message = requiredText(body, "message", "Commit");
  const content = contentOf(body);
  const { commit, created } = await writeFile(github, actor, repository, {
    path: asked,
    message,
    content,
    ...commonOf(request),
  });
  const git = github.git(repository);
  const entry = await git.readPath(commit, asked);
  const made = await git.readCommit(commit);
  if (!entry || !made) throw new Error(`the commit ${commit} lacks ${asked}`);
  const branch = optionalText(body, "branch", "Commit") ?? repository.defaultBranch;
  return {
    status: created ? 201 : 200,
    body: {
      content: serializeEntry(github, repository, branch, entry),
      commit: serializeGitCommit(github, repository, made),
    },
  };
}

async function deleteFile(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body, params } = request;
  const repository = repositoryOf(request);
  const { commit } = await writeFile(github, actor, repository, {
    path: params["path"] ?? "",
    message: requiredText(body, "message", "Commit"),
    content: null,
    ...commonOf(request),
  });
  const made = await github.git(repository).readCommit(commit);
  return { status: 200, body: { content: null, commit: made && serializeGitCommit(github, repository, made) } };
}

function commonOf(request: RestRequest) {
  const { body } = request;
  return {
    sha: optionalText(body, "sha", "Commit"),
    branch: optionalText(body, "branch", "Commit"),
    author: personOf(request, "author"),
    committer: personOf(request, "committer"),
  };
}

/** Author or committer that a body gives, with the time now unless it says one. */
export function personOf({ github, body }: RestRequest, field: "author" | "committer"): GitPerson | undefined {
  const person = optionalObject(body, field, "Commit");
  if (!person) return undefined;
  const date = optionalText(person, "date", "Commit");
  return {
    name: requiredText(person, "name", "Commit"),
    email: requiredText(person, "email", "Commit"),
    date: date ?? github.timestamp(),
  };
}

function contentOf(body: Record<string, unknown>): Buffer {
  const text = body["content"];
  if (typeof text !== "string") throw new HttpProblem(422, `Invalid request.\n\n"content" wasn't supplied.`);
  const clean = text.replaceAll(/\s/g, "");
  if (!/^[A-Za-z\d+/]*={0,2}$/.test(clean) || clean.length % 4 === 1) {
    throw new HttpProblem(422, "content is not valid Base64");
  }
  return Buffer.from(clean, "base64");
}

/** Base64 in lines of sixty, as GitHub sends it. */
function wrapped(content: Buffer): string {
  return content.toString("base64").replaceAll(/.{1,60}/g, "$&\n");
}
