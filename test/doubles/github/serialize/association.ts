import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";

/** GitHub's `author_association`: what somebody is to a repository. It grants nothing. */
export function authorAssociation(github: GitHub, repository: Repository, userId: number): string {
  const { state } = github;
  if (repository.ownerId === userId) return "OWNER";
  const belongs = (entry: { organizationId: number; userId: number }) =>
    entry.organizationId === repository.ownerId && entry.userId === userId;
  if (state.organizationMembers.some(belongs)) return "MEMBER";
  if (state.collaborators.some((entry) => entry.repositoryId === repository.id && entry.userId === userId))
    return "COLLABORATOR";
  const hasMerged = state.pulls.some((pull) => {
    const issue = state.issues.find((one) => one.id === pull.issueId);
    return pull.repoId === repository.id && pull.mergedAt !== null && issue?.userId === userId;
  });
  return hasMerged ? "CONTRIBUTOR" : "NONE";
}
