import { posix } from "node:path";
import type { Actor } from "../auth.ts";
import type { BareRepository, GitPerson, TreeEntry } from "../git/bare-repository.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem, notFound } from "../rest/problem.ts";
import { gitPersonOf } from "../serialize/account.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { webFlow } from "./acting.ts";
import { moveRef, refuseWorkflowFiles } from "./ref-updates.ts";

export interface FileWrite {
  path: string;
  message: string;
  /** `null` deletes the file. */
  content: Buffer | null;
  /** The blob that is replaced, as the client last saw it; `undefined` only for new files. */
  sha: string | undefined;
  branch: string | undefined;
  author: GitPerson | undefined;
  committer: GitPerson | undefined;
}

/**
 * Writes or deletes one file by a commit on a branch, as the contents API does; in an empty repository it makes the first commit.
 * Throws 404 for an unknown branch or file, 409 when `sha` is not what is there or the branch moves meanwhile, 422 for a bad path.
 */
export async function writeFile(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  input: FileWrite,
): Promise<{ commit: string; created: boolean }> {
  const git = github.git(repository);
  const path = checkedPath(input.path);
  refuseWorkflowFiles(actor, [path]);
  const branch = input.branch ?? repository.defaultBranch;
  const ref = `refs/heads/${branch}`;
  const parent = await git.resolve(ref);
  if (parent === null && (await git.refs("refs/heads")).length > 0) {
    throw new HttpProblem(404, `Branch ${branch} not found`);
  }
  const before = parent === null ? null : await git.readPath(parent, path);
  checkBefore(path, before, input);
  const tree = await treeWith(git, parent, path, before, input.content);
  const author = input.author ?? gitPersonOf(github, requireAccount(github, actor));
  const committer = input.committer ?? webFlow(github);
  const parents = parent === null ? [] : [parent];
  const commit = await git.createCommit({ tree, parents, message: input.message, author, committer });
  await moveRef(github, actor, repository, { ref, before: parent, after: commit }, 409);
  return { commit, created: before === null };
}

/** Follows a symbolic link inside the repository to the file it names; anything else stays what it is. */
export async function followLink(git: BareRepository, revision: string, entry: TreeEntry): Promise<TreeEntry> {
  if (entry.mode !== "120000") return entry;
  const target = (await git.readBlob(entry.sha))?.toString() ?? "";
  const path = posix.normalize(posix.join(posix.dirname(entry.path), target));
  if (target.startsWith("/") || path.startsWith("..")) return entry;
  const found = await git.readPath(revision, path);
  return found?.type === "blob" && found.mode !== "120000" ? { ...found, path: entry.path } : entry;
}

function checkBefore(path: string, before: TreeEntry | null, { content, sha }: FileWrite): void {
  if (before === null) {
    if (content === null) throw notFound();
    if (sha !== undefined) throw new HttpProblem(409, `${path} does not match ${sha}`);
    return;
  }
  if (before.type !== "blob") throw new HttpProblem(422, `${path} is a directory`);
  if (sha === undefined) throw new HttpProblem(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (before.sha !== sha) throw new HttpProblem(409, `${path} does not match ${sha}`);
}

async function treeWith(
  git: BareRepository,
  parent: string | null,
  path: string,
  before: TreeEntry | null,
  content: Buffer | null,
): Promise<string> {
  const sha = content === null ? null : await git.writeBlob(content);
  const change = { path, mode: before?.mode ?? "100644", type: "blob", sha };
  return git.writeTree([change], parent ?? undefined);
}

function checkedPath(path: string): string {
  if (path.startsWith("/")) throw new HttpProblem(422, "path cannot start with a slash");
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git")) {
    throw new HttpProblem(422, "path contains a malformed path component");
  }
  return path;
}
