import { setCollaborator, removeCollaborator } from "../operations/collaborators.ts";
import { serializeAccount } from "../serialize/account.ts";
import { rightsOfRole } from "../serialize/repository.ts";
import { accountByLogin, type Account } from "../state/accounts.ts";
import { roleOf, roles, type Repository, type Role } from "../state/repositories.ts";
import type { GitHub } from "../state/github.ts";
import { repositoryOf } from "./access.ts";
import { optionalText } from "./body.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const path = "/repos/{owner}/{repo}/collaborators";

export const routes: Route[] = [
  route("GET", path, { permission: { metadata: "read" }, role: "write", handler: listCollaborators }),
  route("GET", `${path}/{username}`, { permission: { metadata: "read" }, role: "write", handler: isCollaborator }),
  route("PUT", `${path}/{username}`, { permission: { administration: "write" }, role: "admin", handler: add }),
  route("DELETE", `${path}/{username}`, {
    permission: { administration: "write" },
    role: "admin",
    handler: (request) => {
      removeCollaborator(request.github, request.actor, repositoryOf(request), userOf(request));
      return { status: 204 };
    },
  }),
  route("GET", `${path}/{username}/permission`, { permission: { metadata: "read" }, handler: permissionOf }),
];

/** What the API calls a role: the three old names, and how roles are written when they are given. */
const oldNames: Record<Role, "read" | "write" | "admin"> = {
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
};
const given: Record<string, Role> = {
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};

function listCollaborators(request: RestRequest): Promise<RestAnswer> {
  const { github } = request;
  const repository = repositoryOf(request);
  const people = github.state.accounts.filter(
    (account) => account.type !== "Organization" && isOneOf(github, repository, account),
  );
  return paginated(request, people, (account) => serializeCollaborator(github, repository, account));
}

function isCollaborator(request: RestRequest): RestAnswer {
  if (!isOneOf(request.github, repositoryOf(request), userOf(request))) throw notFound();
  return { status: 204 };
}

/** On github.com a person is invited first; here the invitation counts as accepted, so that the answer is always 204. */
function add(request: RestRequest): RestAnswer {
  const { github, actor, body } = request;
  const permission = optionalText(body, "permission", "RepositoryInvitation") ?? "push";
  const role = given[permission] ?? roles.find((one) => one === permission);
  if (!role) throw new HttpProblem(422, `"${permission}" is not a permission of this repository.`);
  setCollaborator(github, actor, repositoryOf(request), userOf(request), role);
  return { status: 204 };
}

function permissionOf(request: RestRequest): RestAnswer {
  const { github } = request;
  const repository = repositoryOf(request);
  const user = userOf(request);
  const role = roleOf(github.state, repository, user.id);
  return {
    status: 200,
    body: {
      permission: role ? oldNames[role] : "none",
      role_name: role ?? "none",
      user: serializeCollaborator(github, repository, user),
    },
  };
}

function serializeCollaborator(github: GitHub, repository: Repository, account: Account) {
  const role = roleOf(github.state, repository, account.id);
  return { ...serializeAccount(github, account), permissions: rightsOfRole(role), role_name: role ?? "none" };
}

function isOneOf({ state }: GitHub, repository: Repository, account: Account): boolean {
  const { id } = account;
  return (
    repository.ownerId === id ||
    state.collaborators.some((one) => one.repositoryId === repository.id && one.userId === id) ||
    state.organizationMembers.some((one) => one.organizationId === repository.ownerId && one.userId === id)
  );
}

function userOf({ github, params }: RestRequest): Account {
  const found = accountByLogin(github.state, params["username"] ?? "");
  if (!found) throw notFound();
  return found;
}
