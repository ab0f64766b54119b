import { serializeIssueComment } from "../serialize/issue.ts";
import { serializeIssueEvent } from "../serialize/issue-event.ts";
import { commentsOf } from "../state/issues.ts";
import { issueOf } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { route, type RestRequest, type Route } from "./router.ts";

const read = { issues: "read", pull_requests: "read" } as const;
const base = "/repos/{owner}/{repo}/issues/{issue_number}";

/** What happened to an issue or pull. The timeline holds its comments, too; commits and reviews of pulls have lists of their own here. */
export const routes: Route[] = [
  route("GET", `${base}/events`, {
    permission: read,
    handler: (request) => paginated(request, eventsOf(request), (event) => serializeIssueEvent(request.github, event)),
  }),
  route("GET", `${base}/timeline`, {
    permission: read,
    handler: (request) => {
      const { github } = request;
      const comments = commentsOf(github.state, issueOf(request).id).map((comment) => {
        const shown = serializeIssueComment(github, comment);
        return { at: comment.createdAt, id: comment.id, shown: { ...shown, event: "commented", actor: shown.user } };
      });
      const events = eventsOf(request).map((event) => {
        const shown = serializeIssueEvent(github, event);
        return { at: event.createdAt, id: event.id, shown };
      });
      // Ids are given in order, so they tell what came first within one second.
      const all = [...comments, ...events].toSorted((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
      return paginated(request, all, ({ shown }) => shown);
    },
  }),
];

function eventsOf(request: RestRequest) {
  const issue = issueOf(request);
  return request.github.state.issueEvents.filter((event) => event.issueId === issue.id);
}
