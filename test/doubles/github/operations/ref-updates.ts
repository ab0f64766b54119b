import type { Actor } from "../auth.ts";
import { allows } from "../permissions.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { pushRules } from "./push-rules.ts";
import { afterPush } from "./push.ts";

/** A ref that shall move, through the API. `before` null: it must not exist; `after` null: it goes away. */
export interface RefUpdate {
  ref: string;
  before: string | null;
  after: string | null;
}

/**
 * Moves one ref as an API call does, with branch protection, and tells everybody. Throws 409 when the ref has moved meanwhile,
 * and 422 (409 for `contents`) with GitHub's sentence when protection forbids it.
 */
export async function moveRef(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  update: RefUpdate,
  refusal = 422,
): Promise<void> {
  const git = github.git(repository);
  await refuseProtected(github, actor, repository, update, refusal);
  if (update.after === null) await git.deleteRef(update.ref);
  else if ((await git.updateRef(update.ref, update.after, update.before)) === "stale") {
    const now = await git.readRef(update.ref);
    throw new HttpProblem(409, `is at ${now ?? "nothing"} but expected ${update.before ?? "nothing"}`);
  }
  await afterPush(github, actor, repository, [update]);
}

/** Throws 403 when an app without the permission `workflows` changes workflow files. */
export function refuseWorkflowFiles(actor: Actor, paths: readonly string[]): void {
  if (actor.kind !== "installation" || allows(actor.permissions["workflows"], "write")) return;
  const found = paths.find((path) => path.startsWith(".github/workflows/"));
  if (found !== undefined) throw new HttpProblem(403, "Resource not accessible by integration");
}

async function refuseProtected(
  github: GitHub,
  actor: Actor,
  repository: Repository,
  { ref, before, after }: RefUpdate,
  status: number,
): Promise<void> {
  const rules = pushRules(github, actor, repository).filter((rule) => rule.ref === ref);
  if (rules.length === 0) return;
  const isForced = before !== null && after !== null && !(await github.git(repository).isAncestor(before, after));
  const broken = rules.find(({ kind, passed }) => {
    if (kind === "delete") return after === null;
    if (kind === "force") return isForced;
    return kind === "deny" || after === null || !passed.includes(after);
  });
  if (broken) throw new HttpProblem(status, `Repository rule violations found\n\n${broken.message}`);
}
