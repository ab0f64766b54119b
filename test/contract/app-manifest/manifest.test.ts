import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { emitterEventNames } from "@octokit/webhooks";
import type { Probot } from "probot";
import { parse } from "yaml";
import { codegenApp, unasked } from "../../../handlers/github/app.ts";
import { webhookPath } from "../../../handlers/github/ingress.ts";

const root = new URL("../../../", import.meta.url);

async function manifest(): Promise<Record<string, unknown>> {
  return parse(await readFile(new URL("app.yml", root), "utf8")) as Record<string, unknown>;
}

async function registered(): Promise<string[]> {
  const names: string[] = [];
  const on = ((name: string | string[]) => names.push(...[name].flat())) as unknown as Probot["on"];
  await codegenApp(async () => {}, 1)({ on } as Probot, { cwd: "", addHandler: () => {} });
  return names.toSorted();
}

test("the manifest asks for exactly the events that have a handler", async () => {
  const { default_events: asked } = await manifest();
  expect([...(asked as string[]), ...unasked].toSorted()).toEqual(await registered());
});

test("every event with a handler is one that GitHub sends", async () => {
  expect((await registered()).filter((name) => !(emitterEventNames as readonly string[]).includes(name))).toEqual([]);
});

test("the hook points to the path on which webhooks are taken", async () => {
  const { hook_attributes: hook } = await manifest();
  expect(new URL((hook as { url: string }).url).pathname).toBe(webhookPath);
});

test("the permissions are the least that the product can do with", async () => {
  const { default_permissions: permissions } = await manifest();
  expect(permissions).toEqual({
    contents: "write",
    issues: "write",
    pull_requests: "write",
    checks: "write",
    statuses: "read",
    metadata: "read",
  });
});

test("the function of serverless.yml takes the same path, and its handler exists", async () => {
  const { functions } = parse(await readFile(new URL("serverless.yml", root), "utf8")) as {
    functions: { webhooks: { handler: string; events: { httpApi: { method: string; path: string } }[] } };
  };
  expect(functions.webhooks.events).toEqual([{ httpApi: { method: "post", path: webhookPath } }]);
  expect(functions.webhooks.handler).toBe("dist/lambda/webhooks.webhooks");
  expect(await readFile(new URL("deploy/bundle-lambda.mjs", root), "utf8")).toContain('webhooks: "handlers/lambda.ts"');
});
