import type { DiffFile } from "../git/diff.ts";
import { pullDiff } from "../operations/pull-diff.ts";
import { serializeCommit } from "../serialize/commit.ts";
import { repositoryPage, repositoryUrl } from "../serialize/issue.ts";
import type { GitHub } from "../state/github.ts";
import type { Pull } from "../state/pulls.ts";
import { repositoryById } from "../state/repositories.ts";
import { repositoryOf } from "./access.ts";
import { pullOf } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

/** GitHub lists no more than this many files and commits of a pull. */
const MAX_FILES = 3000;
const MAX_COMMITS = 250;

const one = "/repos/{owner}/{repo}/pulls/{pull_number}";

export const routes: Route[] = [
  route("GET", `${one}/files`, {
    permission: { pull_requests: "read" },
    handler: async (request) => {
      const pull = pullOf(request);
      const { files } = await pullDiff(request.github, pull);
      return paginated(request, files.slice(0, MAX_FILES), (file) => serializeDiffFile(request.github, pull, file));
    },
  }),
  route("GET", `${one}/commits`, {
    permission: { pull_requests: "read" },
    handler: async (request) => {
      const repository = repositoryOf(request);
      const { commits } = await pullDiff(request.github, pullOf(request));
      return paginated(request, commits.slice(0, MAX_COMMITS), (commit) =>
        serializeCommit(request.github, repository, commit),
      );
    },
  }),
];

/** The pull as diff or patch when the request asks for that media type; null for JSON. */
export async function pullAsText({ github, request }: RestRequest, pull: Pull): Promise<RestAnswer | null> {
  const kind = /application\/vnd\.github(?:\.v3)?\.(diff|patch)/.exec(request.headers["accept"] ?? "")?.[1];
  if (kind === undefined) return null;
  const { from, head } = await pullDiff(github, pull);
  const git = github.git({ id: pull.repoId });
  const raw = kind === "diff" ? await git.diffText(from, head) : await git.formatPatch(from, head);
  return { status: 200, raw, headers: { "Content-Type": `application/vnd.github.v3.${kind}; charset=utf-8` } };
}

/** GitHub's `diff-entry` of a pull. */
function serializeDiffFile(github: GitHub, pull: Pull, file: DiffFile) {
  const repository = repositoryById(github.state, pull.repoId);
  const page = repositoryPage(github, repository);
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const at = pull.head.sha;
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${at}/${path}`,
    raw_url: `${page}/raw/${at}/${path}`,
    contents_url: `${repositoryUrl(github, repository)}/contents/${path}?ref=${at}`,
    ...(file.patch !== undefined && { patch: file.patch }),
    ...(file.previousPath !== undefined && { previous_filename: file.previousPath }),
  };
}
