import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/clock.ts";
import { BareRepository } from "../../doubles/github/git/bare-repository.ts";
import { gitEnvironment } from "../../doubles/github/git/run-git.ts";
import { readGitRequest } from "../../doubles/github/git/git-access.ts";
import { handleGit } from "../../doubles/github/git/smart-http.ts";
import { authenticate, type Actor } from "../../doubles/github/auth.ts";
import type { BranchProtection, Repository, Role } from "../../doubles/github/state/repositories.ts";
import { GitHub } from "../../doubles/github/state/github.ts";

let root = "";
let server: Server;
let github: GitHub;
let repository: Repository;
let work = "";
let made = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "local-github-http-"));
  server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(root, { recursive: true, force: true });
});

// The door that the server has in front of git.
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, owner = "", repo = "", rest = ""] = /^\/([^/]+)\/([^/]+?)\.git(\/[^?]*)/.exec(request.url ?? "") ?? [];
  let actor: Actor;
  try {
    actor = authenticate(github, request.headers.authorization);
  } catch {
    response.writeHead(401, { "www-authenticate": 'Basic realm="GitHub"' }).end();
    return;
  }
  await handleGit({ github, actor, request, response, owner, repo, rest });
}

beforeEach(async () => {
  made += 1;
  const folder = join(root, String(made));
  github = new GitHub({ dataDir: join(folder, "data"), clock: systemClock });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  github.url = `http://127.0.0.1:${String(address.port)}`;
  const owner = addUser("ada");
  repository = addRepository(owner, "shop");
  await BareRepository.create(github.gitDir(repository), "main");
  work = join(folder, "work");
  await mkdir(work);
  await git("init", "--quiet", "--initial-branch=main");
  await commit("a.txt", "one\n");
  await git("remote", "add", "origin", remote("ada"));
  const first = await git("push", "origin", "main");
  if (first.code !== 0) throw new Error(first.out);
});

function addUser(login: string): number {
  const id = github.nextId();
  const now = github.timestamp();
  github.state.accounts.push({ id, login, type: "User", name: null, email: null, createdAt: now, updatedAt: now });
  github.state.userTokens.push({ token: `ghp_${login}`, userId: id });
  return id;
}

function addRepository(ownerId: number, name: string): Repository {
  const now = github.timestamp();
  const added: Repository = {
    id: github.nextId(),
    name,
    ownerId,
    private: false,
    description: null,
    homepage: null,
    defaultBranch: "main",
    archived: false,
    parentId: null,
    topics: [],
    hasIssues: true,
    hasProjects: true,
    hasWiki: true,
    hasDiscussions: false,
    allowMergeCommit: true,
    allowSquashMerge: true,
    allowRebaseMerge: true,
    allowAutoMerge: false,
    allowUpdateBranch: false,
    deleteBranchOnMerge: false,
    previousFullNames: [],
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
  };
  github.state.repositories.push(added);
  return added;
}

function collaborator(login: string, role: Role): void {
  github.state.collaborators.push({ repositoryId: repository.id, userId: addUser(login), role });
}

function installationToken(contents: "read" | "write", extra: Record<string, "write"> = {}): string {
  const botId = addUser("helper[bot]");
  const now = github.timestamp();
  const appId = github.nextId();
  const id = github.nextId();
  const permissions = { contents, ...extra };
  github.state.apps.push({
    id: appId,
    slug: "helper",
    name: "Helper",
    clientId: "c",
    clientSecret: "s",
    ownerId: repository.ownerId,
    botId,
    description: null,
    externalUrl: "http://localhost",
    privateKey: "",
    webhookUrl: null,
    webhookSecret: null,
    hookId: 1,
    permissions,
    events: [],
    createdAt: now,
    updatedAt: now,
  });
  github.state.installations.push({
    id,
    appId,
    accountId: repository.ownerId,
    repositoryIds: null,
    permissions,
    events: [],
    suspendedAt: null,
    createdAt: now,
    updatedAt: now,
  });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  github.state.installationTokens.push({
    token: "ghs_helper",
    installationId: id,
    permissions,
    repositoryIds: null,
    expiresAt,
  });
  return "ghs_helper";
}

function protect(change: Partial<BranchProtection>): void {
  github.state.branchProtections.push({
    repositoryId: repository.id,
    branch: "main",
    requiredStatusChecks: null,
    requiredReviews: null,
    enforceAdmins: false,
    restrictions: null,
    linearHistory: false,
    allowForcePushes: false,
    allowDeletions: false,
    conversationResolution: false,
    lockBranch: false,
    blockCreations: false,
    ...change,
  });
}

function read(method: string, path: string) {
  const url = new URL(path, "http://localhost");
  return readGitRequest(method, url.pathname, url.searchParams);
}

function remote(login: string, path = "ada/shop.git"): string {
  return `${github.url.replace("//", `//${login}:ghp_${login}@`)}/${path}`;
}

async function git(...args: string[]): Promise<{ code: number; out: string }> {
  const child = spawn("git", args, {
    cwd: work,
    env: {
      ...gitEnvironment(),
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@b",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@b",
    },
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      resolve(exit ?? -1);
    });
  });
  return { code, out };
}

async function commit(path: string, content: string | Buffer): Promise<string> {
  await mkdir(join(work, path, ".."), { recursive: true });
  await writeFile(join(work, path), content);
  await git("add", "-A");
  await git("commit", "--quiet", "-m", `Change ${path}`);
  return (await git("rev-parse", "HEAD")).out.trim();
}

describe("reading", () => {
  test("anybody clones a public repository, also shallow, without blobs, and by the sha of an unnamed commit", async () => {
    const url = `${github.url}/ada/shop.git`;
    expect(await git("clone", "--quiet", "--depth=1", url, "shallow")).toMatchObject({ code: 0 });
    expect(await git("clone", "--quiet", "--bare", "--filter=blob:none", url, "partial")).toMatchObject({
      code: 0,
      out: "",
    });
    const missing = (await git("--git-dir=partial", "rev-list", "--objects", "--missing=print", "main")).out;
    expect(missing).toMatch(/^\?[0-9a-f]{40}$/m);
    const store = github.git(repository);
    const person = { name: "A", email: "a@b", date: github.timestamp() };
    const hidden = await store.commitFiles(null, { additions: [], deletions: [] }, "unnamed", person);
    expect(await git("fetch", "--quiet", url, hidden)).toMatchObject({ code: 0, out: "" });
    expect((await git("log", "-1", "--format=%s", "FETCH_HEAD")).out).toBe("unnamed\n");
  });

  test("a wrong token is asked for again with 401, also for a public repository", async () => {
    const answer = await fetch(`${github.url}/ada/shop.git/info/refs?service=git-upload-pack`, {
      headers: { authorization: `Basic ${Buffer.from("x-access-token:ghs_wrong").toString("base64")}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="GitHub"');
    await answer.text();
  });

  test("a private repository: 401 for nobody, 404 for a stranger, files for its owner and for the installation", async () => {
    repository.private = true;
    addUser("eve");
    expect((await git("ls-remote", `${github.url}/ada/shop.git`)).out).toMatch(/could not read Username/);
    expect((await git("ls-remote", remote("eve"))).out).toMatch(/repository .* not found/i);
    expect((await git("ls-remote", remote("ada"))).out).toMatch(/refs\/heads\/main/);
    const token = installationToken("read");
    const url = github.url.replace("//", `//x-access-token:${token}@`);
    expect((await git("ls-remote", `${url}/ada/shop.git`)).out).toMatch(/refs\/heads\/main/);
  });

  test("an unknown repository is 404 for somebody with a name; a renamed one is found under its old name", async () => {
    expect((await git("ls-remote", remote("ada", "ada/nothing.git"))).out).toMatch(/not found/i);
    repository.previousFullNames.push("ada/old-shop");
    expect((await git("ls-remote", `${github.url}/ada/old-shop.git`)).out).toMatch(/refs\/heads\/main/);
  });

  test("the dumb protocol and odd paths are not git requests", () => {
    expect(read("GET", "/info/refs")).toBeNull();
    expect(read("GET", "/info/refs?service=git-upload-archive")).toBeNull();
    expect(read("GET", "/git-upload-pack")).toBeNull();
    expect(read("GET", "/objects/info/packs")).toBeNull();
    expect(read("POST", "/git-upload-pack")).toEqual({ operation: "git-upload-pack", service: "git-upload-pack" });
  });
});

describe("pushing", () => {
  test("a push of many megabytes, sent by git in two requests, arrives once", async () => {
    const before = repository.pushedAt;
    repository.pushedAt = "";
    const sha = await commit("big.bin", randomBytes(4_000_000));
    expect(await git("push", "origin", "main")).toMatchObject({ code: 0 });
    expect(await github.git(repository).resolve("main")).toBe(sha);
    expect(repository.pushedAt >= before).toBe(true);
  });

  test("the first branch of an empty repository becomes its default branch", async () => {
    const fresh = addRepository(repository.ownerId, "fresh");
    await BareRepository.create(github.gitDir(fresh), "main");
    expect(await git("push", remote("ada", "ada/fresh.git"), "main:trunk")).toMatchObject({ code: 0 });
    expect(fresh.defaultBranch).toBe("trunk");
    expect((await git("ls-remote", "--symref", remote("ada", "ada/fresh.git"), "HEAD")).out).toMatch(
      /refs\/heads\/trunk\s+HEAD/,
    );
  });

  test("without write access a push is 403 and says whose", async () => {
    collaborator("tom", "triage");
    const answer = await git("push", remote("tom"), "main:topic");
    expect(answer.out).toMatch(/remote: Permission to ada\/shop\.git denied to tom\./);
    expect(answer.out).toMatch(/error: 403/);
    expect((await git("push", `${github.url}/ada/shop.git`, "main:topic")).out).toMatch(/could not read Username/);
    const token = installationToken("read");
    const url = `${github.url.replace("//", `//x-access-token:${token}@`)}/ada/shop.git`;
    expect((await git("push", url, "main:topic")).out).toMatch(/Write access to repository not granted/);
    expect(await github.git(repository).resolve("topic")).toBeNull();
  });

  test("an installation with contents: write pushes, but no workflow file without that permission", async () => {
    const token = installationToken("write");
    const url = `${github.url.replace("//", `//x-access-token:${token}@`)}/ada/shop.git`;
    expect(await git("push", url, "main:topic")).toMatchObject({ code: 0 });
    await commit(".github/workflows/ci.yml", "on: push\n");
    for (const branch of ["main:topic", "main:other"]) {
      const answer = await git("push", url, branch);
      expect(answer.code).toBe(1);
      expect(answer.out).toContain(
        "create or update workflow `.github/workflows/ci.yml` without `workflows` permission",
      );
    }
    expect(await github.git(repository).resolve("other")).toBeNull();
  });

  test("refs/pull is read-only and an archived repository takes nothing", async () => {
    expect((await git("push", "origin", "main:refs/pull/1/head")).out).toContain("deny updating a hidden ref");
    repository.archived = true;
    expect((await git("push", "origin", "main:topic")).out).toContain("archived so it is read-only");
  });
});

describe("protected branches", () => {
  test("reviews required: nobody but an administrator pushes, and not even one under enforce_admins", async () => {
    collaborator("will", "write");
    const reviews = { approvals: 1, dismissStale: false, codeOwners: false, lastPushApproval: false };
    protect({ requiredReviews: reviews });
    await commit("b.txt", "two\n");
    const refused = await git("push", remote("will"), "main", "main:free");
    expect(refused.out).toContain("remote: error: GH006: Protected branch update failed for refs/heads/main.");
    expect(refused.out).toContain("remote: error: Changes must be made through a pull request.");
    expect(refused.out).toMatch(/\[new branch\]\s+main -> free/);
    expect(await git("push", "origin", "main")).toMatchObject({ code: 0 });
    github.state.branchProtections = [];
    protect({ requiredReviews: reviews, enforceAdmins: true });
    await commit("c.txt", "three\n");
    expect((await git("push", "origin", "main")).out).toContain("GH006");
  });

  test("a forced push and a deletion are refused, going forward is allowed", async () => {
    collaborator("will", "write");
    await git("push", "origin", "main:release");
    protect({ branch: "release" });
    await commit("b.txt", "two\n");
    expect(await git("push", remote("will"), "main:release")).toMatchObject({ code: 0 });
    expect((await git("push", remote("will"), "+main~1:release")).out).toContain(
      "Cannot force-push to this protected branch",
    );
    expect((await git("push", remote("will"), ":release")).out).toContain("Cannot delete this protected branch");
  });

  test("a required check lets only a commit through that has passed it", async () => {
    collaborator("will", "write");
    protect({ requiredStatusChecks: { strict: false, checks: [{ context: "ci", appId: null }] } });
    const sha = await commit("b.txt", "two\n");
    expect((await git("push", remote("will"), "main")).out).toContain('Required status check "ci" is expected.');
    const now = github.timestamp();
    github.state.statuses.push({
      id: github.nextId(),
      repoId: repository.id,
      sha,
      state: "success",
      context: "ci",
      description: null,
      targetUrl: null,
      creatorId: repository.ownerId,
      createdAt: now,
      updatedAt: now,
    });
    expect(await git("push", remote("will"), "main")).toMatchObject({ code: 0 });
  });
});
