import { removeMembership, setMembership } from "../operations/accounts.ts";
import {
  serializeAccount,
  serializeOrganization,
  serializeOrganizationProfile,
  serializeProfile,
} from "../serialize/account.ts";
import { accountById, accountByLogin, type Account } from "../state/accounts.ts";
import { requireAccount } from "./access.ts";
import { optionalText } from "./body.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

export const routes: Route[] = [
  route("GET", "/user", {
    auth: "user",
    handler: ({ github, actor }) => ok(serializeProfile(github, requireAccount(github, actor), true)),
  }),
  route("GET", "/user/orgs", { auth: "user", handler: listOwnOrganizations }),
  route("GET", "/users/{username}", {
    handler: (request) => ok(serializeProfile(request.github, accountOf(request, "username"), false)),
  }),
  route("GET", "/user/{account_id}", { handler: byId }),
  route("GET", "/orgs/{org}", {
    handler: (request) => ok(serializeOrganizationProfile(request.github, organizationOf(request))),
  }),
  route("GET", "/orgs/{org}/members", { handler: listMembers }),
  route("GET", "/orgs/{org}/members/{username}", {
    handler: (request) => {
      if (!membershipOf(request)) throw notFound();
      return { status: 204 };
    },
  }),
  route("GET", "/orgs/{org}/memberships/{username}", { handler: getMembership }),
  route("PUT", "/orgs/{org}/memberships/{username}", { handler: putMembership }),
  route("DELETE", "/orgs/{org}/memberships/{username}", {
    handler: (request) => {
      requireOrganizationAdmin(request);
      removeMembership(request.github, organizationOf(request), accountOf(request, "username"));
      return { status: 204 };
    },
  }),
];

function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

function accountOf({ github, params }: RestRequest, parameter: string): Account {
  const account = accountByLogin(github.state, params[parameter] ?? "");
  if (!account) throw notFound();
  return account;
}

function organizationOf(request: RestRequest): Account {
  const account = accountOf(request, "org");
  if (account.type !== "Organization") throw notFound();
  return account;
}

function byId({ github, params }: RestRequest): RestAnswer {
  const account = github.state.accounts.find((one) => one.id === Number(params["account_id"]));
  if (!account) throw notFound();
  return ok(serializeProfile(github, account, false));
}

function listOwnOrganizations(request: RestRequest): Promise<RestAnswer> {
  const { github, actor } = request;
  const { id } = requireAccount(github, actor);
  const own = github.state.organizationMembers.filter((member) => member.userId === id);
  const organizations = own.map((member) => accountById(github.state, member.organizationId));
  return paginated(request, organizations, (one) => serializeOrganization(github, one));
}

function listMembers(request: RestRequest): Promise<RestAnswer> {
  const { github } = request;
  const organization = organizationOf(request);
  const members = github.state.organizationMembers.filter((member) => member.organizationId === organization.id);
  return paginated(request, members, (member) => serializeAccount(github, accountById(github.state, member.userId)));
}

function membershipOf(request: RestRequest) {
  const organization = organizationOf(request);
  const user = accountOf(request, "username");
  return request.github.state.organizationMembers.find(
    (member) => member.organizationId === organization.id && member.userId === user.id,
  );
}

function getMembership(request: RestRequest): RestAnswer {
  const { github } = request;
  const membership = membershipOf(request);
  if (!membership) throw notFound();
  const organization = organizationOf(request);
  const user = accountOf(request, "username");
  const url = `${github.apiUrl}/orgs/${organization.login}`;
  return ok({
    url: `${url}/memberships/${user.login}`,
    state: "active",
    role: membership.role,
    organization_url: url,
    organization: serializeOrganization(github, organization),
    user: serializeAccount(github, user),
  });
}

/** On github.com a person is invited first; here the invitation counts as accepted. */
function putMembership(request: RestRequest): RestAnswer {
  requireOrganizationAdmin(request);
  const role = optionalText(request.body, "role", "OrganizationMembership") ?? "member";
  if (role !== "member" && role !== "admin") throw new HttpProblem(422, `role "${role}" is neither member nor admin`);
  setMembership(request.github, organizationOf(request), accountOf(request, "username"), role);
  return getMembership(request);
}

function requireOrganizationAdmin(request: RestRequest): void {
  const { github, actor } = request;
  const organization = organizationOf(request);
  const account = requireAccount(github, actor);
  const admin = github.state.organizationMembers.some(
    (one) => one.organizationId === organization.id && one.userId === account.id && one.role === "admin",
  );
  const app =
    actor.kind === "installation" &&
    actor.installation.accountId === organization.id &&
    actor.permissions["members"] === "write";
  if (account.id !== organization.id && !admin && !app) {
    throw new HttpProblem(403, "You must be an admin to add or remove an organization membership.");
  }
}
