import type { Actor } from "../auth.ts";
import { BareRepository } from "../git/bare-repository.ts";
import { requireAccount } from "../rest/access.ts";
import type { Account } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { repositoryByName, type Repository } from "../state/repositories.ts";
import { createRepository } from "./repositories.ts";

/**
 * Copies a repository's branches into one of another account. The fork that an account has already is given back.
 * @param onlyDefault copy the default branch alone
 */
export async function forkRepository(
  github: GitHub,
  actor: Actor,
  parent: Repository,
  input: { owner?: Account; name?: string; onlyDefault?: boolean },
): Promise<Repository> {
  const owner = input.owner ?? requireAccount(github, actor);
  const before = github.state.repositories.find((one) => one.parentId === parent.id && one.ownerId === owner.id);
  if (before) return before;
  const name = input.name ?? freeName(github, owner, parent.name);
  const settings = { private: parent.private, description: parent.description, hasIssues: false };
  const fork = await createRepository(github, actor, { owner, name, settings, autoInit: false });
  fork.parentId = parent.id;
  fork.defaultBranch = parent.defaultBranch;
  const git = BareRepository.open(github.gitDir(fork));
  await git.setDefaultBranch(parent.defaultBranch);
  const ref = `refs/heads/${input.onlyDefault ? parent.defaultBranch : "*"}`;
  await git.copyRef(github.git(parent), ref, ref);
  return fork;
}

function freeName(github: GitHub, owner: Account, name: string): string {
  let free = name;
  for (let count = 1; repositoryByName(github.state, owner.login, free); count += 1) free = `${name}-${count}`;
  return free;
}
