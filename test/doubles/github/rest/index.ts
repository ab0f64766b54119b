import { routes as apps } from "./apps.ts";
import { routes as hookDeliveries } from "./hook-deliveries.ts";
import { routes as meta } from "./meta.ts";
import { routes as assignees } from "./assignees.ts";
import { routes as checkRuns } from "./check-runs.ts";
import { routes as checkSuites } from "./check-suites.ts";
import { routes as issueComments } from "./issue-comments.ts";
import { routes as issueEvents } from "./issue-events.ts";
import { routes as issues } from "./issues.ts";
import { routes as labels } from "./labels.ts";
import { routes as merge } from "./merge.ts";
import { routes as pullFiles } from "./pull-files.ts";
import { routes as pulls } from "./pulls.ts";
import { routes as reactions } from "./reactions.ts";
import { routes as reviewComments } from "./review-comments.ts";
import { routes as reviews } from "./reviews.ts";
import { routes as statuses } from "./statuses.ts";
import { routes as users } from "./users.ts";
import { routes as repositories } from "./repositories.ts";
import { routes as collaborators } from "./collaborators.ts";
import { routes as contents } from "./contents.ts";
import { routes as gitData } from "./git-data.ts";
import { routes as gitRefs } from "./git-refs.ts";
import { routes as branches } from "./branches.ts";
import { routes as commits } from "./commits.ts";
import { routes as forks } from "./forks.ts";
import { routes as gitTags } from "./git-tags.ts";
import type { Route } from "./router.ts";

/** All routes of the REST API that the local GitHub answers; any other is 501. */
export const routes: readonly Route[] = [
  ...meta,
  ...apps,
  ...hookDeliveries,
  ...gitTags,
  ...forks,
  ...commits,
  ...branches,
  ...gitRefs,
  ...gitData,
  ...contents,
  ...collaborators,
  ...repositories,
  ...users,
  ...assignees,
  ...checkRuns,
  ...checkSuites,
  ...issueComments,
  ...issueEvents,
  ...issues,
  ...labels,
  ...merge,
  ...pullFiles,
  ...pulls,
  ...reactions,
  ...reviewComments,
  ...reviews,
  ...statuses,
];
