import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { verify } from "@octokit/webhooks-methods";
import { openCoreScene, openReceiver, refusal, type CoreScene, type Post } from "./core-scene.ts";

let scene: CoreScene;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
beforeAll(async () => {
  receiver = await openReceiver();
  scene = await openCoreScene({ webhookUrl: receiver.url, deliveryTimeoutMs: 300 });
  await scene.local.settled();
});
afterAll(async () => {
  await scene.close();
  await receiver.close();
});

async function heard(): Promise<Post[]> {
  await scene.local.settled();
  return receiver.posts.splice(0);
}

function write(path: string) {
  const content = Buffer.from(path).toString("base64");
  return scene.ann.rest.repos.createOrUpdateFileContents({ ...scene.repo, path, message: `Add ${path}`, content });
}

describe("a delivery", () => {
  test("tells of the installation, signed with the app's secret", async () => {
    const [post] = await heard();
    expect(post?.headers).toMatchObject({
      "x-github-event": "installation",
      "x-github-delivery": expect.stringMatching(/^[\da-f-]{36}$/),
      "x-github-hook-id": expect.stringMatching(/^\d+$/),
      "x-github-hook-installation-target-id": String(scene.app.app_id),
      "x-github-hook-installation-target-type": "integration",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      "content-type": "application/json",
    });
    const { body = "", headers = {} } = post ?? {};
    expect(await verify(scene.app.webhook_secret, body, headers["x-hub-signature-256"] ?? "")).toBe(true);
    expect(JSON.parse(body)).toMatchObject({
      action: "created",
      installation: { id: scene.installationId, account: { login: "ann" } },
      repositories: [{ full_name: "ann/shop" }],
      sender: { login: "ann" },
    });
  });

  test("follows the answer, in order, and names the installation", async () => {
    const { data } = await write("one.txt");
    // The commit that the answer told of is the one that the delivery, which comes later, is about.
    const told = data.commit.sha;
    await write("two.txt");
    const posts = await heard();
    const payloads = posts.map((post) => JSON.parse(post.body) as Record<string, unknown>);
    expect(payloads.map((one) => (one["head_commit"] as { message: string }).message)).toEqual([
      "Add one.txt",
      "Add two.txt",
    ]);
    expect(payloads[0]?.["after"]).toBe(told);
    expect(payloads[0]).toMatchObject({
      installation: { id: scene.installationId },
      repository: { full_name: "ann/shop" },
    });
  });

  test("goes only where the app is installed and subscribed", async () => {
    const { repos } = scene.ann.rest;
    await repos.update({ owner: "ann", repo: "vault", description: "not covered" });
    await repos.addCollaborator({ ...scene.repo, username: "bob" });
    expect(await heard()).toEqual([]);
  });
});

describe("a delivery that failed", () => {
  test("is logged with its status and can be sent again under the same GUID", async () => {
    receiver.status.now = 503;
    await write("three.txt");
    const [lost] = await heard();
    receiver.status.now = 200;
    const { data: log } = await scene.asApp.rest.apps.listWebhookDeliveries({ per_page: 1 });
    const guid = lost?.headers["x-github-delivery"];
    expect(log[0]).toMatchObject({ guid, status: "Invalid HTTP Response: 503", status_code: 503, event: "push" });
    const delivery_id = log[0]?.id ?? 0;
    await scene.asApp.rest.apps.redeliverWebhookDelivery({ delivery_id });
    const [again] = await heard();
    expect(again?.headers["x-github-delivery"]).toBe(guid);
    expect(again?.body).toBe(lost?.body);
    const { data: after } = await scene.asApp.rest.apps.listWebhookDeliveries({ per_page: 2 });
    expect(after.map((one) => [one.guid === guid, one.status, one.redelivery])).toEqual([
      [true, "OK", true],
      [true, "Invalid HTTP Response: 503", false],
    ]);
    const { data: full } = await scene.asApp.rest.apps.getWebhookDelivery({ delivery_id });
    expect(full.request.payload).toMatchObject({ ref: "refs/heads/main" });
  });

  test("is not sent again by itself, also when nobody listens", async () => {
    const moveTo = (url: string) => scene.asApp.request("PATCH /app/hook/config", { data: { url } });
    await moveTo("http://127.0.0.1:9/");
    await write("four.txt");
    await scene.local.settled();
    await moveTo(receiver.url);
    const { data: log } = await scene.asApp.rest.apps.listWebhookDeliveries({ per_page: 1 });
    expect(log[0]).toMatchObject({ status: "failed to connect to host", redelivery: false });
    expect(await heard()).toEqual([]);
  });

  test("of another app cannot be seen", async () => {
    const other = await scene.admin<{ app_id: number }>("apps", { manifest: { name: "Other" } });
    expect(other.app_id).not.toBe(scene.app.app_id);
    expect((await refusal(scene.ann.request("GET /app/hook/deliveries"))).status).toBe(401);
  });
});

test("the log of deliveries is read page by page with a cursor", async () => {
  const seen: number[] = [];
  const pages = scene.asApp.paginate.iterator(scene.asApp.rest.apps.listWebhookDeliveries, { per_page: 2 });
  for await (const page of pages) seen.push(...page.data.map((one) => one.id));
  expect(seen.length).toBe(scene.local.github.state.deliveries.length);
  expect(seen).toEqual(seen.toSorted((one, other) => other - one));
});

test("changing what an installation covers is told", async () => {
  const { data } = await scene.ann.rest.repos.get({ owner: "ann", repo: "vault" });
  const which = { installation_id: scene.installationId, repository_id: data.id };
  await scene.ann.rest.apps.addRepoToInstallationForAuthenticatedUser(which);
  await scene.ann.rest.apps.removeRepoFromInstallationForAuthenticatedUser(which);
  await scene.asApp.rest.apps.deleteInstallation({ installation_id: scene.installationId });
  const posts = (await heard()).map((post) => JSON.parse(post.body) as Record<string, unknown>);
  expect(posts.map((one) => one["action"])).toEqual(["added", "removed", "deleted"]);
  expect(posts[0]).toMatchObject({ repositories_added: [{ full_name: "ann/vault" }], repositories_removed: [] });
});

test("everything above is within GitHub's own description", () => {
  expect(scene.local.violations()).toEqual([]);
});
