import { combinedStatus, createStatus, statusesOn } from "../operations/statuses.ts";
import { repositoryUrl } from "../serialize/issue.ts";
import { serializeMinimalRepository } from "../serialize/repository.ts";
import { serializeSimpleStatus, serializeStatus } from "../serialize/status.ts";
import { statusStates } from "../state/statuses.ts";
import { repositoryOf } from "./access.ts";
import { optionalText } from "./body.ts";
import { commitShaOf, oneOf } from "./lookup.ts";
import { linkHeader, paginated, slice } from "./paginate.ts";
import { validationFailed } from "./problem.ts";
import { route, type Route } from "./router.ts";

export const routes: Route[] = [
  route("POST", "/repos/{owner}/{repo}/statuses/{sha}", {
    permission: { statuses: "write" },
    handler: async (request) => {
      const { github, actor, body, params } = request;
      const state = oneOf(body["state"], statusStates, "state", "Status");
      if (!state) throw validationFailed({ resource: "Status", field: "state", code: "missing_field" });
      const context = optionalText(body, "context", "Status");
      const status = await createStatus(github, actor, repositoryOf(request), {
        sha: params["sha"] ?? "",
        state,
        ...(context !== undefined && { context }),
        description: optionalText(body, "description", "Status") ?? null,
        targetUrl: optionalText(body, "target_url", "Status") ?? null,
      });
      const shown = serializeStatus(github, status);
      return { status: 201, body: shown, headers: { Location: shown.url } };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/commits/{ref}/statuses", {
    permission: { statuses: "read" },
    handler: async (request) => {
      const { github } = request;
      const statuses = statusesOn(github, repositoryOf(request), await commitShaOf(request));
      return paginated(request, statuses, (status) => serializeStatus(github, status));
    },
  }),
  route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", {
    permission: { statuses: "read" },
    handler: async (request) => {
      const { github, query } = request;
      const repository = repositoryOf(request);
      const sha = await commitShaOf(request);
      const { state, statuses } = combinedStatus(github, repository, sha);
      const url = `${repositoryUrl(github, repository)}/commits/${sha}`;
      return {
        status: 200,
        headers: linkHeader(request, statuses.length),
        body: {
          state,
          statuses: slice(query, statuses).map((status) => serializeSimpleStatus(github, status)),
          sha,
          total_count: statuses.length,
          repository: serializeMinimalRepository(github, repository),
          commit_url: url,
          url: `${url}/status`,
        },
      };
    },
  }),
];
