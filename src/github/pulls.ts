import { toSha, type RepoRef, type Sha, type ThreadRef } from "../domain/ids.ts";
import type { GitHubApp } from "./client.ts";
import { isNotFound, statusOf } from "./failures.ts";
import type { Writer } from "./writer.ts";

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly open: boolean;
  readonly merged: boolean;
  readonly draft: boolean;
  readonly head: { readonly sha: Sha; readonly branch: string; readonly repositoryId: number | null };
  readonly base: { readonly sha: Sha; readonly branch: string };
  readonly fromFork: boolean;
  /** null while GitHub is still computing it. */
  readonly mergeable: boolean | null;
  readonly mergeableState: string;
  readonly labels: readonly string[];
  readonly url: string;
  /** When GitHub told this, by its own clock: ISO 8601, whole seconds; null when it did not say. */
  readonly seenAt: string | null;
}

const reading = { pull_requests: "read", contents: "read" } as const;

/** The pull as it is now; null when it is gone. */
export async function getPull(app: GitHubApp, thread: ThreadRef): Promise<Pull | null> {
  const api = app.in(thread.repo, reading);
  try {
    const { data, headers } = await api.read("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
      ...api.at,
      pull_number: thread.number,
    });
    const seenAt = new Date(headers.date ?? "");
    const headRepository = data.head.repo === null ? null : Number(data.head.repo.id);
    return {
      number: data.number,
      title: data.title,
      body: data.body ?? "",
      author: data.user.login,
      open: data.state === "open",
      merged: data.merged,
      draft: data.draft ?? false,
      head: { sha: toSha(data.head.sha), branch: data.head.ref, repositoryId: headRepository },
      base: { sha: toSha(data.base.sha), branch: data.base.ref },
      fromFork: headRepository !== thread.repo.id,
      mergeable: data.mergeable,
      mergeableState: data.mergeable_state,
      labels: data.labels.map((label) => label.name),
      url: data.html_url,
      seenAt: Number.isNaN(seenAt.getTime()) ? null : seenAt.toISOString(),
    };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Number and address of the open pull from this branch of the repository itself, or null. */
export async function findPullFrom(
  app: GitHubApp,
  repo: RepoRef,
  branch: string,
): Promise<{ number: number; url: string } | null> {
  const api = app.in(repo, reading);
  const { data } = await api.read("GET /repos/{owner}/{repo}/pulls", {
    ...api.at,
    head: `${repo.owner}:${branch}`,
    state: "open",
  });
  const [first] = data;
  return first ? { number: first.number, url: first.html_url } : null;
}

function listOpenPulls(app: GitHubApp, repo: RepoRef) {
  const { octokit, at } = app.in(repo, reading);
  return octokit.paginate("GET /repos/{owner}/{repo}/pulls", { ...at, state: "open", per_page: 100 });
}

/** The open pulls whose branch begins with `prefix`, newest first. */
export async function findPullsByPrefix(
  app: GitHubApp,
  repo: RepoRef,
  prefix: string,
): Promise<readonly { number: number; url: string; branch: string; head: Sha }[]> {
  const pulls = await listOpenPulls(app, repo);
  return pulls
    .filter((pull) => pull.head.ref.startsWith(prefix) && (pull.head.repo?.id ?? 0) === repo.id)
    .map((pull) => ({ number: pull.number, url: pull.html_url, branch: pull.head.ref, head: toSha(pull.head.sha) }));
}

/**
 * Numbers of the open pulls whose head is this commit. GitHub finds the pulls of a commit only when the commit is on a branch
 * of the repository itself, which the head of a fork's pull is not; so an empty answer is looked up in the list of open pulls.
 * @see https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
export async function findPullsAt(app: GitHubApp, repo: RepoRef, head: Sha): Promise<readonly number[]> {
  const api = app.in(repo, reading);
  const known = await api.octokit
    .paginate("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", { ...api.at, commit_sha: head, per_page: 100 })
    .catch((error: unknown) => {
      // 422: no commit of this repository; a fork's may still be the head of a pull.
      if (isNotFound(error) || statusOf(error) === 422) return [];
      throw error;
    });
  const pulls = known.length > 0 ? known : await listOpenPulls(app, repo);
  return pulls.filter((pull) => pull.state === "open" && pull.head.sha === head).map((pull) => pull.number);
}

/**
 * The one pull from this branch: found, or made. Besides an open one, it is one that is merged or closed already at exactly `head`, our
 * commit: somebody was quicker than our journal. Where drafts do not exist, a draft is made as a pull like any other.
 */
export async function ensurePull(
  app: GitHubApp,
  writer: Writer,
  repo: RepoRef,
  wanted: { branch: string; base: string; title: string; body: string; head?: Sha; draft?: boolean },
): Promise<{ number: number; url: string }> {
  const api = app.in(repo, { pull_requests: "write", contents: "read" });
  const create = async (draft: boolean) => {
    const { data } = await api.write("POST /repos/{owner}/{repo}/pulls", {
      ...api.at,
      head: wanted.branch,
      base: wanted.base,
      title: app.redact(wanted.title),
      body: app.redact(wanted.body),
      ...(draft ? { draft } : {}),
    });
    return { number: data.number, url: data.html_url };
  };
  return writer.ensure(
    `pull from ${wanted.branch}`,
    async () =>
      (await findPullFrom(app, repo, wanted.branch)) ??
      (wanted.head === undefined ? null : findEndedPull(app, repo, wanted.branch, wanted.head)),
    async () => {
      try {
        return await create(wanted.draft === true);
      } catch (error) {
        if (wanted.draft !== true || !isDraftRefused(error)) throw error;
        return create(false);
      }
    },
  );
}

/** GitHub knows drafts only in public repositories and in plans that are paid for. */
function isDraftRefused(error: unknown): boolean {
  return (
    statusOf(error) === 422 && error instanceof Error && /draft pull requests are not supported/i.test(error.message)
  );
}

async function findEndedPull(app: GitHubApp, repo: RepoRef, branch: string, head: Sha) {
  const api = app.in(repo, reading);
  const { data } = await api.read("GET /repos/{owner}/{repo}/pulls", {
    ...api.at,
    head: `${repo.owner}:${branch}`,
    state: "closed",
    per_page: 100,
  });
  const found = data.find((pull) => pull.head.sha === head);
  return found ? { number: found.number, url: found.html_url } : null;
}

export async function editPullBody(app: GitHubApp, writer: Writer, thread: ThreadRef, body: string): Promise<void> {
  const api = app.in(thread.repo, { pull_requests: "write" });
  await writer.put(`text of pull ${thread.number}`, () =>
    api.write("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
      ...api.at,
      pull_number: thread.number,
      body: app.redact(body),
    }),
  );
}

/** GitHub lists no more changed files of a pull than these. */
export const maxPullFiles = 3_000;

/** Paths that the pull changes, renamed files under both names. With {@link maxPullFiles} or more, there may be others. */
export async function listPullPaths(app: GitHubApp, thread: ThreadRef): Promise<readonly string[]> {
  const api = app.in(thread.repo, reading);
  const files = await api.octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
    ...api.at,
    pull_number: thread.number,
    per_page: 100,
  });
  return [
    ...new Set(
      files.flatMap((file) => (file.previous_filename ? [file.filename, file.previous_filename] : [file.filename])),
    ),
  ];
}

/** When the head of a pull was replaced by force (ISO 8601, by GitHub's clock), and by what; oldest first. Any other push only adds to it. */
export async function listForcePushes(
  app: GitHubApp,
  thread: ThreadRef,
): Promise<readonly { at: string; commit: string | null }[]> {
  const { octokit, at } = app.in(thread.repo, { issues: "read", pull_requests: "read" }, "any");
  const events = await octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/events", {
    ...at,
    issue_number: thread.number,
    per_page: 100,
  });
  return events
    .filter(({ event }) => event === "head_ref_force_pushed")
    .map((event) => ({ at: event.created_at, commit: event.commit_id }));
}

export interface Review {
  readonly author: string;
  readonly isBot: boolean;
  readonly state: string;
  readonly commit: string | null;
  readonly submittedAt: string;
}

/** Submitted reviews, oldest first. */
export async function listReviews(app: GitHubApp, thread: ThreadRef): Promise<readonly Review[]> {
  const api = app.in(thread.repo, reading);
  const reviews = await api.octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
    ...api.at,
    pull_number: thread.number,
    per_page: 100,
  });
  return reviews.map((review) => ({
    author: review.user?.login ?? "ghost",
    isBot: review.user?.type === "Bot",
    state: review.state,
    commit: review.commit_id,
    submittedAt: review.submitted_at ?? "",
  }));
}

export type MergeOutcome =
  { outcome: "merged"; sha: Sha } | { outcome: "stale" | "refused" | "forbidden"; reason: string };

/**
 * Merges exactly `head`: 409 when the pull has moved on, 405 when GitHub's own rules say no; both are outcomes, not errors.
 * @param wanted `mayMerge` is asked right before; a merge that is done already asks nobody
 */
export async function mergePull(
  app: GitHubApp,
  writer: Writer,
  thread: ThreadRef,
  wanted: {
    head: Sha;
    method: "merge" | "squash" | "rebase";
    title: string;
    message: string;
    mayMerge: () => Promise<boolean>;
  },
): Promise<MergeOutcome> {
  const api = app.in(thread.repo, { pull_requests: "write", contents: "write" });
  try {
    return await writer.ensure<MergeOutcome>(
      `merge of pull ${thread.number}`,
      () => findMerge(app, thread, wanted.head),
      async () => {
        if (!(await wanted.mayMerge())) return { outcome: "forbidden", reason: "the person may no longer merge here" };
        const { data } = await api.write("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", {
          ...api.at,
          pull_number: thread.number,
          sha: wanted.head,
          merge_method: wanted.method,
          // A rebase keeps the pull's own commits; GitHub refuses a title for it.
          ...(wanted.method === "rebase"
            ? {}
            : { commit_title: app.redact(wanted.title), commit_message: app.redact(wanted.message) }),
        });
        return { outcome: "merged", sha: toSha(data.sha) };
      },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ - https:\/\/docs\.github\.com.*$/, "") : "";
    if (statusOf(error) === 409) return { outcome: "stale", reason };
    if (statusOf(error) === 405 || statusOf(error) === 403 || statusOf(error) === 422)
      return { outcome: "refused", reason };
    throw error;
  }
}

/** A merge that is done already: ours, or somebody else's, perhaps of another head. */
async function findMerge(app: GitHubApp, thread: ThreadRef, head: Sha): Promise<MergeOutcome | null> {
  const api = app.in(thread.repo, reading);
  const { data } = await api.read("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    ...api.at,
    pull_number: thread.number,
  });
  if (!data.merged || !data.merge_commit_sha) return null;
  if (data.head.sha !== head)
    return { outcome: "stale", reason: `It was merged meanwhile, at ${data.head.sha.slice(0, 7)}.` };
  return { outcome: "merged", sha: toSha(data.merge_commit_sha) };
}
