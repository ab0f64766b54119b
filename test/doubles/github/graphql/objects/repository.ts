import { actingAccount } from "../../auth.ts";
import { accountById } from "../../state/accounts.ts";
import { issueByNumber, labelByName, labelsOf, type Issue } from "../../state/issues.ts";
import { pullByNumber, type Pull } from "../../state/pulls.ts";
import { fullName, repositoryById, type Repository } from "../../state/repositories.ts";
import type { PermissionSet } from "../../permissions.ts";
import { connection } from "../connection.ts";
import { requireAccess, type Arguments, type Context, type GraphqlObject } from "../context.ts";
import { GraphqlProblem } from "../problem.ts";
import { objectAt } from "./git.ts";
import { permissionOf } from "./text.ts";

/** `Repository`. */
export function repositoryObject(context: Context, repository: Repository): GraphqlObject {
  const { github, make } = context;
  const { state } = github;
  const name = fullName(state, repository);
  return {
    __typename: "Repository",
    id: github.nodeId("Repository", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: name,
    description: repository.description,
    homepageUrl: repository.homepage,
    url: `${github.url}/${name}`,
    resourcePath: `/${name}`,
    owner: () => make.account(accountById(state, repository.ownerId)),
    parent: () => (repository.parentId === null ? null : make.repository(repositoryById(state, repository.parentId))),
    isPrivate: repository.private,
    isArchived: repository.archived,
    isFork: repository.parentId !== null,
    isInOrganization: accountById(state, repository.ownerId).type === "Organization",
    isDisabled: false,
    isLocked: false,
    isMirror: false,
    isTemplate: false,
    visibility: repository.private ? "PRIVATE" : "PUBLIC",
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt,
    mergeCommitAllowed: repository.allowMergeCommit,
    squashMergeAllowed: repository.allowSquashMerge,
    rebaseMergeAllowed: repository.allowRebaseMerge,
    autoMergeAllowed: repository.allowAutoMerge,
    allowUpdateBranch: repository.allowUpdateBranch,
    deleteBranchOnMerge: repository.deleteBranchOnMerge,
    hasIssuesEnabled: repository.hasIssues,
    hasDiscussionsEnabled: repository.hasDiscussions,
    hasWikiEnabled: repository.hasWiki,
    mergeQueue: null,
    viewerPermission: () => {
      const account = actingAccount(github, context.actor);
      return account && permissionOf(github, repository, account.id);
    },
    ...gitFields(context, repository),
    ...issueFields(context, repository),
    ...pullFields(context, repository),
  };
}

function gitFields(context: Context, repository: Repository): Record<string, unknown> {
  const { github, make } = context;
  const read = (): void => needs(context, repository, { contents: "read" });
  return {
    isEmpty: async () => (await github.git(repository).refs("refs/heads")).length === 0,
    defaultBranchRef: () => {
      read();
      return make.ref(repository, `refs/heads/${repository.defaultBranch}`);
    },
    ref: (args: Arguments) => {
      read();
      return make.ref(repository, qualified(String(args.qualifiedName)));
    },
    refs: async (args: Arguments) => {
      read();
      const prefix = String(args.refPrefix);
      const refs = (await github.git(repository).refs(prefix.replace(/\/$/, ""))).map((ref) => ref.name);
      const part = typeof args.query === "string" ? args.query : "";
      const wanted = refs.filter((ref) => ref.includes(part));
      return connection("refs", wanted, args, (ref) => make.ref(repository, ref));
    },
    object: (args: Arguments) => {
      read();
      if (typeof args.expression === "string") return objectAt(context, repository, args.expression);
      return typeof args.oid === "string" ? make.gitObject(repository, args.oid) : null;
    },
  };
}

function issueFields(context: Context, repository: Repository): Record<string, unknown> {
  const { make } = context;
  const { state } = context.github;
  const find = (number: unknown): Issue => {
    const issue = issueByNumber(state, repository.id, Number(number));
    if (issue) return issue;
    throw new GraphqlProblem(
      "NOT_FOUND",
      `Could not resolve to an issue or pull request with the number of ${String(number)}.`,
    );
  };
  return {
    issue: (args: Arguments) => {
      needs(context, repository, { issues: "read" });
      const issue = issueByNumber(state, repository.id, Number(args.number));
      if (issue && !issue.isPull) return make.issue(issue);
      throw new GraphqlProblem("NOT_FOUND", `Could not resolve to an Issue with the number of ${String(args.number)}.`);
    },
    issueOrPullRequest: (args: Arguments) => {
      needs(context, repository, { issues: "read", pull_requests: "read" });
      const issue = find(args.number);
      const pull = issue.isPull ? pullByNumber(state, repository.id, issue.number) : null;
      return pull ? make.pull(pull) : make.issue(issue);
    },
    issues: (args: Arguments) => {
      needs(context, repository, { issues: "read" });
      const wanted = state.issues.filter((one) => one.repoId === repository.id && !one.isPull);
      const found = wanted.filter((one) => inStates(one.state.toUpperCase(), args) && hasLabels(context, one, args));
      return connection(
        "issues",
        ordered(found, (one) => one, args),
        args,
        make.issue,
      );
    },
    label: (args: Arguments) => {
      const label = labelByName(state, repository.id, String(args.name));
      return label && make.label(label);
    },
    labels: (args: Arguments) => {
      const all = state.labels.filter((label) => label.repoId === repository.id);
      return connection("labels", all, args, make.label);
    },
  };
}

function pullFields(context: Context, repository: Repository): Record<string, unknown> {
  const { make } = context;
  const { state } = context.github;
  const issueOf = (pull: Pull): Issue | undefined => state.issues.find((one) => one.id === pull.issueId);
  return {
    pullRequest: (args: Arguments) => {
      needs(context, repository, { pull_requests: "read" });
      const pull = pullByNumber(state, repository.id, Number(args.number));
      if (pull) return make.pull(pull);
      throw new GraphqlProblem(
        "NOT_FOUND",
        `Could not resolve to a PullRequest with the number of ${String(args.number)}.`,
      );
    },
    pullRequests: (args: Arguments) => {
      needs(context, repository, { pull_requests: "read" });
      const found = state.pulls.filter((pull) => {
        const issue = issueOf(pull);
        if (pull.repoId !== repository.id || !issue) return false;
        const named = pull.mergedAt === null ? issue.state.toUpperCase() : "MERGED";
        return (
          inStates(named, args) &&
          hasLabels(context, issue, args) &&
          (typeof args.headRefName !== "string" || pull.head.ref === args.headRefName) &&
          (typeof args.baseRefName !== "string" || pull.base.ref === args.baseRefName)
        );
      });
      return connection("pullRequests", ordered(found, issueOf, args), args, make.pull);
    },
  };
}

/** `main`, `heads/main` and `refs/heads/main` all mean the same branch. */
function qualified(name: string): string {
  if (name.startsWith("refs/")) return name;
  return /^(heads|tags|pull)\//.test(name) ? `refs/${name}` : `refs/heads/${name}`;
}

function needs(context: Context, repository: Repository, wanted: PermissionSet): void {
  requireAccess(context, repository, wanted, "read");
}

function inStates(state: string, args: Arguments): boolean {
  return !Array.isArray(args.states) || args.states.length === 0 || args.states.includes(state);
}

function hasLabels({ github }: Context, issue: Issue, args: Arguments): boolean {
  if (!Array.isArray(args.labels) || args.labels.length === 0) return true;
  return labelsOf(github.state, issue).some((label) => Array.isArray(args.labels) && args.labels.includes(label.name));
}

/** `orderBy: {field, direction}`; by creation, oldest first, when not given. */
function ordered<T>(entities: T[], issueOf: (entity: T) => Issue | undefined, args: Arguments): T[] {
  const { orderBy } = args;
  if (typeof orderBy !== "object" || orderBy === null) return entities;
  const { field, direction } = orderBy as { field?: string; direction?: string };
  const keyOf = (entity: T): string | number => {
    const issue = issueOf(entity);
    if (field === "UPDATED_AT") return issue?.updatedAt ?? "";
    return field === "COMMENTS" ? 0 : (issue?.number ?? 0);
  };
  const up = entities.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  return direction === "DESC" ? up.toReversed() : up;
}
