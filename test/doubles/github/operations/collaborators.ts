import type { Actor } from "../auth.ts";
import { requireAccount } from "../rest/access.ts";
import { serializeAccount } from "../serialize/account.ts";
import type { Account } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository, Role } from "../state/repositories.ts";

/** Gives a user a role in a repository. Events `member.added`, or `member.edited` when the role changes. */
export function setCollaborator(github: GitHub, actor: Actor, repository: Repository, user: Account, role: Role): void {
  const there = github.state.collaborators.find((one) => one.repositoryId === repository.id && one.userId === user.id);
  if (there?.role === role || repository.ownerId === user.id) return;
  const sender = requireAccount(github, actor);
  const member = serializeAccount(github, user);
  const old = role === "maintain" ? "write" : role === "triage" ? "read" : role;
  if (there) {
    const changes = { permission: { from: there.role, to: role } };
    there.role = role;
    github.emit({ event: "member", action: "edited", repository, sender, payload: { member, changes } });
  } else {
    github.state.collaborators.push({ repositoryId: repository.id, userId: user.id, role });
    const changes = { permission: { to: old }, role_name: { to: role } };
    github.emit({ event: "member", action: "added", repository, sender, payload: { member, changes } });
  }
}

/** Takes a user's role away. Event `member.removed`. */
export function removeCollaborator(github: GitHub, actor: Actor, repository: Repository, user: Account): void {
  const { state } = github;
  const there = state.collaborators.find((one) => one.repositoryId === repository.id && one.userId === user.id);
  if (!there) return;
  state.collaborators = state.collaborators.filter((one) => one !== there);
  const payload = { member: serializeAccount(github, user) };
  github.emit({ event: "member", action: "removed", repository, sender: requireAccount(github, actor), payload });
}
