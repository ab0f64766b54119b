/**
 * What a hostile repository or workspace can leave for git to run on the host. The markers show which of them git ran:
 * for plain git (the control) several, for ours none.
 */
import { afterEach, describe, expect, test } from "@jest/globals";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sha } from "../../../src/domain/ids.ts";
import { readChanges } from "../../../src/workspace/changes.ts";
import { checkout } from "../../../src/workspace/checkout.ts";
import { git } from "../../../src/workspace/git.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { openWorkspaceFiles } from "../../../src/workspace/safe-files.ts";
import { put, temporary } from "./repository.ts";
import { runSync } from "../../support/run-sync.ts";

const places = temporary();
afterEach(() => places.removeAll());

const hooks = [
  "pre-commit",
  "post-checkout",
  "post-index-change",
  "post-merge",
  "pre-push",
  "reference-transaction",
  "fsmonitor-watchman",
];

/** The vectors by name; `run(name)` is a command that leaves a marker. */
function hostileConfig(run: (name: string) => string, hooksPath: string): Readonly<Record<string, string>> {
  return {
    "core.fsmonitor": `[core]\n\tfsmonitor = ${run("core.fsmonitor")}\n`,
    "core.hooksPath": `[core]\n\thooksPath = ${hooksPath}\n`,
    "filter.clean": `[filter "evil"]\n\tclean = ${run("filter.clean")}\n\tsmudge = ${run("filter.smudge")}\n\trequired = true\n`,
    "filter.process": `[filter "lfs"]\n\tprocess = ${run("filter.process")}\n\tsmudge = ${run("lfs.smudge")}\n\tclean = ${run("lfs.clean")}\n`,
    "diff.external": `[diff]\n\texternal = ${run("diff.external")}\n`,
    "diff.textconv": `[diff "evil"]\n\ttextconv = ${run("diff.textconv")}\n\tcommand = ${run("diff.command")}\n`,
    "merge.driver": `[merge "evil"]\n\tdriver = ${run("merge.driver")}\n`,
    "core.sshCommand": `[core]\n\tsshCommand = ${run("core.sshCommand")}\n\tgitProxy = ${run("core.gitProxy")}\n`,
    "core.pager": `[core]\n\tpager = ${run("core.pager")}\n\teditor = ${run("core.editor")}\n\taskPass = ${run("core.askPass")}\n`,
    "credential.helper": `[credential]\n\thelper = "!${run("credential.helper")}"\n`,
    "url.insteadOf": `[url "ext::sh -c ${run("ext").replaceAll(" ", "% ")}"]\n\tinsteadOf = file://\n`,
    "uploadpack.packObjectsHook": `[uploadpack]\n\tpackObjectsHook = ${run("uploadpack.packObjectsHook")}\n`,
  };
}

const attributes = "*.txt filter=evil diff=evil merge=evil\n*.bin filter=lfs\n";

function scene() {
  const base = places.directory();
  const markers = join(base, "markers");
  const hooksPath = join(base, "hooks");
  for (const directory of [markers, hooksPath]) mkdirSync(directory);
  const program = join(base, "mark");
  writeFileSync(program, `#!/bin/sh\n: >"${markers}/$1"\n[ "$2" = cat ] && cat\nexit 0\n`);
  chmodSync(program, 0o755);
  for (const hook of hooks)
    writeFileSync(join(hooksPath, hook), `#!/bin/sh\nexec ${program} hook-${hook}\n`, { mode: 0o755 });
  const config = hostileConfig((name) => `${program} ${name}`, hooksPath);
  return { base, hooksPath, config, marks: () => readdirSync(markers).toSorted() };
}

/** Everything that the bot does with git and a workspace. */
async function everything(
  url: string,
  commits: readonly [Sha, Sha],
  dataDir: string,
  spoil: (directory: string) => void,
) {
  const mirror = openMirror({ dataDir, repositoryId: 1, allowFileProtocol: true });
  const [base, head] = commits;
  for (const sha of commits) await mirror.ensureCommit({ url, sha });
  const merged = await mirror.mergeTree(base, head);
  if (!merged.clean) throw new Error("conflict");
  await mirror.changedPaths(base, head);
  await mirror.readBlob(head, "a.txt");
  const directory = join(dataDir, "workspace");
  await checkout({ mirror, treeish: merged.tree, directory });
  spoil(directory);
  const files = openWorkspaceFiles(directory);
  await files.write("a.txt", "edited");
  await files.search("e", { limit: 10 });
  const changes = await readChanges(mirror, head, directory);
  // git itself started in the workspace, as somebody may one day add it.
  await git(["status"], { accept: [0, 128] });
  return { mirror, directory, changes };
}

function hostileRepository() {
  const remote = places.repository();
  const base = remote.commit({ "a.txt": "1\n2\n3\n", "b.bin": "x", ".gitattributes": attributes });
  remote.git("checkout", "-q", "-b", "side");
  const head = remote.commit({ "a.txt": "1\n2\n3\n4\n" });
  remote.git("checkout", "-q", "main");
  return { remote, commits: [remote.commit({ "c.txt": "c" }), head] as const, base };
}

/** Turns a workspace into what a command in the sandbox could have left. */
function leaveGitDirectory(directory: string, config: string, hooksPath: string, remote: string): void {
  cpSync(join(remote, ".git"), join(directory, ".git"), { recursive: true });
  put(directory, ".git/info/attributes", attributes);
  put(directory, ".git/config", `[core]\n\trepositoryformatversion = 0\n\tbare = false\n${config}`);
  for (const hook of hooks) cpSync(join(hooksPath, hook), join(directory, ".git/hooks", hook));
}

describe("what a workspace leaves for git", () => {
  test("is live: plain git in the workspace runs several of the vectors", () => {
    const { base, config, hooksPath, marks } = scene();
    const { remote } = hostileRepository();
    const directory = join(base, "workspace");
    mkdirSync(directory);
    leaveGitDirectory(directory, Object.values(config).join(""), hooksPath, remote.directory);
    put(directory, "a.txt", "edited");
    for (const args of [["status"], ["diff"], ["add", "a.txt"], ["commit", "-qm", "x"], ["fetch", "-q", "--all"]]) {
      // Some of the vectors break the command after they ran.
      runSync("git", ["-C", directory, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
        env: { PATH: process.env["PATH"], HOME: base },
      });
    }
    expect(marks().length).toBeGreaterThanOrEqual(4);
  });

  test.each(Object.keys(hostileConfig(() => "", "")))("has no effect: %s in .git/config", async (name) => {
    const { base, config, hooksPath, marks } = scene();
    const { remote, commits } = hostileRepository();
    const { changes } = await everything(remote.url, commits, base, (directory) =>
      leaveGitDirectory(directory, config[name] ?? "", hooksPath, remote.directory),
    );
    expect(marks()).toEqual([]);
    expect(changes.additions.map(({ path }) => path)).toEqual(["a.txt", "c.txt"]);
  });

  test("has no effect: a workspace that looks like a bare repository, or holds one", async () => {
    const { base, config, hooksPath, marks } = scene();
    const { remote, commits } = hostileRepository();
    const { changes } = await everything(remote.url, commits, base, (directory) => {
      for (const place of [directory, join(directory, "nested")]) {
        mkdirSync(join(place, "refs/heads"), { recursive: true });
        mkdirSync(join(place, "objects"), { recursive: true });
        cpSync(hooksPath, join(place, "hooks"), { recursive: true });
        put(place, "HEAD", "ref: refs/heads/main\n");
        put(place, "config", `[core]\n\tbare = true\n${Object.values(config).join("")}`);
      }
    });
    expect(marks()).toEqual([]);
    expect(changes.additions.map(({ path }) => path)).toContain("nested/config");
  });

  test("has no effect: a .git file that points to another repository", async () => {
    const { base, config, hooksPath, marks } = scene();
    const { remote, commits } = hostileRepository();
    const evil = join(base, "evil");
    mkdirSync(evil);
    leaveGitDirectory(evil, Object.values(config).join(""), hooksPath, remote.directory);
    await everything(remote.url, commits, base, (directory) => put(directory, ".git", `gitdir: ${evil}/.git\n`));
    expect(marks()).toEqual([]);
  });

  test("has no effect: configuration and variables of the bot's own user", async () => {
    const { base, config, marks } = scene();
    const { remote, commits } = hostileRepository();
    put(base, ".gitconfig", Object.values(config).join(""));
    const names = {
      HOME: base,
      XDG_CONFIG_HOME: base,
      GIT_CONFIG_GLOBAL: join(base, ".gitconfig"),
      GIT_DIR: base,
      GIT_SSH_COMMAND: `${base}/mark GIT_SSH`,
      GIT_EXTERNAL_DIFF: `${base}/mark GIT_EXTERNAL_DIFF`,
      GIT_ASKPASS: `${base}/mark`,
      GIT_TEMPLATE_DIR: base,
    };
    const before = Object.fromEntries(Object.keys(names).map((name) => [name, process.env[name]]));
    Object.assign(process.env, names);
    try {
      const { mirror } = await everything(remote.url, commits, base, () => {});
      expect(existsSync(join(mirror.directory, "mark"))).toBe(false);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(marks()).toEqual([]);
  });
});

test("a failing git names its command, and neither a token nor a terminal", async () => {
  const failing = git(["ls-remote", "--", "http://127.0.0.1:9/x.git"], {
    credentials: { url: "http://127.0.0.1:9/x.git", token: "s3cr3t" },
  });
  await expect(failing).rejects.toMatchObject({
    name: "GitError",
    message: expect.stringMatching(/^git ls-remote -- http:\/\/127\.0\.0\.1:9\/x\.git: exit code 128/),
  });
  await expect(failing).rejects.toMatchObject({ message: expect.not.stringContaining("s3cr3t") });
});
