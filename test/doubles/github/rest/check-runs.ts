import {
  createCheckRun,
  requireApp,
  rerequestCheckRun,
  updateCheckRun,
  type CheckRunChange,
} from "../operations/checks.ts";
import { serializeAnnotation, serializeCheckRun } from "../serialize/check.ts";
import { checkConclusions, checkStatuses, latestRuns, type Annotation, type CheckRun } from "../state/checks.ts";
import { repositoryOf } from "./access.ts";
import { optionalInteger, optionalObject, optionalObjects, optionalText, requiredText } from "./body.ts";
import { checkRunOf, checkSuiteOf, commitShaOf, oneOf } from "./lookup.ts";
import { linkHeader, paginated, slice } from "./paginate.ts";
import { HttpProblem } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const resource = "CheckRun";
const read = { checks: "read" } as const;
const write = { checks: "write" } as const;
const one = "/repos/{owner}/{repo}/check-runs/{check_run_id}";

export const routes: Route[] = [
  route("POST", "/repos/{owner}/{repo}/check-runs", {
    permission: write,
    handler: async (request) => {
      const { github, actor, body } = request;
      requireApp(actor);
      const name = needed(body, "name");
      const headSha = needed(body, "head_sha");
      const run = await createCheckRun(github, actor, repositoryOf(request), { ...changeIn(body), name, headSha });
      const shown = serializeCheckRun(github, run);
      return { status: 201, body: shown, headers: { Location: shown.url } };
    },
  }),
  route("GET", one, {
    permission: read,
    handler: (request) => ({ status: 200, body: serializeCheckRun(request.github, checkRunOf(request)) }),
  }),
  route("PATCH", one, {
    permission: write,
    handler: async (request) => {
      requireApp(request.actor);
      const run = await updateCheckRun(request.github, request.actor, checkRunOf(request), changeIn(request.body));
      return { status: 200, body: serializeCheckRun(request.github, run) };
    },
  }),
  route("GET", `${one}/annotations`, {
    permission: read,
    handler: (request) => {
      const run = checkRunOf(request);
      return paginated(request, run.annotations, (annotation) => serializeAnnotation(request.github, run, annotation));
    },
  }),
  route("POST", `${one}/rerequest`, {
    permission: write,
    handler: async (request) => {
      await rerequestCheckRun(request.github, request.actor, checkRunOf(request));
      return { status: 201, body: {} };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs", {
    permission: read,
    handler: (request) => {
      const suite = checkSuiteOf(request);
      return listed(
        request,
        request.github.state.checkRuns.filter((run) => run.suiteId === suite.id),
      );
    },
  }),
  route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", {
    permission: read,
    handler: async (request) => {
      const repository = repositoryOf(request);
      const sha = await commitShaOf(request);
      const runs = request.github.state.checkRuns.filter((run) => run.repoId === repository.id && run.headSha === sha);
      return listed(request, runs);
    },
  }),
];

// Newest first, as GitHub lists them.
function listed(request: RestRequest, runs: CheckRun[]): RestAnswer {
  const { github, query } = request;
  const appId = query["app_id"] === undefined ? null : Number(query["app_id"]);
  const mine = runs.filter(
    (run) =>
      (query["check_name"] === undefined || run.name === query["check_name"]) &&
      (appId === null || run.appId === appId),
  );
  const newest = query["filter"] === "all" ? mine : latestRuns(mine);
  const found = newest.filter((run) => query["status"] === undefined || run.status === query["status"]).toReversed();
  const shown = slice(query, found).map((run) => serializeCheckRun(github, run));
  return {
    status: 200,
    body: { total_count: found.length, check_runs: shown },
    headers: linkHeader(request, found.length),
  };
}

type Body = Record<string, unknown>;

// The Checks API words its refusals in its own way.
function needed(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === "string" && value !== "") return value;
  throw new HttpProblem(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
}

function changeIn(body: Body): CheckRunChange {
  const name = optionalText(body, "name", resource);
  const detailsUrl = optionalText(body, "details_url", resource);
  const externalId = optionalText(body, "external_id", resource);
  const status = oneOf(body["status"], checkStatuses, "status", resource);
  const conclusion = oneOf(body["conclusion"], checkConclusions, "conclusion", resource);
  const startedAt = timeIn(body, "started_at");
  const completedAt = timeIn(body, "completed_at");
  const output = optionalObject(body, "output", resource);
  const actions = optionalObjects(body, "actions", resource)?.map((action) => ({
    label: requiredText(action, "label", resource),
    description: requiredText(action, "description", resource),
    identifier: requiredText(action, "identifier", resource),
  }));
  return {
    ...(name !== undefined && { name }),
    ...(detailsUrl !== undefined && { detailsUrl }),
    ...(externalId !== undefined && { externalId }),
    ...(status && { status }),
    ...(conclusion && { conclusion }),
    ...(startedAt !== undefined && { startedAt }),
    ...(completedAt !== undefined && { completedAt }),
    ...(output && { output: outputIn(output) }),
    ...(actions && { actions }),
  };
}

function timeIn(body: Body, field: string): string | undefined {
  const text = optionalText(body, field, resource);
  if (text === undefined) return undefined;
  if (Number.isNaN(Date.parse(text))) throw new HttpProblem(422, `Invalid request.\n\n${text} is not a date-time.`);
  return new Date(text).toISOString().replace(/\.\d{3}Z$/, "Z");
}

function outputIn(output: Body): NonNullable<CheckRunChange["output"]> {
  const title = optionalText(output, "title", resource);
  const text = optionalText(output, "text", resource);
  const annotations = optionalObjects(output, "annotations", resource)?.map(annotationIn);
  return {
    summary: needed(output, "summary"),
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text }),
    ...(annotations && { annotations }),
  };
}

function annotationIn(body: Body): Annotation {
  const number = (field: string) => optionalInteger(body, field, resource) ?? null;
  const level = oneOf(body["annotation_level"], ["notice", "warning", "failure"], "annotation_level", resource);
  const startLine = number("start_line");
  const endLine = number("end_line");
  if (startLine === null || endLine === null || !level)
    throw new HttpProblem(422, 'Invalid request.\n\n"start_line", "end_line" or "annotation_level" wasn\'t supplied.');
  return {
    path: needed(body, "path"),
    startLine,
    endLine,
    startColumn: number("start_column"),
    endColumn: number("end_column"),
    level,
    message: needed(body, "message"),
    title: optionalText(body, "title", resource) ?? null,
    rawDetails: optionalText(body, "raw_details", resource) ?? null,
  };
}
