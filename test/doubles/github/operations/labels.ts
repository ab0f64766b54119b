import type { Actor } from "../auth.ts";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import { serializeLabel } from "../serialize/label.ts";
import type { GitHub } from "../state/github.ts";
import { labelByName, labelsOf, type Issue, type Label } from "../state/issues.ts";
import { repositoryById, type Repository } from "../state/repositories.ts";
import { emitLabel, emitThread } from "../webhooks/payloads/thread.ts";
import { recordIssueEvent } from "./issue-events.ts";

/** The colour of a label that was made by putting it on an issue. */
const DEFAULT_COLOR = "ededed";

/** What GitHub puts into every new repository: docs.github.com, "Managing labels", default labels. */
const DEFAULT_LABELS = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
] as const;

/** The labels that a new repository begins with; nobody is told of them. */
export function addDefaultLabels(github: GitHub, repository: Repository): void {
  for (const [name, color, description] of DEFAULT_LABELS)
    github.state.labels.push({ id: github.nextId(), repoId: repository.id, name, color, description, isDefault: true });
}

/** Makes a label. Throws 422 `already_exists` when there is one of that name. */
export function createLabel(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  input: { name: string; color?: string; description?: string | null },
): Label {
  if (labelByName(github.state, repository.id, input.name))
    throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  const color = (input.color ?? DEFAULT_COLOR).replace(/^#/, "").toLowerCase();
  if (!/^[0-9a-f]{6}$/.test(color)) throw validationFailed({ resource: "Label", code: "invalid", field: "color" });
  const label: Label = {
    id: github.nextId(),
    repoId: repository.id,
    name: input.name,
    color,
    // GitHub sends null, but its own description of pulls wants a text.
    description: input.description ?? "",
    isDefault: false,
  };
  github.state.labels.push(label);
  emitLabel(github, actor, repository, "created", label);
  return label;
}

/** Renames or recolours a label; issues keep it. */
export function updateLabel(
  github: GitHub,
  actor: Actor,
  label: Label,
  change: { newName?: string; color?: string; description?: string | null },
): Label {
  const repository = repositoryById(github.state, label.repoId);
  const other = change.newName === undefined ? null : labelByName(github.state, repository.id, change.newName);
  if (other && other !== label) throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  const changes: Record<string, { from: string }> = {};
  if (change.newName !== undefined && change.newName !== label.name) changes["name"] = { from: label.name };
  if (change.color !== undefined && change.color !== label.color) changes["color"] = { from: label.color };
  if (change.description !== undefined && change.description !== label.description)
    changes["description"] = { from: label.description ?? "" };
  label.name = change.newName ?? label.name;
  label.color = (change.color ?? label.color).replace(/^#/, "").toLowerCase();
  if (change.description !== undefined) label.description = change.description;
  if (Object.keys(changes).length > 0) emitLabel(github, actor, repository, "edited", label, { changes });
  return label;
}

/** Deletes a label and takes it off every issue. */
export function deleteLabel(github: GitHub, actor: Actor, label: Label): void {
  const { state } = github;
  state.labels.splice(state.labels.indexOf(label), 1);
  for (const issue of state.issues) issue.labelIds = issue.labelIds.filter((id) => id !== label.id);
  emitLabel(github, actor, repositoryById(state, label.repoId), "deleted", label);
}

/** Puts labels on; unknown names become labels. One `labeled` event for each that was not there. */
export async function addLabels(github: GitHub, actor: Actor, issue: Issue, names: string[]): Promise<Label[]> {
  const repository = repositoryById(github.state, issue.repoId);
  for (const name of names) {
    if (name.trim() === "") throw validationFailed({ resource: "Label", code: "missing_field", field: "name" });
    const label = labelByName(github.state, repository.id, name) ?? createLabel(github, actor, repository, { name });
    if (issue.labelIds.includes(label.id)) continue;
    issue.labelIds.push(label.id);
    issue.updatedAt = github.timestamp();
    recordIssueEvent(github, actor, issue, "labeled", { label: { name: label.name, color: label.color } });
    await emitThread(github, actor, issue, "labeled", { label: serializeLabel(github, label) });
  }
  return labelsOf(github.state, issue);
}

/** Leaves exactly these labels on an issue. */
export async function setLabels(github: GitHub, actor: Actor, issue: Issue, names: string[]): Promise<Label[]> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const label of labelsOf(github.state, issue))
    if (!wanted.has(label.name.toLowerCase())) await takeOff(github, actor, issue, label);
  return addLabels(github, actor, issue, names);
}

/** Takes one label off. Throws 404 when the issue does not have it. */
export async function removeLabel(github: GitHub, actor: Actor, issue: Issue, name: string): Promise<Label[]> {
  const label = labelByName(github.state, issue.repoId, name);
  if (!label || !issue.labelIds.includes(label.id)) throw new HttpProblem(404, "Label does not exist");
  await takeOff(github, actor, issue, label);
  return labelsOf(github.state, issue);
}

async function takeOff(github: GitHub, actor: Actor, issue: Issue, label: Label): Promise<void> {
  issue.labelIds = issue.labelIds.filter((id) => id !== label.id);
  issue.updatedAt = github.timestamp();
  recordIssueEvent(github, actor, issue, "unlabeled", { label: { name: label.name, color: label.color } });
  await emitThread(github, actor, issue, "unlabeled", { label: serializeLabel(github, label) });
}
