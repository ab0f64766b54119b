import { afterEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Sha } from "../../../src/domain/ids.ts";
import { openMirror, type Mirror } from "../../../src/workspace/mirror.ts";
import { tidyMirror } from "../../../src/workspace/tidy-mirrors.ts";
import { temporary } from "./repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

const dayMs = 86_400_000;
const tomorrow = () => Date.now() + dayMs + 60_000;
const refsOf = ({ directory }: Mirror) => readdirSync(join(directory, "refs", "commits")).toSorted();
const packsOf = ({ directory }: Mirror) =>
  readdirSync(join(directory, "objects", "pack")).filter((name) => name.endsWith(".pack"));

function usedDaysAgo({ directory }: Mirror, sha: Sha, days: number): void {
  const time = new Date(Date.now() - days * dayMs);
  utimesSync(join(directory, "refs", "commits", sha), time, time);
}

function scene(number = 7) {
  const remote = places.repository();
  const dataDir = places.directory();
  const mirror = openMirror({ dataDir, repositoryId: number, allowFileProtocol: true, timeoutMs: 20_000 });
  return { remote, dataDir, mirror, fetch: (sha: Sha) => mirror.ensureCommit({ url: remote.url, sha }) };
}

describe("a mirror that is tidied", () => {
  test("forgets the commits that nobody has asked for in a month, and no others", async () => {
    const { remote, dataDir, mirror, fetch } = scene();
    const commits = [remote.commit({ a: "1" }), remote.commit({ a: "2" }), remote.commit({ a: "3" })] as const;
    for (const sha of commits) await fetch(sha);
    const [first, second, third] = commits;
    for (const sha of commits) usedDaysAgo(mirror, sha, 31);
    usedDaysAgo(mirror, second, 28);
    // Asked for again.
    await fetch(third);
    expect(await tidyMirror(dataDir, tomorrow())).toEqual({ mirror: "7.git", forgotten: 1, removed: false });
    expect(refsOf(mirror)).toEqual([second, third].toSorted());
    // It came with the others, and so is still here; from now on it is kept for itself.
    await fetch(first);
    expect(refsOf(mirror)).toEqual(commits.toSorted());
    expect((await mirror.readBlob(first, "a"))?.toString()).toBe("1");
  });

  test("goes when no run has used it, and comes again for the next one", async () => {
    const { remote, dataDir, mirror, fetch } = scene();
    const sha = remote.commit({ a: "1" });
    await fetch(sha);
    usedDaysAgo(mirror, sha, 31);
    expect(await tidyMirror(dataDir, tomorrow())).toEqual({ mirror: "7.git", forgotten: 1, removed: true });
    expect(readdirSync(join(dataDir, "mirrors"))).toEqual([]);
    await fetch(sha);
    expect((await mirror.readBlob(sha, "a"))?.toString()).toBe("1");
  });

  test("has its packs put together when they are many", async () => {
    const { remote, dataDir, mirror, fetch } = scene();
    const sha = remote.commit(Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`f${at}`, `${at}`])));
    await fetch(sha);
    const [pack = ""] = packsOf(mirror);
    const folder = join(mirror.directory, "objects", "pack");
    for (let copy = 0; copy < 31; copy += 1) {
      const name = `pack-${randomBytes(20).toString("hex")}`;
      for (const end of ["pack", "idx"])
        copyFileSync(join(folder, pack.replace(/pack$/, end)), join(folder, `${name}.${end}`));
    }
    await tidyMirror(dataDir, tomorrow());
    expect(packsOf(mirror)).toHaveLength(1);
    expect((await mirror.readBlob(sha, "f7"))?.toString()).toBe("7");
  });

  test("is one of several at a time, each once a day", async () => {
    const { remote, dataDir, fetch } = scene(7);
    const sha = remote.commit({ a: "1" });
    await fetch(sha);
    const other = openMirror({ dataDir, repositoryId: 8, allowFileProtocol: true });
    await other.ensureCommit({ url: remote.url, sha });
    expect(await tidyMirror(dataDir)).toBeNull();
    const turns = [await tidyMirror(dataDir, tomorrow()), await tidyMirror(dataDir, tomorrow())];
    expect(new Set(turns.map((turn) => turn?.mirror))).toEqual(new Set(["7.git", "8.git"]));
    expect(existsSync(join(dataDir, "mirrors", "8.git", "HEAD"))).toBe(true);
  });

  test("is none where nothing was ever fetched", async () => {
    expect(await tidyMirror(places.directory())).toBeNull();
  });
});
