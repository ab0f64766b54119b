import { minimatch } from "minimatch";
import type { CodegenConfig } from "../../src/config/schema.ts";
import { maxPullFiles } from "../../src/github/pulls.ts";
import { code } from "../../src/messages/markdown.ts";
import type { MergeConditionText } from "../../src/messages/merge.ts";
import { commandsOf } from "../validate/decide.ts";
import { checkRunName } from "../validate/publish.ts";
import type { MergeFacts } from "./read.ts";

export type MergeDecision =
  | { readonly end: "merge"; readonly conditions: readonly MergeConditionText[] }
  | { readonly end: "not-yet"; readonly conditions: readonly MergeConditionText[] }
  | { readonly end: "nothing"; readonly reason: string };

/** Pure: facts of one moment in, the answer with every condition out. */
export function decideMerge(facts: MergeFacts): MergeDecision {
  const { pull } = facts;
  if (pull.merged) return { end: "nothing", reason: "the pull is merged already" };
  if (!pull.open) return { end: "nothing", reason: "the pull is closed" };
  const conditions = [
    ready(facts),
    conflictFree(facts),
    unblocked(facts),
    approved(facts),
    unopposed(facts),
    ...checksPassed(facts),
    unprotected(facts),
  ];
  return { end: conditions.every((condition) => condition.met) ? "merge" : "not-yet", conditions };
}

function ready({ pull }: MergeFacts): MergeConditionText {
  return { name: "ready for review", met: !pull.draft, detail: pull.draft ? "it is a draft" : "it is no draft" };
}

function conflictFree({ pull }: MergeFacts): MergeConditionText {
  const met = pull.mergeable === true;
  return {
    name: "no conflicts",
    met,
    detail: met ? `it fits on ${code(pull.base.branch)}` : `it conflicts with ${code(pull.base.branch)}`,
  };
}

/** What `/codegen hold` sets, also where the file names no label. */
export function holdLabel({ merge }: CodegenConfig): string {
  return merge.block.labels[0] ?? "codegen:hold";
}

function unblocked({ pull, config }: MergeFacts): MergeConditionText {
  // GitHub does not tell `Codegen:Hold` from `codegen:hold`.
  const present = new Set(pull.labels.map((label) => label.toLowerCase()));
  const labels = new Set([holdLabel(config), ...config.merge.block.labels]);
  const blocking = [...labels].filter((label) => present.has(label.toLowerCase()));
  return {
    name: "not held",
    met: blocking.length === 0,
    detail: blocking.length === 0 ? "no blocking label" : `label ${blocking.map(code).join(", ")}`,
  };
}

/** Approvals count when they are on exactly this head, by people with write access, never by the pull's own author. */
function approved({ pull, config, reviews }: MergeFacts): MergeConditionText {
  const need = config.merge.require.approvals;
  const have = latestByAuthor(reviews).filter(
    (review) =>
      review.state === "APPROVED" && review.trusted && review.author !== pull.author && review.commit === pull.head.sha,
  ).length;
  return {
    name: "approvals",
    met: have >= need,
    detail: `${have} of ${need} on this head, by people with write access`,
  };
}

function unopposed({ reviews }: MergeFacts): MergeConditionText {
  const against = latestByAuthor(reviews).filter((review) => review.state === "CHANGES_REQUESTED" && review.trusted);
  return {
    name: "no changes requested",
    met: against.length === 0,
    detail:
      against.length === 0
        ? "nobody asks for changes"
        : `asked for by ${against.map((review) => `@${review.author}`).join(", ")}`,
  };
}

/**
 * The checks that the file names, or, when it names none, one for each of its commands. A name of ours counts only from this App:
 * anybody with write access can post a status of any name.
 */
function checksPassed({ config, checks, appId }: MergeFacts): readonly MergeConditionText[] {
  const named = config.merge.require.checks;
  const ours = new Set(commandsOf(config).map((command) => checkRunName(command.name)));
  const required = named.length > 0 ? named : [...ours];
  return required.map((name) => {
    const isOurs = name.startsWith(checkRunName(""));
    const found = checks.filter((check) => check.name === name && (!isOurs || check.appId === appId));
    const passed = (state: string) => state === "success" || (isOurs && (state === "skipped" || state === "neutral"));
    const met = found.length > 0 && found.every((check) => passed(check.state));
    const seen =
      found.length === 0
        ? "has not run on this head"
        : [...new Set(found.map((check) => check.state.replaceAll("_", " ")))].join(", ");
    return { name: `check ${code(name)}`, met, detail: seen };
  });
}

/** Files that steer builds and this bot need a person's word. */
function unprotected({ asked, config, paths }: MergeFacts): MergeConditionText {
  const touched = paths.filter((path) => config.merge.protected.some((glob) => minimatch(path, glob, { dot: true })));
  const unseen = paths.length >= maxPullFiles;
  const met = asked || (touched.length === 0 && !unseen);
  return {
    name: "protected files",
    met,
    detail:
      touched.length === 0
        ? unseen
          ? `GitHub lists only ${maxPullFiles} of the changed files${asked ? ", and a maintainer asked for the merge" : ", so a maintainer must ask with `/codegen merge`"}`
          : "none is touched"
        : `${touched.slice(0, 5).map(code).join(", ")}${touched.length > 5 ? ` and ${touched.length - 5} more` : ""}${asked ? ", and a maintainer asked for the merge" : " need a maintainer's `/codegen merge`"}`,
  };
}

function latestByAuthor(reviews: MergeFacts["reviews"]): MergeFacts["reviews"] {
  const latest = new Map<string, MergeFacts["reviews"][number]>();
  for (const review of reviews)
    if (review.state !== "COMMENTED" && review.state !== "PENDING") latest.set(review.author, review);
  return [...latest.values()];
}
