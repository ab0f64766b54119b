import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import nock from "nock";
import { RateLimited, TransientError, UserError } from "../../../src/errors.ts";
import { getIssue } from "../../../src/github/issues.ts";
import { getInstallation } from "../../../src/github/installations.ts";
import { isUnknownOutcome } from "../../../src/github/failures.ts";
import { api, askedTokens, github, head, left, repo, requests, scriptNetwork, thread, tokens } from "./scripted.ts";

scriptNetwork();
afterEach(() => {
  const unasked = left();
  if (unasked.length > 0) throw new Error(`scripted, but never asked for: ${unasked.join(", ")}`);
  nock.abortPendingRequests();
  nock.cleanAll();
  requests();
});

const issue = {
  number: 7,
  title: "t",
  body: null,
  user: { login: "alice" },
  state: "open",
  labels: [{ name: "bug" }],
  updated_at: "",
};
const issuePath = "/repos/acme/shop/issues/7";
const labels = () =>
  github()
    .in(repo, { issues: "write" })
    .write("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
      owner: "acme",
      repo: "shop",
      issue_number: 7,
      labels: ["a"],
    });

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}

describe("a token", () => {
  test("is for one repository and no more than the permissions of the step", async () => {
    tokens();
    nock(api).get(issuePath).matchHeader("authorization", "token ghs_test").reply(200, issue);
    await getIssue(github(), thread);
    expect(askedTokens()).toEqual([{ repository_ids: [5], permissions: { issues: "read", pull_requests: "read" } }]);
  });

  test("for git may only read contents", async () => {
    tokens();
    expect(await github().gitToken(repo)).toBe("ghs_test");
    expect(askedTokens()).toEqual([{ repository_ids: [5], permissions: { contents: "read" } }]);
  });

  test("is asked for once, and again for other permissions or another repository", async () => {
    tokens();
    const app = github();
    await Promise.all([app.gitToken(repo), app.gitToken(repo)]);
    await app.gitToken(repo);
    expect(askedTokens()).toHaveLength(1);
    await app.gitToken({ ...repo, id: 6, name: "other" });
    nock(api).get(issuePath).reply(200, issue);
    await getIssue(app, thread);
    expect(askedTokens()).toMatchObject([{ repository_ids: [6] }, { repository_ids: [5] }]);
  });

  test("that a server of GitHub does not know yet is shown again a moment later, also for a write", async () => {
    tokens();
    nock(api).post(`${issuePath}/labels`).reply(401, { message: "Bad credentials" });
    nock(api).post(`${issuePath}/labels`).reply(200, []);
    expect(await labels()).toMatchObject({ status: 200 });
  });

  test("that lists the repositories of an installation may do nothing else", async () => {
    tokens();
    nock(api).get("/installation/repositories").query(true).reply(200, { total_count: 0, repositories: [] });
    await github().repositoriesOf(11);
    expect(askedTokens()).toEqual([{ permissions: { metadata: "read" } }]);
  });

  const message = "The permissions requested are not granted to this installation.";
  const granted = (permissions: object) => nock(api).get("/app/installations/11").reply(200, { permissions });

  test("that the installation does not grant is a sentence for its owner, with its name", async () => {
    nock(api).post("/app/installations/11/access_tokens").reply(422, { message });
    granted({ issues: "write", metadata: "read" });
    const error = await failure(github().gitToken(repo));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain("lacks the permission `contents: read`, which this needs. An owner");
    expect(String(error)).toContain("Settings → GitHub Apps");
  });

  test("has what is granted of permissions of which one is enough", async () => {
    nock(api).post("/app/installations/11/access_tokens").reply(422, { message });
    granted({ issues: "write", metadata: "read" });
    tokens();
    nock(api).get(issuePath).reply(200, issue);
    expect(await getIssue(github(), thread)).toMatchObject({ number: 7 });
    expect(askedTokens().at(-1)).toEqual({ repository_ids: [5], permissions: { issues: "read" } });
  });

  test("is not asked for where the installation grants none of them", async () => {
    nock(api).post("/app/installations/11/access_tokens").reply(422, { message });
    granted({ metadata: "read" });
    expect(String(await failure(getIssue(github(), thread)))).toContain("`issues: read` or `pull_requests: read`");
  });

  test("names all that is missing where all is needed", async () => {
    nock(api).post("/app/installations/11/access_tokens").reply(422, { message });
    granted({ metadata: "read" });
    const error = await failure(github().in(repo, { contents: "write", pull_requests: "write" }).read("GET /zen"));
    expect(String(error)).toContain("lacks the permissions `contents: write` and `pull_requests: write`, which");
  });

  test("that GitHub finds too weak for a call is told with what would do", async () => {
    tokens();
    nock(api)
      .get(issuePath)
      .reply(
        403,
        { message: "Resource not accessible by integration" },
        { "x-accepted-github-permissions": "issues=read; pull_requests=read" },
      );
    expect(String(await failure(getIssue(github(), thread)))).toContain("`issues: read` or `pull_requests: read`");
  });
});

describe("a read", () => {
  beforeEach(() => {
    tokens();
  });

  test("is repeated when the server fails or the connection breaks", async () => {
    nock(api).get("/repos/acme/shop/issues/1").reply(502, "bad gateway");
    nock(api)
      .get("/repos/acme/shop/issues/1")
      .reply(200, { ...issue, number: 1 });
    nock(api)
      .get("/repos/acme/shop/issues/2")
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    nock(api)
      .get("/repos/acme/shop/issues/2")
      .reply(200, { ...issue, number: 2 });
    const app = github();
    const found = await Promise.all([getIssue(app, { repo, number: 1 }), getIssue(app, { repo, number: 2 })]);
    expect(found.map((each) => each?.number)).toEqual([1, 2]);
  });

  test.each([400, 403, 409, 422, 451])("is not repeated after %i", async (status) => {
    nock(api).get(issuePath).reply(status, { message: "no" });
    expect(await failure(getIssue(github(), thread))).toMatchObject({ status });
  });

  test.each([404, 410])("of what is gone is null (%i)", async (status) => {
    nock(api).get(issuePath).reply(status, { message: "Not Found" });
    expect(await getIssue(github(), thread)).toBeNull();
  });

  test("goes through all pages", async () => {
    const path = "/installation/repositories";
    const row = (id: number) => ({ id, owner: { login: "acme" }, name: `r${id}` });
    nock(api)
      .get(path)
      .query({ per_page: 100 })
      .reply(
        200,
        { total_count: 3, repositories: [row(1), row(2)] },
        { link: `<${api}${path}?per_page=100&page=2>; rel="next"` },
      );
    nock(api)
      .get(path)
      .query({ per_page: 100, page: 2 })
      .reply(200, { total_count: 3, repositories: [row(3)] });
    expect((await github().repositoriesOf(11)).map(({ id }) => id)).toEqual([1, 2, 3]);
  });
});

describe("a write", () => {
  beforeEach(() => {
    tokens();
  });

  test.each([500, 502, 503, 409])("is tried once (%i)", async (status) => {
    nock(api).post(`${issuePath}/labels`).reply(status, { message: "no" });
    expect(await failure(labels())).toMatchObject({ status });
  });

  test("is tried once when the connection breaks, and its outcome is unknown", async () => {
    nock(api)
      .post(`${issuePath}/labels`)
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    expect(isUnknownOutcome(await failure(labels()))).toBe(true);
  });

  test.each<[number, boolean]>([
    [500, true],
    [504, true],
    [422, false],
    [409, false],
    [404, false],
  ])("that was answered %i has an unknown outcome: %p", async (status, unknown) => {
    nock(api).post(`${issuePath}/labels`).reply(status, { message: "no" });
    expect(isUnknownOutcome(await failure(labels()))).toBe(unknown);
  });

  test("waits until the one before it is long enough ago", async () => {
    nock(api).post(`${issuePath}/labels`).times(3).reply(200, []);
    const { write, at } = github({ writeIntervalMs: 40 }).in(repo, { issues: "write" });
    const start = performance.now();
    await Promise.all(
      [1, 2, 3].map(() =>
        write("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", { ...at, issue_number: 7, labels: [] }),
      ),
    );
    expect(performance.now() - start).toBeGreaterThanOrEqual(79);
  });
});

describe("a limit", () => {
  beforeEach(() => {
    tokens();
  });

  const date = "Thu, 01 Jan 2026 10:00:00 GMT";
  const at = Date.parse(date) / 1000;

  test.each<[string, number, Record<string, string>, string, number]>([
    ["with retry-after", 403, { "retry-after": "17" }, "You have exceeded a secondary rate limit", 17_000],
    ["with retry-after 0", 429, { "retry-after": "0" }, "slow down", 1_000],
    ["with retry-after as a date", 429, { "retry-after": "Thu, 01 Jan 2026 10:02:00 GMT", date }, "slow down", 120_000],
    ["with retry-after that is neither", 429, { "retry-after": "soon" }, "slow down", 60_000],
    [
      "used up, by the server's own clock",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(at + 90), date },
      "API rate limit exceeded",
      90_000,
    ],
    [
      "used up and reset already",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(at - 5), date },
      "API rate limit exceeded",
      1_000,
    ],
    ["used up without a time", 403, { "x-ratelimit-remaining": "0", date }, "API rate limit exceeded", 60_000],
    ["of the second kind without a header", 403, {}, "You have exceeded a secondary rate limit. Please wait", 60_000],
    ["429 without a header", 429, { "x-ratelimit-remaining": "12" }, "Too many requests", 60_000],
  ])("%s is for the queue to wait for", async (_, status, headers, message, retryAfterMs) => {
    nock(api).get(issuePath).reply(status, { message }, headers);
    const error = await failure(getIssue(github(), thread));
    expect(error).toBeInstanceOf(RateLimited);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs });
  });

  test("on a write is no unknown outcome", async () => {
    nock(api).post(`${issuePath}/labels`).reply(403, { message: "You have exceeded a secondary rate limit" });
    expect(await failure(labels())).toMatchObject({ name: "RateLimited", retryAfterMs: 60_000 });
  });

  test("in an answer of GraphQL is one as well", async () => {
    const errors = [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }];
    nock(api)
      .post("/graphql")
      .reply(200, { data: null, errors }, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(at + 30), date });
    const ask = github().in(repo, { contents: "write" }).graphql("query { viewer { login } }", {});
    expect(await failure(ask)).toMatchObject({ name: "RateLimited", retryAfterMs: 30_000 });
  });

  test("is not seen in an ordinary refusal", async () => {
    nock(api).get(issuePath).reply(403, { message: "Repository access blocked" }, { "x-ratelimit-remaining": "4999" });
    expect(await failure(getIssue(github(), thread))).toMatchObject({ name: "HttpError", status: 403 });
  });
});

describe("a missing permission", () => {
  beforeEach(() => {
    tokens();
  });

  test("is a sentence for the owner", async () => {
    nock(api).get(issuePath).reply(403, { message: "Resource not accessible by integration" });
    const error = await failure(getIssue(github(), thread));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain("lacks a permission that this needs");
  });

  test("in an answer of GraphQL is one as well", async () => {
    const errors = [{ type: "FORBIDDEN", message: "Resource not accessible by integration" }];
    nock(api).post("/graphql").reply(200, { data: null, errors });
    expect(await failure(github().in(repo, { contents: "write" }).graphql("query { x }", {}))).toBeInstanceOf(
      UserError,
    );
  });
});

describe("an answer of GraphQL", () => {
  test("that the server gave up on has an unknown outcome and is not repeated", async () => {
    tokens();
    const errors = [
      { message: "Something went wrong while executing your query. This may be the result of a timeout." },
    ];
    nock(api).post("/graphql").reply(200, { data: null, errors });
    const ask = github().in(repo, { contents: "write" }).graphql("mutation { x }", { head });
    expect(isUnknownOutcome(await failure(ask))).toBe(true);
  });
});

describe("the App itself", () => {
  test("asks for its name once, and again when that failed", async () => {
    nock(api).get("/app").reply(401, { message: "bad" });
    nock(api)
      .get("/app")
      .matchHeader("authorization", /^bearer eyJ/)
      .reply(200, { slug: "codegen-bot" });
    const app = github();
    await failure(app.login());
    expect(await app.login()).toBe("codegen-bot[bot]");
    expect(await app.login()).toBe("codegen-bot[bot]");
  });

  test("sees no repositories of a suspended installation, and none of a removed one", async () => {
    const suspended = {
      id: 11,
      account: { login: "acme" },
      target_type: "Organization",
      permissions: {},
      suspended_at: "2026-01-01T00:00:00Z",
    };
    nock(api).get("/app/installations/11").reply(200, suspended);
    expect(await getInstallation(github(), 11)).toMatchObject({ account: "acme", suspended: true, repositories: [] });
    nock(api).get("/app/installations/11").reply(404, { message: "Not Found" });
    expect(await getInstallation(github(), 11)).toBeNull();
  });
});
