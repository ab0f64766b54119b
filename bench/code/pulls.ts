/** What a pull of 10 files costs in repositories of different size: from the fetched mirror to what there is to say, in the product's own sandbox. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { openCodeIndexes } from "../../pipelines/code-index.ts";
import { parseConfig } from "../../src/config/load.ts";
import { pullSide } from "../../src/code/pull/side.ts";
import { reviewPull } from "../../src/code/pull/review-pull.ts";
import { silentLog } from "../../src/log.ts";
import { openProvider } from "../../src/sandbox/open-provider.ts";
import { openCommitFiles } from "../../src/workspace/commit-files.ts";
import { openObjects } from "../../src/workspace/objects.ts";

/** A bare repository with a history of pulls, each of which changes the same number of files. */
export interface PullScene {
  readonly directory: string;
  /** The first, and the pulls after it, each on top of the one before. */
  readonly commits: readonly string[];
}

/**
 * @param sources a folder with code, of which at most so many files are taken, again and again below folders of their own when there are too few
 */
export function makeScene(sources: string, directory: string, files: number, pulls: number): PullScene {
  const work = `${directory}.work`;
  const all = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
  const paths = Array.from({ length: files }, (_, number) => {
    const from = all[number % all.length] ?? "";
    const path = join(`part${Math.floor(number / all.length)}`, relative(sources, from));
    write(join(work, path), readFileSync(from, "utf8"));
    return path;
  });
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", work, ...args], { env: environment })
      .toString()
      .trim();
  git("init", "--quiet", "--initial-branch=main");
  const commit = () => {
    git("add", "--all");
    git("commit", "--quiet", "--message", "x");
    return git("rev-parse", "HEAD");
  };
  const commits = [commit()];
  // Files of the usual size, the same in both repositories.
  const usual = paths
    .slice(0, Math.min(files, all.length, 100))
    .filter((path) => /^.{1500,12000}$/s.test(readFileSync(join(work, path), "utf8")));
  for (let pull = 0; pull < pulls; pull++) {
    for (let at = 0; at < 10; at++) {
      const path = join(work, usual[(pull * 10 + at) % usual.length] ?? "");
      write(
        path,
        `${readFileSync(path, "utf8")}\nexport function added${pull}(value: number) {\n  return value > ${at} ? eval(String(value)) : null;\n}\n`,
      );
    }
    commits.push(commit());
  }
  execFileSync("git", ["clone", "--quiet", "--bare", work, directory], { env: environment });
  rmSync(work, { recursive: true });
  return { directory, commits };
}

const environment = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  ...Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((who) => [
      [`GIT_${who}_NAME`, "a"],
      [`GIT_${who}_EMAIL`, "a@example.com"],
    ]),
  ),
};

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * ms for each pull of each scene: its base was renewed by the pull before, its head is new, and nothing waits ready: sandbox and analysers are
 * started. The scenes take turns, so that a busy machine slows all alike.
 * @param dataDir a folder without anything, for what is known of the code
 */
export async function timePulls(
  scenes: readonly PullScene[],
  dataDir: string,
): Promise<readonly (readonly number[])[]> {
  const all: { readonly pull: (number: number) => Promise<number>; readonly times: number[] }[] = [];
  for (const [number, scene] of scenes.entries())
    all.push({ pull: await openScene(scene, join(dataDir, String(number))), times: [] });
  const pulls = Math.min(...scenes.map(({ commits }) => commits.length - 2));
  for (let number = 1; number <= pulls; number += 1)
    for (const { pull, times } of number % 2 === 0 ? all : all.toReversed()) times.push(await pull(number));
  return all.map(({ times }) => times);
}

/** Learns the first commit. The first base is one commit further than what is known, and each after it as well. */
async function openScene(
  { directory, commits }: PullScene,
  dataDir: string,
): Promise<(number: number) => Promise<number>> {
  const options = {
    dataDir,
    sandboxes: openProvider({ kind: "bubblewrap", image: "", dockerSocket: "" }),
    log: silentLog,
  };
  const config = parseConfig(null);
  if (config.state === "invalid") throw new Error("The default configuration cannot be read.");
  const objects = openObjects(directory, 60_000);
  const before = openCodeIndexes(options);
  await before.use(1, async (index) => index.repository(await openCommitFiles(objects, commits[0] ?? "")));
  await before.close();
  return async (number) => {
    const codes = openCodeIndexes(options);
    const begun = performance.now();
    const found = await codes.use(1, async (index) => {
      index.prepare();
      const [old, now] = await Promise.all([
        openCommitFiles(objects, commits[number] ?? ""),
        openCommitFiles(objects, commits[number + 1] ?? ""),
      ]);
      void now.preload(old.id);
      const base = await index.repository(old);
      const head = await index.repository(now, { near: base });
      const changed = (await now.changesSince(old.id)) ?? [];
      const sides = { base: pullSide(index, old, base), head: pullSide(index, now, head) };
      return reviewPull({ ...sides, changed, config: config.config.analysis });
    });
    const ms = performance.now() - begun;
    await codes.close();
    if (found.findings.length < 5)
      throw new Error(`The pull has ${found.findings.length} findings and not those that it adds.`);
    return ms;
  };
}
