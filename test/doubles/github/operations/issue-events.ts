import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import type { GitHub } from "../state/github.ts";
import type { Issue, IssueEvent } from "../state/issues.ts";
import { appIdOf } from "./acting.ts";

type Details = Partial<Pick<IssueEvent, "commitId" | "label" | "assigneeId" | "rename" | "stateReason">>;

/** Writes down what somebody did to an issue or pull, for its timeline. Emits no webhook. */
export function recordIssueEvent(
  github: GitHub,
  actor: Actor,
  issue: Issue,
  event: IssueEvent["event"],
  details: Details = {},
): void {
  github.state.issueEvents.push({
    id: github.nextId(),
    repoId: issue.repoId,
    issueId: issue.id,
    event,
    actorId: requireAccount(github, actor).id,
    appId: appIdOf(actor),
    createdAt: github.timestamp(),
    commitId: null,
    label: null,
    assigneeId: null,
    rename: null,
    stateReason: null,
    ...details,
  });
}
