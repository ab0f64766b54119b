import { actingAccount } from "../../auth.ts";
import { disableAutoMerge, enableAutoMerge } from "../../operations/auto-merge.ts";
import { closeIssue, reopenIssue } from "../../operations/issues.ts";
import { mergePull } from "../../operations/merge.ts";
import { createPull, setDraft, updateBranch, updatePull } from "../../operations/pulls.ts";
import { mayAct } from "../../operations/acting.ts";
import { notAccessible } from "../../rest/problem.ts";
import { accountById } from "../../state/accounts.ts";
import { issueById } from "../../state/issues.ts";
import type { MergeMethod, Pull } from "../../state/pulls.ts";
import { repositoryById, type Role } from "../../state/repositories.ts";
import type { PermissionSet } from "../../permissions.ts";
import { requireAccess, type Context } from "../context.ts";
import { entityById } from "../node.ts";
import { GraphqlProblem } from "../problem.ts";
import { mutation, optionalText, textOf, type Input } from "./input.ts";

const METHODS: Record<string, MergeMethod> = { MERGE: "merge", SQUASH: "squash", REBASE: "rebase" };

/** Mutations of pulls. */
export function pullMutations(context: Context): Record<string, unknown> {
  const { github, actor, make } = context;
  const answer = (pull: Pull): Record<string, unknown> => ({
    pullRequest: () => make.pull(pull),
    actor: () => {
      const account = actingAccount(github, actor);
      return account && make.account(account);
    },
  });
  return {
    createPullRequest: mutation(async (input) => {
      const { repository } = entityById(context, input.repositoryId, "Repository");
      requireAccess(context, repository, { pull_requests: "write" }, "read");
      const from = optionalText(input, "headRepositoryId");
      const source = from === undefined ? null : entityById(context, from, "Repository").repository;
      const head = textOf(input, "headRefName");
      const owner = source ? `${accountById(github.state, source.ownerId).login}:` : "";
      const pull = await createPull(github, actor, repository, {
        title: textOf(input, "title"),
        body: optionalText(input, "body") ?? null,
        base: textOf(input, "baseRefName"),
        head: head.includes(":") ? head : owner + head,
        draft: input.draft === true,
        maintainerCanModify: input.maintainerCanModify !== false,
      });
      return answer(pull);
    }),
    updatePullRequest: mutation(async (input) => {
      const pull = pullOf(context, input, "read");
      const state = { OPEN: "open", CLOSED: "closed" } as const;
      const [title, body, base] = ["title", "body", "baseRefName"].map((name) => optionalText(input, name));
      await updatePull(github, actor, pull, {
        ...(title !== undefined && { title }),
        ...(body !== undefined && { body }),
        ...(base !== undefined && { base }),
        ...((input.state === "OPEN" || input.state === "CLOSED") && { state: state[input.state] }),
      });
      return answer(pull);
    }),
    updatePullRequestBranch: mutation(async (input) => {
      const pull = pullOf(context, input, "write", { contents: "write" });
      await updateBranch(github, actor, pull, optionalText(input, "expectedHeadOid"));
      return answer(pull);
    }),
    markPullRequestReadyForReview: mutation(async (input) =>
      answer(await setDraft(github, actor, pullOf(context, input, "read"), false)),
    ),
    convertPullRequestToDraft: mutation(async (input) =>
      answer(await setDraft(github, actor, pullOf(context, input, "read"), true)),
    ),
    mergePullRequest: mutation(async (input) => {
      const pull = pullOf(context, input, "write", { contents: "write" });
      const sha = optionalText(input, "expectedHeadOid");
      await mergePull(github, actor, pull, { ...mergeInput(input), ...(sha !== undefined && { sha }) });
      return answer(pull);
    }),
    enablePullRequestAutoMerge: mutation(async (input) => {
      const pull = pullOf(context, input, "write");
      requireHead(input, pull);
      await enableAutoMerge(github, actor, pull, mergeInput(input));
      return answer(pull);
    }),
    disablePullRequestAutoMerge: mutation(async (input) => {
      const pull = pullOf(context, input, "write");
      await disableAutoMerge(github, actor, pull);
      return answer(pull);
    }),
    closePullRequest: mutation(async (input) => {
      const pull = pullOf(context, input, "read");
      requireAuthorOrTriage(context, pull);
      await closeIssue(github, actor, issueById(github.state, pull.issueId), null);
      return answer(pull);
    }),
    reopenPullRequest: mutation(async (input) => {
      const pull = pullOf(context, input, "read");
      requireAuthorOrTriage(context, pull);
      await reopenIssue(github, actor, issueById(github.state, pull.issueId));
      return answer(pull);
    }),
  };
}

/** The pull of the input, when the actor may change it. */
function pullOf(context: Context, input: Input, role: Role, wanted: PermissionSet = { pull_requests: "write" }): Pull {
  const { entity, repository } = entityById(context, input.pullRequestId, "PullRequest");
  requireAccess(context, repository, wanted, role);
  return entity;
}

function requireAuthorOrTriage({ github, actor }: Context, pull: Pull): void {
  const repository = repositoryById(github.state, pull.repoId);
  const isAuthor = actor.kind === "user" && actor.user.id === issueById(github.state, pull.issueId).userId;
  if (!isAuthor && !mayAct(github, actor, repository, "triage", ["pull_requests"])) throw notAccessible();
}

function mergeInput(input: Input): { method: MergeMethod; commitTitle?: string; commitMessage?: string } {
  const title = optionalText(input, "commitHeadline");
  const message = optionalText(input, "commitBody");
  return {
    method: METHODS[optionalText(input, "mergeMethod") ?? "MERGE"] ?? "merge",
    ...(title !== undefined && { commitTitle: title }),
    ...(message !== undefined && { commitMessage: message }),
  };
}

function requireHead(input: Input, pull: Pull): void {
  const expected = optionalText(input, "expectedHeadOid");
  if (expected === undefined || expected === pull.head.sha) return;
  throw new GraphqlProblem("UNPROCESSABLE", "Head branch was modified. Review and try again.");
}
