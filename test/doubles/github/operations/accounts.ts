import { randomBytes } from "node:crypto";
import { HttpProblem, validationFailed } from "../rest/problem.ts";
import { accountByLogin, type Account } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";

/** Letters and digits that GitHub's tokens are made of, without a pattern. */
export function randomText(length: number): string {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
}

/**
 * Makes a user, an organisation or a bot, with a token. The token of an organisation acts as its owner.
 * Throws 422 for a login that is taken or that GitHub would not allow.
 */
export function createAccount(
  github: GitHub,
  input: { login: string; type: Account["type"]; name?: string; email?: string },
): { account: Account; token: string } {
  const pattern = input.type === "Bot" ? /^[a-z\d-]+\[bot\]$/i : /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i;
  if (!pattern.test(input.login)) {
    const message = `login "${input.login}" is not allowed: letters, digits and single hyphens, at most 39 (a bot: "name[bot]")`;
    throw validationFailed({ resource: "User", field: "login", code: "custom", message });
  }
  if (accountByLogin(github.state, input.login)) {
    throw validationFailed({ resource: "User", field: "login", code: "already_exists", value: input.login });
  }
  const now = github.timestamp();
  const account: Account = {
    id: github.nextId(),
    login: input.login,
    type: input.type,
    name: input.name ?? null,
    email: input.email ?? null,
    createdAt: now,
    updatedAt: now,
  };
  const token = `ghp_${randomText(36)}`;
  github.state.accounts.push(account);
  github.state.userTokens.push({ token, userId: account.id });
  return { account, token };
}

/** Makes a user a member of an organisation, or changes the role. */
export function setMembership(github: GitHub, organization: Account, user: Account, role: "admin" | "member"): void {
  if (user.type !== "User") throw new HttpProblem(422, "Only people can be members of an organization.");
  removeMembership(github, organization, user);
  github.state.organizationMembers.push({ organizationId: organization.id, userId: user.id, role });
}

export function removeMembership(github: GitHub, organization: Account, user: Account): void {
  github.state.organizationMembers = github.state.organizationMembers.filter(
    (member) => member.organizationId !== organization.id || member.userId !== user.id,
  );
}
