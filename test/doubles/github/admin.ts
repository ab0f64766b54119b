import { createAccount } from "./operations/accounts.ts";
import { createApp } from "./operations/apps.ts";
import { createInstallation } from "./operations/installations.ts";
import { isFaultMode, faultModes, type Fault } from "./faults.ts";
import { isObject, optionalInteger, optionalObject, optionalText, optionalTexts, requiredText } from "./rest/body.ts";
import { routes } from "./rest/index.ts";
import { HttpProblem } from "./rest/problem.ts";
import type { RestAnswer } from "./rest/router.ts";
import type { Services } from "./services.ts";
import { accountByLogin, type Account } from "./state/accounts.ts";
import { repositoryByName, type Repository } from "./state/repositories.ts";
import type { GitHub } from "./state/github.ts";

/** The calls under `/_admin/`, for tests and tools: what github.com has no API for. Throws HttpProblem for what is wrong with a call. */
export async function handleAdmin(services: Services, method: string, path: string, raw: Buffer): Promise<RestAnswer> {
  const { github, log } = services;
  const body = parse(raw);
  switch (`${method} ${path}`) {
    case "POST /_admin/users":
      return created(addUser(github, body));
    case "POST /_admin/apps":
      return created(await addApp(github, body));
    case "POST /_admin/installations":
      return created(addInstallation(github, body));
    case "POST /_admin/faults":
      return created(addFault(services, body));
    case "DELETE /_admin/faults":
      services.faults.clear();
      return { status: 204 };
    case "GET /_admin/log":
      return { status: 200, body: log.entries() };
    case "GET /_admin/violations":
      return { status: 200, body: github.violations };
    default:
      throw new HttpProblem(404, `no admin call ${method} ${path}`);
  }
}

/** Writes of which all that a read could miss is in git. */
const writesInGit = [
  /^(POST|PUT|PATCH|DELETE) \/repos\/\{owner\}\/\{repo\}\/(git|contents)\//,
  /^POST \/graphql (createCommitOnBranch|createRef|updateRef|deleteRef)$/,
];

/**
 * Reads a fault. Throws 422 for an unknown mode, a route that no request could ever match, or a lag where nothing lags.
 * @param seconds see `Fault`; by default 60, and 1 for a lag
 */
export function faultOf(route: string, mode: string, times = 1, seconds?: number): Fault {
  if (!isFaultMode(mode)) throw new HttpProblem(422, `unknown fault mode "${mode}"; known: ${faultModes.join(", ")}`);
  const isGit =
    /^(GET|POST) \/\{owner\}\/\{repo\}\.git\/(info\/refs|git-upload-pack|git-receive-pack|info\/lfs\/objects\/batch)$/.test(
      route,
    );
  if (isGit && !/^(\d+|hang|reset-before-commit)$/.test(mode)) {
    throw new HttpProblem(422, `git requests know no fault "${mode}"; use a status, hang or reset-before-commit`);
  }
  const known = routes.some((one) => `${one.method} ${one.pattern}` === route);
  if (!known && !isGit && !/^POST \/graphql(?: \w+)?$/.test(route)) {
    throw new HttpProblem(422, `no route "${route}"; write it as "METHOD /pattern/{with}/{parameters}"`);
  }
  if (mode === "lag-after-write" && writesInGit.some((one) => one.test(route))) {
    throw new HttpProblem(
      422,
      `git does not lag here, so "${route}" cannot; use a write outside git, such as a comment`,
    );
  }
  return { route, mode, times, seconds: seconds ?? (mode === "lag-after-write" ? 1 : 60) };
}

function addUser(github: GitHub, body: Record<string, unknown>) {
  const type = optionalText(body, "type", "User") ?? "User";
  if (type !== "User" && type !== "Organization" && type !== "Bot") {
    throw new HttpProblem(422, `type "${type}" is none of User, Organization, Bot`);
  }
  const name = optionalText(body, "name", "User");
  const email = optionalText(body, "email", "User");
  const { account, token } = createAccount(github, {
    login: requiredText(body, "login", "User"),
    type,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
  });
  return { login: account.login, token };
}

async function addApp(github: GitHub, body: Record<string, unknown>) {
  const manifest = optionalObject(body, "manifest", "App");
  if (!manifest) throw new HttpProblem(422, "manifest is missing: an app manifest as an object");
  const ownerLogin = optionalText(body, "owner", "App");
  const owner = ownerLogin === undefined ? anyPerson(github) : accountCalled(github, ownerLogin);
  const webhookUrl = optionalText(body, "webhook_url", "App") ?? null;
  const app = await createApp(github, { manifest, owner, webhookUrl });
  return {
    app_id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    private_key: app.privateKey,
    webhook_secret: app.webhookSecret,
  };
}

function addInstallation(github: GitHub, body: Record<string, unknown>) {
  const id = optionalInteger(body, "app_id", "Installation");
  const app = github.state.apps.find((one) => one.id === id);
  if (!app) throw new HttpProblem(422, `no app ${String(id)}`);
  const account = accountCalled(github, requiredText(body, "account", "Installation"));
  const names = optionalTexts(body, "repositories", "Installation");
  const repositories = names?.map((name) => repositoryCalled(github, account, name)) ?? null;
  const installation = createInstallation(github, account, { app, account, repositories });
  return { id: installation.id, app_id: app.id, account: account.login };
}

function addFault({ faults }: Services, body: Record<string, unknown>) {
  const route = requiredText(body, "route", "Fault");
  const mode = requiredText(body, "mode", "Fault");
  const fault = faultOf(
    route,
    mode,
    optionalInteger(body, "times", "Fault"),
    optionalInteger(body, "seconds", "Fault"),
  );
  faults.add(fault);
  return fault;
}

function accountCalled(github: GitHub, login: string): Account {
  const found = accountByLogin(github.state, login);
  if (!found) throw new HttpProblem(422, `no account "${login}"`);
  return found;
}

function repositoryCalled(github: GitHub, account: Account, name: string): Repository {
  const [, short = name] = name.split("/");
  const found = repositoryByName(github.state, account.login, short);
  if (!found) throw new HttpProblem(422, `no repository "${short}" of ${account.login}`);
  return found;
}

function anyPerson(github: GitHub): Account {
  const person = github.state.accounts.find((account) => account.type === "User");
  return person ?? createAccount(github, { login: "app-owner", type: "User" }).account;
}

function created(body: unknown): RestAnswer {
  return { status: 201, body };
}

function parse(raw: Buffer): Record<string, unknown> {
  if (raw.length === 0) return {};
  try {
    const value: unknown = JSON.parse(raw.toString());
    if (isObject(value)) return value;
  } catch {
    // one answer for both
  }
  throw new HttpProblem(400, "the body is no JSON object");
}
