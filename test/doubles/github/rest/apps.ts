import { createInstallationToken, revokeInstallationToken } from "../operations/installation-tokens.ts";
import { createApp, takeManifest } from "../operations/apps.ts";
import {
  deleteInstallation,
  repositoriesOf,
  selectRepositories,
  suspendInstallation,
} from "../operations/installations.ts";
import { serializeApp, serializeInstallation, serializeInstallationToken } from "../serialize/app.ts";
import { repositoryRights, serializeRepository } from "../serialize/repository.ts";
import { accountById, accountByLogin } from "../state/accounts.ts";
import { installationCovers, type Installation } from "../state/apps.ts";
import { roleAtLeast, roleOf, type Repository } from "../state/repositories.ts";
import { repositoryOf, requireAccount } from "./access.ts";
import { optionalObject, optionalTexts } from "./body.ts";
import { linkHeader, paginated, slice } from "./paginate.ts";
import { HttpProblem, notFound, validationFailed } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

export const routes: Route[] = [
  route("GET", "/app", { auth: "app", handler: (request) => ok(serializeApp(request.github, appOf(request))) }),
  route("GET", "/apps/{app_slug}", { handler: getApp }),
  route("POST", "/app-manifests/{code}/conversions", { handler: convertManifest }),
  route("GET", "/app/installations", {
    auth: "app",
    handler: (request) => {
      const own = request.github.state.installations.filter((one) => one.appId === appOf(request).id);
      return paginated(request, own, (one) => serializeInstallation(request.github, one));
    },
  }),
  route("GET", "/app/installations/{installation_id}", {
    auth: "app",
    handler: (request) => ok(serializeInstallation(request.github, ownInstallation(request))),
  }),
  route("DELETE", "/app/installations/{installation_id}", {
    auth: "app",
    handler: (request) => {
      deleteInstallation(request.github, requireAccount(request.github, request.actor), ownInstallation(request));
      return { status: 204 };
    },
  }),
  route("PUT", "/app/installations/{installation_id}/suspended", { auth: "app", handler: (one) => suspend(one, true) }),
  route("DELETE", "/app/installations/{installation_id}/suspended", {
    auth: "app",
    handler: (one) => suspend(one, false),
  }),
  route("POST", "/app/installations/{installation_id}/access_tokens", { auth: "app", handler: createToken }),
  route("GET", "/repos/{owner}/{repo}/installation", {
    auth: "app",
    handler: (request) => ok(installationOn(request, (one) => installationCovers(one, hiddenRepository(request)))),
  }),
  route("GET", "/orgs/{org}/installation", { auth: "app", handler: (one) => accountInstallation(one, "org") }),
  route("GET", "/users/{username}/installation", {
    auth: "app",
    handler: (one) => accountInstallation(one, "username"),
  }),
  route("GET", "/installation/repositories", { auth: "installation", handler: listInstallationRepositories }),
  route("DELETE", "/installation/token", {
    auth: "installation",
    handler: ({ github, actor }) => {
      if (actor.kind === "installation") revokeInstallationToken(github, actor.token);
      return { status: 204 };
    },
  }),
  route("GET", "/user/installations", { auth: "user", handler: listUserInstallations }),
  route("PUT", "/user/installations/{installation_id}/repositories/{repository_id}", {
    auth: "user",
    handler: (request) => changeSelection(request, true),
  }),
  route("DELETE", "/user/installations/{installation_id}/repositories/{repository_id}", {
    auth: "user",
    handler: (request) => changeSelection(request, false),
  }),
];

function appOf({ actor }: RestRequest) {
  if (actor.kind === "app") return actor.app;
  throw notFound();
}

function getApp({ github, params }: RestRequest): RestAnswer {
  const app = github.state.apps.find((one) => one.slug === params["app_slug"]);
  if (!app) throw notFound();
  return ok(serializeApp(github, app));
}

async function convertManifest({ github, params }: RestRequest): Promise<RestAnswer> {
  const waiting = takeManifest(github, params["code"] ?? "");
  if (!waiting) throw notFound();
  const owner = accountById(github.state, waiting.ownerId);
  const app = await createApp(github, { manifest: waiting.manifest, owner });
  const secrets = {
    client_secret: app.clientSecret,
    webhook_secret: app.webhookSecret,
    pem: app.privateKey,
  };
  return { status: 201, body: { ...serializeApp(github, app), ...secrets } };
}

function ownInstallation(request: RestRequest): Installation {
  const id = Number(request.params["installation_id"]);
  const found = request.github.state.installations.find((one) => one.id === id && one.appId === appOf(request).id);
  if (!found) throw notFound();
  return found;
}

function suspend(request: RestRequest, suspended: boolean): RestAnswer {
  const { github, actor } = request;
  suspendInstallation(github, requireAccount(github, actor), ownInstallation(request), suspended);
  return { status: 204 };
}

function createToken(request: RestRequest): RestAnswer {
  const { github, body } = request;
  const installation = ownInstallation(request);
  const ids = body["repository_ids"];
  const isIds = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((item) => typeof item === "number");
  if (ids !== undefined && !isIds(ids)) {
    throw validationFailed({ resource: "InstallationToken", field: "repository_ids", code: "invalid" });
  }
  const token = createInstallationToken(github, installation, {
    repositories: optionalTexts(body, "repositories", "InstallationToken"),
    repositoryIds: ids,
    permissions: optionalObject(body, "permissions", "InstallationToken"),
  });
  return { status: 201, body: serializeInstallationToken(github, installation, token) };
}

function hiddenRepository(request: RestRequest): Repository {
  // The app itself sees whether it is installed, also on private repositories.
  const app = appOf(request);
  const own = request.github.state.installations.filter((one) => one.appId === app.id);
  for (const installation of own) {
    const actor = { kind: "installation", app, installation, permissions: {}, repositories: null, token: "" } as const;
    try {
      return repositoryOf({ ...request, actor });
    } catch (error) {
      if (!(error instanceof HttpProblem) || error.status !== 404) throw error;
    }
  }
  throw notFound();
}

function installationOn(request: RestRequest, test: (installation: Installation) => boolean) {
  const app = appOf(request);
  const found = request.github.state.installations.find((one) => one.appId === app.id && test(one));
  if (!found) throw notFound();
  return serializeInstallation(request.github, found);
}

function accountInstallation(request: RestRequest, parameter: "org" | "username"): RestAnswer {
  const account = accountByLogin(request.github.state, request.params[parameter] ?? "");
  const wanted = parameter === "org" ? "Organization" : "User";
  if (account?.type !== wanted) throw notFound();
  return ok(installationOn(request, (one) => one.accountId === account.id));
}

function listInstallationRepositories(request: RestRequest): RestAnswer {
  const { github, actor, query } = request;
  if (actor.kind !== "installation") throw notFound();
  const within = repositoriesOf(github, actor.installation);
  const reached = within.filter((one) => actor.repositories === null || actor.repositories.includes(one.id));
  const body = {
    total_count: reached.length,
    repository_selection: actor.installation.repositoryIds || actor.repositories ? "selected" : "all",
    repositories: slice(query, reached).map((one) => {
      const rights = repositoryRights(github, one, actor);
      return { ...serializeRepository(github, one), ...(rights && { permissions: rights }) };
    }),
  };
  return { ...ok(body), headers: linkHeader(request, reached.length) };
}

function listUserInstallations(request: RestRequest): RestAnswer {
  const { github, actor, query } = request;
  const mine = github.state.installations.filter(
    (one) => actor.kind === "user" && repositoriesOf(github, one).some((repository) => mayAdmin(request, repository)),
  );
  const installations = slice(query, mine).map((one) => serializeInstallation(github, one));
  return { ...ok({ total_count: mine.length, installations }), headers: linkHeader(request, mine.length) };
}

function changeSelection(request: RestRequest, add: boolean): RestAnswer {
  const { github, actor, params } = request;
  const installation = github.state.installations.find((one) => one.id === Number(params["installation_id"]));
  const repository = github.state.repositories.find((one) => one.id === Number(params["repository_id"]));
  if (!installation || !repository || repository.ownerId !== installation.accountId) throw notFound();
  if (!mayAdmin(request, repository)) throw new HttpProblem(403, "Must have admin rights to Repository.");
  const others = repositoriesOf(github, installation).filter((one) => one !== repository);
  selectRepositories(github, requireAccount(github, actor), installation, add ? [...others, repository] : others);
  return { status: 204 };
}

function mayAdmin({ github, actor }: RestRequest, repository: Repository): boolean {
  return actor.kind === "user" && roleAtLeast(roleOf(github.state, repository, actor.user.id), "admin");
}

function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}
