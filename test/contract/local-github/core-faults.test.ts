import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openCoreScene, refusal, type CoreScene } from "./core-scene.ts";

let scene: CoreScene;
/** How far the local GitHub's clock is ahead, in milliseconds. */
let later = 0;
beforeAll(async () => {
  scene = await openCoreScene({ clock: { now: () => new Date(Date.now() + later) } });
});
afterAll(() => scene.close());

const createRef = "POST /repos/{owner}/{repo}/git/refs";
const getRepo = "GET /repos/{owner}/{repo}";

async function makeBranch(name: string, signal?: AbortSignal) {
  const { git } = scene.ann.rest;
  const sha = (await git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha;
  const request = signal ? { request: { signal } } : {};
  return git.createRef({ ...scene.repo, ref: `refs/heads/${name}`, sha, ...request });
}

async function branches(): Promise<string[]> {
  return (await scene.ann.rest.repos.listBranches(scene.repo)).data.map((one) => one.name);
}

test.each(["500", "502", "409", "422", "404"] as const)("%s is answered once, and nothing is done", async (mode) => {
  scene.local.failNext(createRef, mode);
  expect((await refusal(makeBranch(`plain-${mode}`))).status).toBe(Number(mode));
  expect(await branches()).not.toContain(`plain-${mode}`);
  await makeBranch(`plain-${mode}`);
});

test("faults set over HTTP hit as often as said", async () => {
  await scene.admin("faults", { route: getRepo, mode: "502", times: 2 });
  for (const status of [502, 502]) expect((await refusal(scene.ann.rest.repos.get(scene.repo))).status).toBe(status);
  await scene.ann.rest.repos.get(scene.repo);
});

test("limits tell how long to wait, in the words that clients look for", async () => {
  for (const [mode, status] of [
    ["secondary403", 403],
    ["secondary429", 429],
  ] as const) {
    scene.local.failNext(getRepo, mode, 1, 7);
    const answer = await fetch(`${scene.local.url}/repos/ann/shop`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, "7"]);
    expect(await answer.text()).toMatch(/secondary rate limit/);
  }
  scene.local.failNext(getRepo, "primary");
  const answer = await fetch(`${scene.local.url}/repos/ann/shop`);
  expect([answer.status, answer.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
  expect(Number(answer.headers.get("x-ratelimit-reset")) * 1000).toBeGreaterThan(Date.now());
});

test("a connection can be cut before the change is made, and after", async () => {
  scene.local.failNext(createRef, "reset-before-commit");
  await expect(makeBranch("cut-before")).rejects.toThrow(/socket|closed|reset|failed/i);
  scene.local.failNext(createRef, "reset-after-commit");
  await expect(makeBranch("cut-after")).rejects.toThrow(/socket|closed|reset|failed/i);
  const names = await branches();
  expect([names.includes("cut-before"), names.includes("cut-after")]).toEqual([false, true]);
});

test("a request can be left without an answer", async () => {
  scene.local.failNext(createRef, "hang");
  await expect(makeBranch("hung", AbortSignal.timeout(150))).rejects.toThrow(/abort|timeout/i);
  expect(await branches()).not.toContain("hung");
});

test("reads can lag behind a write for a while", async () => {
  const { repos } = scene.ann.rest;
  scene.local.failNext("PATCH /repos/{owner}/{repo}", "lag-after-write", 1, 60);
  const written = await repos.update({ ...scene.repo, description: "written late" });
  expect(written.data.description).toBe("written late");
  const seen = async (): Promise<string | null> => (await repos.get(scene.repo)).data.description;
  expect(await seen()).not.toBe("written late");
  later = 60_000;
  expect(await seen()).toBe("written late");
});

test("a lag is refused where only git would have to lag, which it does not", async () => {
  const contents = "/repos/{owner}/{repo}/contents/{path}";
  const ref = "/repos/{owner}/{repo}/git/refs/{ref}";
  const inGit = [createRef, `PATCH ${ref}`, `DELETE ${ref}`, `PUT ${contents}`, "POST /graphql createCommitOnBranch"];
  for (const route of inGit) {
    const refused = scene.admin("faults", { route, mode: "lag-after-write" });
    await expect(refused).rejects.toThrow(/git does not lag.*"422"/);
    expect(() => scene.local.failNext(route, "lag-after-write")).toThrow(/git does not lag/);
  }
});

test("a fault can wait for one field of GraphQL", async () => {
  scene.local.failNext("POST /graphql viewer", "502");
  expect((await scene.ann.graphql<{ rateLimit: unknown }>("{ rateLimit { limit } }")).rateLimit).toBeDefined();
  expect((await refusal(scene.ann.graphql("{ viewer { login } }"))).status).toBe(502);
});

test("all faults were used up, and everything above is within GitHub's own description", () => {
  expect([scene.local.faultsLeft(), scene.local.violations()]).toEqual([[], []]);
});
