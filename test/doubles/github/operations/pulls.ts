import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem, validationFailed, type FieldProblem } from "../rest/problem.ts";
import { gitPersonOf, serializeAccount } from "../serialize/account.ts";
import { accountByLogin, accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import type { Pull } from "../state/pulls.ts";
import { repositoryById, type Repository } from "../state/repositories.ts";
import { emitPull } from "../webhooks/payloads/thread.ts";
import { mayAct, webFlow } from "./acting.ts";
import { tryAutoMerge } from "./auto-merge.ts";
import { isAssignable } from "./assignees.ts";
import { newIssueRow, updateIssue, type IssueChange } from "./issues.ts";
import { setHeadRef } from "./pull-branches.ts";
import { afterPush } from "./push.ts";
import { replaceComments } from "./review-comments.ts";
import { trialMerge } from "./trial-merge.ts";

export interface NewPull {
  title: string;
  body?: string | null;
  /** `branch` or `owner:branch` */
  head: string;
  base: string;
  draft?: boolean;
  maintainerCanModify?: boolean;
}

/** Opens a pull. Throws 422 in GitHub's form: unknown head or base, no commits between them, one already open. */
export async function createPull(github: GitHub, actor: Actor, repository: Repository, input: NewPull): Promise<Pull> {
  if (input.title.trim() === "") throw invalid("title", "missing_field");
  const head = await resolveHead(github, actor, repository, input.head);
  const git = github.git(repository);
  const baseSha = await git.resolve(`refs/heads/${input.base}`);
  if (baseSha === null) throw invalid("base", "invalid");
  requireNoTwin(github, repository, head, input.base);
  if (head.repository.id !== repository.id)
    await bringIn(github, head.repository, `refs/heads/${head.ref}`, repository);
  if (await git.isAncestor(head.sha, baseSha))
    throw validationFailed(
      custom(
        `No commits between ${shown(github, repository, input.base)} and ${shown(github, head.repository, head.ref)}`,
      ),
    );
  if ((await git.mergeBase(baseSha, head.sha)) === null)
    throw validationFailed(custom(`The ${head.ref} branch has no history in common with ${input.base}`));
  // Somebody may have opened the same one while git was at work.
  requireNoTwin(github, repository, head, input.base);
  const issue = newIssueRow(github, actor, repository, { title: input.title, body: input.body ?? null, isPull: true });
  const pull: Pull = {
    id: github.nextId(),
    repoId: repository.id,
    issueId: issue.id,
    number: issue.number,
    head: { repoId: head.repository.id, ownerLogin: head.owner, ref: head.ref, sha: head.sha },
    base: { ref: input.base, sha: baseSha },
    draft: input.draft ?? false,
    maintainerCanModify: head.repository.id !== repository.id && (input.maintainerCanModify ?? true),
    trialMerge: null,
    mergedAt: null,
    mergedById: null,
    mergedSha: null,
    autoMerge: null,
    requestedReviewerIds: [],
  };
  github.state.pulls.push(pull);
  await setHeadRef(github, pull);
  await emitPull(github, actor, pull, "opened");
  await trialMerge(github, pull);
  return pull;
}

/** Copies the objects of a ref from one repository of a network into another; no ref stays. */
async function bringIn(github: GitHub, from: Repository, ref: string, to: { id: number }): Promise<void> {
  const git = github.git(to);
  const incoming = `refs/incoming/${github.nextId()}`;
  await git.copyRef(github.git(from), ref, incoming);
  await git.deleteRef(incoming);
}

interface Head {
  repository: Repository;
  owner: string;
  ref: string;
  sha: string;
}

async function resolveHead(github: GitHub, actor: Actor, repository: Repository, text: string): Promise<Head> {
  const { state } = github;
  const [, login, branch] = /^(?:([^:]+):)?(.+)$/.exec(text) ?? [];
  const here = accountById(state, repository.ownerId);
  const owner = login === undefined ? here : accountByLogin(state, login);
  if (!owner || branch === undefined) throw invalid("head", "invalid");
  const root = repository.parentId ?? repository.id;
  const source =
    owner.id === here.id
      ? repository
      : state.repositories.find((one) => one.ownerId === owner.id && (one.parentId === root || one.id === root));
  const sha = source ? await github.git(source).resolve(`refs/heads/${branch}`) : null;
  if (!source || sha === null) throw invalid("head", "invalid");
  const isForeign = source.id !== repository.id;
  if (!isForeign && !mayAct(github, actor, repository, "write", ["pull_requests"]))
    throw validationFailed(custom("must be a collaborator"));
  return { repository: source, owner: owner.login, ref: branch, sha };
}

function requireNoTwin(github: GitHub, repository: Repository, head: Head, base: string): void {
  const twin = github.state.pulls.some(
    (pull) =>
      pull.repoId === repository.id &&
      pull.head.repoId === head.repository.id &&
      pull.head.ref === head.ref &&
      pull.base.ref === base &&
      issueById(github.state, pull.issueId).state === "open",
  );
  if (twin) throw validationFailed(custom(`A pull request already exists for ${head.owner}:${head.ref}.`));
}

// GitHub leaves the owner out when it is the repository's own.
function shown(github: GitHub, repository: Repository, ref: string): string {
  return repository.parentId === null ? ref : `${accountById(github.state, repository.ownerId).login}:${ref}`;
}

/** Changes title, body, state and base; one `edited` event for a new base. */
export async function updatePull(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  change: Pick<IssueChange, "title" | "body" | "state"> & { base?: string; maintainerCanModify?: boolean },
): Promise<Pull> {
  await updateIssue(github, actor, issueById(github.state, pull.issueId), change);
  if (change.maintainerCanModify !== undefined && pull.head.repoId !== pull.repoId)
    pull.maintainerCanModify = change.maintainerCanModify;
  if (change.base !== undefined && change.base !== pull.base.ref) await setBase(github, actor, pull, change.base);
  return pull;
}

async function setBase(github: GitHub, actor: Actor, pull: Pull, base: string): Promise<void> {
  const git = github.git({ id: pull.repoId });
  if (issueById(github.state, pull.issueId).state === "closed")
    throw validationFailed(custom("Cannot change the base branch of a closed pull request."));
  const sha = await git.resolve(`refs/heads/${base}`);
  if (sha === null) throw validationFailed(custom(`Proposed base branch '${base}' was not found`));
  if (await git.isAncestor(pull.head.sha, sha))
    throw validationFailed(
      custom(`There are no new commits between base branch '${base}' and head branch '${pull.head.ref}'`),
    );
  const before = pull.base;
  pull.base = { ref: base, sha };
  pull.trialMerge = null;
  issueById(github.state, pull.issueId).updatedAt = github.timestamp();
  await replaceComments(github, pull);
  await emitPull(github, actor, pull, "edited", {
    changes: { base: { ref: { from: before.ref }, sha: { from: before.sha } } },
  });
  await trialMerge(github, pull);
}

/** Draft on or off (GraphQL only on GitHub): `converted_to_draft` or `ready_for_review`. */
export async function setDraft(github: GitHub, actor: Actor, pull: Pull, draft: boolean): Promise<Pull> {
  const repository = repositoryById(github.state, pull.repoId);
  const isAuthor = issueById(github.state, pull.issueId).userId === requireAccount(github, actor).id;
  if (!isAuthor && !mayAct(github, actor, repository, "write", ["pull_requests"]))
    throw new HttpProblem(403, "Must have write access to change the draft state.");
  if (pull.draft === draft) return pull;
  pull.draft = draft;
  if (draft) pull.autoMerge = null;
  issueById(github.state, pull.issueId).updatedAt = github.timestamp();
  await emitPull(github, actor, pull, draft ? "converted_to_draft" : "ready_for_review");
  await tryAutoMerge(github, pull);
  return pull;
}

/** Merges the base into the head branch. Throws 422 when `expectedHeadSha` is stale, there is nothing new, or it conflicts. */
export async function updateBranch(github: GitHub, actor: Actor, pull: Pull, expectedHeadSha?: string): Promise<void> {
  if (expectedHeadSha !== undefined && expectedHeadSha !== pull.head.sha)
    throw new HttpProblem(422, `expected_head_sha was ${expectedHeadSha} but head is ${pull.head.sha}`);
  const { head, base } = pull;
  const source = head.repoId === null ? null : repositoryById(github.state, head.repoId);
  const trial = await trialMerge(github, pull);
  if (!source || !trial) throw new HttpProblem(422, "The pull request is closed or its branch is gone");
  const own = github.git({ id: pull.repoId });
  if (await own.isAncestor(trial.baseSha, trial.headSha))
    throw new HttpProblem(422, "There are no new commits on the base branch.");
  const merged = trial.commit === null ? null : await own.readCommit(trial.commit);
  if (!merged) throw new HttpProblem(422, "merge conflict between base and head");
  const git = github.git(source);
  if (source.id !== pull.repoId)
    await bringIn(github, repositoryById(github.state, pull.repoId), `refs/pull/${pull.number}/merge`, source);
  const sha = await git.createCommit({
    tree: merged.tree,
    parents: [trial.headSha, trial.baseSha],
    message: `Merge branch '${base.ref}' into ${head.ref}`,
    author: gitPersonOf(github, requireAccount(github, actor)),
    committer: webFlow(github),
  });
  const ref = `refs/heads/${head.ref}`;
  if ((await git.updateRef(ref, sha, trial.headSha)) === "stale")
    throw new HttpProblem(422, "Head branch was modified. Review and try again.");
  await afterPush(github, actor, source, [{ ref, before: trial.headSha, after: sha }]);
}

/** Asks people for a review. Throws 422 for the author and for those who are no collaborators. */
export async function requestReviewers(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  logins: string[],
  teams: string[] = [],
): Promise<Pull> {
  const repository = repositoryById(github.state, pull.repoId);
  const author = issueById(github.state, pull.issueId).userId;
  const accounts = logins.map((login) => {
    const account = accountByLogin(github.state, login);
    if (account?.id === author) throw new HttpProblem(422, "Review cannot be requested from pull request author.");
    if (!account || !isAssignable(github, repository, account)) throw noCollaborator();
    return account;
  });
  // There are no teams here, so none of them has access.
  if (teams.length > 0) throw noCollaborator();
  for (const account of accounts) {
    if (pull.requestedReviewerIds.includes(account.id)) continue;
    pull.requestedReviewerIds.push(account.id);
    await emitPull(github, actor, pull, "review_requested", { requested_reviewer: serializeAccount(github, account) });
  }
  return pull;
}

function noCollaborator(): HttpProblem {
  return new HttpProblem(
    422,
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
  );
}

/** Takes requests for a review back; those who were not asked are passed over. */
export async function removeReviewers(github: GitHub, actor: Actor, pull: Pull, logins: string[]): Promise<Pull> {
  for (const login of logins) {
    const account = accountByLogin(github.state, login);
    if (!account || !pull.requestedReviewerIds.includes(account.id)) continue;
    pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== account.id);
    await emitPull(github, actor, pull, "review_request_removed", {
      requested_reviewer: serializeAccount(github, account),
    });
  }
  return pull;
}

function invalid(field: string, code: "invalid" | "missing_field"): HttpProblem {
  return validationFailed({ resource: "PullRequest", field, code });
}

function custom(message: string): FieldProblem {
  return { resource: "PullRequest", code: "custom", message };
}
