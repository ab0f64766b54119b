import type { Sha } from "../../src/domain/ids.ts";
import { UserError } from "../../src/errors.ts";
import { pullTemplatePath } from "../../src/github/pull-options.ts";
import { findPullsByPrefix } from "../../src/github/pulls.ts";
import { getBranchHead } from "../../src/github/repositories.ts";
import { branchName, branchPrefix } from "../../src/messages/agent.ts";
import type { StoredPlan } from "../../src/store/port.ts";
import type { CommandRun } from "../command-run.ts";
import { openRepository } from "../workbench.ts";
import type { AssignmentFacts } from "./decide.ts";

/** Where the work starts from and where it will be pushed. */
export interface Target {
  readonly branch: string;
  /** The commit that the workspace shows and the new commit's parent. */
  readonly commit: Sha;
  readonly baseBranch: string;
  readonly pull: { readonly number: number; readonly url: string } | null;
  /** The repository's template for the text of a new pull. */
  readonly template: string | null;
}

export async function readAssignment(run: CommandRun): Promise<AssignmentFacts> {
  const { deps, thread, admitted, job } = run;
  const latest = await deps.store.plans.latest(thread.repo, thread.number);
  return {
    command: admitted.request.command === "run" ? "run" : "approve",
    argument: admitted.request.argument,
    askedAt: admitted.request.askedAt,
    box: job.trigger.kind === "checkbox" ? job.trigger.token : null,
    planning: admitted.config.agent.plan,
    latest: latest === null ? null : portable(latest),
  };
}

/** The journal keeps JSON, so times are text in it. */
function portable(plan: StoredPlan): AssignmentFacts["latest"] {
  return { ...plan, createdAt: new Date(plan.createdAt).toISOString() };
}

/** The open pull if there is one; else a branch name that nobody uses. */
export async function readTarget(run: CommandRun): Promise<Target> {
  const { deps, thread, admitted } = run;
  const baseBranch = admitted.base.branch;
  const [open] = await findPullsByPrefix(deps.github, thread.repo, branchPrefix(thread.number));
  if (open) {
    const pull = { number: open.number, url: open.url };
    return { branch: open.branch, commit: open.head, baseBranch, pull, template: null };
  }
  const template = await readTemplate(run);
  const name = branchName(thread.number, admitted.request.thread.title);
  for (let count = 1; count <= 50; count += 1) {
    const branch = count === 1 ? name : `${name}-${count}`;
    const head = await getBranchHead(deps.github, thread.repo, branch);
    if (head === null || head === admitted.base.sha)
      return { branch, commit: admitted.base.sha, baseBranch, pull: null, template };
  }
  throw new UserError(`Fifty branches named \`${name}…\` exist already. Delete the old ones and try again.`);
}

/** Longer ones are forms that nobody fills in. */
const longestTemplate = 10_000;

async function readTemplate({ deps, thread, admitted, signal }: CommandRun): Promise<string | null> {
  const { sha } = admitted.base;
  const mirror = await openRepository(deps, thread.repo, sha, { signal });
  const path = pullTemplatePath((await mirror.listFiles(sha)).map((entry) => entry.path));
  if (path === null) return null;
  const text = (await mirror.readBlob(sha, path))?.toString("utf8") ?? "";
  return text.trim() === "" || text.length > longestTemplate ? null : text;
}
