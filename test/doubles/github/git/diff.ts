import { looseHistory } from "./history.ts";
import { EMPTY_TREE, treeOf } from "./objects.ts";
import { readObjects } from "./read-objects.ts";
import { runGit, zeroSeparated } from "./run-git.ts";

/** A changed file as `GET /repos/{owner}/{repo}/pulls/{n}/files` tells it; `patch` holds the hunks only and is absent for binary files. */
export interface DiffFile {
  readonly path: string;
  readonly previousPath?: string;
  readonly status: "added" | "modified" | "removed" | "renamed" | "copied" | "changed";
  readonly additions: number;
  readonly deletions: number;
  /** The blob's sha in the head; for a removed file, in the base. */
  readonly sha: string;
  readonly patch?: string;
}

/** Limits of one file's diff on GitHub: docs.github.com, "Limits for viewing content and diffs in a repository". */
const MAX_PATCH_LINES = 20_000;
const MAX_PATCH_BYTES = 500 * 1024;

const OPTIONS = ["-r", "-M", "-l1000", "--no-ext-diff", "--no-color", "--no-textconv"];

/** The files that differ between two commits or trees. For a pull, `base` is the merge base: that choice is the caller's. */
export async function diffFiles(dir: string, base: string, head: string): Promise<DiffFile[]> {
  const args = ["diff-tree", ...OPTIONS, "-z", "--raw", "--numstat", "-p", "--no-abbrev"];
  const { stdout } = await readObjects(dir, args, [base, head]);
  const { raws, counts, patch: whole } = parseDiff(stdout);
  const sections = splitSections(whole);
  return raws.map((raw, index) => {
    // A change of kind (file to symbolic link) is printed as a removal followed by an addition.
    const own = sections.splice(0, raw.letter === "T" ? 2 : 1);
    const count = counts[index] ?? { additions: 0, deletions: 0 };
    const patch = own.flatMap((section) => hunksOf(section)).join("\n");
    const tooLarge = count.additions + count.deletions > MAX_PATCH_LINES || patch.length > MAX_PATCH_BYTES;
    return {
      path: raw.path,
      ...(raw.previousPath !== undefined && { previousPath: raw.previousPath }),
      status: statusOf(raw, count),
      ...count,
      sha: raw.letter === "D" ? raw.oldSha : raw.newSha,
      ...(patch !== "" && !tooLarge && { patch }),
    };
  });
}

/** `git diff` between two commits or trees: the answer for the media type `application/vnd.github.diff`. */
export async function diffText(dir: string, base: string, head: string): Promise<string> {
  const { stdout } = await readObjects(dir, ["diff-tree", ...OPTIONS, "-p"], [base, head]);
  return stdout.toString();
}

/** `base..head` as mails, oldest first: the answer for the media type `application/vnd.github.patch`. */
export async function formatPatch(dir: string, base: string, head: string): Promise<string> {
  const range = base === EMPTY_TREE ? ["--root", head] : [`${base}..${head}`];
  const { stdout } = await runGit(dir, ["format-patch", "--stdout", "--no-signature", "-M", ...range]);
  return stdout.toString();
}

/** The tree of a three-way merge without a work tree, or the paths in conflict (none listed: the histories are unrelated). */
export async function mergeTree(
  dir: string,
  base: string,
  head: string,
): Promise<{ clean: true; tree: string } | { clean: false; conflicts: string[] }> {
  const [before, after] = [looseHistory(dir, base), looseHistory(dir, head)];
  // What lies on one line is the newer one.
  const newer = before?.has(head) ? base : after?.has(base) ? head : null;
  const tree = newer === null ? null : await treeOf(dir, newer);
  if (tree !== null) return { clean: true, tree };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"];
  const { code, stdout, stderr } = await readObjects(dir, args, [base, head], { accept: [0, 1, 128] });
  if (code === 128) {
    if (stderr.includes("unrelated histories")) return { clean: false, conflicts: [] };
    throw new Error(`git merge-tree failed: ${stderr.trim()}`);
  }
  const [merged = "", ...conflicts] = zeroSeparated(stdout);
  if (code === 0) return { clean: true, tree: merged };
  return { clean: false, conflicts: [...new Set(conflicts)].filter((path) => path !== "") };
}

interface RawLine {
  readonly letter: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldSha: string;
  readonly newSha: string;
  readonly path: string;
  readonly previousPath?: string;
}

interface Count {
  readonly additions: number;
  readonly deletions: number;
}

// `diff-tree -z --raw --numstat -p` prints all raw records, all counts, an empty field and the patch; renames carry two paths in both.
function parseDiff(output: Buffer): { raws: RawLine[]; counts: Count[]; patch: string } {
  const raws: RawLine[] = [];
  const counts: Count[] = [];
  // The patch may hold zeros of its own, which the last field keeps.
  const fields = output.toString().split("\0");
  let at = 0;
  while (at < fields.length) {
    const field = fields[at++] ?? "";
    if (field === "") break;
    if (field.startsWith(":")) {
      const [oldMode = "", newMode = "", oldSha = "", newSha = "", status = ""] = field.slice(1).split(" ");
      const letter = status.charAt(0);
      const first = fields[at++] ?? "";
      const facts = { letter, oldMode, newMode, oldSha, newSha };
      if (letter === "R" || letter === "C") raws.push({ ...facts, previousPath: first, path: fields[at++] ?? "" });
      else raws.push({ ...facts, path: first });
      continue;
    }
    const [added = "", removed = "", path = ""] = field.split("\t");
    if (path === "") at += 2;
    counts.push({ additions: countOf(added), deletions: countOf(removed) });
  }
  return { raws, counts, patch: fields.slice(at).join("\0") };
}

function countOf(field: string): number {
  return field === "-" ? 0 : Number(field);
}

function statusOf(raw: RawLine, count: Count): DiffFile["status"] {
  switch (raw.letter) {
    case "A":
      return "added";
    case "D":
      return "removed";
    case "R":
      return "renamed";
    case "C":
      return "copied";
    case "T":
      return "changed";
    default:
      return raw.oldSha === raw.newSha && count.additions + count.deletions === 0 ? "changed" : "modified";
  }
}

// Inside a patch every line of content starts with one of " +-\@", so this header cannot be faked by a file.
function splitSections(patch: string): string[] {
  return patch.split(/^(?=diff --git )/m).filter((section) => section.startsWith("diff --git "));
}

function hunksOf(section: string): string[] {
  const start = section.search(/^@@ /m);
  return start < 0 ? [] : [section.slice(start).replace(/\n$/, "")];
}
