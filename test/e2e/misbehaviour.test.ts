/** What commands and commits of strangers do to a validation: each ends with a clear check, and the next one finds a clean host. */
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import { execGit } from "../doubles/github/git/run-git.ts";
import type { Story } from "../doubles/start.ts";
import { conclusions, openPull, type Pull } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

function file(commands: readonly object[], rest: object = {}): Record<string, string> {
  return { ".codegen.yml": stringify({ ...rest, validation: { fail_on: "any", commands } }) };
}

/** A pull whose commit git makes of a folder: the API takes no links and no empty commits. */
async function pushPull(
  story: Story,
  branch: string,
  change: (folder: string, git: Git) => Promise<void>,
): Promise<Pull> {
  const folder = await mkdtemp(join(tmpdir(), "pull-"));
  const git: Git = async (...args) => {
    const as = ["-C", folder, "-c", "user.name=ada", "-c", "user.email=ada@example.com"];
    const env = { PATH: process.env.PATH ?? "", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
    const { code, stderr } = await execGit({ args: [...as, ...args], env, input: "" });
    if (code !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  };
  try {
    const remote = new URL(`${story.github.url}/${story.repository}.git`);
    remote.username = story.ada.login;
    remote.password = story.ada.token;
    await git("init", "-q");
    await git("fetch", "-q", remote.href, "main");
    await git("checkout", "-q", "-b", branch, "FETCH_HEAD");
    await change(folder, git);
    await git("add", "-A");
    await git("commit", "-q", "--allow-empty", "-m", "Change");
    await git("push", "-q", remote.href, branch);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return story.ada.api<Pull>("POST", `${story.at}/pulls`, { title: branch, head: branch, base: "main" });
}

type Git = (...args: string[]) => Promise<void>;

describe("a command that misbehaves", () => {
  const cases: readonly (readonly [name: string, run: string, title: RegExp])[] = [
    ["is not there", "no-such-command --now", /^Failed: exit code 127: there is no such command$/],
    ["prints bytes", "head -c 200000 /dev/urandom", /^Passed in/],
    ["floods", "yes", /^Failed: too much output$/],
    ["fills the disk", "head -c 10G /dev/zero >big", /^Failed: over the disk limit/],
    ["deletes everything", 'rm -rf /etc/* /tmp/* 2>/dev/null; rm -rf ~ ./* .??*; test -z "$(ls -A)"', /^Passed in/],
    ["forks", "f() { f | f & }; f; wait; sleep 60", /^(Timed out after 3\.0 s|Failed: exit code \d+)/],
    ["waits for input", 'read answer; test -z "$answer"', /^Passed in/],
    ["is well", "test -f package.json && test $(ls /proc | grep -c '^[0-9]') -lt 9", /^Passed in/],
  ];

  test("is told by its check, and harms no other", async () => {
    const limits = { cpus: 1, memory: "256MB", disk: "64MB", processes: 64 };
    const commands = cases.map(([name, run]) => ({
      name,
      run,
      timeout: name === "forks" ? "3s" : "30s",
      report: "**/*.xml",
    }));
    const story = await begin({ files: file(commands, { environment: { limits } }) });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const { check_runs: runs } = await story.ada.api<{ check_runs: { name: string; output: { title: string } }[] }>(
      "GET",
      `${story.at}/commits/${pull.head.sha}/check-runs`,
    );
    const titles = Object.fromEntries(runs.map(({ name, output }) => [name.replace("codegen / ", ""), output.title]));
    expect(titles).toEqual(Object.fromEntries(cases.map(([name, , title]) => [name, expect.stringMatching(title)])));
  }, 120_000);
});

describe("a commit", () => {
  const look = { name: "look", run: "find . -type f | wc -l", report: "**/*.xml" };

  test("with odd names and links in circles is validated as any other", async () => {
    const story = await begin({ files: file([look]) });
    const pull = await pushPull(story, "odd", async (folder) => {
      for (const name of ["with space", "new\nline", "tab\t", "ünï-✓", "-rf", "$(touch x)", "..."])
        await writeFile(join(folder, `${name}.xml`), "<testsuite><testcase name='a'/></testsuite>");
      for (const [name, target] of [
        ["loop", "loop"],
        ["there", "back"],
        ["back", "there"],
        ["up", ".."],
      ] as const)
        await symlink(target, join(folder, name));
    });
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / look: success"]);
  }, 60_000);

  test("without a file is validated as any other", async () => {
    const story = await begin({ files: file([{ ...look, run: 'test -z "$(ls -A)"' }]) });
    const pull = await pushPull(story, "empty", (_, git) => git("rm", "-q", "-r", "."));
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([
      "codegen / analysis: success",
      // That `.codegen.yml` goes as well is told.
      "codegen / config: neutral",
      "codegen / look: success",
    ]);
  }, 60_000);
});
