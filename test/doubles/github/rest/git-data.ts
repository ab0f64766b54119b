import { GitError, type TreeChange, type TreeEntry } from "../git/bare-repository.ts";
import { webFlow } from "../operations/acting.ts";
import { refuseWorkflowFiles } from "../operations/ref-updates.ts";
import { resolveRevision } from "../operations/revision.ts";
import { gitPersonOf } from "../serialize/account.ts";
import { serializeGitCommit } from "../serialize/commit.ts";
import { fullName, type Repository } from "../state/repositories.ts";
import type { GitHub } from "../state/github.ts";
import { repositoryOf, requireAccount } from "./access.ts";
import { optionalObjects, optionalText, optionalTexts, requiredText } from "./body.ts";
import { personOf } from "./contents.ts";
import { wantedForm } from "./media-type.ts";
import { HttpProblem, notFound, validationFailed } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const base = "/repos/{owner}/{repo}/git";
const read = { permission: { contents: "read" } } as const;
const write = { permission: { contents: "write" } } as const;
/** GitHub cuts longer listings off and says `truncated`. */
const treeLimit = 100_000;

export const routes: Route[] = [
  route("POST", `${base}/blobs`, { ...write, handler: createBlob }),
  route("GET", `${base}/blobs/{file_sha}`, { ...read, handler: getBlob }),
  route("POST", `${base}/trees`, { ...write, handler: createTree }),
  route("GET", `${base}/trees/{tree_sha}`, { ...read, handler: getTree }),
  route("POST", `${base}/commits`, { ...write, handler: createCommit }),
  route("GET", `${base}/commits/{commit_sha}`, { ...read, handler: getCommit }),
];

function urlOf(github: GitHub, repository: Repository): string {
  return `${github.apiUrl}/repos/${fullName(github.state, repository)}/git`;
}

async function createBlob(request: RestRequest): Promise<RestAnswer> {
  const { github, body } = request;
  const repository = repositoryOf(request);
  const content = optionalText(body, "content", "Blob");
  if (content === undefined) throw validationFailed({ resource: "Blob", field: "content", code: "missing_field" });
  const encoding = optionalText(body, "encoding", "Blob") ?? "utf-8";
  const bytes = Buffer.from(content, encoding === "base64" ? "base64" : "utf8");
  const sha = await github.git(repository).writeBlob(bytes);
  return { status: 201, body: { sha, url: `${urlOf(github, repository)}/blobs/${sha}` } };
}

async function getBlob(request: RestRequest): Promise<RestAnswer> {
  const { github, params } = request;
  const repository = repositoryOf(request);
  const sha = params["file_sha"] ?? "";
  const content = await github.git(repository).readBlob(sha);
  if (!content) throw notFound();
  if (wantedForm(request.request.headers["accept"]) === "raw") {
    const headers = { "Content-Type": "application/vnd.github.raw+json; charset=utf-8" };
    return { status: 200, raw: content, headers };
  }
  return {
    status: 200,
    body: {
      sha,
      node_id: github.nodeId("Blob", `${repository.id}:${sha}`),
      size: content.length,
      url: `${urlOf(github, repository)}/blobs/${sha}`,
      content: content.toString("base64").replaceAll(/.{1,60}/g, "$&\n"),
      encoding: "base64",
    },
  };
}

async function createTree(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const baseTree = optionalText(body, "base_tree", "Tree");
  if (baseTree !== undefined && (await git.readTree(baseTree, { recursive: false })) === null) {
    throw new HttpProblem(422, "base_tree is not a valid tree oid");
  }
  const entries = optionalObjects(body, "tree", "Tree") ?? [];
  if (entries.length === 0) throw new HttpProblem(422, "Invalid tree info");
  const changes: TreeChange[] = [];
  for (const entry of entries) changes.push(await changeOf(request, repository, entry));
  const paths = changes.map((change) => change.path);
  refuseWorkflowFiles(actor, paths);
  try {
    const sha = await git.writeTree(changes, baseTree);
    return { status: 201, body: await serializeTree(request, repository, sha, false) };
  } catch (error) {
    if (error instanceof GitError) throw new HttpProblem(422, `tree is invalid: ${error.stderr.trim()}`);
    throw error;
  }
}

async function changeOf(
  { github }: RestRequest,
  repository: Repository,
  entry: Record<string, unknown>,
): Promise<TreeChange> {
  const path = requiredText(entry, "path", "Tree");
  const mode = optionalText(entry, "mode", "Tree") ?? "100644";
  const type = optionalText(entry, "type", "Tree") ?? (mode === "040000" ? "tree" : "blob");
  const content = optionalText(entry, "content", "Tree");
  const git = github.git(repository);
  if (content !== undefined) return { path, mode, type: "blob", sha: await git.writeBlob(Buffer.from(content)) };
  if (entry["sha"] === null) return { path, mode, type, sha: null };
  const sha = requiredText(entry, "sha", "Tree");
  // A submodule's commit lives elsewhere.
  if (type !== "commit" && (await git.objectType(sha)) !== type) {
    throw new HttpProblem(422, `tree.sha ${sha} is not a valid ${type}`);
  }
  return { path, mode, type, sha };
}

async function getTree(request: RestRequest): Promise<RestAnswer> {
  const { github, params, query } = request;
  const repository = repositoryOf(request);
  const asked = params["tree_sha"] ?? "";
  const git = github.git(repository);
  const known = (await git.objectType(asked)) === "tree" ? asked : await resolveRevision(git, asked);
  if (known === null) throw notFound();
  const root = await git.readPath(known, "");
  if (!root) throw notFound();
  return { status: 200, body: await serializeTree(request, repository, root.sha, query["recursive"] !== undefined) };
}

async function serializeTree({ github }: RestRequest, repository: Repository, sha: string, recursive: boolean) {
  const url = urlOf(github, repository);
  const entries = (await github.git(repository).readTree(sha, { recursive })) ?? [];
  const kinds = { blob: "blobs", tree: "trees", commit: null };
  const one = (entry: TreeEntry) => {
    const kind = kinds[entry.type];
    return {
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size !== null && { size: entry.size }),
      ...(kind && { url: `${url}/${kind}/${entry.sha}` }),
    };
  };
  const shown = entries.slice(0, treeLimit);
  return { sha, url: `${url}/trees/${sha}`, tree: shown.map(one), truncated: entries.length > treeLimit };
}

async function createCommit(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const message = requiredText(body, "message", "Commit");
  const tree = requiredText(body, "tree", "Commit");
  if ((await git.objectType(tree)) !== "tree") throw new HttpProblem(422, "Tree SHA does not exist");
  const parents = optionalTexts(body, "parents", "Commit") ?? [];
  for (const parent of parents) {
    const isCommit = (await git.objectType(parent)) === "commit";
    if (!isCommit) throw new HttpProblem(422, "Parent SHA does not exist or is not a commit object");
  }
  const given = personOf(request, "author");
  const author = given ?? gitPersonOf(github, requireAccount(github, actor));
  // GitHub signs what an app commits in its own name.
  const fallback = actor.kind === "installation" && !given ? webFlow(github) : author;
  const committer = personOf(request, "committer") ?? fallback;
  const sha = await git.createCommit({ tree, parents, message, author, committer });
  const commit = await git.readCommit(sha);
  return { status: 201, body: commit && serializeGitCommit(github, repository, commit) };
}

async function getCommit(request: RestRequest): Promise<RestAnswer> {
  const { github, params } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const sha = params["commit_sha"] ?? "";
  const commit = (await git.objectType(sha)) === "commit" ? await git.readCommit(sha) : null;
  if (!commit) throw notFound();
  return { status: 200, body: serializeGitCommit(github, repository, commit) };
}
