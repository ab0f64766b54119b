import { afterPush } from "../../operations/push.ts";
import { branchProtectionOf, type Repository } from "../../state/repositories.ts";
import { maySee } from "../../rest/access.ts";
import { parseNodeId } from "../../state/node-id.ts";
import { requireAccess, type Context } from "../context.ts";
import { entityById } from "../node.ts";
import { GraphqlProblem, noSuchNode } from "../problem.ts";
import { mutation, textOf, type Input } from "./input.ts";

/** Mutations of branches and tags. */
export function refMutations(context: Context): Record<string, unknown> {
  return {
    createRef: mutation((input) => createRef(context, input)),
    updateRef: mutation((input) => updateRef(context, input)),
    deleteRef: mutation((input) => deleteRef(context, input)),
  };
}

async function createRef(context: Context, input: Input): Promise<Record<string, unknown>> {
  const { github, actor, make } = context;
  const { repository } = entityById(context, input.repositoryId, "Repository");
  requireAccess(context, repository, { contents: "write" }, "write");
  const git = github.git(repository);
  const [name, oid] = [textOf(input, "name"), textOf(input, "oid")];
  if (!/^refs\/[^/]+\/./.test(name) || !(await git.isValidRefName(name))) {
    throw new GraphqlProblem("UNPROCESSABLE", `"${name}" is not a valid ref name.`);
  }
  await requireObject(context, repository, oid);
  if ((await git.updateRef(name, oid, null)) === "stale") {
    throw new GraphqlProblem("UNPROCESSABLE", `A ref named "${name}" already exists in the repository.`);
  }
  await afterPush(github, actor, repository, [{ ref: name, before: null, after: oid }]);
  return { ref: () => make.ref(repository, name) };
}

async function updateRef(context: Context, input: Input): Promise<Record<string, unknown>> {
  const { github, actor, make } = context;
  const { repository, name, sha } = await refById(context, input.refId);
  const git = github.git(repository);
  const oid = textOf(input, "oid");
  await requireObject(context, repository, oid);
  if (input.force !== true && !(await git.isAncestor(sha, oid))) {
    throw new GraphqlProblem("UNPROCESSABLE", "Update is not a fast forward");
  }
  if ((await git.updateRef(name, oid, sha)) === "stale")
    throw new GraphqlProblem("STALE_DATA", "Reference was changed meanwhile");
  await afterPush(github, actor, repository, [{ ref: name, before: sha, after: oid }]);
  return { ref: () => make.ref(repository, name) };
}

async function deleteRef(context: Context, input: Input): Promise<Record<string, unknown>> {
  const { github, actor } = context;
  const { repository, name, sha } = await refById(context, input.refId);
  const branch = name.replace(/^refs\/heads\//, "");
  const protection = branchProtectionOf(github.state, repository, branch);
  if (branch === repository.defaultBranch || (protection && !protection.allowDeletions)) {
    throw new GraphqlProblem("UNPROCESSABLE", `Cannot delete the protected branch "${branch}"`);
  }
  await github.git(repository).deleteRef(name);
  await afterPush(github, actor, repository, [{ ref: name, before: sha, after: null }]);
  return {};
}

async function refById(context: Context, id: unknown): Promise<{ repository: Repository; name: string; sha: string }> {
  const { github, actor } = context;
  const parsed = parseNodeId(String(id));
  const [repositoryId = "", name = ""] = parsed?.kind === "Ref" ? parsed.id.split(/:(.*)/s) : [];
  const repository = github.state.repositories.find((one) => String(one.id) === repositoryId);
  if (!repository || !maySee(github, actor, repository)) throw noSuchNode(String(id));
  requireAccess(context, repository, { contents: "write" }, "write");
  const sha = await github.git(repository).readRef(name);
  if (sha === null) throw noSuchNode(String(id));
  return { repository, name, sha };
}

async function requireObject({ github }: Context, repository: Repository, oid: string): Promise<void> {
  if ((await github.git(repository).objectType(oid)) !== null) return;
  throw new GraphqlProblem("UNPROCESSABLE", `Could not resolve to a git object with the oid of '${oid}'.`);
}
