import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createAppAuth } from "@octokit/auth-app";
import { ProbotOctokit } from "probot";
import { startGitHub } from "../../doubles/github/index.ts";
import { openCoreScene } from "./core-scene.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "core-state-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test("state, tokens, keys and git survive a restart, and ids are not used twice", async () => {
  const scene = await openCoreScene({ dataDir });
  const before = (await scene.ann.rest.repos.get(scene.repo)).data;
  await scene.close();
  const again = await startGitHub({ dataDir });
  try {
    const auth = { appId: scene.app.app_id, privateKey: scene.app.private_key, installationId: scene.installationId };
    const bot = new ProbotOctokit({ baseUrl: again.url, authStrategy: createAppAuth, auth });
    const after = (await bot.rest.repos.get(scene.repo)).data;
    expect([after.id, after.node_id, after.created_at]).toEqual([before.id, before.node_id, before.created_at]);
    const readme = await bot.rest.repos.getContent({ ...scene.repo, path: "README.md", mediaType: { format: "raw" } });
    expect(readme.data).toBe("# shop\n");
    const highest = again.github.state.lastId;
    expect(again.github.nextId()).toBe(highest + 1);
    expect(again.violations()).toEqual([]);
  } finally {
    await again.close();
  }
  expect(await readdir(dataDir)).toEqual(["git", "state.json"]);
});

test("a manifest posted by a browser is converted once, into an app with key and secret", async () => {
  const local = await startGitHub({ dataDir });
  try {
    await fetch(`${local.url}/_admin/users`, { method: "POST", body: JSON.stringify({ login: "ann" }) });
    const { github } = local;
    const [owner] = github.state.accounts;
    const manifest = { name: "Fresh", hook_attributes: { url: "http://bot.test/hook" }, default_events: ["push"] };
    github.state.manifestCodes.push({ code: "abc", manifest, ownerId: owner?.id ?? 0 });
    const client = new ProbotOctokit({ baseUrl: local.url });
    const { data } = await client.rest.apps.createFromManifest({ code: "abc" });
    expect(data).toMatchObject({ slug: "fresh", pem: expect.stringContaining("RSA PRIVATE KEY"), events: ["push"] });
    expect(github.state.apps[0]?.webhookUrl).toBe("http://bot.test/hook");
    await expect(client.rest.apps.createFromManifest({ code: "abc" })).rejects.toMatchObject({ status: 404 });
    expect(local.violations()).toEqual([]);
  } finally {
    await local.close();
  }
});
