import {
  createRepository,
  deleteRepository,
  updateRepository,
  type RepositorySettings,
} from "../operations/repositories.ts";
import { serializeFullRepository, serializeRepository } from "../serialize/repository.ts";
import { accountByLogin, type Account } from "../state/accounts.ts";
import type { Repository } from "../state/repositories.ts";
import { maySee, repositoryOf, requireAccount } from "./access.ts";
import { optionalBoolean, optionalText, optionalTexts, requiredText } from "./body.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}", {
    permission: { metadata: "read" },
    handler: (one) => full(one, repositoryOf(one)),
  }),
  route("PATCH", "/repos/{owner}/{repo}", { permission: { administration: "write" }, role: "admin", handler: change }),
  route("DELETE", "/repos/{owner}/{repo}", {
    permission: { administration: "write" },
    role: "admin",
    handler: (request) => {
      deleteRepository(request.github, request.actor, repositoryOf(request));
      return { status: 204 };
    },
  }),
  route("POST", "/user/repos", { auth: "user", handler: (one) => create(one, requireAccount(one.github, one.actor)) }),
  route("GET", "/user/repos", {
    auth: "user",
    handler: (one) => list(one, (repository) => maySee(one.github, one.actor, repository)),
  }),
  route("POST", "/orgs/{org}/repos", { handler: createInOrganization }),
  route("GET", "/orgs/{org}/repos", { handler: (one) => listOwned(one, accountOf(one, "org")) }),
  route("GET", "/users/{username}/repos", { handler: (one) => listOwned(one, accountOf(one, "username")) }),
  route("GET", "/repos/{owner}/{repo}/topics", {
    permission: { metadata: "read" },
    handler: (request) => ({ status: 200, body: { names: repositoryOf(request).topics } }),
  }),
  route("PUT", "/repos/{owner}/{repo}/topics", {
    permission: { administration: "write" },
    role: "admin",
    handler: (request) => {
      const repository = repositoryOf(request);
      repository.topics = optionalTexts(request.body, "names", "Repository") ?? [];
      return { status: 200, body: { names: repository.topics } };
    },
  }),
];

function full({ github, actor }: RestRequest, repository: Repository, status = 200): RestAnswer {
  return { status, body: serializeFullRepository(github, repository, actor) };
}

async function create(request: RestRequest, owner: Account): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = await createRepository(github, actor, {
    owner,
    name: requiredText(body, "name", "Repository"),
    settings: settingsOf(body),
    autoInit: optionalBoolean(body, "auto_init", "Repository") ?? false,
  });
  return full(request, repository, 201);
}

async function createInOrganization(request: RestRequest): Promise<RestAnswer> {
  const { github, actor } = request;
  const organization = accountOf(request, "org");
  if (organization.type !== "Organization") throw notFound();
  const account = requireAccount(github, actor);
  const member = github.state.organizationMembers.some(
    (one) => one.organizationId === organization.id && one.userId === account.id,
  );
  const installed =
    actor.kind === "installation" &&
    actor.installation.accountId === organization.id &&
    actor.permissions["administration"] === "write";
  if (account.id !== organization.id && !member && !installed) {
    throw new HttpProblem(403, "You need to be a member of the organization to create a repository.");
  }
  return create(request, organization);
}

async function change(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = repositoryOf(request);
  const name = optionalText(body, "name", "Repository");
  const defaultBranch = optionalText(body, "default_branch", "Repository");
  await updateRepository(github, actor, repository, {
    ...(name !== undefined && { name }),
    ...(defaultBranch !== undefined && { defaultBranch }),
    settings: settingsOf(body),
  });
  return full(request, repository);
}

function settingsOf(body: Record<string, unknown>): RepositorySettings {
  const flags = {
    private: "private",
    archived: "archived",
    has_issues: "hasIssues",
    has_projects: "hasProjects",
    has_wiki: "hasWiki",
    has_discussions: "hasDiscussions",
    allow_merge_commit: "allowMergeCommit",
    allow_squash_merge: "allowSquashMerge",
    allow_rebase_merge: "allowRebaseMerge",
    allow_auto_merge: "allowAutoMerge",
    allow_update_branch: "allowUpdateBranch",
    delete_branch_on_merge: "deleteBranchOnMerge",
  } as const;
  const settings: RepositorySettings = {};
  for (const [field, setting] of Object.entries(flags)) {
    const value = optionalBoolean(body, field, "Repository");
    if (value !== undefined) settings[setting] = value;
  }
  const visibility = optionalText(body, "visibility", "Repository");
  if (visibility !== undefined) settings.private = visibility !== "public";
  const description = optionalText(body, "description", "Repository");
  if (description !== undefined) settings.description = description;
  const homepage = optionalText(body, "homepage", "Repository");
  if (homepage !== undefined) settings.homepage = homepage;
  return settings;
}

function list(request: RestRequest, test: (repository: Repository) => boolean): Promise<RestAnswer> {
  const { github } = request;
  return paginated(request, github.state.repositories.filter(test), (one) => serializeRepository(github, one));
}

function listOwned(request: RestRequest, owner: Account): Promise<RestAnswer> {
  const { github, actor } = request;
  return list(request, (repository) => repository.ownerId === owner.id && maySee(github, actor, repository));
}

function accountOf({ github, params }: RestRequest, parameter: string): Account {
  const account = accountByLogin(github.state, params[parameter] ?? "");
  if (!account) throw notFound();
  return account;
}
