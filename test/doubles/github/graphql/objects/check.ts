import { branchProtectionOf, fullName, repositoryById, type Repository } from "../../state/repositories.ts";
import { accountById } from "../../state/accounts.ts";
import { appById } from "../../state/apps.ts";
import type { CheckRun, CheckSuite } from "../../state/checks.ts";
import type { CommitStatus } from "../../state/statuses.ts";
import { parseNodeId } from "../../state/node-id.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";

type Entry = { kind: "run"; run: CheckRun } | { kind: "status"; status: CommitStatus };

/** `StatusCheckRollup`: everything reported on a commit, newest of each name; null when nothing was. */
export function statusCheckRollup(context: Context, repository: Repository, sha: string): GraphqlObject | null {
  const { github, make } = context;
  const entries = newestOn(context, repository, sha);
  if (entries.length === 0) return null;
  return {
    __typename: "StatusCheckRollup",
    id: github.nodeId("Status", `${repository.id}:${sha}`),
    state: rollup(entries),
    commit: () => make.commit(repository, sha),
    contexts: async (args: Arguments) => {
      const page = await connection("contexts", entries, args, (entry) =>
        entry.kind === "run" ? make.checkRun(entry.run) : statusObject(context, entry.status),
      );
      const runs = entries.filter((entry) => entry.kind === "run").length;
      return { ...page, checkRunCount: runs, statusContextCount: entries.length - runs };
    },
  };
}

function newestOn({ github }: Context, repository: Repository, sha: string): Entry[] {
  const newest = new Map<string, Entry>();
  for (const run of github.state.checkRuns)
    if (run.repoId === repository.id && run.headSha === sha)
      newest.set(`${run.appId}:${run.name}`, { kind: "run", run });
  for (const status of github.state.statuses)
    if (status.repoId === repository.id && status.sha === sha)
      newest.set(`:${status.context}`, { kind: "status", status });
  return [...newest.values()];
}

/** Worst first: any failure, then anything unfinished, else success. */
function rollup(entries: Entry[]): string {
  const states = entries.map((entry) => {
    if (entry.kind === "status") return entry.status.state.toUpperCase();
    const { status, conclusion } = entry.run;
    if (status !== "completed") return "PENDING";
    return conclusion === "success" || conclusion === "neutral" || conclusion === "skipped" ? "SUCCESS" : "FAILURE";
  });
  return ["ERROR", "FAILURE", "PENDING"].find((state) => states.includes(state)) ?? "SUCCESS";
}

/** `CheckRun`. */
export function checkRunObject(context: Context, run: CheckRun): GraphqlObject {
  const { github, make } = context;
  const { state } = github;
  const repository = repositoryById(state, run.repoId);
  const path = `/${fullName(state, repository)}/runs/${run.id}`;
  return {
    __typename: "CheckRun",
    id: github.nodeId("CheckRun", run.id),
    databaseId: run.id,
    name: run.name,
    externalId: run.externalId,
    detailsUrl: run.detailsUrl ?? github.url + path,
    url: github.url + path,
    permalink: github.url + path,
    resourcePath: path,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    title: run.title,
    summary: run.summary,
    text: run.text,
    isRequired: (args: Arguments) => isRequired(context, repository, run.name, args),
    repository: () => make.repository(repository),
    checkSuite: () => {
      const suite = state.checkSuites.find((one) => one.id === run.suiteId);
      return suite ? make.checkSuite(suite) : null;
    },
    annotations: (args: Arguments) =>
      connection("annotations", run.annotations, args, (annotation) => ({
        path: annotation.path,
        message: annotation.message,
        title: annotation.title,
        rawDetails: annotation.rawDetails,
        annotationLevel: annotation.level.toUpperCase(),
        blobUrl: `${github.url}/${fullName(state, repository)}/blob/${run.headSha}/${annotation.path}`,
        location: {
          start: { line: annotation.startLine, column: annotation.startColumn },
          end: { line: annotation.endLine, column: annotation.endColumn },
        },
      })),
  };
}

/** `CheckSuite`. */
export function checkSuiteObject({ github, make }: Context, suite: CheckSuite): GraphqlObject {
  const { state } = github;
  const repository = repositoryById(state, suite.repoId);
  const path = `/${fullName(state, repository)}/commit/${suite.headSha}/checks?check_suite_id=${suite.id}`;
  return {
    __typename: "CheckSuite",
    id: github.nodeId("CheckSuite", suite.id),
    databaseId: suite.id,
    url: github.url + path,
    resourcePath: path,
    status: suite.status.toUpperCase(),
    conclusion: suite.conclusion?.toUpperCase() ?? null,
    createdAt: suite.createdAt,
    updatedAt: suite.updatedAt,
    app: () => make.app(appById(state, suite.appId)),
    branch: () => (suite.headBranch === null ? null : make.ref(repository, `refs/heads/${suite.headBranch}`)),
    commit: () => make.commit(repository, suite.headSha),
    repository: () => make.repository(repository),
    checkRuns: (args: Arguments) => {
      const own = state.checkRuns.filter((run) => run.suiteId === suite.id);
      return connection("checkRuns", own, args, make.checkRun);
    },
  };
}

function statusObject(context: Context, status: CommitStatus): GraphqlObject {
  const { github, make } = context;
  const repository = repositoryById(github.state, status.repoId);
  return {
    __typename: "StatusContext",
    id: github.nodeId("Status", status.id),
    context: status.context,
    description: status.description,
    state: status.state.toUpperCase(),
    targetUrl: status.targetUrl,
    createdAt: status.createdAt,
    creator: () => make.account(accountById(github.state, status.creatorId)),
    commit: () => make.commit(repository, status.sha),
    isRequired: (args: Arguments) => isRequired(context, repository, status.context, args),
  };
}

function isRequired({ github }: Context, repository: Repository, name: string, args: Arguments): boolean {
  const id = typeof args.pullRequestId === "string" ? parseNodeId(args.pullRequestId)?.id : undefined;
  const pull = github.state.pulls.find(
    (one) => one.repoId === repository.id && (String(one.id) === id || one.number === args.pullRequestNumber),
  );
  if (!pull) return false;
  const required = branchProtectionOf(github.state, repository, pull.base.ref)?.requiredStatusChecks?.checks ?? [];
  return required.some(({ context }) => context === name);
}
