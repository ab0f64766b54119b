import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGitRequest } from "../../doubles/github/git/git-access.ts";
import { gitEnvironment } from "../../doubles/github/git/run-git.ts";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";
import { createAccount } from "../../doubles/github/operations/accounts.ts";
import { createApp } from "../../doubles/github/operations/apps.ts";
import { createInstallation } from "../../doubles/github/operations/installations.ts";
import { createRepository } from "../../doubles/github/operations/repositories.ts";
import { accountById, type Account } from "../../doubles/github/state/accounts.ts";
import type { GitHub } from "../../doubles/github/state/github.ts";
import type { BranchProtection, Repository, Role } from "../../doubles/github/state/repositories.ts";

let root = "";
let host: LocalGitHub;
let github: GitHub;
let repository: Repository;
let work = "";
const tokens = new Map<string, string>();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "local-github-http-"));
  host = await startGitHub();
  github = host.github;
  repository = await addRepository(addUser("ada"), "shop");
  work = join(root, "work");
  await mkdir(work);
  await git("init", "--quiet", "--initial-branch=main");
  await commit("a.txt", "one\n");
  await git("remote", "add", "origin", remote("ada"));
  const first = await git("push", "origin", "main");
  if (first.code !== 0) throw new Error(first.out);
});
afterEach(async () => {
  await host.close();
  await rm(root, { recursive: true, force: true });
});

function addUser(login: string): Account {
  const { account, token } = createAccount(github, { login, type: "User" });
  tokens.set(login, token);
  return account;
}

function addRepository(owner: Account, name: string): Promise<Repository> {
  return createRepository(github, { kind: "user", user: owner }, { owner, name, settings: {}, autoInit: false });
}

function collaborator(login: string, role: Role): void {
  github.state.collaborators.push({ repositoryId: repository.id, userId: addUser(login).id, role });
}

/** The address with a token of an app that is installed for all repositories of ada. */
async function installed(contents: "read" | "write"): Promise<string> {
  const owner = accountById(github.state, repository.ownerId);
  const manifest = { name: "Helper", url: "http://localhost", default_permissions: { contents, metadata: "read" } };
  const app = await createApp(github, { manifest, owner });
  const { id, permissions } = createInstallation(github, owner, { app, account: owner, repositories: null });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  github.state.installationTokens.push({
    token: "ghs_x",
    installationId: id,
    permissions,
    repositoryIds: null,
    expiresAt,
  });
  return `${host.url.replace("//", "//x-access-token:ghs_x@")}/ada/shop.git`;
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
  return `${host.url.replace("//", `//${login}:${tokens.get(login) ?? ""}@`)}/${path}`;
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
    expect((await git("ls-remote", await installed("read"))).out).toMatch(/refs\/heads\/main/);
  });

  test("an unknown repository is 404 for somebody with a name; a renamed one is found under its old name", async () => {
    expect((await git("ls-remote", remote("ada", "ada/nothing.git"))).out).toMatch(/not found/i);
    repository.previousFullNames.push("ada/old-shop");
    expect((await git("ls-remote", `${github.url}/ada/old-shop.git`)).out).toMatch(/refs\/heads\/main/);
    expect((await git("ls-remote", `${github.url}/ada/shop`)).out).toMatch(/refs\/heads\/main/);
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
    const events: string[] = [];
    github.onEvent = (event) => {
      events.push(event.event);
    };
    const sha = await commit("big.bin", randomBytes(4_000_000));
    const trace = await git("-c", "http.postBuffer=65536", "push", "origin", "main");
    expect(trace).toMatchObject({ code: 0 });
    expect(await github.git(repository).resolve("main")).toBe(sha);
    expect(events).toEqual(["push"]);
  });

  test("the first branch of an empty repository becomes its default branch", async () => {
    const fresh = await addRepository(accountById(github.state, repository.ownerId), "fresh");
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
    expect((await git("push", await installed("read"), "main:topic")).out).toMatch(
      /Write access to repository not granted/,
    );
    expect(await github.git(repository).resolve("topic")).toBeNull();
  });

  test("an installation with contents: write pushes, but no workflow file without that permission", async () => {
    const url = await installed("write");
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
