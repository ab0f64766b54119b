import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execGit } from "./github/git/git-runner.ts";
import type { Person } from "./person.ts";

/** Pushes the files of a folder as the first commit of a repository, as anybody would: with git. */
export async function pushFolder(url: string, who: Person, repository: string, folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "push-"));
  try {
    await cp(folder, work, { recursive: true });
    // Nothing may go on in the folder after the last command, which is to remove it.
    const settings = [`user.name=${who.login}`, `user.email=${who.login}@example.com`, "maintenance.auto=false"];
    const as = ["-C", work, ...settings.flatMap((setting) => ["-c", setting])];
    const git = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await execGit({ args: [...as, ...args], env: gitEnv(), input: "" });
      if (code !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
    };
    await git("init", "-q", "-b", "main");
    await git("add", "-A");
    await git("commit", "-q", "-m", "Open the shop");
    const remote = new URL(`${url}/${repository}.git`);
    remote.username = who.login;
    remote.password = who.token;
    await git("push", "-q", remote.href, "main");
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function gitEnv(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
}
