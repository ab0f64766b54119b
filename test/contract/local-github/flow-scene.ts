import { createServer, type Server } from "node:http";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit as Core } from "@octokit/core";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";
import { verify } from "@octokit/webhooks-methods";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";

const Octokit = Core.plugin(restEndpointMethods);
export type Client = InstanceType<typeof Octokit>;

/** One delivery that an app was sent; its signature was right. */
export interface Received {
  /** slug of the app */
  app: string;
  /** `event` or `event.action` */
  name: string;
  payload: Record<string, unknown>;
}

const permissions = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
  metadata: "read",
};

const events =
  "issues issue_comment pull_request pull_request_review pull_request_review_comment pull_request_review_thread push create delete check_run check_suite status label".split(
    " ",
  );

/** A local GitHub over HTTP: `octo/shop` (owner `octo`, writer `ada`), an app installed on it, and a receiver for its webhooks. */
export interface FlowScene {
  local: LocalGitHub;
  /** The owner. */
  octo: Client;
  /** A person with write access. */
  ada: Client;
  /** The installation of the app. */
  bot: Client;
  appId: number;
  repo: { owner: string; repo: string };
  /** Commits files on a branch, made from `main` (or `from`) when it is not there; gives the new tip. */
  commit(branch: string, files: Record<string, string | null>, message?: string, from?: string): Promise<string>;
  /** Opens a pull from a new branch with one changed file; gives its number and head. */
  openPull(
    branch?: string,
    options?: { body?: string; draft?: boolean; title?: string },
  ): Promise<{ number: number; head: string }>;
  /** Deliveries to the app since the last call, all answered. */
  heard(): Promise<Received[]>;
  /** The names of those deliveries. */
  names(): Promise<string[]>;
  /** Installs one more app with these rights; gives a client that acts for it. */
  addApp(name: string): Promise<{ client: Client; appId: number }>;
  /** Takes back the violations so far, which the test has caused on purpose. */
  violations(): string[];
  /** Stops everything. Throws when something was against GitHub's description. */
  close(): Promise<void>;
}

export async function openScene(): Promise<FlowScene> {
  const local = await startGitHub();
  const received: Received[] = [];
  const secrets = new Map<string, string>();
  const receiver = await startReceiver(received, secrets);
  const admin = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(`${local.url}/_admin/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const client = (token: string) => new Octokit({ auth: token, baseUrl: local.url, log: silent });
  const octo = client((await admin<{ token: string }>("users", { login: "octo" })).token);
  const ada = client((await admin<{ token: string }>("users", { login: "ada" })).token);
  const repo = { owner: "octo", repo: "shop" };
  await octo.rest.repos.createForAuthenticatedUser({ name: "shop", auto_init: true });
  const repository = local.github.state.repositories[0];
  const collaborator = local.github.state.accounts.find((account) => account.login === "ada");
  if (!repository || !collaborator) throw new Error("the scene lacks its repository or its writer");
  local.github.state.collaborators.push({ repositoryId: repository.id, userId: collaborator.id, role: "write" });

  const addApp = async (name: string) => {
    const manifest = { name, url: "http://bot.test", default_permissions: permissions, default_events: events };
    const webhook = `http://127.0.0.1:${receiver.port}/${name}`;
    type Made = { app_id: number; private_key: string; webhook_secret: string };
    const app = await admin<Made>("apps", { manifest, webhook_url: webhook, owner: "octo" });
    secrets.set(`/${name}`, app.webhook_secret);
    const installation = await admin<{ id: number }>("installations", { app_id: app.app_id, account: "octo" });
    const auth = { appId: app.app_id, privateKey: app.private_key, installationId: installation.id };
    const acting = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: local.url, log: silent });
    return { client: acting, appId: app.app_id };
  };
  const bot = await addApp("codegen");

  const git = local.github.git(repository);
  const commit: FlowScene["commit"] = async (branch, files, message = `Change ${branch}`, from = "main") => {
    const tree = Object.entries(files).map(([path, content]) =>
      content === null
        ? { path, mode: "100644" as const, type: "blob" as const, sha: null }
        : { path, mode: "100644" as const, type: "blob" as const, content },
    );
    const tip = await git.resolve(`refs/heads/${branch}`);
    const parent = tip ?? (await git.resolve(from));
    if (parent === null) throw new Error(`no branch ${from}`);
    const made = await octo.rest.git.createTree({ ...repo, base_tree: parent, tree });
    const { data } = await octo.rest.git.createCommit({ ...repo, message, tree: made.data.sha, parents: [parent] });
    if (tip === null) await octo.rest.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha: data.sha });
    else await octo.rest.git.updateRef({ ...repo, ref: `heads/${branch}`, sha: data.sha });
    return data.sha;
  };

  const heard = async () => {
    await local.settled();
    return received.splice(0).filter((one) => one.app === "codegen");
  };
  await heard();
  return {
    local,
    octo,
    ada,
    bot: bot.client,
    appId: bot.appId,
    repo,
    commit,
    addApp,
    heard,
    violations: () => local.github.violations.splice(0).flatMap((violation) => violation.problems),
    names: async () => (await heard()).map((one) => one.name),
    openPull: async (branch = "fix", { body = "", draft = false, title = "Fix it" } = {}) => {
      const head = await commit(branch, { "src/a.ts": `export const name = "${branch}";\n` });
      const { data } = await ada.rest.pulls.create({ ...repo, title, body, head: branch, base: "main", draft });
      return { number: data.number, head };
    },
    close: async () => {
      await local.settled();
      await local.close();
      await new Promise((resolve) => receiver.server.close(resolve));
      const problems = local.violations();
      if (problems.length > 0) throw new Error(`against GitHub's description: ${JSON.stringify(problems, null, 2)}`);
    },
  };
}

const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function startReceiver(
  received: Received[],
  secrets: Map<string, string>,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
      const body = Buffer.concat(parts).toString();
      const secret = secrets.get(request.url ?? "") ?? "";
      const isSigned = await verify(secret, body, String(request.headers["x-hub-signature-256"]));
      response.statusCode = isSigned ? 200 : 401;
      const payload = JSON.parse(body) as Record<string, unknown>;
      const action = typeof payload["action"] === "string" ? `.${payload["action"]}` : "";
      const app = (request.url ?? "").slice(1);
      if (isSigned) received.push({ app, name: `${String(request.headers["x-github-event"])}${action}`, payload });
      response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver listens on no port");
  return { server, port: address.port };
}

/** The status and message of a request that must fail. */
export async function refusal(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof Error && "status" in error) return { status: Number(error.status), message: error.message };
    throw error;
  }
  throw new Error("the request was not refused");
}
