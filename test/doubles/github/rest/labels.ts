import { addLabels, createLabel, deleteLabel, removeLabel, setLabels, updateLabel } from "../operations/labels.ts";
import { serializeLabel } from "../serialize/label.ts";
import type { GitHub } from "../state/github.ts";
import { labelByName, labelsOf, type Label } from "../state/issues.ts";
import { repositoryOf } from "./access.ts";
import { isObject, optionalText, requiredText } from "./body.ts";
import { labelNames } from "./issues.ts";
import { issueOf } from "./lookup.ts";
import { paginated } from "./paginate.ts";
import { notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const read = { issues: "read", pull_requests: "read" } as const;
const write = { issues: "write", pull_requests: "write" } as const;
const onIssue = "/repos/{owner}/{repo}/issues/{issue_number}/labels";

export const routes: Route[] = [
  route("GET", "/repos/{owner}/{repo}/labels", {
    permission: read,
    handler: (request) => {
      const { github } = request;
      const repository = repositoryOf(request);
      const labels = github.state.labels.filter((label) => label.repoId === repository.id);
      const sorted = labels.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
      return paginated(request, sorted, (label) => serializeLabel(github, label));
    },
  }),
  route("POST", "/repos/{owner}/{repo}/labels", {
    permission: write,
    handler: (request) => {
      const { github, actor, body } = request;
      const color = optionalText(body, "color", "Label");
      const description = optionalText(body, "description", "Label");
      const label = createLabel(github, actor, repositoryOf(request), {
        name: requiredText(body, "name", "Label"),
        ...(color !== undefined && { color }),
        ...(description !== undefined && { description }),
      });
      const shown = serializeLabel(github, label);
      return { status: 201, body: shown, headers: { Location: shown.url } };
    },
  }),
  route("GET", "/repos/{owner}/{repo}/labels/{name}", {
    permission: read,
    handler: (request) => ({ status: 200, body: serializeLabel(request.github, labelOf(request)) }),
  }),
  route("PATCH", "/repos/{owner}/{repo}/labels/{name}", {
    permission: write,
    handler: (request) => {
      const { github, actor, body } = request;
      const newName = optionalText(body, "new_name", "Label");
      const color = optionalText(body, "color", "Label");
      const description = optionalText(body, "description", "Label");
      const label = updateLabel(github, actor, labelOf(request), {
        ...(newName !== undefined && { newName }),
        ...(color !== undefined && { color }),
        ...(description !== undefined && { description }),
      });
      return { status: 200, body: serializeLabel(github, label) };
    },
  }),
  route("DELETE", "/repos/{owner}/{repo}/labels/{name}", {
    permission: write,
    handler: (request) => {
      deleteLabel(request.github, request.actor, labelOf(request));
      return { status: 204 };
    },
  }),
  route("GET", onIssue, {
    permission: read,
    handler: (request) =>
      paginated(request, labelsOf(request.github.state, issueOf(request)), (label) =>
        serializeLabel(request.github, label),
      ),
  }),
  route("POST", onIssue, {
    permission: write,
    role: "triage",
    handler: async (request) => {
      const { github, actor } = request;
      return listed(github, await addLabels(github, actor, issueOf(request), namesIn(request)));
    },
  }),
  route("PUT", onIssue, {
    permission: write,
    role: "triage",
    handler: async (request) => {
      const { github, actor } = request;
      return listed(github, await setLabels(github, actor, issueOf(request), namesIn(request)));
    },
  }),
  route("DELETE", onIssue, {
    permission: write,
    role: "triage",
    handler: async (request) => {
      await setLabels(request.github, request.actor, issueOf(request), []);
      return { status: 204 };
    },
  }),
  route("DELETE", `${onIssue}/{name}`, {
    permission: write,
    role: "triage",
    handler: async (request) => {
      const { github, actor, params } = request;
      return listed(github, await removeLabel(github, actor, issueOf(request), params["name"] ?? ""));
    },
  }),
];

function labelOf(request: RestRequest): Label {
  const found = labelByName(request.github.state, repositoryOf(request).id, request.params["name"] ?? "");
  if (!found) throw notFound();
  return found;
}

// GitHub takes `{labels: [...]}` and a bare list.
function namesIn({ request, body }: RestRequest): string[] {
  return labelNames(isObject(request.json) ? body["labels"] : request.json, "Label") ?? [];
}

function listed(github: GitHub, labels: Label[]): RestAnswer {
  return { status: 200, body: labels.map((label) => serializeLabel(github, label)) };
}
