import { afterAll, beforeAll } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { toSha, type RepoRef, type ThreadRef } from "../../../src/domain/ids.ts";
import { createGitHub, type GitHubApp, type GitHubOptions } from "../../../src/github/client.ts";
import { createWriter, type Writer } from "../../../src/github/writer.ts";
import { silentLog } from "../../../src/log.ts";
import { createRedactor } from "../../../src/redact.ts";

// A GitHub that answers exactly what a test says, in the order in which it says it. Anything else is refused.

export const api = "https://api.github.test";
export const repo: RepoRef = { installation: 11, id: 5, owner: "acme", name: "shop" };
export const thread: ThreadRef = { repo, number: 7 };
export const head = toSha("a".repeat(40));
export const otherHead = toSha("b".repeat(40));
export const appId = 99;
export const secret = "hunter2-hunter2-hunter2";

export const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

export function github(more: Partial<GitHubOptions> = {}): GitHubApp {
  return createGitHub({
    apiUrl: api,
    webUrl: "https://github.test",
    appId,
    privateKey,
    log: silentLog,
    redact: (text) => redactor.redact(text),
    ...more,
  });
}

const redactor = createRedactor([secret]);

/** A writer whose fence holds and which looks again at once. */
export function writer(fence: () => Promise<void> = async () => {}): Writer {
  return createWriter({ fence, log: silentLog, lookAgainAfter: [1, 1, 1] });
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

// Its import takes the network over; that is for `scriptNetwork` to do.
nock.restore();

const sent: Sent[] = [];

/** Between this `describe`'s beginning and end, nothing reaches a network. Other files of the same process find it as it was. */
export function scriptNetwork(): void {
  let before: typeof fetch;
  beforeAll(() => {
    before = globalThis.fetch;
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    const answering = globalThis.fetch;
    // nock does not see the bodies of fetch, so they are kept here, in front of it.
    globalThis.fetch = (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
      sent.push({ method: init?.method ?? "GET", path: url.pathname + url.search, body });
      return answering(input, init);
    };
  });
  afterAll(() => {
    sent.length = 0;
    nock.abortPendingRequests();
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore();
    globalThis.fetch = before;
  });
}

/** What was asked since the last call, without the requests for tokens. */
export function requests(): Sent[] {
  return sent.splice(0).filter(({ path }) => !path.endsWith("/access_tokens"));
}

/** The bodies of the requests for tokens since the last call. */
export function askedTokens(): unknown[] {
  return sent.splice(0).flatMap(({ path, body }) => (path.endsWith("/access_tokens") ? [body] : []));
}

/** Answers every request for a token. */
export function tokens(): void {
  nock(api)
    .persist()
    .post(`/app/installations/${repo.installation}/access_tokens`)
    .reply(201, () => ({
      token: "ghs_test",
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions: {},
      repository_selection: "selected",
    }));
}

/** A comment as GitHub gives it. */
export function comment(more: object = {}): object {
  return {
    id: 1,
    body: "hello",
    user: { login: "codegen-bot[bot]", id: 3 },
    created_at: "2026-01-01T10:00:00Z",
    updated_at: "2026-01-01T10:00:00Z",
    html_url: "https://github.test/c/1",
    performed_via_github_app: { id: appId },
    ...more,
  };
}

/** What was scripted and not asked for; the standing answer to token requests does not count. */
export function left(): string[] {
  return nock.pendingMocks().filter((mock) => !mock.includes("/access_tokens"));
}
