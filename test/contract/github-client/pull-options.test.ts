import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import nock from "nock";
import { addLabels, markReady, pullTemplatePath, requestReviewers } from "../../../src/github/pull-options.ts";
import { ensurePull } from "../../../src/github/pulls.ts";
import { toSha, type Sha } from "../../../src/domain/ids.ts";
import { openLocal, type LocalScene } from "./local-scene.ts";
import * as scripted from "./scripted.ts";

describe("on the local GitHub", () => {
  let scene: LocalScene;
  beforeEach(async () => {
    scene = await openLocal();
  });
  afterEach(() => scene.close());

  const pullOf = async (number: number) =>
    (await scene.octo.rest.pulls.get({ ...scene.repo, pull_number: number })).data;

  describe("a pull", () => {
    let head: Sha;
    const wanted = () => ({ branch: "work", base: "main", title: "Mend it", body: "Because.", head });
    const ensure = (more: object = {}) => ensurePull(scene.app, scene.newWriter(), scene.ref, { ...wanted(), ...more });
    const all = async () => (await scene.octo.rest.pulls.list({ ...scene.repo, state: "all" })).data;
    beforeEach(async () => {
      head = toSha(await scene.commit("work", { "src/a.ts": "export const a = 1;\n" }));
    });

    test("is a draft when that is wanted, and only then", async () => {
      const { number } = await ensure({ draft: true });
      expect((await pullOf(number)).draft).toBe(true);
      await scene.commit("other", { "src/b.ts": "b\n" });
      expect((await pullOf((await ensure({ branch: "other" })).number)).draft).toBe(false);
    });

    test.each(["reset-after-commit", "reset-before-commit"] as const)(
      "whose outcome is unknown (%s) is there once",
      async (fault) => {
        scene.local.failNext("POST /repos/{owner}/{repo}/pulls", fault);
        await ensure().catch(() => null);
        await ensure();
        expect(await all()).toHaveLength(1);
      },
    );

    test("that was merged before we noted it is taken as it is", async () => {
      const made = await ensure();
      await scene.octo.rest.pulls.merge({ ...scene.repo, pull_number: made.number, sha: head });
      expect(await ensure()).toEqual(made);
      expect(await all()).toHaveLength(1);
    });

    test("that was closed at our commit is taken as it is, at another one it is not", async () => {
      const made = await ensure();
      await scene.octo.rest.pulls.update({ ...scene.repo, pull_number: made.number, state: "closed" });
      expect(await ensure()).toEqual(made);
      head = toSha(await scene.commit("work", { "src/a.ts": "export const a = 2;\n" }));
      expect((await ensure()).number).not.toBe(made.number);
    });
  });

  test("labels are added, also those that do not exist yet, and twice does no harm", async () => {
    const { number } = await scene.openPull();
    await addLabels(scene.app, scene.writer, scene.thread(number), ["bug", "brand:new"]);
    await addLabels(scene.app, scene.writer, scene.thread(number), ["brand:new"]);
    await addLabels(scene.app, scene.writer, scene.thread(number), []);
    expect((await pullOf(number)).labels.map(({ name }) => name).toSorted()).toEqual(["brand:new", "bug"]);
  });

  describe("reviewers", () => {
    const ask = async (number: number, ...names: string[]) =>
      requestReviewers(scene.app, scene.writer, scene.thread(number), names);
    const asked = async (number: number) => (await pullOf(number)).requested_reviewers?.map(({ login }) => login);
    /** How often somebody was asked. */
    const times = () =>
      scene.local.log().filter(({ route }) => route?.startsWith("POST") && route.endsWith("requested_reviewers"))
        .length;

    test("are asked together, and once", async () => {
      const { number } = await scene.openPull();
      expect(await ask(number, "@octo", "octo")).toEqual([]);
      expect(await ask(number, "Octo")).toEqual([]);
      expect(await asked(number)).toEqual(["octo"]);
      expect(times()).toBe(1);
    });

    test("who cannot be asked are told, and keep nobody else from being asked", async () => {
      const { number } = await scene.openPull();
      expect(await ask(number, "nobody", "octo", "ada", "octo/tea", "elsewhere/team")).toEqual([
        "elsewhere/team",
        "nobody",
        "ada",
        "octo/tea",
      ]);
      expect(await asked(number)).toEqual(["octo"]);
      expect(await ask(number, "nobody")).toEqual(["nobody"]);
    });

    test("are none when none are wanted", async () => {
      const { number } = await scene.openPull();
      expect(await ask(number)).toEqual([]);
      expect(times()).toBe(0);
    });
  });

  test.each([null, "reset-after-commit", "502"] as const)(
    "a draft is made ready for review once (%s)",
    async (fault) => {
      const { number } = await scene.openPull("fix", { draft: true });
      const ready = () => markReady(scene.app, scene.writer, scene.thread(number));
      if (fault !== null) scene.local.failNext("POST /graphql markPullRequestReadyForReview", fault);
      await ready().catch(() => null);
      await ready();
      expect((await pullOf(number)).draft).toBe(false);
    },
  );
});

describe("where GitHub has no drafts", () => {
  scripted.scriptNetwork();

  test("a pull is made without being one", async () => {
    scripted.tokens();
    const path = "/repos/acme/shop/pulls";
    nock(scripted.api).get(path).query(true).reply(200, []);
    nock(scripted.api)
      .post(path)
      .reply(422, { message: "Draft pull requests are not supported in this repository." })
      .post(path)
      .reply(201, { number: 8, html_url: "u" });
    const wanted = { branch: "x", base: "main", title: "T", body: "B", draft: true };
    expect(await ensurePull(scripted.github(), scripted.writer(), scripted.repo, wanted)).toEqual({
      number: 8,
      url: "u",
    });
    const posted = scripted.requests().filter(({ method, path: to }) => method === "POST" && to === path);
    expect(posted.map(({ body }) => (body as { draft?: boolean }).draft)).toEqual([true, undefined]);
  });
});

describe("the template of a pull", () => {
  test.each<[readonly string[], string | null]>([
    [["README.md", ".github/pull_request_template.md"], ".github/pull_request_template.md"],
    [["PULL_REQUEST_TEMPLATE.md"], "PULL_REQUEST_TEMPLATE.md"],
    [["docs/Pull_Request_Template.txt"], "docs/Pull_Request_Template.txt"],
    [["pull_request_template"], "pull_request_template"],
    [
      ["docs/pull_request_template.md", "pull_request_template.md", ".github/PULL_REQUEST_TEMPLATE.md"],
      ".github/PULL_REQUEST_TEMPLATE.md",
    ],
    [["docs/pull_request_template.md", "PULL_REQUEST_TEMPLATE.md"], "PULL_REQUEST_TEMPLATE.md"],
    [[".github/PULL_REQUEST_TEMPLATE/bug.md", "PULL_REQUEST_TEMPLATE/a.md"], null],
    [["src/pull_request_template.md", "pull_request_template.js", "docs/a/pull_request_template.md"], null],
    [[], null],
  ])("among %j is %j", (paths, expected) => {
    expect(pullTemplatePath(paths)).toBe(expected);
  });
});
