import type { Actor } from "../auth.ts";
import { pushRules } from "../operations/push-rules.ts";
import { allows } from "../permissions.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";

/** The newest are enough, and an environment variable is no place for all. */
const maxPassed = 1_000;

/** What this actor's push may not do, as lines for the hook `hooks/update`, which alone knows the new commits. */
export function hookRules(github: GitHub, actor: Actor, repository: Repository): string {
  const lines = pushRules(github, actor, repository).map(({ kind, ref, message, passed }) => {
    const detail = kind === "unless" ? `${passed.slice(-maxPassed).join(" ")}:${message}` : message;
    return `${kind}\t${ref}\t${detail}`;
  });
  if (actor.kind === "installation" && !allows(actor.permissions["workflows"], "write")) lines.push("workflows");
  return lines.join("\n");
}
