import { readLoose } from "./loose-objects.ts";
import type { GitCommit, GitPerson } from "./commits.ts";

/** Longer histories are git's to walk. */
const mostCommits = 1_000;

/** A commit that lies in a file of its own and is written as usual; undefined where only git can tell. */
export function readLooseCommit(dir: string, sha: string): GitCommit | undefined {
  const object = readLoose(dir, sha);
  if (object?.type !== "commit" || object.content.includes(0)) return undefined;
  const text = object.content.toString();
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  const [tree = ""] = valuesOf(lines, "tree");
  const author = personOf(valuesOf(lines, "author"));
  const committer = personOf(valuesOf(lines, "committer"));
  if (end < 0 || !author || !committer || valuesOf(lines, "encoding").length > 0) return undefined;
  const message = text.slice(end + 2).replace(/\n+$/, "");
  return { sha, tree, parents: valuesOf(lines, "parent"), author, committer, message };
}

/** The commit and all before it; undefined where only git can tell. */
export function looseHistory(dir: string, sha: string): Set<string> | undefined {
  const seen = new Set([sha]);
  for (const one of seen) {
    const commit = seen.size > mostCommits ? undefined : readLooseCommit(dir, one);
    if (commit === undefined) return undefined;
    for (const parent of commit.parents) seen.add(parent);
  }
  return seen;
}

/**
 * The commits of a history without merges that `known` has not, newest first, and the one of `known` that they stand on (null: none).
 * Undefined where only git can tell, or order.
 */
export function looseLine(
  dir: string,
  head: string,
  known: ReadonlySet<string>,
): { commits: GitCommit[]; base: string | null } | undefined {
  const commits: GitCommit[] = [];
  let next: string | undefined = head;
  while (next !== undefined && !known.has(next)) {
    const commit: GitCommit | undefined = commits.length < mostCommits ? readLooseCommit(dir, next) : undefined;
    if (commit === undefined || commit.parents.length > 1) return undefined;
    commits.push(commit);
    next = commit.parents[0];
  }
  return { commits, base: next ?? null };
}

function valuesOf(lines: readonly string[], key: string): string[] {
  return lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
}

function personOf([value = ""]: readonly string[]): GitPerson | null {
  const [, name, email, seconds] = /^([^<>]*?) *<([^<>]*)> (\d{1,11}) [+-]\d{4}$/.exec(value) ?? [];
  if (name === undefined || email === undefined || seconds === undefined) return null;
  return { name, email, date: isoDate(seconds) };
}

/** As GitHub writes times. */
export function isoDate(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}
