import { resolveRevision } from "../operations/revision.ts";
import { serializeCommit, serializeDiffFile } from "../serialize/commit.ts";
import { accountOfEmail } from "../serialize/account.ts";
import type { GitCommit } from "../git/bare-repository.ts";
import { EMPTY_TREE } from "../git/bare-repository.ts";
import { accountByLogin } from "../state/accounts.ts";
import { fullName, type Repository } from "../state/repositories.ts";
import type { GitHub } from "../state/github.ts";
import { repositoryOf } from "./access.ts";
import { wantedForm } from "./media-type.ts";
import { linkHeader, paginated, slice } from "./paginate.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const read = { permission: { contents: "read" } } as const;
/** How far back a filtered list looks, and how many files an answer shows; the second is GitHub's. */
const historyLimit = 10_000;
const fileLimit = 300;

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}/commits", { ...read, handler: listCommits }),
  route("GET", "/repos/{owner}/{repo}/commits/{ref}", { ...read, handler: getCommit }),
  route("GET", "/repos/{owner}/{repo}/compare/{basehead}", { ...read, handler: compare }),
];

async function listCommits(request: RestRequest): Promise<RestAnswer> {
  const { github, query } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const start = query["sha"] || repository.defaultBranch;
  const revision = await resolveRevision(git, start);
  if (revision === null) {
    if ((await git.refs("refs/heads")).length === 0) throw new HttpProblem(409, "Git Repository is empty.");
    throw notFound();
  }
  const path = query["path"];
  const commits = await git.log(revision, { limit: historyLimit, ...(path !== undefined && { path }) });
  const wanted = commits.filter((commit) => isWanted(github, commit, query));
  return paginated(request, wanted, (commit) => serializeCommit(github, repository, commit));
}

function isWanted(github: GitHub, commit: GitCommit, query: Record<string, string>): boolean {
  const by = (wanted: string | undefined, email: string) =>
    wanted === undefined || wanted === email || accountOfEmail(github, email)?.login === wanted;
  const time = Date.parse(commit.committer.date);
  return (
    by(query["author"], commit.author.email) &&
    by(query["committer"], commit.committer.email) &&
    (query["since"] === undefined || time >= Date.parse(query["since"])) &&
    (query["until"] === undefined || time <= Date.parse(query["until"]))
  );
}

async function getCommit(request: RestRequest): Promise<RestAnswer> {
  const { github, params } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const asked = params["ref"] ?? "";
  const sha = await resolveRevision(git, asked);
  const commit = sha === null ? null : await git.readCommit(sha);
  if (!commit) throw new HttpProblem(422, `No commit found for SHA: ${asked}`);
  const base = commit.parents[0] ?? EMPTY_TREE;
  const form = wantedForm(request.request.headers["accept"]);
  if (form === "sha") return text(commit.sha, form);
  if (form === "diff") return text(await git.diffText(base, commit.sha), form);
  if (form === "patch") return text(await git.formatPatch(base, commit.sha), form);
  const files = await git.diffFiles(base, commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const shown = slice({ per_page: "100", ...request.query }, files.slice(0, 3000));
  const body = {
    ...serializeCommit(github, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: shown.map((file) => serializeDiffFile(github, repository, commit.sha, file)),
  };
  return { status: 200, body, headers: linkHeader(request, files.length) };
}

async function compare(request: RestRequest): Promise<RestAnswer> {
  const { github, params } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const [baseName = "", headName = ""] = (params["basehead"] ?? "").split("...");
  const base = await sideOf(github, repository, baseName);
  const head = await sideOf(github, repository, headName);
  if (base === null || head === null) throw notFound();
  const mergeBase = await git.mergeBase(base, head);
  if (mergeBase === null) throw new HttpProblem(404, `No common ancestor between ${baseName} and ${headName}.`);
  const form = wantedForm(request.request.headers["accept"]);
  if (form === "diff") return text(await git.diffText(mergeBase, head), form);
  if (form === "patch") return text(await git.formatPatch(mergeBase, head), form);
  const { ahead, behind } = await git.aheadBehind(base, head);
  const commits = await git.commitsBetween(base, head);
  const files = await git.diffFiles(mergeBase, head);
  const [baseCommit, mergeBaseCommit] = [await git.readCommit(base), await git.readCommit(mergeBase)];
  const name = fullName(github.state, repository);
  const page = `${github.url}/${name}/compare/${baseName}...${headName}`;
  const body = {
    url: `${github.apiUrl}/repos/${name}/compare/${baseName}...${headName}`,
    html_url: page,
    permalink_url: `${github.url}/${name}/compare/${base}...${head}`,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: baseCommit && serializeCommit(github, repository, baseCommit),
    merge_base_commit: mergeBaseCommit && serializeCommit(github, repository, mergeBaseCommit),
    status: statusOf(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: slice({ per_page: "100", ...request.query }, commits).map((one) =>
      serializeCommit(github, repository, one),
    ),
    files: files.slice(0, fileLimit).map((file) => serializeDiffFile(github, repository, head, file)),
  };
  return { status: 200, body, headers: request.query["page"] === undefined ? {} : linkHeader(request, commits.length) };
}

/** The commit of one side of a comparison; `owner:branch` is a branch of that owner's fork, whose objects are brought in first. */
async function sideOf(github: GitHub, repository: Repository, name: string): Promise<string | null> {
  const git = github.git(repository);
  const [owner = "", branch] = name.split(":");
  if (branch === undefined) return resolveRevision(git, name);
  const account = accountByLogin(github.state, owner);
  if (account?.id === repository.ownerId) return resolveRevision(git, branch);
  const fork = github.state.repositories.find((one) => one.parentId === repository.id && one.ownerId === account?.id);
  const sha = fork ? await github.git(fork).resolve(`refs/heads/${branch}`) : null;
  if (!fork || sha === null) return null;
  await git.copyRef(github.git(fork), `refs/heads/${branch}`, `refs/forks/${fork.id}/${branch}`);
  return sha;
}

function statusOf(ahead: number, behind: number): "identical" | "ahead" | "behind" | "diverged" {
  if (ahead === 0) return behind === 0 ? "identical" : "behind";
  return behind === 0 ? "ahead" : "diverged";
}

function text(raw: string, form: string): RestAnswer {
  return { status: 200, raw, headers: { "Content-Type": `application/vnd.github.${form}; charset=utf-8` } };
}
