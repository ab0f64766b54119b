import type { Actor } from "../../auth.ts";
import { requireAccount } from "../../rest/access.ts";
import { accountOfEmail, gitPersonOf } from "../../serialize/account.ts";
import { repositoryPage } from "../../serialize/issue.ts";
import { serializeRepository } from "../../serialize/repository.ts";
import type { GitCommit } from "../../git/commits.ts";
import { accountById } from "../../state/accounts.ts";
import type { GitHub } from "../../state/github.ts";
import type { Repository } from "../../state/repositories.ts";

export const NO_COMMIT = "0".repeat(40);

/** A ref that moved. `before` null: it is new; `after` null: it is gone. */
export interface RefChange {
  ref: string;
  before: string | null;
  after: string | null;
}

/** GitHub carries no more commits than this in one delivery. */
const MAX_COMMITS = 2048;

/** `create` or `delete`, as it goes before a `push` that makes or removes a branch or tag. */
export function emitRefEvent(github: GitHub, actor: Actor, repository: Repository, change: RefChange): void {
  const event = change.before === null ? "create" : "delete";
  const isTag = change.ref.startsWith("refs/tags/");
  const payload = {
    ref: change.ref.replace(/^refs\/(heads|tags)\//, ""),
    ref_type: isTag ? "tag" : "branch",
    ...(event === "create" && { master_branch: repository.defaultBranch, description: repository.description }),
    pusher_type: "user",
  };
  github.emit({ event, action: null, repository, sender: requireAccount(github, actor), payload });
}

/** `push`, for branches and tags. `commits` are those that the ref did not have before, oldest first. */
export async function emitPush(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  change: RefChange,
  commits: GitCommit[],
): Promise<void> {
  const git = github.git(repository);
  const sender = requireAccount(github, actor);
  const page = repositoryPage(github, repository);
  const { ref, before, after } = change;
  // An annotated tag names an object of its own; a branch names the commit.
  const tip = after !== null && ref.startsWith("refs/tags/") ? await git.resolve(after) : after;
  const last = commits.at(-1) ?? null;
  const head = tip === null || last?.sha === tip ? last : await git.readCommit(tip);
  const forced = before !== null && tip !== null && !(await git.isAncestor(before, tip));
  const short = (sha: string) => sha.slice(0, 12);
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  const listed = await Promise.all(
    commits.slice(-MAX_COMMITS).map((commit) => pushedCommit(github, repository, commit)),
  );
  const person = gitPersonOf(github, sender);
  const payload = {
    ref,
    before: before ?? NO_COMMIT,
    after: after ?? NO_COMMIT,
    repository: pushedRepository(github, repository),
    pusher: { name: sender.login, email: person.email },
    created: before === null,
    deleted: after === null,
    forced,
    base_ref: null,
    compare:
      before === null || after === null
        ? `${page}/compare/${name}`
        : `${page}/compare/${short(before)}...${short(after)}`,
    commits: listed,
    head_commit: head && (await pushedCommit(github, repository, head)),
  };
  github.emit({ event: "push", action: null, repository, sender, payload });
}

// In this event alone GitHub writes times as seconds, adds `master_branch` and names the owner as git does.
function pushedRepository(github: GitHub, repository: Repository) {
  const shown = serializeRepository(github, repository);
  const owner = accountById(github.state, repository.ownerId);
  const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);
  return {
    ...shown,
    url: shown.html_url,
    owner: { ...shown.owner, name: owner.login, email: owner.email },
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}

async function pushedCommit(github: GitHub, repository: Repository, commit: GitCommit) {
  const git = github.git(repository);
  const parent = commit.parents[0];
  const files =
    parent === undefined ? await wholeTree(github, repository, commit) : await git.diffFiles(parent, commit.sha);
  const person = ({ name, email }: { name: string; email: string }) => {
    const account = accountOfEmail(github, email);
    return { name, email, ...(account && { username: account.login }) };
  };
  const paths = (kind: "added" | "removed") => files.filter((file) => file.status === kind).map((file) => file.path);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repositoryPage(github, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths("added"),
    removed: paths("removed"),
    modified: files.filter((file) => file.status !== "added" && file.status !== "removed").map((file) => file.path),
  };
}

async function wholeTree(github: GitHub, repository: Repository, commit: GitCommit) {
  const entries = (await github.git(repository).readTree(commit.sha, { recursive: true })) ?? [];
  return entries.filter((entry) => entry.type === "blob").map(({ path }) => ({ path, status: "added" as const }));
}
