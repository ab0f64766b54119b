import type { ThreadRef } from "../domain/ids.ts";
import type { GitHubApp } from "./client.ts";

/** Lines of the head's file, 1-based and inclusive. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
}

/**
 * The pieces of the head's files that the pull's diff shows, by path: GitHub takes comments on them and on no other line. A file whose diff
 * is too large to be shown, or binary, has none.
 */
export async function listPullHunks(app: GitHubApp, pull: ThreadRef): Promise<ReadonlyMap<string, readonly Hunk[]>> {
  const { octokit, at } = app.in(pull.repo, { pull_requests: "read", contents: "read" });
  const files = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
    ...at,
    pull_number: pull.number,
    per_page: 100,
  });
  return new Map(files.map(({ filename, patch = "" }) => [filename, hunksOf(patch)]));
}

/** @param patch as GitHub gives it, beginning with the first hunk: lines of files have a sign before them, so none looks like a header */
export function hunksOf(patch: string): readonly Hunk[] {
  return [...patch.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].flatMap(([, start = "0", count = "1"]) =>
    Number(count) === 0 ? [] : [{ start: Number(start), end: Number(start) + Number(count) - 1 }],
  );
}
