import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphql, GraphqlResponseError } from "@octokit/graphql";
import { systemClock } from "../../../src/clock.ts";
import type { Actor } from "../../doubles/github/auth.ts";
import { handleGraphql } from "../../doubles/github/graphql/handle-graphql.ts";
import { createAccount } from "../../doubles/github/operations/accounts.ts";
import { createApp } from "../../doubles/github/operations/apps.ts";
import { createInstallation } from "../../doubles/github/operations/installations.ts";
import { createPull } from "../../doubles/github/operations/pulls.ts";
import { createRepository } from "../../doubles/github/operations/repositories.ts";
import type { PermissionSet } from "../../doubles/github/permissions.ts";
import type { App, Installation } from "../../doubles/github/state/apps.ts";
import { GitHub, type WebhookEvent } from "../../doubles/github/state/github.ts";
import type { Pull } from "../../doubles/github/state/pulls.ts";
import type { Repository } from "../../doubles/github/state/repositories.ts";

const PERMISSIONS = { contents: "write", issues: "write", pull_requests: "write", checks: "write", metadata: "read" };
const PERSON = { name: "Octo", email: "octo@example.test", date: "2026-01-02T03:04:05Z" };

/** A local GitHub with `octo/shop`, one commit on its branch `main`, and an app installed there; no server, no network. */
export class Scene {
  readonly github: GitHub;
  readonly repository: Repository;
  readonly owner: Actor;
  /** The commit at the tip of `main`. */
  readonly base: string;
  /** What was emitted since the scene was opened, or since `openPull`. */
  readonly events: WebhookEvent[];
  private readonly app: App;
  private readonly installation: Installation;

  private constructor(
    parts: Pick<Scene, "github" | "repository" | "owner" | "base" | "events">,
    app: App,
    of: Installation,
  ) {
    this.github = parts.github;
    this.repository = parts.repository;
    this.owner = parts.owner;
    this.base = parts.base;
    this.events = parts.events;
    this.app = app;
    this.installation = of;
  }

  static async open(): Promise<Scene> {
    const dataDir = await mkdtemp(join(tmpdir(), "github-graphql-"));
    await mkdir(join(dataDir, "git"));
    const github = new GitHub({ dataDir, clock: systemClock });
    github.url = "http://github.test";
    const { account } = createAccount(github, { login: "octo", type: "User" });
    const owner: Actor = { kind: "user", user: account };
    const repository = await createRepository(github, owner, {
      owner: account,
      name: "shop",
      settings: {},
      autoInit: false,
    });
    const base = await firstCommit(github, repository);
    const manifest = {
      name: "codegen",
      url: "http://bot.test",
      default_permissions: PERMISSIONS,
      default_events: ["push"],
    };
    const app = await createApp(github, { manifest, owner: account });
    const installation = createInstallation(github, account, { app, account, repositories: null });
    const events: WebhookEvent[] = [];
    github.onEvent = (event) => void events.push(event);
    return new Scene({ github, repository, owner, base, events }, app, installation);
  }

  async close(): Promise<void> {
    await rm(this.github.dataDir, { recursive: true, force: true });
  }

  /** Asks through octokit's client, whose requests go to the handler instead of the network. */
  async as<T = unknown>(actor: Actor, query: string, variables: object = {}): Promise<T> {
    const client = graphql.defaults({
      baseUrl: this.github.url,
      request: {
        fetch: async (_url: string, { body }: { body: string }) => {
          const sent = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
          const answer = await handleGraphql({ github: this.github, actor, ...sent });
          return Response.json(answer.body, { status: answer.status });
        },
      },
    });
    return await client<T>(query, { ...variables });
  }

  async asBot<T = unknown>(query: string, variables: object = {}, permissions = this.permissions()): Promise<T> {
    return await this.as<T>({ ...this.bot(), permissions }, query, variables);
  }

  /** The installation as an actor, with all that the app was granted. */
  bot(): Extract<Actor, { kind: "installation" }> {
    const { app, installation } = this;
    return {
      kind: "installation",
      app,
      installation,
      permissions: this.permissions(),
      repositories: null,
      token: "ghs_test",
    };
  }

  permissions(): PermissionSet {
    return { ...this.installation.permissions };
  }

  /** A new person who may write to the repository. */
  asUser(login: string): Actor {
    const { account } = createAccount(this.github, { login, type: "User" });
    this.github.state.collaborators.push({ repositoryId: this.repository.id, userId: account.id, role: "write" });
    return { kind: "user", user: account };
  }

  /** Puts a branch with one changed file beside `main`. */
  async pushBranch(name: string): Promise<void> {
    const git = this.github.git(this.repository);
    const additions = [{ path: "src/a.ts", content: Buffer.from("export const a = 2;\n") }];
    const sha = await git.commitFiles(this.base, { additions, deletions: [] }, "Fix", PERSON);
    await git.updateRef(`refs/heads/${name}`, sha);
  }

  /** Opens pull 1 from the branch `fix`, and forgets the events so far. */
  async openPull(body = ""): Promise<Pull> {
    await this.pushBranch("fix");
    const pull = await createPull(this.github, this.owner, this.repository, {
      title: "Fix",
      body,
      head: "fix",
      base: "main",
    });
    this.events.length = 0;
    return pull;
  }

  /** Protects `main`: this check must succeed, for administrators too. */
  requireCheck(context: string): void {
    this.github.state.branchProtections.push({
      repositoryId: this.repository.id,
      branch: "main",
      requiredStatusChecks: { strict: false, checks: [{ context, appId: null }] },
      requiredReviews: null,
      enforceAdmins: true,
      restrictions: null,
      linearHistory: false,
      allowForcePushes: false,
      allowDeletions: false,
      conversationResolution: false,
      lockBranch: false,
      blockCreations: false,
    });
  }
}

/** The error of a query that must fail. */
export async function failure(answer: Promise<unknown>): Promise<GraphqlResponseError<unknown>> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof GraphqlResponseError) return error;
    throw error;
  }
  throw new Error("the query was answered without an error");
}

async function firstCommit(github: GitHub, repository: Repository): Promise<string> {
  const git = github.git(repository);
  const source = await git.writeBlob(Buffer.from("export const a = 1;\n"));
  const script = await git.writeBlob(Buffer.from("#!/bin/sh\n"));
  const tree = await git.writeTree([
    { path: "src/a.ts", mode: "100644", type: "blob", sha: source },
    { path: "run.sh", mode: "100755", type: "blob", sha: script },
  ]);
  const message = "Begin\n\nWith a body";
  const sha = await git.createCommit({ tree, parents: [], message, author: PERSON, committer: PERSON });
  await git.updateRef("refs/heads/main", sha);
  return sha;
}
