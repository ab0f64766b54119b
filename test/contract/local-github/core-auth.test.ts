import { createSign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openCoreScene, refusal, type CoreScene } from "./core-scene.ts";

let scene: CoreScene;
beforeAll(async () => {
  scene = await openCoreScene();
});
afterAll(() => scene.close());

const secret = { owner: "ann", repo: "vault" };

function jwt(claims: Record<string, unknown>, key = scene.app.private_key): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}

function asJwt(claims: Record<string, unknown>) {
  return scene.client(jwt(claims)).request("GET /app");
}

describe("an app", () => {
  const now = () => Math.floor(Date.now() / 1000);

  test("is known by its token, by app id and by client id", async () => {
    expect((await scene.asApp.rest.apps.getAuthenticated()).data?.slug).toBe("codegen-test");
    const clientId = scene.local.github.state.apps[0]?.clientId;
    expect((await asJwt({ iss: clientId, iat: now() - 60, exp: now() + 500 })).data?.id).toBe(scene.app.app_id);
  });

  test("is refused with GitHub's sentences when its token is wrong", async () => {
    const iss = scene.app.app_id;
    const cases: [Record<string, unknown>, number, RegExp][] = [
      [{ iss, iat: now() - 60, exp: now() - 10 }, 401, /'Expiration time' claim \('exp'\) must be a numeric value/],
      [{ iss, iat: now() - 60, exp: now() + 3600 }, 401, /is too far in the future/],
      [{ iss, iat: now() + 300, exp: now() + 500 }, 401, /'Issued at' claim \('iat'\) must be an Integer/],
      [{ iat: now(), exp: now() + 60 }, 401, /Missing 'issuer' claim/],
      [{ iss: 999_999, iat: now(), exp: now() + 60 }, 404, /Integration not found/],
    ];
    for (const [claims, status, message] of cases) {
      expect(await refusal(asJwt(claims))).toEqual({ status, message: expect.stringMatching(message) });
    }
    const [head, payload] = jwt({ iss, iat: now(), exp: now() + 60 }).split(".");
    const forged = scene.client(`${head}.${payload}.${Buffer.from("forged").toString("base64url")}`);
    expect(await refusal(forged.request("GET /app"))).toEqual({
      status: 401,
      message: "A JSON web token could not be decoded",
    });
  });

  test("finds where it is installed, also on private repositories, and 404 elsewhere", async () => {
    const found = await scene.asApp.rest.apps.getRepoInstallation(scene.repo);
    expect(found.data.id).toBe(scene.installationId);
    expect((await scene.asApp.rest.apps.getUserInstallation({ username: "ann" })).data.app_slug).toBe("codegen-test");
    expect((await refusal(scene.asApp.rest.apps.getRepoInstallation(secret))).status).toBe(404);
  });
});

describe("an installation token", () => {
  const create = (body: object) =>
    scene.asApp.rest.apps.createInstallationAccessToken({ installation_id: scene.installationId, ...body });

  test("lives one hour, and acts as the bot within its permissions", async () => {
    const { data } = await create({});
    expect(data.token).toMatch(/^ghs_\w{36}$/);
    expect(data.permissions).toEqual({ contents: "write", issues: "read", metadata: "read" });
    expect(Date.parse(data.expires_at) - Date.now()).toBeGreaterThan(3_500_000);
    const listed = await scene.client(data.token).rest.apps.listReposAccessibleToInstallation();
    expect(listed.data.repositories.map((one) => one.full_name)).toEqual(["ann/shop"]);
  });

  test("can be narrowed, and then may do no more than that", async () => {
    const { data } = await create({ repositories: ["shop"], permissions: { contents: "read" } });
    expect(data.repositories?.map((one) => one.name)).toEqual(["shop"]);
    const narrow = scene.client(data.token);
    await narrow.rest.repos.getContent({ ...scene.repo, path: "README.md" });
    const write = narrow.rest.git.createBlob({ ...scene.repo, content: "x" });
    expect(await refusal(write)).toEqual({ status: 403, message: "Resource not accessible by integration" });
    expect((await refusal(narrow.rest.issues.listForRepo(scene.repo))).status).toBe(403);
  });

  test("cannot be asked for more than was granted", async () => {
    const permission = await refusal(create({ permissions: { issues: "write" } }));
    expect(permission).toEqual({
      status: 422,
      message: expect.stringContaining("The permissions requested are not granted to this installation."),
    });
    const repository = await refusal(create({ repositories: ["vault"] }));
    expect(repository).toEqual({
      status: 422,
      message: expect.stringContaining("not accessible to the parent installation"),
    });
  });

  test("sees no private repository where the app is not installed", async () => {
    expect(await refusal(scene.asInstallation.rest.repos.get(secret))).toEqual({ status: 404, message: "Not Found" });
  });

  test("is no app and no user", async () => {
    const { data } = await create({});
    const client = scene.client(data.token);
    const asApp = { status: 401, message: "A JSON web token could not be decoded" };
    expect(await refusal(client.request("GET /app"))).toEqual(asApp);
    const asUser = { status: 403, message: "Resource not accessible by integration" };
    expect(await refusal(client.request("GET /user"))).toEqual(asUser);
  });

  test("is over once revoked", async () => {
    const client = scene.client((await create({})).data.token);
    await client.rest.apps.revokeInstallationAccessToken();
    expect(await refusal(client.rest.repos.get(scene.repo))).toEqual({ status: 401, message: "Bad credentials" });
  });

  test("is refused while the installation is suspended", async () => {
    const client = scene.client((await create({})).data.token);
    const installation = { installation_id: scene.installationId };
    await scene.asApp.rest.apps.suspendInstallation(installation);
    expect((await refusal(client.rest.repos.get(scene.repo))).message).toBe("This installation has been suspended");
    await scene.asApp.rest.apps.unsuspendInstallation(installation);
    await client.rest.repos.get(scene.repo);
  });
});

describe("a person", () => {
  test("with a wrong token gets 401", async () => {
    const call = scene.client("ghp_wrong").rest.repos.get(scene.repo);
    expect(await refusal(call)).toEqual({ status: 401, message: "Bad credentials" });
  });

  test("does not see a private repository without a role, and may not write to a public one", async () => {
    expect((await refusal(scene.bob.rest.repos.get(secret))).status).toBe(404);
    const write = scene.bob.rest.git.createBlob({ ...scene.repo, content: "x" });
    expect((await refusal(write)).status).toBe(403);
  });

  test("may do what the role allows, and the role can be read", async () => {
    const who = { ...secret, username: "bob" };
    await scene.ann.rest.repos.addCollaborator({ ...who, permission: "maintain" });
    const { data } = await scene.bob.rest.repos.getCollaboratorPermissionLevel(who);
    expect(data).toMatchObject({ permission: "write", role_name: "maintain" });
    await scene.bob.rest.git.createBlob({ ...secret, content: "x" });
    expect((await refusal(scene.bob.rest.repos.update({ ...secret, has_wiki: false }))).status).toBe(403);
    await scene.ann.rest.repos.removeCollaborator(who);
    expect((await refusal(scene.bob.rest.repos.get(secret))).status).toBe(404);
  });
});

test("everything above is within GitHub's own description", () => {
  expect(scene.local.violations()).toEqual([]);
});
