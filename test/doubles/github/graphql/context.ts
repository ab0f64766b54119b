import type { Actor } from "../auth.ts";
import { allows, type PermissionSet } from "../permissions.ts";
import { maySee, requireRole, tokenCovers } from "../rest/access.ts";
import { HttpProblem, notAccessible } from "../rest/problem.ts";
import type { Rate } from "../rest/rate-limit.ts";
import type { Account } from "../state/accounts.ts";
import type { CheckRun, CheckSuite } from "../state/checks.ts";
import type { GitHub } from "../state/github.ts";
import type { Issue, IssueComment, Label, Reaction, ReactionSubject } from "../state/issues.ts";
import type { Pull, Review, ReviewComment, ReviewThread } from "../state/pulls.ts";
import type { Repository, Role } from "../state/repositories.ts";
import type { App } from "../state/apps.ts";

/** One object of an answer: its fields as values or as functions of the field's arguments. */
export interface GraphqlObject {
  __typename: string;
  [field: string]: unknown;
}

/** What can be asked of an object by its arguments; GraphQL has checked them against the schema. */
export type Arguments = Record<string, unknown>;

/** Makes the object of an entity. One maker for each family, so that the families need not know each other. */
export interface Makers {
  account: (account: Account) => GraphqlObject;
  app: (app: App) => GraphqlObject;
  repository: (repository: Repository) => GraphqlObject;
  ref: (repository: Repository, name: string) => Promise<GraphqlObject | null>;
  commit: (repository: Repository, sha: string) => Promise<GraphqlObject | null>;
  gitObject: (repository: Repository, sha: string) => Promise<GraphqlObject | null>;
  issue: (issue: Issue) => GraphqlObject;
  issueComment: (comment: IssueComment) => GraphqlObject;
  label: (label: Label) => GraphqlObject;
  reaction: (reaction: Reaction) => GraphqlObject;
  reactionFields: (subject: ReactionSubject, id: number) => Record<string, unknown>;
  pull: (pull: Pull) => GraphqlObject;
  review: (review: Review) => GraphqlObject;
  reviewComment: (comment: ReviewComment) => GraphqlObject;
  reviewThread: (thread: ReviewThread) => GraphqlObject;
  checkRun: (run: CheckRun) => GraphqlObject;
  checkSuite: (suite: CheckSuite) => GraphqlObject;
  statusCheckRollup: (repository: Repository, sha: string) => GraphqlObject | null;
}

/** Who asks what, for all resolvers of one request. */
export interface Context {
  github: GitHub;
  actor: Actor;
  make: Makers;
  /** The actor's rate limit before this request. */
  rate: Rate;
}

/**
 * Throws what GitHub would refuse with: NOT_FOUND for a repository that the actor cannot see, FORBIDDEN for a missing
 * permission of an installation or a missing role of a person.
 * @param wanted what an installation token needs, any one of these
 * @param role what a person needs
 */
export function requireAccess(
  { github, actor }: Context,
  repository: Repository,
  wanted: PermissionSet,
  role: Role,
): void {
  if (!maySee(github, actor, repository)) throw new HttpProblem(404, "Could not resolve to a node");
  const writes = Object.values(wanted).some((access) => access !== "read");
  if (writes && repository.archived) throw new HttpProblem(403, "Repository was archived so is read-only.");
  if (actor.kind === "user") return requireRole(github, actor, repository, role);
  if (actor.kind !== "installation") throw notAccessible();
  if (!tokenCovers(actor, repository)) {
    if (!writes) return;
    throw notAccessible();
  }
  const held = Object.entries(wanted).some(([name, access]) => allows(actor.permissions[name], access));
  if (!held) throw notAccessible();
}
