import { accountById } from "../state/accounts.ts";
import { appById } from "../state/apps.ts";
import type { GitHub } from "../state/github.ts";
import type { IssueEvent } from "../state/issues.ts";
import { repositoryById } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";
import { serializeApp } from "./app.ts";
import { repositoryUrl } from "./issue.ts";

/** GitHub's `issue-event-for-issue`; the same shape stands in a timeline. */
export function serializeIssueEvent(github: GitHub, event: IssueEvent) {
  const { state } = github;
  const root = repositoryUrl(github, repositoryById(state, event.repoId));
  const assignee = event.assigneeId === null ? null : serializeAccount(github, accountById(state, event.assigneeId));
  const actor = serializeAccount(github, accountById(state, event.actorId));
  return {
    id: event.id,
    node_id: github.nodeId("IssueEvent", event.id),
    url: `${root}/issues/events/${event.id}`,
    actor,
    event: event.event,
    commit_id: event.commitId,
    commit_url: event.commitId === null ? null : `${root}/commits/${event.commitId}`,
    created_at: event.createdAt,
    performed_via_github_app: event.appId === null ? null : serializeApp(github, appById(state, event.appId)),
    ...(event.label && { label: event.label }),
    ...(assignee && { assignee, assigner: actor }),
    ...(event.rename && { rename: event.rename }),
    ...(event.event === "closed" && { state_reason: event.stateReason }),
  };
}
