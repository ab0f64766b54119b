import { moveRef } from "../operations/ref-updates.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, type Repository } from "../state/repositories.ts";
import { repositoryOf } from "./access.ts";
import { optionalBoolean, requiredText } from "./body.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const base = "/repos/{owner}/{repo}/git";
const read = { permission: { contents: "read" } } as const;
const write = { permission: { contents: "write" } } as const;

export const routes: Route[] = [
  route("GET", `${base}/ref/{ref}`, { ...read, handler: getRef }),
  route("GET", `${base}/matching-refs/{ref}`, { ...read, handler: matchingRefs }),
  route("POST", `${base}/refs`, { ...write, handler: createRef }),
  route("PATCH", `${base}/refs/{ref}`, { ...write, handler: updateRef }),
  route("DELETE", `${base}/refs/{ref}`, { ...write, handler: deleteRef }),
];

interface Ref {
  name: string;
  sha: string;
  type: string;
}

async function getRef(request: RestRequest): Promise<RestAnswer> {
  const repository = repositoryOf(request);
  const found = await request.github.git(repository).ref(`refs/${request.params["ref"]}`);
  if (!found) throw notFound();
  return { status: 200, body: serializeRef(request.github, repository, found) };
}

async function matchingRefs(request: RestRequest): Promise<RestAnswer> {
  const { github, params } = request;
  const repository = repositoryOf(request);
  const refs = await github.git(repository).refs();
  const found = refs.filter((ref) => ref.name.startsWith(`refs/${params["ref"]}`));
  return paginated(request, found, (ref) => serializeRef(github, repository, ref));
}

async function createRef(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const name = requiredText(body, "ref", "Reference");
  const sha = requiredText(body, "sha", "Reference");
  const allowed = /^refs\/[^/]+\/./.test(name) && !name.startsWith("refs/pull/") && (await git.isValidRefName(name));
  if (!allowed) throw new HttpProblem(422, `${name} is not a valid ref name.`);
  await requireObject(github, repository, name, sha);
  if (await github.git(repository).ref(name)) throw new HttpProblem(422, "Reference already exists");
  await moveRef(github, actor, repository, { ref: name, before: null, after: sha });
  const made = await github.git(repository).ref(name);
  return { status: 201, body: made && serializeRef(github, repository, made) };
}

async function updateRef(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = repositoryOf(request);
  const name = `refs/${request.params["ref"]}`;
  const sha = requiredText(body, "sha", "Reference");
  const force = optionalBoolean(body, "force", "Reference") ?? false;
  const before = await github.git(repository).ref(name);
  if (!before) throw new HttpProblem(422, "Reference does not exist");
  await requireObject(github, repository, name, sha);
  if (!force && !(await github.git(repository).isAncestor(before.sha, sha))) {
    throw new HttpProblem(422, "Update is not a fast forward");
  }
  if (before.sha !== sha) await moveRef(github, actor, repository, { ref: name, before: before.sha, after: sha });
  const after = await github.git(repository).ref(name);
  return { status: 200, body: after && serializeRef(github, repository, after) };
}

async function deleteRef(request: RestRequest): Promise<RestAnswer> {
  const { github, actor } = request;
  const repository = repositoryOf(request);
  const name = `refs/${request.params["ref"]}`;
  const before = await github.git(repository).ref(name);
  if (!before) throw new HttpProblem(422, "Reference does not exist");
  await moveRef(github, actor, repository, { ref: name, before: before.sha, after: null });
  return { status: 204 };
}

async function requireObject(github: GitHub, repository: Repository, name: string, sha: string): Promise<void> {
  if (!/^[\da-f]{40}$/.test(sha))
    throw new HttpProblem(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
  const type = await github.git(repository).objectType(sha);
  const fits = type !== null && (type === "commit" || (type === "tag" && name.startsWith("refs/tags/")));
  if (!fits) throw new HttpProblem(422, "Object does not exist");
}

function serializeRef(github: GitHub, repository: Repository, ref: Ref) {
  const url = `${github.apiUrl}/repos/${fullName(github.state, repository)}/git`;
  const kind = ref.type === "tag" ? "tags" : "commits";
  return {
    ref: ref.name,
    node_id: github.nodeId("Ref", `${repository.id}:${ref.name}`),
    url: `${url}/${ref.name}`,
    object: { sha: ref.sha, type: ref.type, url: `${url}/${kind}/${ref.sha}` },
  };
}
