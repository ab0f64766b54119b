import { repositoryById, type Repository } from "../state/repositories.ts";
import { accountById } from "../state/accounts.ts";
import type { IssueComment, Issue } from "../state/issues.ts";
import { parseNodeId, type NodeKind } from "../state/node-id.ts";
import type { Pull, ReviewComment, ReviewThread } from "../state/pulls.ts";
import { maySee } from "../rest/access.ts";
import type { Context, GraphqlObject } from "./context.ts";
import { noSuchNode } from "./problem.ts";

/** The objects that mutations name by id. */
export interface Entities {
  Repository: Repository;
  Issue: Issue;
  PullRequest: Pull;
  IssueComment: IssueComment;
  PullRequestReviewComment: ReviewComment;
  PullRequestReviewThread: ReviewThread;
}

type Found = { [Kind in keyof Entities]: { kind: Kind; entity: Entities[Kind]; repository: Repository } };

/** The entity of one of the `kinds` with this global id. Throws NOT_FOUND when there is none or the actor may not see it. */
export function entityById<K extends keyof Entities>(context: Context, id: unknown, ...kinds: K[]): Found[K] {
  const { github, actor } = context;
  const { state } = github;
  const parsed = typeof id === "string" ? parseNodeId(id) : null;
  const own = <E extends { id: number; repoId: number }>(
    entities: E[],
  ): { entity: E; repository: Repository } | undefined => {
    const entity = entities.find((one) => String(one.id) === parsed?.id);
    return entity && { entity, repository: repositoryById(state, entity.repoId) };
  };
  const finders: { [Kind in keyof Entities]: () => Omit<Found[Kind], "kind"> | undefined } = {
    Repository: () => {
      const repository = state.repositories.find((one) => String(one.id) === parsed?.id);
      return repository && { entity: repository, repository };
    },
    Issue: () => own(state.issues.filter((issue) => !issue.isPull)),
    PullRequest: () => own(state.pulls),
    IssueComment: () => own(state.issueComments),
    PullRequestReviewComment: () => own(state.reviewComments),
    PullRequestReviewThread: () => own(state.reviewThreads),
  };
  for (const kind of kinds) {
    const found = parsed?.kind === kind ? finders[kind]() : undefined;
    if (found && maySee(github, actor, found.repository)) return { kind, ...found } as Found[K];
  }
  throw noSuchNode(String(id));
}

/** `node(id:)`: any object by its global id. */
export async function nodeObject(context: Context, id: string): Promise<GraphqlObject> {
  const found = await lookUp(context, id);
  if (found === null) throw noSuchNode(id);
  return found;
}

async function lookUp(context: Context, id: string): Promise<GraphqlObject | null> {
  const { make } = context;
  const { state } = context.github;
  const parsed = parseNodeId(id);
  if (parsed === null) return null;
  const number = Number(parsed.id);
  const account = (): GraphqlObject | null =>
    state.accounts.some((one) => one.id === number) ? make.account(accountById(state, number)) : null;
  const object = (): Promise<GraphqlObject | null> => gitNode(context, parsed.kind === "Ref", parsed.id);
  const finders: Partial<Record<NodeKind, () => GraphqlObject | null | Promise<GraphqlObject | null>>> = {
    User: account,
    Organization: account,
    Bot: account,
    Commit: object,
    Tree: object,
    Blob: object,
    Ref: object,
    Repository: () => make.repository(entityById(context, id, "Repository").entity),
    Issue: () => make.issue(entityById(context, id, "Issue").entity),
    PullRequest: () => make.pull(entityById(context, id, "PullRequest").entity),
    IssueComment: () => make.issueComment(entityById(context, id, "IssueComment").entity),
    PullRequestReviewComment: () => make.reviewComment(entityById(context, id, "PullRequestReviewComment").entity),
    PullRequestReviewThread: () => make.reviewThread(entityById(context, id, "PullRequestReviewThread").entity),
    PullRequestReview: () => visible(context, state.reviews, number, make.review),
    Label: () => visible(context, state.labels, number, make.label),
    CheckRun: () => visible(context, state.checkRuns, number, make.checkRun),
    CheckSuite: () => visible(context, state.checkSuites, number, make.checkSuite),
  };
  return (await finders[parsed.kind]?.()) ?? null;
}

function visible<T extends { id: number; repoId: number }>(
  { github, actor }: Context,
  entities: T[],
  id: number,
  make: (entity: T) => GraphqlObject,
): GraphqlObject | null {
  const entity = entities.find((one) => one.id === id);
  return entity && maySee(github, actor, repositoryById(github.state, entity.repoId)) ? make(entity) : null;
}

async function gitNode({ github, actor, make }: Context, isRef: boolean, id: string): Promise<GraphqlObject | null> {
  const [repositoryId = "", name = ""] = id.split(/:(.*)/s);
  const repository = github.state.repositories.find((one) => String(one.id) === repositoryId);
  if (!repository || !maySee(github, actor, repository)) return null;
  return isRef ? make.ref(repository, name) : make.gitObject(repository, name);
}
