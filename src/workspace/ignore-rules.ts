import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fieldsOf, git } from "./git.ts";
import type { Mirror } from "./mirror.ts";
import type { TreeEntry } from "./objects.ts";
import { readContents } from "./read-contents.ts";

export interface IgnoreRules {
  /** @returns those of the paths that are ignored; the directories above them must have been asked about before */
  ask(paths: readonly { readonly path: string; readonly isDirectory: boolean }[]): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

const largestFile = 1_000_000;

/**
 * The .gitignore files of a commit, judged by git itself. They are put into an empty tree of our own with the names of
 * the directories in question, since a workspace's own .gitignore may have been written by anybody.
 */
export async function openIgnoreRules(mirror: Mirror, entries: readonly TreeEntry[]): Promise<IgnoreRules> {
  const skeleton = await mkdtemp(join(tmpdir(), "codegen-ignore-"));
  const close = () => rm(skeleton, { recursive: true, force: true });
  try {
    // git itself does not read a .gitignore that is a link.
    const rules = entries.filter(
      ({ path, kind, size }) => kind === "file" && size <= largestFile && /(?:^|\/)\.gitignore$/.test(path),
    );
    for await (const [{ path }, content] of readContents(rules, { gitDirectory: mirror.directory })) {
      await mkdir(dirname(join(skeleton, path)), { recursive: true });
      await writeFile(join(skeleton, path), content);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async ask(paths) {
      if (paths.length === 0) return new Set();
      // A directory where the commit has a .gitignore cannot be made, and is judged by its name alone.
      for (const { path, isDirectory } of paths)
        if (isDirectory) await mkdir(join(skeleton, path), { recursive: true }).catch(() => {});
      const input = paths.map(({ path }) => `./${path}\0`).join("");
      const options = {
        gitDirectory: mirror.directory,
        workTree: skeleton,
        indexFile: join(skeleton, ".git-no-index"),
        input,
        patternPaths: true,
        accept: [0, 1],
      };
      const { stdout } = await git(["check-ignore", "--no-index", "-z", "--stdin"], options);
      return new Set(fieldsOf(stdout).map((path) => path.slice("./".length)));
    },
    close,
  };
}
