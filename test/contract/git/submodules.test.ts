/** Submodules that the base branch's file lists, with real git and the local GitHub. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sha } from "../../../src/domain/ids.ts";
import { openExtrasScene, type ExtrasScene } from "./extras-scene.ts";
import type { TestRepository } from "./repository.ts";
import { outputSync } from "../../support/run-sync.ts";

let scene: ExtrasScene;
let lib: Sha;
const nothing = { additions: [], deletions: [], refused: [], modeChanges: [] };
const listed = { environment: { submodules: ["vendor/lib"] } };

beforeAll(async () => {
  scene = await openExtrasScene();
  const files = scene.places.repository();
  files.commit({
    "lib.txt": "of the library\n",
    "bin/run": { executable: "#!/bin/sh\n" },
    link: { link: "../../../x" },
  });
  addLink(files, lib0(files), "nested");
  for (const [owner, name, isPrivate] of [
    ["octo", "lib", false],
    ["octo", "closed", true],
    ["other", "lib", false],
    ["other", "closed", true],
  ] as const) {
    await scene.make(owner, name, { private: isPrivate });
    lib = await scene.push(files, owner, name);
  }
}, 60_000);
afterAll(() => scene.close());

/** `octo/shop` with a submodule at vendor/lib, whose `.gitmodules` is this. */
function shopWith(gitmodules: string, sha = lib): Promise<Sha> {
  const repository = scene.places.repository();
  repository.commit({ ".gitmodules": gitmodules, "shop.txt": "of the shop\n" });
  addLink(repository, sha, "vendor/lib");
  return scene.push(repository, "octo", "shop");
}

const at = (url: string) => `[submodule "lib"]\n\tpath = vendor/lib\n\turl = ${url}\n`;

function addLink(repository: TestRepository, sha: string, path: string): void {
  repository.git("update-index", "--add", "--cacheinfo", `160000,${sha},${path}`);
  repository.git("commit", "-q", "-m", "link");
}

function lib0(repository: TestRepository): string {
  return repository.git("rev-parse", "HEAD").trim();
}

describe("a listed submodule", () => {
  test.each(["../lib.git", "../../other/lib", "git@127.0.0.1:octo/lib.git"])(
    "at %s has the files of its commit, and the submodules within stay empty",
    async (url) => {
      const { directory, changes } = await scene.open({ commit: await shopWith(at(url)), ...listed });
      const inside = join(directory, "vendor/lib");
      expect(readdirSync(inside).toSorted()).toEqual(["bin", "lib.txt", "link", "nested"]);
      expect(readFileSync(join(inside, "lib.txt"), "utf8")).toBe("of the library\n");
      expect(readdirSync(join(inside, "nested"))).toEqual([]);
      expect(await changes()).toEqual(nothing);
    },
  );

  test("is no change of the commit, but changing one of its files is told", async () => {
    const { directory, changes } = await scene.open({ commit: await shopWith(at("../lib.git")), ...listed });
    writeFileSync(join(directory, "vendor/lib/new.o"), "made by a build");
    writeFileSync(join(directory, "shop.txt"), "changed");
    expect(await changes()).toMatchObject({ additions: [{ path: "shop.txt" }], deletions: [], refused: [] });
    writeFileSync(join(directory, "vendor/lib/lib.txt"), "changed");
    const refused = [{ path: "vendor/lib", reason: "it is a submodule, and its files belong to another repository" }];
    expect(await changes()).toMatchObject({ additions: [{ path: "shop.txt" }], deletions: [], refused });
    rmSync(join(directory, "vendor"), { recursive: true });
    outputSync("ln", ["-s", "/etc", join(directory, "vendor")]);
    expect((await changes()).refused).toContainEqual(refused[0]);
  });

  test("that is not listed stays empty, whatever `.gitmodules` says", async () => {
    const { directory, changes } = await scene.open({ commit: await shopWith(at("../lib.git")) });
    expect(readdirSync(join(directory, "vendor/lib"))).toEqual([]);
    expect(await changes()).toEqual(nothing);
  });

  test("that a pull takes away is not missed; one that never was is", async () => {
    const base = await shopWith(at("../lib.git"));
    const without = scene.places.repository();
    without.commit({ "shop.txt": "of the shop\n" });
    const commit = await scene.push(without, "octo", "shop");
    expect(readdirSync((await scene.open({ commit, base, ...listed })).directory)).toEqual(["shop.txt"]);
    const other = scene.places.repository();
    other.commit({ "shop.txt": "another\n" });
    const never = await scene.push(other, "octo", "shop");
    await expect(scene.open({ commit, base: never, ...listed })).rejects.toThrow(
      "The submodule `vendor/lib` cannot be checked out: the commit has no submodule there. Correct that, or take it out of `environment.submodules` of the base branch.",
    );
  });
});

describe("a private submodule", () => {
  test("is fetched with a token for it alone, where the base branch has named it", async () => {
    const commit = await shopWith(at("../closed.git"));
    const before = scene.local.github.state.installationTokens.length;
    const { directory } = await scene.open({ commit, ...listed });
    expect(existsSync(join(directory, "vendor/lib/lib.txt"))).toBe(true);
    const closed = scene.local.github.state.repositories.find(
      ({ name, private: hidden }) => name === "closed" && hidden,
    );
    const made = scene.local.github.state.installationTokens.slice(before);
    expect(made).toContainEqual(
      expect.objectContaining({ repositoryIds: [closed?.id], permissions: { contents: "read", metadata: "read" } }),
    );
  });

  test.each([
    [
      "whose address only the pull has",
      "../lib.git",
      "../closed.git",
      false,
      /may not read its contents \(octo\/closed, asked as anybody may\)/,
    ],
    [
      "of another account",
      "../../other/closed",
      "../../other/closed",
      false,
      /\(other\/closed, asked as anybody may\)/,
    ],
    ["in a pull from a fork", "../closed.git", "../closed.git", true, /\(octo\/closed, asked as anybody may\)/],
    [
      "whose address only a fork has",
      "../closed.git",
      "../lib.git",
      true,
      /is not that of the base branch, and the pull is from a fork/,
    ],
  ])("%s is not given, though it is in a mirror already", async (_, atBase, inPull, fromFork, says) => {
    await scene.open({ commit: await shopWith(at("../closed.git")), ...listed });
    const base = await shopWith(at(atBase));
    const wanted = scene.open({ commit: await shopWith(at(inPull)), base, fromFork, ...listed });
    await expect(wanted).rejects.toMatchObject({ name: "UserError", message: expect.stringMatching(says) });
  });

  test("where the App is not installed is not given", async () => {
    await scene.make("octo", "apart", { private: true });
    const { installations, repositories } = scene.local.github.state;
    const shop = repositories.find(({ name }) => name === "shop");
    for (const one of installations) one.repositoryIds = [shop?.id ?? 0];
    try {
      const wanted = scene.open({ commit: await shopWith(at("../apart.git")), ...listed });
      await expect(wanted).rejects.toThrow(/\(octo\/apart, asked as anybody may\)/);
    } finally {
      for (const one of installations) one.repositoryIds = null;
    }
  });
});

describe("a hostile .gitmodules", () => {
  const marker = () => join(scene.places.directory(), "ran");
  test.each([
    ["ext::", (file: string) => at(`"ext::sh -c touch% ${file}"`), /does not lead|holds/],
    ["file://", () => at("file:///etc"), /does not lead to a repository on 127/],
    ["an option", (file: string) => at(`"-u touch ${file}"`), /holds characters/],
    ["--upload-pack", (file: string) => at(`--upload-pack=${file}`), /does not lead/],
    ["a way out of the host", () => at("../../../etc/x"), /does not lead/],
    ["another host", () => at("https://evil.example/octo/lib.git"), /does not lead/],
    ["a name and password", () => at("http://a:b@127.0.0.1/octo/lib.git"), /holds a name or password/],
    ["a line break in the address", () => at('"../lib.git\\n[core]\\n\\tfsmonitor = x"'), /holds characters/],
    ["an address twice", () => `${at("../lib.git")}\turl = ../closed.git\n`, /names the url of "lib" twice/],
    [
      "a path twice",
      () => `${at("../lib.git")}${at("../closed.git").replace('"lib"', '"b"')}`,
      /names the path "vendor\/lib" twice/,
    ],
    ["no address", () => '[submodule "lib"]\n\tpath = vendor/lib\n', /has no address for it/],
    [
      "an include",
      () => '[include]\n\tpath = /etc/gitconfig\n[submodule "lib"]\n\tpath = vendor/lib\n',
      /has no address/,
    ],
    ["what is not git's format", () => "[submodule\n\0", /is not in git's format/],
  ])("with %s ends in a clear error", async (_, content, says) => {
    const file = marker();
    const wanted = scene.open({ commit: await shopWith(content(file)), ...listed });
    await expect(wanted).rejects.toMatchObject({ name: "UserError", message: expect.stringMatching(says) });
    expect(existsSync(file)).toBe(false);
  });

  test.each(["update = !touch", "fetchRecurseSubmodules = true", "branch = --upload-pack=touch", "shallow = true"])(
    "does nothing by %s",
    async (line) => {
      const file = marker();
      const { directory } = await scene.open({
        commit: await shopWith(`${at("../lib.git")}\t${line} ${file}\n`),
        ...listed,
      });
      expect(existsSync(join(directory, "vendor/lib/lib.txt"))).toBe(true);
      expect(existsSync(file)).toBe(false);
    },
  );

  test("that is a symbolic link is refused with its tree", async () => {
    const repository = scene.places.repository();
    repository.commit({ "a.txt": "a" });
    const link = repository.gitWith(Buffer.from("/etc/gitconfig"), "hash-object", "-w", "--stdin").trim();
    const entries = `120000 blob ${link}\t.gitmodules\n160000 commit ${lib}\tlib\n`;
    const tree = repository.gitWith(Buffer.from(entries), "mktree", "--missing").trim();
    repository.git("reset", "-q", "--soft", repository.git("commit-tree", "-m", "x", tree).trim());
    const wanted = scene.open({
      commit: await scene.push(repository, "octo", "shop"),
      environment: { submodules: ["lib"] },
    });
    await expect(wanted).rejects.toThrow(/cannot be written: error: invalid path '\.gitmodules'/);
  });
});

test("a commit that the submodule's repository does not have is told", async () => {
  const commit = await shopWith(at("../lib.git"), "0123456789012345678901234567890123456789" as Sha);
  await expect(scene.open({ commit, ...listed })).rejects.toThrow(
    /^The submodule `vendor\/lib` cannot be checked out: The commit 0123456789\d+ is no longer in /,
  );
});
