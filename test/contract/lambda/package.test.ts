/** The deployment package as `npm run package` makes it, in a folder of its own: what AWS would be told to run. */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { webhookPath } from "../../../handlers/github/ingress.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}
let folder = "";
let resources: readonly Resource[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codegen-package-"));
  await cp(join(root, "serverless.yml"), join(folder, "serverless.yml"));
  await execa(process.execPath, ["deploy/bundle-lambda.mjs", join(folder, "dist/lambda")], { cwd: root });
  await execa(join(root, "node_modules/.bin/osls"), ["package"], {
    cwd: folder,
    timeout: 60_000,
    extendEnv: false,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      SLS_TELEMETRY_DISABLED: "1",
      SLS_NOTIFICATIONS_MODE: "off",
      APP_ID: "1",
      WEBHOOK_SECRET: "package",
      QUEUE_URL: "redis://127.0.0.1:6379",
    },
  });
  const template = await readFile(join(folder, ".serverless/cloudformation-template-update-stack.json"), "utf8");
  resources = Object.values((JSON.parse(template) as { Resources: Record<string, Resource> }).Resources);
}, 90_000);
afterAll(async () => rm(folder, { recursive: true, force: true }));

function all(type: string): readonly Record<string, unknown>[] {
  return resources.filter((resource) => resource.Type === type).map(({ Properties }) => Properties);
}

function only(type: string): Record<string, unknown> {
  const found = all(type);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

test("two functions run the bundles on the Node that the product is made for", () => {
  const variables = { APP_ID: "1", WEBHOOK_SECRET: "package", QUEUE_URL: "redis://127.0.0.1:6379" };
  const same = { Runtime: "nodejs24.x", Architectures: ["arm64"], Timeout: 10 };
  expect(all("AWS::Lambda::Function")).toMatchObject([
    { ...same, Handler: "dist/lambda/webhooks.webhooks", Environment: { Variables: variables } },
    { ...same, Handler: "dist/lambda/pages.pages", Environment: { Variables: { ...variables, DATABASE_URL: "" } } },
  ]);
});

test("the only ways in are the path that GitHub posts to, without a rewritten body, and the pages of runs", () => {
  expect(all("AWS::ApiGatewayV2::Route").map(({ RouteKey: route }) => route)).toEqual([
    `POST ${webhookPath}`,
    "GET /runs/{proxy+}",
    "GET /assets/{proxy+}",
  ]);
  for (const integration of all("AWS::ApiGatewayV2::Integration"))
    expect(integration).toMatchObject({ IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0" });
  expect(resources.filter((resource) => resource.Type === "AWS::Lambda::Url")).toEqual([]);
});

test("the functions may write their logs and nothing else", () => {
  const role = only("AWS::IAM::Role") as {
    Policies: { PolicyDocument: { Statement: { Effect: string; Action: string[] }[] } }[];
  };
  const actions = role.Policies.flatMap((policy) => policy.PolicyDocument.Statement.flatMap(({ Action }) => Action));
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((action) => !action.startsWith("logs:"))).toEqual([]);
});

test("the archive holds the bundles and nothing else of the tree", async () => {
  const archive = await readFile(join(folder, ".serverless/codegen.zip"));
  expect(namesIn(archive).toSorted()).toEqual([
    "dist/lambda/assets/run-page.css",
    "dist/lambda/assets/run-page.js",
    "dist/lambda/pages.mjs",
    "dist/lambda/pages.mjs.map",
    "dist/lambda/webhooks.mjs",
    "dist/lambda/webhooks.mjs.LEGAL.txt",
    "dist/lambda/webhooks.mjs.map",
  ]);
});

/** From the central directory. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50;) {
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    names.push(zip.toString("utf8", at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
}
