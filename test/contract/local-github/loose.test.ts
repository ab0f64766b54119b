import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BareRepository } from "../../doubles/github/git/bare-repository.ts";
import { runGit } from "../../doubles/github/git/run-git.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "local-github-loose-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const names = ["a", "a.js", "a-b", "b", "lib", ".gitignore", "README.md"];
const folders = ["", "a/", "lib/", "lib/a/", "lib/a.js/"];
const author = { name: "Ada", email: "ada@example.com", date: "2026-01-02T03:04:05Z" };

/** The same numbers for the same seed (Park and Miller, 1988). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** In a pack nothing is read without git, and nothing is written on top of it. */
const pack = (repo: BareRepository) => runGit(repo.dir, ["repack", "-a", "-d", "-q"]);

test("what is read and written as files is what git reads and writes", async () => {
  const plain = await BareRepository.create(join(root, "plain.git"), "main");
  const packed = await BareRepository.create(join(root, "packed.git"), "main");
  const pick = numbers(20_261_122);
  const history: string[] = [];
  for (let step = 0; step < 25; step++) {
    const parent = history[Math.max(0, history.length - 1 - pick(3))] ?? null;
    const at = () => `${folders[pick(folders.length)]}${names[pick(names.length)]}`;
    const paths = [...new Set(Array.from({ length: 1 + pick(4) }, at))];
    const deletions = paths.filter(() => pick(4) === 0);
    const additions = paths
      .filter((path) => !deletions.includes(path))
      .map((path) => ({ path, content: Buffer.from(`${path} ${String(step)}\n`) }));
    const commit = (repo: BareRepository) =>
      repo.commitFiles(parent, { additions, deletions }, `Step ${String(step)}\n\nWhy: ü`, author).catch(String);
    const made = await commit(plain);
    expect(await commit(packed)).toBe(made);
    // A file where a folder is, or the other way round, is refused by both.
    if (!/^[0-9a-f]{40}$/.test(made)) continue;
    history.push(made);
    // Packing keeps what a ref leads to.
    for (const repo of [plain, packed]) await runGit(repo.dir, ["update-ref", `refs/heads/${String(step)}`, made]);
    await pack(packed);
  }
  expect(history.length).toBeGreaterThan(10);
  const look = async (repo: BareRepository) => {
    const seen: unknown[] = [];
    for (const [at, one] of history.entries()) {
      const other = history[(at * 7 + 3) % history.length] ?? one;
      seen.push(await repo.readTree(one, { recursive: true }), await repo.log(one, { limit: 1 }));
      seen.push(
        await repo.mergeBase(one, other),
        await repo.isAncestor(one, other),
        await repo.aheadBehind(one, other),
      );
      seen.push(
        await repo.commitsBetween(one, other),
        await repo.mergeTree(one, other),
        await repo.diffFiles(one, other),
      );
    }
    return seen;
  };
  expect(await look(plain)).toEqual(await look(packed));
  expect((await runGit(plain.dir, ["fsck", "--strict", "--full"])).stderr).not.toMatch(/error|warning|missing/);
});
