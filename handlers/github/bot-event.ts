/**
 * Where GitHub's payloads end: nothing behind this file knows their shape. Only the fields that are used are read, and
 * they are checked; whatever else GitHub sends or adds passes by. Actions that are not listed are ignored by name.
 */
import type { CommentPlace } from "../../pipelines/jobs.ts";
import type { Thread } from "../../src/commands/grammar.ts";
import type { Account, RepoRef, Sha } from "../../src/domain/ids.ts";
import * as shape from "./payload.ts";

export interface PullAt {
  readonly number: number;
  readonly head: Sha;
  /** The hash of its title and body when the event happened. */
  readonly said?: string;
}

export type BotEvent =
  | {
      kind: "comment";
      repo: RepoRef;
      thread: Thread;
      number: number;
      place: CommentPlace;
      id: number;
      author: Account;
      text: string;
      /** The review that a comment on a line belongs to. */
      review?: number;
      /** The hash of the thread's title and body when the event happened. */
      said?: string;
    }
  | {
      kind: "comment-edited";
      repo: RepoRef;
      thread: Thread;
      number: number;
      id: number;
      ownApp: boolean;
      editor: Account;
      before: string;
      after: string;
      said?: string;
    }
  | { kind: "review"; repo: RepoRef; pull: PullAt; id: number; wantsChanges: boolean; author: Account; text: string }
  | { kind: "review-dismissed"; repo: RepoRef; pull: PullAt; by: Account }
  | { kind: "issue-labeled"; repo: RepoRef; issue: number; label: string; by: Account; said?: string }
  | { kind: "assigned"; repo: RepoRef; issue: number; assignee: Account; by: Account; said?: string }
  | { kind: "pull-changed"; name: string; repo: RepoRef; pull: PullAt; by: Account }
  | { kind: "pull-relabeled"; name: string; repo: RepoRef; pull: PullAt; by: Account }
  | { kind: "pull-closed"; name: string; repo: RepoRef; pull: PullAt; by: Account }
  | {
      kind: "rerun";
      name: string;
      repo: RepoRef;
      commit: Sha;
      pulls: readonly PullAt[];
      button: { checkRunId: number | null; action: string };
      by: Account;
    }
  /** `pulls` is empty where GitHub names none: for statuses, and for the checks of forks. */
  | { kind: "checks-done"; name: string; repo: RepoRef; commit: Sha; pulls: readonly PullAt[]; by: Account }
  | { kind: "installation"; installation: number }
  | { kind: "ignored"; reason: string };

/**
 * @param name the X-GitHub-Event header
 * @param payload the parsed body: any JSON object
 * @param appId our own App, whose checks and comments are told from everybody else's
 */
export function toBotEvent(name: string, payload: object, appId: number): BotEvent {
  const action = "action" in payload && typeof payload.action === "string" ? payload.action : "";
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (!read) return ignored(silence.get(name) ?? `there is nothing to do for the event ${name}`);
  const event = read(action, payload, appId);
  if (event === undefined) return ignored(`there is nothing to do for ${name}.${action.slice(0, 40) || "(no action)"}`);
  if ("problem" in event) return ignored(`${name}.${action} could not be read: ${event.problem}`);
  return event;
}

type Reader = (action: string, payload: object, appId: number) => BotEvent | { problem: string } | undefined;

/** Why some well-known events change nothing. */
const silence: ReadonlyMap<string, string> = new Map([
  ["push", "a push changes nothing by itself; a pull's new head arrives as pull_request.synchronize"],
  ["merge_group", "merge queues are not validated yet"],
  ["ping", "GitHub tries out the webhook"],
]);

const readers: Readonly<Record<string, Reader>> = {
  issue_comment: (action, payload, appId) => {
    if (action === "created")
      return shape.read(shape.issueComment, payload, ({ repo, issue, comment }) =>
        comment.user
          ? {
              kind: "comment",
              repo,
              ...threadOf(issue),
              place: "issue",
              id: comment.id,
              author: comment.user,
              text: comment.body,
            }
          : ignored("the comment's author is gone"),
      );
    if (action === "edited")
      return shape.read(shape.issueCommentEdit, payload, ({ repo, issue, comment, changes, sender }) => {
        const app = comment.performed_via_github_app;
        // Some servers leave the App out; then a bot's comment is taken, and the worker looks whose it is.
        const ownApp = app ? app.id === appId : comment.user?.isBot === true;
        const before = changes.body?.from ?? comment.body;
        return {
          kind: "comment-edited",
          repo,
          ...threadOf(issue),
          id: comment.id,
          ownApp,
          editor: sender,
          before,
          after: comment.body,
        };
      });
    return undefined;
  },
  pull_request_review_comment: (action, payload) =>
    action !== "created"
      ? undefined
      : shape.read(shape.reviewComment, payload, ({ repo, pull, comment }) =>
          comment.user
            ? {
                kind: "comment",
                repo,
                thread: "pull",
                number: pull.number,
                ...saidOf(pull),
                place: "review-comment",
                id: comment.id,
                ...(comment.pull_request_review_id ? { review: comment.pull_request_review_id } : {}),
                author: comment.user,
                text: comment.body,
              }
            : ignored("the comment's author is gone"),
        ),
  pull_request_review: (action, payload) => {
    if (action !== "submitted" && action !== "dismissed") return undefined;
    return shape.read(shape.review, payload, ({ repo, pull, review, sender }) => {
      if (action === "dismissed") return { kind: "review-dismissed", repo, pull, by: sender };
      const { id, body, user, state } = review;
      // GitHub writes the state in small letters here and in capitals elsewhere.
      const wantsChanges = state.toLowerCase() === "changes_requested";
      return { kind: "review", repo, pull, id, wantsChanges, author: user ?? sender, text: body ?? "" };
    });
  },
  issues: (action, payload) => {
    if (action === "labeled")
      return shape.read(shape.issueLabel, payload, ({ repo, issue, label, sender }) =>
        issue.pull_request
          ? ignored("a pull's label arrives as pull_request")
          : { kind: "issue-labeled", repo, issue: issue.number, label: label.name, by: sender, ...saidOf(issue) },
      );
    if (action === "assigned")
      return shape.read(shape.issueAssignment, payload, ({ repo, issue, assignee, sender }) =>
        assignee
          ? { kind: "assigned", repo, issue: issue.number, assignee, by: sender, ...saidOf(issue) }
          : ignored("the assigned account is gone"),
      );
    return undefined;
  },
  pull_request: (action, payload) => {
    const name = `pull_request.${action}`;
    return shape.read(shape.pullChange, payload, ({ repo, pull, changes, sender: by }) => {
      if (["opened", "synchronize", "reopened", "ready_for_review"].includes(action))
        return { kind: "pull-changed", name, repo, pull, by };
      if (action === "edited")
        return changes?.base
          ? { kind: "pull-changed", name, repo, pull, by }
          : ignored("only the words of the pull were edited");
      if (action === "labeled" || action === "unlabeled") return { kind: "pull-relabeled", name, repo, pull, by };
      if (action === "closed") return { kind: "pull-closed", name, repo, pull, by };
      return ignored(`there is nothing to do for pull_request.${action.slice(0, 40)}`);
    });
  },
  check_run: (action, payload, appId) => {
    if (!["rerequested", "requested_action", "completed"].includes(action)) return undefined;
    return shape.read(
      shape.checkRun,
      payload,
      ({ repo, pulls, check_run: run, requested_action: button, sender: by }) => {
        const own = run.app?.id === appId;
        const name = `check_run.${action}`;
        if (action === "completed")
          return own
            ? ignored("our own check; its suite says when all are done")
            : { kind: "checks-done", name, repo, commit: run.head_sha, pulls, by };
        if (!own) return ignored("the button belongs to another App's check");
        return {
          kind: "rerun",
          name,
          repo,
          commit: run.head_sha,
          pulls,
          button: { checkRunId: run.id, action: button?.identifier ?? "rerun" },
          by,
        };
      },
    );
  },
  check_suite: (action, payload, appId) => {
    if (action !== "rerequested" && action !== "completed") return undefined;
    return shape.read(shape.checkSuite, payload, ({ repo, pulls, check_suite: suite, sender: by }) => {
      const name = `check_suite.${action}`;
      const commit = suite.head_sha;
      if (action === "completed") return { kind: "checks-done", name, repo, commit, pulls, by };
      if (suite.app?.id !== appId) return ignored("the suite belongs to another App");
      return { kind: "rerun", name, repo, commit, pulls, button: { checkRunId: null, action: "rerun" }, by };
    });
  },
  status: (_action, payload) =>
    shape.read(shape.status, payload, ({ repo, sha, state, sender: by }) =>
      state === "success"
        ? { kind: "checks-done", name: "status", repo, commit: sha, pulls: [], by }
        : ignored("only a commit status that succeeds can make a merge possible"),
    ),
  installation: (_action, payload) => readInstallation(payload),
  installation_repositories: (_action, payload) => readInstallation(payload),
  repository: (action, payload) =>
    ["renamed", "transferred"].includes(action) ? readInstallation(payload) : undefined,
};

function readInstallation(payload: object): BotEvent | { problem: string } {
  return shape.read(shape.installation, payload, ({ installation }) => ({
    kind: "installation",
    installation: installation.id,
  }));
}

function threadOf(issue: { number: number; pull_request?: unknown; said?: string }): {
  thread: Thread;
  number: number;
  said?: string;
} {
  return { thread: issue.pull_request ? "pull" : "issue", number: issue.number, ...saidOf(issue) };
}

function saidOf({ said }: { said?: string }): { said?: string } {
  return said === undefined ? {} : { said };
}

function ignored(reason: string): BotEvent {
  return { kind: "ignored", reason };
}
