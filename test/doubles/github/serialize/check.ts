import { appById } from "../state/apps.ts";
import { latestRuns, type Annotation, type CheckRun, type CheckSuite } from "../state/checks.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import { repositoryById } from "../state/repositories.ts";
import { serializeApp } from "./app.ts";
import { repositoryPage, repositoryUrl } from "./issue.ts";
import { serializePullMinimal } from "./pull.ts";
import { serializeMinimalRepository } from "./repository.ts";

/** GitHub's `check-run`. */
export function serializeCheckRun(github: GitHub, run: CheckRun) {
  const repository = repositoryById(github.state, run.repoId);
  const url = `${repositoryUrl(github, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(github, repository)}/runs/${run.id}`;
  const app = appById(github.state, run.appId);
  return {
    id: run.id,
    name: run.name,
    node_id: github.nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? "",
    url,
    html_url: page,
    details_url: run.detailsUrl ?? app.externalUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: serializeApp(github, app),
    pull_requests: pullsAt(github, run.repoId, run.headSha),
  };
}

/** GitHub's `check-annotation`. */
export function serializeAnnotation(github: GitHub, run: CheckRun, annotation: Annotation) {
  const page = repositoryPage(github, repositoryById(github.state, run.repoId));
  return {
    path: annotation.path,
    blob_href: `${page}/blob/${run.headSha}/${annotation.path}`,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
  };
}

/** GitHub's `check-suite`. */
export async function serializeCheckSuite(github: GitHub, suite: CheckSuite) {
  const { state } = github;
  const repository = repositoryById(state, suite.repoId);
  const url = `${repositoryUrl(github, repository)}/check-suites/${suite.id}`;
  const commit = await github.git(repository).readCommit(suite.headSha);
  const runs = state.checkRuns.filter((run) => run.suiteId === suite.id);
  return {
    id: suite.id,
    node_id: github.nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url,
    before: suite.before,
    after: suite.after,
    pull_requests: pullsAt(github, suite.repoId, suite.headSha),
    app: serializeApp(github, appById(state, suite.appId)),
    repository: serializeMinimalRepository(github, repository),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: latestRuns(runs).length,
    check_runs_url: `${url}/check-runs`,
    head_commit: commit && {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
  };
}

// Open pulls of this repository at this head; GitHub leaves those from forks out.
function pullsAt(github: GitHub, repoId: number, sha: string) {
  return github.state.pulls
    .filter((pull) => pull.repoId === repoId && pull.head.repoId === repoId && pull.head.sha === sha)
    .filter((pull) => issueById(github.state, pull.issueId).state === "open")
    .map((pull) => serializePullMinimal(github, pull));
}
