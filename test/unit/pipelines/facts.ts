import type { ProposedPlan } from "../../../src/agents/port.ts";
import { CodegenConfig, defaultConfig } from "../../../src/config/schema.ts";
import { toSha, type RepoRef } from "../../../src/domain/ids.ts";
import type { Pull } from "../../../src/github/pulls.ts";
import type { Base } from "../../../pipelines/base.ts";

// Facts as the pipelines read them from GitHub: one whole example of each, of which a test changes what it is about.

export const repo: RepoRef = { installation: 1, id: 5, owner: "acme", name: "shop" };
export const head = toSha("a".repeat(40));
export const otherHead = toSha("b".repeat(40));
export const baseCommit = toSha("c".repeat(40));

export function config(text: Parameters<typeof CodegenConfig.parse>[0] = {}): CodegenConfig {
  return CodegenConfig.parse(text);
}

export function base(settings: CodegenConfig = defaultConfig): Base {
  return {
    branch: "main",
    sha: baseCommit,
    configPath: ".codegen.yml",
    config: { state: "ok", config: settings, notInEffect: [] },
    fallback: defaultConfig,
  };
}

export const brokenBase: Base = {
  ...base(),
  config: { state: "invalid", problems: [{ line: 2, column: 3, key: "agent.plam", message: "There is no such key." }] },
};

export function pull(more: Partial<Pull> = {}): Pull {
  return {
    number: 8,
    title: "Mend the cart",
    body: "Closes #7",
    author: "codegen-bot[bot]",
    open: true,
    merged: false,
    draft: false,
    head: { sha: head, branch: "codegen/issue-7-cart", repositoryId: repo.id },
    base: { sha: baseCommit, branch: "main" },
    fromFork: false,
    mergeable: true,
    mergeableState: "clean",
    labels: [],
    url: "https://github.com/acme/shop/pull/8",
    seenAt: "2026-01-01T10:00:00.000Z",
    ...more,
  };
}

export const plan: ProposedPlan = {
  problem: "The cart adds text.",
  files: [{ path: "src/cart.js", change: "Add numbers." }],
  steps: ["Write a failing test.", "Mend it."],
  tests: ["node --test"],
  risks: [],
  questions: [],
  confidence: "high",
};
