import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import nock from "nock";
import type { Finding } from "../../../src/domain/verdict.ts";
import { LeaseLost, TransientError, UserError } from "../../../src/errors.ts";
import {
  concludeCheckRun,
  ensureCheckRun,
  listChecks,
  listOpenCheckRuns,
  startCheckRun,
} from "../../../src/github/check-runs.ts";
import { getComment, listComments, syncComment } from "../../../src/github/comments.ts";
import { commitOnBranch, ensureBranch } from "../../../src/github/commits.ts";
import { listFailedDeliveries, redeliver } from "../../../src/github/deliveries.ts";
import { setLabel } from "../../../src/github/issues.ts";
import { editPullBody, ensurePull, listPullPaths, mergePull } from "../../../src/github/pulls.ts";
import { react } from "../../../src/github/reactions.ts";
import { getBranchHead, getRole, readTextFile } from "../../../src/github/repositories.ts";
import { render } from "../../../src/messages/message.ts";
import {
  api,
  appId,
  comment,
  github,
  head,
  left,
  otherHead,
  repo,
  requests,
  scriptNetwork,
  secret,
  thread,
  tokens,
  writer,
} from "./scripted.ts";

scriptNetwork();
beforeEach(() => {
  tokens();
  requests();
});
afterEach(() => {
  const unasked = left();
  if (unasked.length > 0) throw new Error(`scripted, but never asked for: ${unasked.join(", ")}`);
  nock.cleanAll();
});

const at = "/repos/acme/shop";
const reset = () => Object.assign(new Error("reset"), { code: "ECONNRESET" });
const message = { marker: "plan", body: "the plan" };
const text = { title: "Passed", summary: "fine" };
const methods = () => requests().map(({ method, path }) => `${method} ${path.split("?")[0]}`);

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}

/** Answers a list with one page, as often as it is asked for. */
function list(path: string, rows: object): void {
  nock(api).get(path).query(true).reply(200, rows);
}

describe("a comment", () => {
  const path = `${at}/issues/7/comments`;
  const mine = comment({ id: 5, body: render(message) });

  test("is made when there is none of its marker", async () => {
    list(path, [comment({ id: 4, body: "hello" })]);
    nock(api).post(path).reply(201, mine);
    expect(await syncComment(github(), writer(), thread, message)).toEqual({ id: 5, url: "https://github.test/c/1" });
    expect(requests().at(-1)).toEqual({ method: "POST", path, body: { body: render(message) } });
  });

  test("is left alone when it says the same already", async () => {
    list(path, [mine]);
    await syncComment(github(), writer(), thread, message);
    expect(methods()).toEqual([`GET ${path}`]);
  });

  test("is edited when it says something else", async () => {
    list(path, [comment({ id: 5, body: render({ ...message, body: "old" }) })]);
    nock(api).patch(`${at}/issues/comments/5`).reply(200, mine);
    await syncComment(github(), writer(), thread, message);
    expect(requests().at(-1)?.body).toEqual({ body: render(message) });
  });

  test("of somebody else who writes our marker is not ours", async () => {
    list(path, [
      comment({ id: 4, body: render(message), performed_via_github_app: null }),
      comment({ id: 6, body: render(message), performed_via_github_app: { id: 98 } }),
    ]);
    nock(api).post(path).reply(201, mine);
    expect((await syncComment(github(), writer(), thread, message)).id).toBe(5);
  });

  test("is found on a later page", async () => {
    nock(api)
      .get(path)
      .query({ per_page: 100 })
      .reply(200, [comment({ id: 4 })], { link: `<${api}${path}?per_page=100&page=2>; rel="next"` });
    nock(api).get(path).query({ per_page: 100, page: 2 }).reply(200, [mine]);
    expect((await syncComment(github(), writer(), thread, message)).id).toBe(5);
  });

  test.each(["a reset", "a 502"])("whose answer is lost by %s is looked up and not made again", async (how) => {
    list(path, []);
    if (how === "a reset") nock(api).post(path).replyWithError(reset());
    else nock(api).post(path).reply(502, "bad gateway");
    list(path, []);
    list(path, [mine]);
    expect((await syncComment(github(), writer(), thread, message)).id).toBe(5);
    expect(methods().filter((method) => method.startsWith("POST"))).toHaveLength(1);
  });

  test("that stays unseen is for the job to try again, which looks first", async () => {
    for (let look = 0; look < 4; look += 1) list(path, []);
    nock(api).post(path).replyWithError(reset());
    expect(await failure(syncComment(github(), writer(), thread, message))).toBeInstanceOf(TransientError);
    expect(methods().filter((method) => method.startsWith("POST"))).toHaveLength(1);
  });

  test("that GitHub refuses is not looked up again", async () => {
    list(path, []);
    nock(api).post(path).reply(422, { message: "no" });
    expect(await failure(syncComment(github(), writer(), thread, message))).toMatchObject({ status: 422 });
    expect(methods()).toHaveLength(2);
  });

  test("is not made when the lease is lost", async () => {
    list(path, []);
    const lost = () => Promise.reject(new LeaseLost("lost"));
    expect(await failure(syncComment(github(), writer(lost), thread, message))).toBeInstanceOf(LeaseLost);
    expect(methods()).toEqual([`GET ${path}`]);
  });

  test("holds no secret", async () => {
    list(path, []);
    nock(api).post(path).reply(201, mine);
    await syncComment(github(), writer(), thread, {
      ...message,
      body: `the key is ${secret} and ghs_${"a".repeat(36)}`,
    }).catch(() => {});
    const [, post] = requests();
    expect(JSON.stringify(post?.body)).toContain("the key is [redacted] and [redacted]");
    nock.cleanAll();
  });

  test("that is gone is null, wherever it was", async () => {
    nock(api).get(`${at}/issues/comments/1`).reply(404, {});
    nock(api).get(`${at}/pulls/comments/1`).reply(404, {});
    nock(api).get(`${at}/pulls/7/reviews/1`).reply(410, {});
    for (const place of ["issue", "review-comment", "review"] as const)
      expect(await getComment(github(), thread, place, 1)).toBeNull();
  });

  test("list ends at its limit", async () => {
    nock(api)
      .get(path)
      .query({ per_page: 100 })
      .reply(200, [comment({ id: 1 }), comment({ id: 2 })], { link: `<${api}${path}?page=2>; rel="next"` });
    expect((await listComments(github(), thread, 2)).map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe("a check run", () => {
  const listPath = `${at}/commits/${head}/check-runs`;
  const wanted = { name: "codegen / test", head, externalId: "run-1:test", startedAt: new Date(0), text };
  const run = (more: object = {}) => ({
    id: 3,
    name: "codegen / test",
    external_id: "run-1:test",
    status: "in_progress",
    conclusion: null,
    started_at: null,
    app: { id: appId },
    ...more,
  });

  const annotated = (annotations_count: number) =>
    nock(api)
      .get(`${at}/check-runs/3`)
      .reply(200, run({ output: { annotations_count } }));
  const patches = () =>
    requests()
      .filter(({ method }) => method === "PATCH")
      .map(({ body }) => body as { status?: string; output: { annotations?: unknown[] } });

  test("is made once for its external id", async () => {
    list(listPath, { total_count: 1, check_runs: [run({ id: 2, external_id: "run-0:test" })] });
    nock(api).post(`${at}/check-runs`).reply(201, run());
    expect(await ensureCheckRun(github(), writer(), repo, wanted)).toBe(3);
    list(listPath, { total_count: 2, check_runs: [run({ id: 2, external_id: "run-0:test" }), run()] });
    expect(await ensureCheckRun(github(), writer(), repo, wanted)).toBe(3);
    expect(methods()).toEqual([`GET ${listPath}`, `POST ${at}/check-runs`, `GET ${listPath}`]);
  });

  test("whose answer is lost is looked up and not made again", async () => {
    list(listPath, { total_count: 0, check_runs: [] });
    nock(api).post(`${at}/check-runs`).reply(500, "");
    list(listPath, { total_count: 1, check_runs: [run()] });
    expect(await ensureCheckRun(github(), writer(), repo, wanted)).toBe(3);
  });

  test("without a start is queued until it is started", async () => {
    list(listPath, { total_count: 0, check_runs: [] });
    nock(api).post(`${at}/check-runs`).reply(201, run());
    await ensureCheckRun(github(), writer(), repo, { ...wanted, startedAt: null });
    nock(api).patch(`${at}/check-runs/3`).reply(200, run());
    await startCheckRun(github(), writer(), repo, 3, { startedAt: new Date(0), text: wanted.text });
    const bodies = requests().flatMap(({ body }) => (body ? [body as Record<string, unknown>] : []));
    expect(bodies.map(({ status, started_at: startedAt }) => [status, startedAt])).toEqual([
      ["queued", undefined],
      ["in_progress", "1970-01-01T00:00:00.000Z"],
    ]);
  });

  const finding = (n: number): Finding => ({
    rule: "r",
    severity: "warning",
    file: `f${n}`,
    startLine: n,
    endLine: n,
    message: `m${n}`,
    fingerprint: String(n),
  });

  test.each([
    [0, [0]],
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])("with %i findings is closed by the last of its requests", async (count, batches) => {
    if (count > 0) annotated(0);
    nock(api).patch(`${at}/check-runs/3`).times(batches.length).reply(200, run());
    const findings = Array.from({ length: count }, (_, n) => finding(n + 1));
    await concludeCheckRun(github(), writer(), repo, 3, {
      verdict: "failure",
      completedAt: new Date(0),
      text,
      findings,
    });
    const bodies = patches();
    expect(bodies.map(({ output }) => output.annotations?.length ?? 0)).toEqual(batches);
    expect(bodies.map(({ status }) => status)).toEqual([...batches.slice(1).map(() => undefined), "completed"]);
  });

  test("gets no finding twice, when it is closed again since an answer was lost", async () => {
    annotated(50);
    nock(api).patch(`${at}/check-runs/3`).reply(200, run());
    await concludeCheckRun(github(), writer(), repo, 3, {
      verdict: "failure",
      completedAt: new Date(0),
      text,
      findings: Array.from({ length: 52 }, (_, n) => finding(n + 1)),
    });
    expect(patches().map(({ output }) => output.annotations)).toMatchObject([[{ path: "f51" }, { path: "f52" }]]);
  });

  test("holds no secret, in no part, and no more than GitHub takes", async () => {
    annotated(0);
    nock(api).patch(`${at}/check-runs/3`).reply(200, run());
    const leak = { title: `${secret} ${"t".repeat(300)}`, summary: `${secret}${"s".repeat(100_000)}`, text: secret };
    const findings = [{ ...finding(1), message: `see ${secret}`, rule: secret }];
    await concludeCheckRun(github(), writer(), repo, 3, {
      verdict: "failure",
      completedAt: new Date(0),
      text: leak,
      findings,
    });
    const sent = requests().find(({ method }) => method === "PATCH");
    const { output } = (sent?.body ?? {}) as { output: Record<string, string> };
    expect(JSON.stringify(sent?.body)).not.toContain(secret);
    expect(JSON.stringify(sent?.body)).toContain("see [redacted]");
    expect(output["title"]?.length).toBeLessThanOrEqual(255);
    expect(output["summary"]?.length).toBeLessThanOrEqual(65_535);
  });

  test("that is still open is listed, from this App alone", async () => {
    list(listPath, { total_count: 2, check_runs: [run(), run({ id: 4, status: "completed", conclusion: "success" })] });
    expect((await listOpenCheckRuns(github(), repo, head)).map(({ id }) => id)).toEqual([3]);
    expect(requests()[0]?.path).toContain(`app_id=${appId}`);
  });

  test("and statuses come together, each with who made it", async () => {
    list(listPath, {
      total_count: 2,
      check_runs: [run(), run({ status: "completed", conclusion: "success", app: { id: 1 } })],
    });
    list(`${at}/commits/${head}/status`, {
      statuses: [
        { context: "ci", state: "error" },
        { context: "lint", state: "pending" },
      ],
    });
    expect(await listChecks(github(), repo, head)).toEqual([
      { name: "codegen / test", appId, state: "in_progress" },
      { name: "codegen / test", appId: 1, state: "success" },
      { name: "ci", appId: null, state: "failure" },
      { name: "lint", appId: null, state: "pending" },
    ]);
  });
});

describe("a commit", () => {
  const wanted = {
    branch: "codegen/issue-7-a",
    head,
    subject: `Mend ${secret}`,
    body: "Because.",
    trailers: ["Codegen-Run: run-1"] as const,
    changes: { additions: [{ path: "a", contents: "YQ==" }], deletions: ["b"] },
  };
  const log = (...messages: string[]) => messages.map((each) => ({ sha: otherHead, commit: { message: each } }));
  const commit = () => commitOnBranch(github(), writer(), repo, wanted);

  test("is made on top of exactly one head, with its trailer and without secrets", async () => {
    list(`${at}/commits`, log("Older"));
    nock(api)
      .post("/graphql")
      .reply(200, { data: { createCommitOnBranch: { commit: { oid: otherHead } } } });
    expect(await commit()).toBe(otherHead);
    expect(requests().at(-1)?.body).toMatchObject({
      variables: {
        input: {
          branch: { repositoryNameWithOwner: "acme/shop", branchName: "codegen/issue-7-a" },
          expectedHeadOid: head,
          message: { headline: "Mend [redacted]", body: "Because.\n\nCodegen-Run: run-1" },
          fileChanges: { additions: [{ path: "a", contents: "YQ==" }], deletions: [{ path: "b" }] },
        },
      },
    });
  });

  test("that exists is not made again", async () => {
    list(`${at}/commits`, log("Newer", "Mend\n\nBecause.\n\nCodegen-Run: run-1"));
    expect(await commit()).toBe(otherHead);
    expect(methods()).toEqual([`GET ${at}/commits`]);
  });

  test("of a longer run id is another", async () => {
    list(`${at}/commits`, log("Mend\n\nCodegen-Run: run-12"));
    nock(api)
      .post("/graphql")
      .reply(200, { data: { createCommitOnBranch: { commit: { oid: otherHead } } } });
    expect(await commit()).toBe(otherHead);
    expect(methods()).toHaveLength(2);
  });

  test.each<[string, () => void]>([
    ["reset", () => void nock(api).post("/graphql").replyWithError(reset())],
    ["502", () => void nock(api).post("/graphql").reply(502, "")],
    [
      "time-out of GitHub's own",
      () =>
        void nock(api)
          .post("/graphql")
          .reply(200, { data: null, errors: [{ message: "Something went wrong while executing your query." }] }),
    ],
  ])("whose answer is lost by a %s is found by its trailer", async (_, lose) => {
    list(`${at}/commits`, log("Older"));
    lose();
    list(`${at}/commits`, log("Mend\n\nBecause.\n\nCodegen-Run: run-1"));
    expect(await commit()).toBe(otherHead);
    expect(methods().filter((method) => method.startsWith("POST"))).toHaveLength(1);
  });

  test("on a branch that moved says so", async () => {
    list(`${at}/commits`, log("Older"));
    const errors = [{ type: "STALE_DATA", message: "Expected branch to point to … but it did not." }];
    nock(api)
      .post("/graphql")
      .reply(200, { data: { createCommitOnBranch: null }, errors });
    expect(await commit()).toBe("moved");
  });

  test("that GitHub refuses for another reason is an error", async () => {
    list(`${at}/commits`, log("Older"));
    nock(api)
      .post("/graphql")
      .reply(200, { data: null, errors: [{ type: "UNPROCESSABLE", message: "bad path" }] });
    expect(String(await failure(commit()))).toContain("bad path");
  });

  test("on a branch that is not visible yet waits", async () => {
    nock(api).get(`${at}/commits`).query(true).reply(404, {});
    expect(await failure(commit())).toBeInstanceOf(TransientError);
  });
});

describe("a branch", () => {
  test("is made when it does not exist, else its tip comes back", async () => {
    nock(api).get(`${at}/git/ref/heads%2Fx`).reply(404, {});
    nock(api).post(`${at}/git/refs`).reply(201, {});
    expect(await ensureBranch(github(), writer(), repo, "x", head)).toBe(head);
    expect(requests().at(-1)?.body).toEqual({ ref: "refs/heads/x", sha: head });
    nock(api)
      .get(`${at}/git/ref/heads%2Fx`)
      .reply(200, { object: { sha: otherHead } });
    expect(await ensureBranch(github(), writer(), repo, "x", head)).toBe(otherHead);
  });

  test("of an empty repository is null", async () => {
    nock(api).get(`${at}/git/ref/heads%2Fmain`).reply(409, { message: "Git Repository is empty." });
    expect(await getBranchHead(github(), repo, "main")).toBeNull();
  });
});

describe("a pull", () => {
  const wanted = { branch: "x", base: "main", title: `T ${secret}`, body: `B ${secret}` };

  test("is made once, without secrets", async () => {
    list(`${at}/pulls`, []);
    nock(api).post(`${at}/pulls`).reply(201, { number: 8, html_url: "u" });
    expect(await ensurePull(github(), writer(), repo, wanted)).toEqual({ number: 8, url: "u" });
    expect(requests().at(-1)?.body).toEqual({ head: "x", base: "main", title: "T [redacted]", body: "B [redacted]" });
    list(`${at}/pulls`, [{ number: 8, html_url: "u" }]);
    expect(await ensurePull(github(), writer(), repo, wanted)).toEqual({ number: 8, url: "u" });
    expect(methods()).toHaveLength(1);
  });

  test("whose answer is lost is looked up and not made again", async () => {
    list(`${at}/pulls`, []);
    nock(api).post(`${at}/pulls`).replyWithError(reset());
    list(`${at}/pulls`, [{ number: 8, html_url: "u" }]);
    expect((await ensurePull(github(), writer(), repo, wanted)).number).toBe(8);
  });

  test("whose text cannot be changed for certain is tried again by the job", async () => {
    nock(api).patch(`${at}/pulls/7`).reply(500, "");
    expect(await failure(editPullBody(github(), writer(), thread, "x"))).toBeInstanceOf(TransientError);
    expect(methods()).toHaveLength(1);
  });

  test("names renamed files under both names, over all pages", async () => {
    const path = `${at}/pulls/7/files`;
    nock(api)
      .get(path)
      .query({ per_page: 100 })
      .reply(200, [{ filename: "a" }], { link: `<${api}${path}?per_page=100&page=2>; rel="next"` });
    nock(api)
      .get(path)
      .query({ per_page: 100, page: 2 })
      .reply(200, [{ filename: "b", previous_filename: "c" }, { filename: "a" }]);
    expect(await listPullPaths(github(), thread)).toEqual(["a", "b", "c"]);
  });
});

describe("a merge", () => {
  const path = `${at}/pulls/7/merge`;
  const wanted = { head, method: "squash", title: `T ${secret}`, message: "M" } as const;
  const open = { merged: false, merge_commit_sha: null, head: { sha: head } };
  const done = { merged: true, merge_commit_sha: otherHead, head: { sha: head } };
  const merge = (method: "squash" | "rebase" = "squash", may = true) =>
    mergePull(github(), writer(), thread, { ...wanted, method, mayMerge: async () => may });
  const look = (pull: object) => list(`${at}/pulls/7`, pull);

  test("takes exactly the head that was looked at", async () => {
    look(open);
    nock(api).put(path).reply(200, { sha: otherHead, merged: true });
    expect(await merge()).toEqual({ outcome: "merged", sha: otherHead });
    expect(requests().at(-1)?.body).toEqual({
      sha: head,
      merge_method: "squash",
      commit_title: "T [redacted]",
      commit_message: "M",
    });
  });

  test("by rebase gives no title, which GitHub would refuse", async () => {
    look(open);
    nock(api).put(path).reply(200, { sha: otherHead, merged: true });
    await merge("rebase");
    expect(requests().at(-1)?.body).toEqual({ sha: head, merge_method: "rebase" });
  });

  test.each([
    [409, "stale"],
    [405, "refused"],
    [403, "refused"],
    [422, "refused"],
  ])("that is answered %i is %s, with GitHub's reason", async (status, outcome) => {
    look(open);
    nock(api).put(path).reply(status, { message: "Because", documentation_url: "https://docs.github.com/rest" });
    expect(await merge()).toEqual({ outcome, reason: "Because" });
    expect(methods()).toHaveLength(2);
  });

  test("that is done already is not done again, and needs nobody's right", async () => {
    look(done);
    expect(await merge("squash", false)).toEqual({ outcome: "merged", sha: otherHead });
  });

  test("is not asked for once the person has lost the right", async () => {
    look(open);
    expect(await merge("squash", false)).toMatchObject({ outcome: "forbidden" });
    expect(methods()).toHaveLength(1);
  });

  test("that somebody else did at another head is not ours", async () => {
    look({ ...done, head: { sha: otherHead } });
    expect(await merge()).toEqual({ outcome: "stale", reason: "It was merged meanwhile, at bbbbbbb." });
  });

  test("whose answer is lost is looked up", async () => {
    look(open);
    nock(api).put(path).replyWithError(reset());
    look(done);
    expect(await merge()).toEqual({ outcome: "merged", sha: otherHead });
  });

  test("without the permission is a sentence for the owner", async () => {
    look(open);
    nock(api).put(path).reply(403, { message: "Resource not accessible by integration" });
    expect(await failure(merge())).toBeInstanceOf(UserError);
  });
});

describe("a label and a reaction", () => {
  test("that are not there to be taken off are off", async () => {
    nock(api).delete(`${at}/issues/7/labels/codegen%3Ahold`).reply(404, {});
    await setLabel(github(), writer(), thread, "codegen:hold", false);
    nock(api).delete(`${at}/issues/7/labels/codegen%3Ahold`).reply(422, { message: "no" });
    expect(await failure(setLabel(github(), writer(), thread, "codegen:hold", false))).toMatchObject({ status: 422 });
  });

  test.each([
    [{ place: "issue", id: 1 } as const, `${at}/issues/comments/1/reactions`],
    [{ place: "review-comment", id: 1 } as const, `${at}/pulls/comments/1/reactions`],
    [null, `${at}/issues/7/reactions`],
  ])("go where the words were: %j", async (where, path) => {
    nock(api).post(path).reply(200, {});
    await react(github(), writer(), thread, where, "eyes");
    expect(requests()).toEqual([{ method: "POST", path, body: { content: "eyes" } }]);
  });

  test("have no place under a review", async () => {
    await react(github(), writer(), thread, { place: "review", id: 1 }, "eyes");
    expect(requests()).toEqual([]);
  });
});

describe("a role", () => {
  const path = `${at}/collaborators/alice/permission`;

  test.each([
    [{ permission: "write", role_name: "maintain" }, "maintain"],
    [{ permission: "read", role_name: "triage" }, "triage"],
    [{ permission: "write", role_name: "release manager" }, "write"],
    [{ permission: "none", role_name: "none" }, "none"],
    [{ permission: "owner", role_name: "owner" }, "none"],
  ])("%j is %s", async (body, role) => {
    nock(api).get(path).reply(200, body);
    expect(await getRole(github(), repo, "alice")).toBe(role);
  });

  test("of a stranger is none", async () => {
    nock(api).get(path).reply(404, {});
    expect(await getRole(github(), repo, "alice")).toBe("none");
  });
});

describe("a file", () => {
  const path = `${at}/contents/.codegen.yml`;

  test("is read at a commit; what is no file is none", async () => {
    nock(api).get(path).query({ ref: head }).reply(200, { type: "file", encoding: "base64", content: "YTog4oKs\n" });
    expect(await readTextFile(github(), repo, ".codegen.yml", head)).toBe("a: €");
    for (const body of [[{ type: "file" }], { type: "symlink" }, { type: "submodule" }]) {
      nock(api).get(path).query(true).reply(200, body);
      expect(await readTextFile(github(), repo, ".codegen.yml", head)).toBeNull();
    }
  });

  test("that is not UTF-8 is not read with other characters than it has", async () => {
    const content = Buffer.from("a\ncafé", "latin1").toString("base64");
    nock(api).get(path).query(true).reply(200, { type: "file", encoding: "base64", content });
    const error = await failure(readTextFile(github(), repo, ".codegen.yml", head));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain("Line 2 of `.codegen.yml`: The file is not UTF-8: the byte 0xE9");
  });

  test("that is too large to be sent is not taken for an empty one", async () => {
    nock(api).get(path).query(true).reply(200, { type: "file", encoding: "none", content: "", size: 2_000_000 });
    const error = await failure(readTextFile(github(), repo, ".codegen.yml", head));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(".codegen.yml");
  });
});

describe("a delivery", () => {
  const row = (id: number, guid: string, status_code: number, delivered_at: string) => ({
    id,
    guid,
    status_code,
    delivered_at,
    event: "push",
  });
  const since = new Date("2026-01-01T10:00:00Z");
  const path = "/app/hook/deliveries";

  test("failed when its newest attempt failed and none succeeded, counted over all pages", async () => {
    nock(api)
      .get(path)
      .query({ per_page: 100 })
      .reply(
        200,
        [
          row(6, "a", 502, "2026-01-01T12:00:00Z"),
          row(5, "b", 200, "2026-01-01T11:50:00Z"),
          row(4, "a", 0, "2026-01-01T11:00:00Z"),
        ],
        { link: `<${api}${path}?per_page=100&cursor=v1>; rel="next"` },
      );
    nock(api)
      .get(path)
      .query({ per_page: 100, cursor: "v1" })
      .reply(
        200,
        [
          row(3, "b", 500, "2026-01-01T10:30:00Z"),
          row(2, "c", 500, "2026-01-01T10:10:00Z"),
          row(1, "d", 500, "2026-01-01T09:00:00Z"),
        ],
        { link: `<${api}${path}?per_page=100&cursor=v2>; rel="next"` },
      );
    expect(await listFailedDeliveries(github(), since)).toMatchObject([
      { id: 6, guid: "a", attempts: 2, deliveredAt: "2026-01-01T12:00:00Z" },
      { id: 2, guid: "c", attempts: 1 },
    ]);
  });

  test("is asked for again once", async () => {
    nock(api).post(`${path}/6/attempts`).reply(500, "");
    const delivery = { id: 6, guid: "a", event: "push", deliveredAt: "", attempts: 1 };
    expect(await failure(redeliver(github(), writer(), delivery))).toBeInstanceOf(TransientError);
    expect(methods()).toHaveLength(1);
  });
});
