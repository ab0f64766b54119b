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
 * ms for each pull: its base was renewed by the pull before, its head is new, and nothing waits ready: sandbox and analysers are started.
 * @returns the times, and what ran the analysers
 */
export async function timePulls({ directory, commits }: PullScene, dataDir: string): Promise<readonly number[]> {
  const options = {
    dataDir,
    sandboxes: openProvider({ kind: "bubblewrap", image: "", dockerSocket: "" }),
    log: silentLog,
  };
  const config = parseConfig(null);
  if (config.state === "invalid") throw new Error("The default configuration cannot be read.");
  const objects = openObjects(directory, 60_000);
  const times: number[] = [];
  const [first = "", ...pulls] = commits;
  const before = openCodeIndexes(options);
  await before.use(1, async (index) => index.repository(await openCommitFiles(objects, first)));
  await before.close();
  // The first base is one commit further than what is known, and each after it as well.
  for (let at = 0; at + 1 < pulls.length; at += 1) {
    const codes = openCodeIndexes(options);
    const begun = performance.now();
    const found = await codes.use(1, async (index) => {
      index.prepare();
      const [old, now] = await Promise.all([
        openCommitFiles(objects, pulls[at] ?? ""),
        openCommitFiles(objects, pulls[at + 1] ?? ""),
      ]);
      const base = await index.repository(old);
      const head = await index.repository(now, { near: base });
      const changed = (await now.changesSince(old.id)) ?? [];
      const sides = { base: pullSide(index, old, base), head: pullSide(index, now, head) };
      return reviewPull({ ...sides, changed, config: config.config.analysis });
    });
    times.push(performance.now() - begun);
    await codes.close();
    if (found.findings.length < 5)
      throw new Error(`The pull has ${found.findings.length} findings and not those that it adds.`);
  }
  return times;
}
