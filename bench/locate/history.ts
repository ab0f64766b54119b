/** A git history as the benchmark of the locator reads it: commits, trees, and contents one by one. */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

export interface Commit {
  readonly id: string;
  readonly parent: string;
  readonly subject: string;
  readonly body: string;
  readonly changed: readonly string[];
}

/** From the head, without merges, the newest first. @param most commits at most */
export async function readCommits(repo: string, most: number): Promise<readonly Commit[]> {
  const format = "%x01%H%x00%P%x00%s%x00%b%x00";
  const text = await git(repo, [
    "log",
    "--no-merges",
    "--no-renames",
    "-n",
    String(most),
    `--format=${format}`,
    "--name-only",
  ]);
  return text.split("\u0001").flatMap((entry): readonly Commit[] => {
    const [id = "", parents = "", subject = "", body = "", names = ""] = entry.split("\0");
    const parent = parents.split(" ")[0] ?? "";
    return id === "" || parent === ""
      ? []
      : [{ id, parent, subject, body, changed: names.split("\n").filter((name) => name !== "") }];
  });
}

/** Regular files: their paths, and what git calls their contents. */
export async function listTree(repo: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const text = await git(repo, ["ls-tree", "-r", "-z", commit]);
  return new Map(
    text.split("\0").flatMap((line): readonly [string, string][] => {
      const [, mode = "", blob = "", path = ""] = /^(\d+) blob (\w+)\t(.*)$/s.exec(line) ?? [];
      return mode.startsWith("100") ? [[path, blob]] : [];
    }),
  );
}

/** Blobs one after the other from one `git cat-file --batch`. A blob that a partial history lacks is empty. */
export function openBlobs(repo: string): { read(blob: string): Promise<Buffer>; close(): void } {
  const child = spawn("git", ["-C", repo, "cat-file", "--batch"], { stdio: ["pipe", "pipe", "ignore"] });
  let buffer: Buffer = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    wake?.();
  });
  const more = () => new Promise<void>((resolve) => (wake = resolve));
  return {
    async read(blob) {
      child.stdin.write(`${blob}\n`);
      while (!buffer.includes(10)) await more();
      const at = buffer.indexOf(10);
      const [, kind, size = "0"] = buffer.subarray(0, at).toString().split(" ");
      buffer = buffer.subarray(at + 1);
      if (kind !== "blob") return Buffer.alloc(0);
      while (buffer.length < Number(size) + 1) await more();
      const content = Buffer.from(buffer.subarray(0, Number(size)));
      buffer = buffer.subarray(Number(size) + 1);
      return content;
    },
    close: () => child.stdin.end(),
  };
}

async function git(repo: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["-C", repo, ...args], { maxBuffer: 1024 ** 3 });
  return stdout;
}
