import { accountByLogin } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, type BranchProtection, type Repository } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";
import { serializeApp } from "./app.ts";

/** GitHub's `branch-protection` (and `protected-branch`): the answer of the protection routes. */
export function serializeBranchProtection(github: GitHub, repository: Repository, protection: BranchProtection) {
  const url = protectionUrl(github, repository, protection.branch);
  const { requiredStatusChecks: checks, requiredReviews: reviews } = protection;
  return {
    url,
    ...(checks && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: checks.strict,
        contexts: checks.checks.map((check) => check.context),
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: checks.checks.map((check) => ({ context: check.context, app_id: check.appId })),
      },
    }),
    ...(reviews && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: reviews.dismissStale,
        require_code_owner_reviews: reviews.codeOwners,
        required_approving_review_count: reviews.approvals,
        require_last_push_approval: reviews.lastPushApproval,
      },
    }),
    ...(protection.restrictions && { restrictions: restrictions(github, url, protection.restrictions) }),
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: protection.linearHistory },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    block_creations: { enabled: protection.blockCreations },
    required_conversation_resolution: { enabled: protection.conversationResolution },
    lock_branch: { enabled: protection.lockBranch },
    allow_fork_syncing: { enabled: false },
  };
}

/** The short form inside a branch: whether it is protected, and by which checks. */
export function serializeProtectionSummary(protection: BranchProtection | null) {
  const checks = protection?.requiredStatusChecks?.checks ?? [];
  const level = protection?.enforceAdmins ? "everyone" : "non_admins";
  return {
    enabled: protection !== null,
    required_status_checks: {
      enforcement_level: checks.length > 0 ? level : "off",
      contexts: checks.map((check) => check.context),
      checks: checks.map((check) => ({ context: check.context, app_id: check.appId })),
    },
  };
}

/** Where the protection of a branch is found. */
export function protectionUrl(github: GitHub, repository: Repository, branch: string): string {
  return `${github.apiUrl}/repos/${fullName(github.state, repository)}/branches/${encodeURIComponent(branch)}/protection`;
}

function restrictions(github: GitHub, url: string, { users, apps }: NonNullable<BranchProtection["restrictions"]>) {
  return {
    url: `${url}/restrictions`,
    users_url: `${url}/restrictions/users`,
    teams_url: `${url}/restrictions/teams`,
    apps_url: `${url}/restrictions/apps`,
    users: users.flatMap((login) => {
      const account = accountByLogin(github.state, login);
      return account ? [serializeAccount(github, account)] : [];
    }),
    teams: [],
    apps: github.state.apps.filter((app) => apps.includes(app.slug)).map((app) => serializeApp(github, app)),
  };
}
