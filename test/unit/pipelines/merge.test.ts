import { describe, expect, test } from "@jest/globals";
import { decideMerge } from "../../../pipelines/merge/decide.ts";
import type { MergeFacts } from "../../../pipelines/merge/read.ts";
import type { CodegenConfig } from "../../../src/config/schema.ts";
import type { CheckState } from "../../../src/github/check-runs.ts";
import { config, head, otherHead, pull } from "./facts.ts";

type Review = MergeFacts["reviews"][number];

const appId = 99;

function review(more: Partial<Review> = {}): Review {
  return {
    author: "bob",
    isBot: false,
    state: "APPROVED",
    commit: head,
    submittedAt: "2026-01-01T10:00:00Z",
    trusted: true,
    ...more,
  };
}

function check(more: Partial<CheckState> = {}): CheckState {
  return { name: "codegen / test", appId, state: "success", ...more };
}

const settings = { validation: { commands: [{ name: "test", run: "npm test" }] } };

/** A pull of which every condition is met. */
function facts(more: Partial<Omit<MergeFacts, "pull">> & { pull?: Parameters<typeof pull>[0] } = {}): MergeFacts {
  return {
    end: "facts",
    asked: false,
    actor: "alice",
    config: config(settings),
    reviews: [review()],
    checks: [check()],
    paths: ["src/cart.js"],
    appId,
    ...more,
    pull: pull(more.pull),
  };
}

function withMerge(merge: object): CodegenConfig {
  return config({ ...settings, merge });
}

/** Names of the conditions that are open; null when the pull would be merged. */
function open(given: MergeFacts): string[] | null {
  const decision = decideMerge(given);
  if (decision.end === "nothing") return [decision.reason];
  const unmet = decision.conditions.filter((condition) => !condition.met).map((condition) => condition.name);
  expect(decision.end === "merge").toBe(unmet.length === 0);
  return decision.end === "merge" ? null : unmet;
}

const approvals = ["approvals"];
const changes = ["no changes requested"];
const tests = ["check `codegen / test`"];
const files = ["protected files"];
const two = withMerge({ require: { approvals: 2 } });
const named = withMerge({ require: { checks: ["build", "codegen / test"] } });
const manyPaths = Array.from({ length: 3_000 }, (_, index) => `src/file-${index}.js`);

describe("a pull", () => {
  test.each<[string, Parameters<typeof facts>[0], string[] | null]>([
    ["is merged when everything holds", {}, null],

    ["is left alone when it is merged", { pull: { merged: true, open: false } }, ["the pull is merged already"]],
    ["is left alone when it is closed", { pull: { open: false } }, ["the pull is closed"]],
    ["waits while it is a draft", { pull: { draft: true } }, ["ready for review"]],
    ["waits while it has conflicts", { pull: { mergeable: false } }, ["no conflicts"]],
    ["waits while GitHub does not know", { pull: { mergeable: null } }, ["no conflicts"]],

    ["waits while it is held", { pull: { labels: ["codegen:hold"] } }, ["not held"]],
    ["waits whatever the case of the label", { pull: { labels: ["Codegen:HOLD"] } }, ["not held"]],
    [
      "is held by any of the labels",
      { pull: { labels: ["b"] }, config: withMerge({ block: { labels: ["a", "b"] } }) },
      ["not held"],
    ],
    ["is not held by other labels", { pull: { labels: ["codegen:hold-on", "bug"] } }, null],
    [
      "can be held where no label is named",
      { pull: { labels: ["codegen:hold"] }, config: withMerge({ block: { labels: [] } }) },
      ["not held"],
    ],
    [
      "is not held by the usual label where the file names another",
      { pull: { labels: ["codegen:hold"] }, config: withMerge({ block: { labels: ["a"] } }) },
      null,
    ],

    ["waits for an approval", { reviews: [] }, approvals],
    ["waits for an approval of this head", { reviews: [review({ commit: otherHead })] }, approvals],
    ["waits for an approval of a known commit", { reviews: [review({ commit: null })] }, approvals],
    ["waits for an approval by somebody with write access", { reviews: [review({ trusted: false })] }, approvals],
    ["cannot be approved by its author", { reviews: [review({ author: "codegen-bot[bot]" })] }, approvals],
    ["is not approved by a comment", { reviews: [review({ state: "COMMENTED" })] }, approvals],
    ["is not approved by a review that is not sent", { reviews: [review({ state: "PENDING" })] }, approvals],
    [
      "stays approved when the reviewer comments afterwards",
      { reviews: [review(), review({ state: "COMMENTED" })] },
      null,
    ],
    ["is not approved by a dismissed review", { reviews: [review({ state: "DISMISSED" })] }, approvals],
    ["loses an approval that is taken back", { reviews: [review(), review({ state: "DISMISSED" })] }, approvals],
    ["counts one person once", { reviews: [review(), review()], config: two }, approvals],
    ["counts two people", { reviews: [review(), review({ author: "carol" })], config: two }, null],
    [
      "counts only those on this head",
      { reviews: [review(), review({ author: "carol", commit: otherHead })], config: two },
      approvals,
    ],
    ["counts the newest review of a person", { reviews: [review({ commit: otherHead }), review()] }, null],
    [
      "does not count an old approval renewed on an older head",
      { reviews: [review(), review({ commit: otherHead })] },
      approvals,
    ],
    [
      "needs none where the file asks for none",
      { reviews: [], config: withMerge({ require: { approvals: 0 } }) },
      null,
    ],

    [
      "waits while changes are requested",
      { reviews: [review(), review({ author: "carol", state: "CHANGES_REQUESTED" })] },
      changes,
    ],
    [
      "waits also when they were requested on an older head",
      { reviews: [review(), review({ author: "carol", state: "CHANGES_REQUESTED", commit: otherHead })] },
      changes,
    ],
    [
      "waits for both when its only reviewer asks for changes",
      { reviews: [review(), review({ state: "CHANGES_REQUESTED" })] },
      [...approvals, ...changes],
    ],
    [
      "goes on when they are taken back",
      {
        reviews: [
          review({ author: "carol", state: "CHANGES_REQUESTED" }),
          review({ author: "carol", state: "DISMISSED" }),
          review(),
        ],
      },
      null,
    ],
    ["goes on when the reviewer approves", { reviews: [review({ state: "CHANGES_REQUESTED" }), review()] }, null],
    [
      "is not stopped by strangers",
      { reviews: [review(), review({ author: "eve", state: "CHANGES_REQUESTED", trusted: false })] },
      null,
    ],
    [
      "stays stopped when the reviewer comments",
      {
        reviews: [
          review(),
          review({ author: "carol", state: "CHANGES_REQUESTED" }),
          review({ author: "carol", state: "COMMENTED" }),
        ],
      },
      changes,
    ],

    ["waits for a check that has not run", { checks: [] }, tests],
    ...["failure", "cancelled", "timed_out", "action_required", "stale", "in_progress", "queued", "pending"].map(
      (state): [string, Parameters<typeof facts>[0], string[]] => [
        `waits while a check is ${state}`,
        { checks: [check({ state })] },
        tests,
      ],
    ),
    ["takes a check of ours that did not apply", { checks: [check({ state: "skipped" })] }, null],
    ["takes a check of ours that fails as the base does", { checks: [check({ state: "neutral" })] }, null],
    [
      "waits when a check that the file names is neutral",
      { config: named, checks: [check(), check({ name: "build", appId: 3, state: "neutral" })] },
      ["check `build`"],
    ],
    ["takes no check of ours from another App", { checks: [check({ appId: 98 })] }, tests],
    ["takes no status under a name of ours", { checks: [check({ appId: null })] }, tests],
    [
      "is not stopped by a name of ours from another App",
      { checks: [check(), check({ appId: 98, state: "failure" })] },
      null,
    ],
    ["waits when one of two checks of a name failed", { checks: [check(), check({ state: "failure" })] }, tests],
    ["takes a check of another name for no other", { checks: [check({ name: "codegen / tests" })] }, tests],
    ["waits for a check that the file names", { config: named }, ["check `build`"]],
    [
      "takes a status that the file names",
      { config: named, checks: [check(), check({ name: "build", appId: null })] },
      null,
    ],
    [
      "takes a check of any App that the file names",
      { config: named, checks: [check(), check({ name: "build", appId: 3 })] },
      null,
    ],
    [
      "waits when a check that the file names was skipped",
      { config: named, checks: [check(), check({ name: "build", appId: 3, state: "skipped" })] },
      ["check `build`"],
    ],
    [
      "waits when one App's check of that name failed",
      {
        config: named,
        checks: [check(), check({ name: "build", appId: 3 }), check({ name: "build", appId: 4, state: "failure" })],
      },
      ["check `build`"],
    ],
    [
      "ignores a failure that nobody asks about",
      { checks: [check(), check({ name: "other", appId: 3, state: "failure" })] },
      null,
    ],
    ["needs no check where there is no command", { config: config({}), checks: [] }, null],

    ["waits for a word when it touches a workflow", { paths: ["a.js", ".github/workflows/ci.yml"] }, files],
    ["waits for a word when it touches the settings", { paths: [".codegen.yml"] }, files],
    ["is not stopped by what looks alike", { paths: ["docs/.github/a.md", "x.codegen.yml"] }, null],
    [
      "waits for a word when it touches a hidden file below a pattern",
      { paths: ["infra/.env"], config: withMerge({ protected: ["infra/**"] }) },
      files,
    ],
    ["waits for a word when not all of its files are known", { paths: manyPaths }, files],
    ["goes on with a word", { asked: true, paths: [".codegen.yml"] }, null],
    ["goes on with a word when not all of its files are known", { asked: true, paths: manyPaths }, null],
    [
      "protects nothing where the file protects nothing",
      { paths: [".codegen.yml"], config: withMerge({ protected: [] }) },
      null,
    ],
    ["cannot be talked past a hold", { asked: true, pull: { labels: ["codegen:hold"] } }, ["not held"]],
    ["cannot be talked past approvals", { asked: true, reviews: [] }, approvals],
    ["cannot be talked past checks", { asked: true, checks: [] }, tests],
  ])("%s", (_, given, unmet) => {
    expect(open(facts(given))).toEqual(unmet);
  });

  test("waits for every condition at once, and each is told", () => {
    const decision = decideMerge(
      facts({
        pull: { draft: true, mergeable: false, labels: ["codegen:hold"] },
        reviews: [review({ state: "CHANGES_REQUESTED" })],
        checks: [check({ state: "timed_out" }), check({ state: "in_progress" })],
        paths: [".github/a", ".github/b", ".github/c", ".github/d", ".github/e", ".github/f"],
      }),
    );
    expect(decision).toMatchInlineSnapshot(`
     {
       "conditions": [
         {
           "detail": "it is a draft",
           "met": false,
           "name": "ready for review",
         },
         {
           "detail": "it conflicts with \`main\`",
           "met": false,
           "name": "no conflicts",
         },
         {
           "detail": "label \`codegen:hold\`",
           "met": false,
           "name": "not held",
         },
         {
           "detail": "0 of 1 on this head, by people with write access",
           "met": false,
           "name": "approvals",
         },
         {
           "detail": "asked for by @bob",
           "met": false,
           "name": "no changes requested",
         },
         {
           "detail": "timed out, in progress",
           "met": false,
           "name": "check \`codegen / test\`",
         },
         {
           "detail": "\`.github/a\`, \`.github/b\`, \`.github/c\`, \`.github/d\`, \`.github/e\` and 1 more need a maintainer's \`/codegen merge\`",
           "met": false,
           "name": "protected files",
         },
       ],
       "end": "not-yet",
     }
    `);
  });
});
