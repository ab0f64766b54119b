import { ensureSuite, rerequestSuite } from "../operations/check-suites.ts";
import { requireApp } from "../operations/checks.ts";
import { serializeCheckSuite } from "../serialize/check.ts";
import { repositoryOf } from "./access.ts";
import { requiredText } from "./body.ts";
import { checkSuiteOf, commitShaOf } from "./lookup.ts";
import { linkHeader, slice } from "./paginate.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Route } from "./router.ts";

const read = { checks: "read" } as const;
const write = { checks: "write" } as const;
const one = "/repos/{owner}/{repo}/check-suites/{check_suite_id}";

export const routes: Route[] = [
  route("POST", "/repos/{owner}/{repo}/check-suites", {
    permission: write,
    handler: async (request) => {
      const { github, actor, body } = request;
      const repository = repositoryOf(request);
      const appId = requireApp(actor).id;
      const headSha = requiredText(body, "head_sha", "CheckSuite");
      if ((await github.git(repository).objectType(headSha)) !== "commit")
        throw new HttpProblem(422, `No commit found for SHA: ${headSha}`);
      const { suite, created } = ensureSuite(github, repository, { appId, headSha, headBranch: null });
      return { status: created ? 201 : 200, body: await serializeCheckSuite(github, suite) };
    },
  }),
  route("GET", one, {
    permission: read,
    handler: async (request) => ({
      status: 200,
      body: await serializeCheckSuite(request.github, checkSuiteOf(request)),
    }),
  }),
  route("POST", `${one}/rerequest`, {
    permission: write,
    handler: async (request) => {
      await rerequestSuite(request.github, request.actor, checkSuiteOf(request));
      return { status: 201, body: {} };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites", {
    permission: read,
    handler: async (request) => {
      const { github, query } = request;
      const repository = repositoryOf(request);
      const sha = await commitShaOf(request);
      const { checkSuites, checkRuns } = github.state;
      const found = checkSuites.filter(
        (suite) =>
          suite.repoId === repository.id &&
          suite.headSha === sha &&
          (query["app_id"] === undefined || suite.appId === Number(query["app_id"])) &&
          (query["check_name"] === undefined ||
            checkRuns.some((run) => run.suiteId === suite.id && run.name === query["check_name"])),
      );
      const shown = await Promise.all(slice(query, found).map((suite) => serializeCheckSuite(github, suite)));
      const body = { total_count: found.length, check_suites: shown };
      return { status: 200, body, headers: linkHeader(request, found.length) };
    },
  }),
];
