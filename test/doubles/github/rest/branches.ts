import {
  serializeProtectionSummary,
  protectionUrl,
  serializeBranchProtection,
} from "../serialize/branch-protection.ts";
import { serializeCommit } from "../serialize/commit.ts";
import { branchProtectionOf, fullName, type BranchProtection, type Repository } from "../state/repositories.ts";
import type { GitHub } from "../state/github.ts";
import { repositoryOf } from "./access.ts";
import {
  isObject,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalObjects,
  optionalTexts,
  requiredText,
} from "./body.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const base = "/repos/{owner}/{repo}/branches";
const protection = `${base}/{branch}/protection`;

export const routes: Route[] = [
  route("GET", base, { permission: { contents: "read" }, handler: listBranches }),
  route("GET", `${base}/{branch}`, { permission: { contents: "read" }, handler: getBranch }),
  route("GET", protection, { permission: { administration: "read" }, role: "write", handler: getProtection }),
  route("GET", `${protection}/required_status_checks`, {
    permission: { administration: "read" },
    role: "write",
    handler: getRequiredChecks,
  }),
  route("PUT", protection, { permission: { administration: "write" }, role: "admin", handler: putProtection }),
  route("DELETE", protection, { permission: { administration: "write" }, role: "admin", handler: deleteProtection }),
];

async function listBranches(request: RestRequest): Promise<RestAnswer> {
  const { github, query } = request;
  const repository = repositoryOf(request);
  const refs = await github.git(repository).refs("refs/heads");
  const branches = refs
    .map((ref) => ({ name: ref.name.replace("refs/heads/", ""), sha: ref.sha }))
    .map((branch) => ({ ...branch, rule: branchProtectionOf(github.state, repository, branch.name) }))
    .filter((branch) => query["protected"] === undefined || (query["protected"] === "true") === (branch.rule !== null));
  return paginated(request, branches, ({ name, sha, rule }) => ({
    name,
    commit: { sha, url: `${github.apiUrl}/repos/${fullName(github.state, repository)}/commits/${sha}` },
    protected: rule !== null,
    protection: serializeProtectionSummary(rule),
    protection_url: protectionUrl(github, repository, name),
  }));
}

async function getBranch(request: RestRequest): Promise<RestAnswer> {
  const { github } = request;
  const repository = repositoryOf(request);
  const { branch, sha } = await branchOf(request, repository);
  const commit = await github.git(repository).readCommit(sha);
  const rule = branchProtectionOf(github.state, repository, branch);
  const name = fullName(github.state, repository);
  return {
    status: 200,
    body: {
      name: branch,
      commit: commit && serializeCommit(github, repository, commit),
      _links: {
        self: `${github.apiUrl}/repos/${name}/branches/${encodeURIComponent(branch)}`,
        html: `${github.url}/${name}/tree/${encodeURIComponent(branch)}`,
      },
      protected: rule !== null,
      protection: serializeProtectionSummary(rule),
      protection_url: protectionUrl(github, repository, branch),
    },
  };
}

async function getProtection(request: RestRequest): Promise<RestAnswer> {
  const repository = repositoryOf(request);
  const { branch } = await branchOf(request, repository);
  return answer(request.github, repository, ruleOf(request.github, repository, branch));
}

async function getRequiredChecks(request: RestRequest): Promise<RestAnswer> {
  const { github } = request;
  const repository = repositoryOf(request);
  const { branch } = await branchOf(request, repository);
  const { required_status_checks: checks } = serializeBranchProtection(
    github,
    repository,
    ruleOf(github, repository, branch),
  );
  if (!checks) throw new HttpProblem(404, "Required status checks not enabled");
  return { status: 200, body: checks };
}

async function putProtection(request: RestRequest): Promise<RestAnswer> {
  const { github, body } = request;
  const repository = repositoryOf(request);
  const { branch } = await branchOf(request, repository);
  const missing = ["required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"].filter(
    (field) => body[field] === undefined,
  );
  if (missing.length > 0) {
    throw new HttpProblem(
      422,
      `Invalid request.\n\n${missing.map((field) => `"${field}" wasn't supplied.`).join("\n")}`,
    );
  }
  const flag = (field: string) => optionalBoolean(body, field, "ProtectedBranch") ?? false;
  const rule: BranchProtection = {
    repositoryId: repository.id,
    branch,
    requiredStatusChecks: checksOf(body),
    requiredReviews: reviewsOf(body),
    enforceAdmins: flag("enforce_admins"),
    restrictions: restrictionsOf(body),
    linearHistory: flag("required_linear_history"),
    allowForcePushes: flag("allow_force_pushes"),
    allowDeletions: flag("allow_deletions"),
    conversationResolution: flag("required_conversation_resolution"),
    lockBranch: flag("lock_branch"),
    blockCreations: flag("block_creations"),
  };
  remove(github, repository, branch);
  github.state.branchProtections.push(rule);
  return answer(github, repository, rule);
}

async function deleteProtection(request: RestRequest): Promise<RestAnswer> {
  const repository = repositoryOf(request);
  const { branch } = await branchOf(request, repository);
  ruleOf(request.github, repository, branch);
  remove(request.github, repository, branch);
  return { status: 204 };
}

async function branchOf({ github, params }: RestRequest, repository: Repository) {
  const branch = params["branch"] ?? "";
  const sha = await github.git(repository).resolve(`refs/heads/${branch}`);
  if (sha === null) throw new HttpProblem(404, "Branch not found");
  return { branch, sha };
}

function ruleOf(github: GitHub, repository: Repository, branch: string): BranchProtection {
  const rule = branchProtectionOf(github.state, repository, branch);
  if (!rule) throw new HttpProblem(404, "Branch not protected");
  return rule;
}

function remove({ state }: GitHub, repository: Repository, branch: string): void {
  state.branchProtections = state.branchProtections.filter(
    (one) => one.repositoryId !== repository.id || one.branch !== branch,
  );
}

function answer(github: GitHub, repository: Repository, rule: BranchProtection): RestAnswer {
  return { status: 200, body: serializeBranchProtection(github, repository, rule) };
}

function checksOf(body: Record<string, unknown>): BranchProtection["requiredStatusChecks"] {
  const given = optionalObject(body, "required_status_checks", "ProtectedBranch");
  if (!given) return null;
  const contexts = optionalTexts(given, "contexts", "ProtectedBranch") ?? [];
  const checks = (optionalObjects(given, "checks", "ProtectedBranch") ?? []).map((check) => {
    const appId = optionalInteger(check, "app_id", "ProtectedBranch") ?? -1;
    return { context: requiredText(check, "context", "ProtectedBranch"), appId: appId === -1 ? null : appId };
  });
  const named = new Set(checks.map((check) => check.context));
  const plain = contexts.filter((context) => !named.has(context)).map((context) => ({ context, appId: null }));
  return { strict: optionalBoolean(given, "strict", "ProtectedBranch") ?? false, checks: [...checks, ...plain] };
}

function reviewsOf(body: Record<string, unknown>): BranchProtection["requiredReviews"] {
  const given = optionalObject(body, "required_pull_request_reviews", "ProtectedBranch");
  if (!given) return null;
  const flag = (field: string) => optionalBoolean(given, field, "ProtectedBranch") ?? false;
  return {
    approvals: optionalInteger(given, "required_approving_review_count", "ProtectedBranch") ?? 1,
    dismissStale: flag("dismiss_stale_reviews"),
    codeOwners: flag("require_code_owner_reviews"),
    lastPushApproval: flag("require_last_push_approval"),
  };
}

function restrictionsOf(body: Record<string, unknown>): BranchProtection["restrictions"] {
  const given = body["restrictions"];
  if (!isObject(given)) return null;
  const texts = (field: string) => optionalTexts(given, field, "ProtectedBranch") ?? [];
  return { users: texts("users"), teams: texts("teams"), apps: texts("apps") };
}
