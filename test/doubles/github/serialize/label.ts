import { fullName, repositoryById } from "../state/repositories.ts";
import type { GitHub } from "../state/github.ts";
import type { Label } from "../state/issues.ts";

/** GitHub's `label`. */
export function serializeLabel(github: GitHub, label: Label) {
  const repository = fullName(github.state, repositoryById(github.state, label.repoId));
  return {
    id: label.id,
    node_id: github.nodeId("Label", label.id),
    url: `${github.apiUrl}/repos/${repository}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.isDefault,
    description: label.description,
  };
}
