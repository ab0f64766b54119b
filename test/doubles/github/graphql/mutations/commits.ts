import { maySee, requireAccount } from "../../rest/access.ts";
import { gitPersonOf } from "../../serialize/account.ts";
import { webFlow } from "../../operations/acting.ts";
import { afterPush } from "../../operations/push.ts";
import { allows } from "../../permissions.ts";
import { GitError, type BareRepository } from "../../git/bare-repository.ts";
import { branchProtectionOf, repositoryByName, type Repository } from "../../state/repositories.ts";
import { parseNodeId } from "../../state/node-id.ts";
import { requireAccess, type Context } from "../context.ts";
import { GraphqlProblem, noSuchNode } from "../problem.ts";
import { mutation, optionalText, recordOf, recordsOf, textOf, type Input } from "./input.ts";

const WORKFLOWS = ".github/workflows/";

/** Mutations that make commits. */
export function commitMutations(context: Context): Record<string, unknown> {
  return { createCommitOnBranch: mutation((input) => createCommitOnBranch(context, input)) };
}

async function createCommitOnBranch(context: Context, input: Input): Promise<Record<string, unknown>> {
  const { github, actor, make } = context;
  const { repository, branch } = branchOf(context, recordOf(input.branch));
  requireAccess(context, repository, { contents: "write" }, "write");
  const git = github.git(repository);
  const ref = `refs/heads/${branch}`;
  const expected = textOf(input, "expectedHeadOid");
  const tip = await git.readRef(ref);
  if (tip === null) throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a branch named '${branch}'.`);
  if (tip !== expected) throw stale(expected);
  refuseProtected(context, repository, branch);

  const changes = recordOf(input.fileChanges);
  refuseWorkflows(context, changes);
  const tree = await treeWith(git, tip, changes);
  const { headline, body } = { headline: "", body: "", ...recordOf(input.message) };
  const message = [headline, body].map(String).filter(Boolean).join("\n\n");
  const author = gitPersonOf(github, requireAccount(github, actor));
  const sha = await git.createCommit({ tree, parents: [tip], message, author, committer: webFlow(github) });
  if ((await git.updateRef(ref, sha, expected)) === "stale") throw stale(expected);
  await afterPush(github, actor, repository, [{ ref, before: tip, after: sha }]);
  return { commit: () => make.commit(repository, sha), ref: () => make.ref(repository, ref) };
}

function branchOf(context: Context, branch: Input): { repository: Repository; branch: string } {
  const { github, actor } = context;
  const id = optionalText(branch, "id");
  if (id !== undefined) {
    const parsed = parseNodeId(id);
    const [repositoryId = "", name = ""] = parsed?.kind === "Ref" ? parsed.id.split(/:(.*)/s) : [];
    const repository = github.state.repositories.find((one) => String(one.id) === repositoryId);
    if (!repository || !maySee(github, actor, repository)) throw noSuchNode(id);
    return { repository, branch: name.replace(/^refs\/heads\//, "") };
  }
  const full = textOf(branch, "repositoryNameWithOwner");
  const [owner = "", name = ""] = full.split("/");
  const repository = repositoryByName(github.state, owner, name);
  if (!repository || !maySee(github, actor, repository)) {
    throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a Repository with the name '${full}'.`);
  }
  return { repository, branch: textOf(branch, "branchName").replace(/^refs\/heads\//, "") };
}

async function treeWith(git: BareRepository, tip: string, changes: Input): Promise<string> {
  const entries: { path: string; mode: string; type: string; sha: string | null }[] = [];
  for (const deletion of recordsOf(changes.deletions)) {
    const path = textOf(deletion, "path");
    if ((await git.readPath(tip, path)) === null) {
      const message = `A path was requested for deletion which does not exist as of commit oid \`${tip}\`: ${path}`;
      throw new GraphqlProblem("UNPROCESSABLE", message);
    }
    entries.push({ path, mode: "100644", type: "blob", sha: null });
  }
  for (const addition of recordsOf(changes.additions)) {
    const path = textOf(addition, "path");
    const before = await git.readPath(tip, path);
    const mode = before?.type === "blob" ? before.mode : "100644";
    entries.push({ path, mode, type: "blob", sha: await git.writeBlob(contentOf(addition)) });
  }
  const paths = entries.map((entry) => entry.path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) {
    throw new GraphqlProblem("UNPROCESSABLE", `The path "${twice}" was named more than once in the file changes.`);
  }
  try {
    return await git.writeTree(entries, tip);
  } catch (error) {
    if (error instanceof GitError)
      throw new GraphqlProblem("UNPROCESSABLE", "A path in the file changes is not valid.");
    throw error;
  }
}

function contentOf(addition: Input): Buffer {
  const base64 = textOf(addition, "contents").replaceAll(/\s/g, "");
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0) return Buffer.from(base64, "base64");
  throw new GraphqlProblem("UNPROCESSABLE", `The contents of "${textOf(addition, "path")}" are not Base64.`);
}

function refuseWorkflows({ actor }: Context, changes: Input): void {
  if (actor.kind !== "installation" || allows(actor.permissions["workflows"], "write")) return;
  const touched = [...recordsOf(changes.additions), ...recordsOf(changes.deletions)].map((change) =>
    textOf(change, "path"),
  );
  const workflow = touched.find((path) => path.startsWith(WORKFLOWS));
  if (workflow === undefined) return;
  const message = `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`;
  throw new GraphqlProblem("FORBIDDEN", message);
}

function refuseProtected({ github }: Context, repository: Repository, branch: string): void {
  const protection = branchProtectionOf(github.state, repository, branch);
  if (protection?.requiredReviews)
    throw new GraphqlProblem("UNPROCESSABLE", "Changes must be made through a pull request.");
  if (protection?.lockBranch) throw new GraphqlProblem("UNPROCESSABLE", "Cannot change this locked branch");
}

function stale(expected: string): GraphqlProblem {
  return new GraphqlProblem(
    "STALE_DATA",
    `Expected branch to point to "${expected}" but it did not. Pull and try again.`,
  );
}
