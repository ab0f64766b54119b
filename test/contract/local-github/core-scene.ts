import { createServer } from "node:http";
import { once } from "node:events";
import { createAppAuth } from "@octokit/auth-app";
import { ProbotOctokit } from "probot";
import { startGitHub, type LocalGitHub, type LocalGitHubOptions } from "../../doubles/github/index.ts";

/** Probot's own client, without its waiting: what the bot sees of GitHub is what these tests see. */
const Client = ProbotOctokit.defaults((given: object) => ({
  ...given,
  retry: { enabled: false },
  throttle: { enabled: false },
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
}));
export type Client = InstanceType<typeof Client>;

export interface App {
  app_id: number;
  slug: string;
  private_key: string;
  webhook_secret: string;
}

/** `ann` owns `ann/shop` (with a README) and the private `ann/vault`; `bob` is nobody to her; an app is installed on `shop` only. */
export interface CoreScene {
  local: LocalGitHub;
  ann: Client;
  bob: Client;
  app: App;
  installationId: number;
  /** The app itself, by JWT. */
  asApp: Client;
  /** The installation, by a token that auth-app fetches. */
  asInstallation: Client;
  repo: { owner: string; repo: string };
  admin<T>(path: string, body: object): Promise<T>;
  client(token: string): Client;
  close(): Promise<void>;
}

export async function openCoreScene(options: LocalGitHubOptions & { webhookUrl?: string } = {}): Promise<CoreScene> {
  const local = await startGitHub(options);
  const admin = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(`${local.url}/_admin/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const client = (token: string) => new Client({ baseUrl: local.url, auth: { token } });
  const ann = client((await admin<{ token: string }>("users", { login: "ann" })).token);
  const bob = client((await admin<{ token: string }>("users", { login: "bob" })).token);
  await ann.rest.repos.createForAuthenticatedUser({ name: "shop", auto_init: true });
  await ann.rest.repos.createForAuthenticatedUser({ name: "vault", auto_init: true, private: true });
  const manifest = {
    name: "Codegen Test",
    default_permissions: { contents: "write", issues: "read" },
    default_events: ["push", "repository"],
  };
  const app = await admin<App>("apps", { manifest, webhook_url: options.webhookUrl ?? "http://127.0.0.1:9/" });
  const where = { app_id: app.app_id, account: "ann", repositories: ["shop"] };
  const installationId = (await admin<{ id: number }>("installations", where)).id;
  const auth = { appId: app.app_id, privateKey: app.private_key };
  const asApp = new Client({ baseUrl: local.url, authStrategy: createAppAuth, auth });
  const asInstallation = new Client({
    baseUrl: local.url,
    authStrategy: createAppAuth,
    auth: { ...auth, installationId },
  });
  const repo = { owner: "ann", repo: "shop" };
  const close = () => local.close();
  return { local, ann, bob, app, installationId, asApp, asInstallation, repo, admin, client, close };
}

/** Status and message of a refusal. Throws when the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && "status" in error && typeof error.status === "number") {
      return { status: error.status, message: error.message.replace(/ - https:\/\/docs\S*$/, "") };
    }
    throw error;
  }
  throw new Error("the call was not refused");
}

export interface Post {
  headers: Record<string, string>;
  body: string;
}

/** A webhook receiver that remembers what it was sent and answers with `status.now`. */
export async function openReceiver(): Promise<{
  url: string;
  posts: Post[];
  status: { now: number };
  close(): Promise<void>;
}> {
  const posts: Post[] = [];
  const status = { now: 200 };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      posts.push({ headers: Object.fromEntries(headers), body: Buffer.concat(parts).toString() });
      response.writeHead(status.now).end("heard");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver listens on no port");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${address.port}/hook`, posts, status, close };
}

function quiet(): void {}
