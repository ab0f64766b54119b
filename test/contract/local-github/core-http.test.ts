import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ProbotOctokit } from "probot";
import { openCoreScene, type CoreScene } from "./core-scene.ts";

let scene: CoreScene;
beforeAll(async () => {
  scene = await openCoreScene();
});
afterAll(() => scene.close());

test("lists come in pages that Link leads through", async () => {
  const { git } = scene.ann.rest;
  const main = (await git.getRef({ ...scene.repo, ref: "heads/main" })).data.object.sha;
  for (const name of ["b", "c", "d", "e"]) await git.createRef({ ...scene.repo, ref: `refs/heads/${name}`, sha: main });
  const pages: string[][] = [];
  const query = { ...scene.repo, per_page: 2 };
  for await (const page of scene.ann.paginate.iterator(scene.ann.rest.repos.listBranches, query)) {
    pages.push(page.data.map((branch) => branch.name));
  }
  expect(pages).toEqual([["b", "c"], ["d", "e"], ["main"]]);
  const middle = await scene.ann.rest.repos.listBranches({ ...query, page: 2 });
  const rels = [...(middle.headers.link ?? "").matchAll(/page=(\d+)>; rel="(\w+)"/g)].map(
    (one) => `${one[2]} ${one[1]}`,
  );
  expect(rels).toEqual(["prev 1", "next 3", "last 3", "first 1"]);
});

test("an answer that the client has already is 304, and costs nothing of the limit", async () => {
  const url = `${scene.local.url}/api/v3/repos/ann/shop`;
  const first = await fetch(url);
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^W\/"[\da-f]{64}"$/);
  const second = await fetch(url, { headers: { "if-none-match": etag } });
  expect(second.status).toBe(304);
  expect(second.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
  await scene.ann.rest.repos.update({ ...scene.repo, description: "changed" });
  expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(200);
});

test("REST and GraphQL have a limit each, and to look at the limits costs nothing", async () => {
  const limits = async () => (await scene.ann.rest.rateLimit.get()).data.resources;
  const before = await limits();
  const rest = await scene.ann.request("GET /meta");
  const query = { query: "{ rateLimit { used remaining } }" };
  const asked = await scene.ann.request("POST /graphql", query);
  const after = await limits();
  expect([after.core.used, after.graphql?.used]).toEqual([before.core.used + 1, (before.graphql?.used ?? 0) + 1]);
  expect(asked.data).toEqual({
    data: { rateLimit: { used: after.graphql?.used, remaining: after.graphql?.remaining } },
  });
  const told = [rest, asked].map(({ headers }) => [headers["x-ratelimit-resource"], headers["x-ratelimit-used"]]);
  expect(told).toEqual([
    ["core", String(after.core.used)],
    ["graphql", String(after.graphql?.used)],
  ]);
});

test("every answer has GitHub's headers", async () => {
  const { headers } = await fetch(`${scene.local.url}/repos/ann/shop`);
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(headers.get("x-github-media-type")).toBe("github.v3; format=json");
  expect(headers.get("x-github-request-id")).toMatch(/^[\dA-F]+$/);
  expect(headers.get("x-ratelimit-limit")).toBe("60");
  expect(headers.get("date")).not.toBeNull();
  const { headers: known } = await scene.ann.rest.repos.get(scene.repo);
  expect(known["x-ratelimit-limit"]).toBe("5000");
});

test("errors are JSON with message, documentation and status", async () => {
  const missing = await fetch(`${scene.local.url}/repos/ann/nothing`);
  expect(await missing.json()).toEqual({
    message: "Not Found",
    documentation_url: "https://docs.github.com/rest",
    status: "404",
  });
  const token = scene.local.github.state.userTokens[0]?.token;
  const broken = await fetch(`${scene.local.url}/user/repos`, {
    method: "POST",
    body: "{",
    headers: { authorization: `token ${token}` },
  });
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ message: "Problems parsing JSON" });
  expect(scene.local.violations()).toEqual([]);
});

test("an unknown route is 501 and a violation, and so is a request that GitHub does not describe", async () => {
  const unknown = await fetch(`${scene.local.url}/repos/ann/shop/stargazers`);
  expect(unknown.status).toBe(501);
  await fetch(`${scene.local.url}/repos/ann/shop?no_such_parameter=1`);
  expect(scene.local.violations().map((one) => `${one.kind} ${one.where}`)).toEqual([
    "unknown-route GET /repos/ann/shop/stargazers",
    "request GET /repos/ann/shop",
  ]);
});

test("the same is served as an enterprise server does, below /api/v3 and at /api/graphql", async () => {
  const token = scene.local.github.state.userTokens[0]?.token ?? "";
  const ghes = new ProbotOctokit({ baseUrl: `${scene.local.url}/api/v3`, auth: { token } });
  const { data, headers } = await ghes.rest.repos.listBranches({ ...scene.repo, per_page: 2 });
  expect(data).toHaveLength(2);
  expect(headers.link).toContain(`<${scene.local.url}/api/v3/repos/ann/shop/branches?per_page=2&page=2>; rel="next"`);
  expect(await ghes.graphql("{ viewer { login } }")).toEqual({ viewer: { login: "ann" } });
});

test("what no client should send harms nobody", async () => {
  const { hostname, port } = new URL(scene.local.url);
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.end(text));
      let answer = "";
      socket.on("data", (part: Buffer) => (answer += part.toString()));
      socket.once("error", reject);
      socket.once("close", () => resolve(answer));
    });
  expect(await send("GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1.1 \d{3}/);
  await send("POST /user/repos HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  await scene.local.settled();
  await scene.ann.rest.repos.get(scene.repo);
  // Cut off in the middle is no defect; only the odd path is a route that nobody knows.
  expect(scene.local.violations().filter((one) => one.problems.join().includes("Error"))).toEqual([]);
});

test("the log tells who asked for what", async () => {
  await scene.asInstallation.rest.repos.get(scene.repo);
  const answer = await fetch(`${scene.local.url}/_admin/log`);
  const entries = (await answer.json()) as Record<string, unknown>[];
  expect(entries.findLast((one) => one["route"] === "GET /repos/{owner}/{repo}")).toMatchObject({
    method: "GET",
    path: "/repos/ann/shop",
    actor: `installation:${scene.installationId}`,
    status: 200,
  });
});

test("admin calls say what is wrong with them", async () => {
  await expect(scene.admin("users", { login: "two words" })).rejects.toThrow(/not allowed/);
  await expect(scene.admin("apps", { manifest: {} })).rejects.toThrow(/needs a name/);
  await expect(scene.admin("installations", { app_id: 1, account: "ann" })).rejects.toThrow(/no app 1/);
  await expect(scene.admin("faults", { route: "GET /nowhere", mode: "500" })).rejects.toThrow(/no route/);
  await expect(scene.admin("faults", { route: "GET /meta", mode: "odd" })).rejects.toThrow(/unknown fault mode/);
});
