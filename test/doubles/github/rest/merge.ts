import { mergePull } from "../operations/merge.ts";
import { optionalText } from "./body.ts";
import { oneOf, pullOf } from "./lookup.ts";
import { notFound } from "./problem.ts";
import { route, type Route } from "./router.ts";

const pattern = "/repos/{owner}/{repo}/pulls/{pull_number}/merge";

export const routes: Route[] = [
  route("GET", pattern, {
    permission: { pull_requests: "read" },
    handler: (request) => {
      if (pullOf(request).mergedAt === null) throw notFound();
      return { status: 204 };
    },
  }),
  route("PUT", pattern, {
    permission: { contents: "write" },
    handler: async (request) => {
      const { github, actor, body } = request;
      const method = oneOf(body["merge_method"], ["merge", "squash", "rebase"], "merge_method", "PullRequest");
      const sha = optionalText(body, "sha", "PullRequest");
      const commitTitle = optionalText(body, "commit_title", "PullRequest");
      const commitMessage = optionalText(body, "commit_message", "PullRequest");
      const merged = await mergePull(github, actor, pullOf(request), {
        ...(method && { method }),
        ...(sha !== undefined && { sha }),
        ...(commitTitle !== undefined && { commitTitle }),
        ...(commitMessage !== undefined && { commitMessage }),
      });
      return { status: 200, body: { sha: merged.sha, merged: true, message: "Pull Request successfully merged" } };
    },
  }),
];
