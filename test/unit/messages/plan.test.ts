import { describe, expect, test } from "@jest/globals";
import { render } from "../../../src/messages/message.ts";
import * as plan from "../../../src/messages/plan.ts";

const text: plan.PlanText = {
  issue: 7,
  version: 1,
  hash: "0123456789ab".padEnd(64, "c"),
  problem: "The cart adds `price` as text, so `1 + 1` becomes `11`.",
  files: [
    { path: "src/cart.js", change: "Add numbers." },
    { path: "test/a (b).test.js", change: "Show the bug." },
  ],
  steps: ["Write a failing test.", "Mend `total()`."],
  tests: ["`node --test`"],
  risks: ["Old carts hold text."],
  questions: ["Round up or down?"],
  confidence: "high",
  base: "fedcba9876543210".padEnd(40, "0"),
  webUrl: "https://github.com/acme/shop",
  usage: "3 model calls · 1,200 tokens",
};

describe("what is said about a plan", () => {
  test("when it is begun", () => {
    expect(render(plan.planStarted("alice", false))).toMatchInlineSnapshot(`
     "⏳ **Codegen is reading the code and making a plan**, as @alice asked.

     This comment becomes the plan. \`/codegen cancel\` stops it.

     <!-- codegen:message:plan -->"
    `);
    expect(plan.planStarted("alice", true).body).toMatchInlineSnapshot(`
     "⏳ **Codegen is revising the plan**, as @alice asked.

     This comment becomes the plan. \`/codegen cancel\` stops it."
    `);
  });

  test("when it is ready", () => {
    expect(render(plan.planReady(text))).toMatchInlineSnapshot(`
     "## Plan for #7

     The cart adds \`price\` as text, so \`1 + 1\` becomes \`11\`.

     **Files to change**
     - [\`src/cart.js\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/src/cart.js) — Add numbers.
     - [\`test/a (b).test.js\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/test/a%20%28b%29.test.js) — Show the bug.

     **Steps**
     1. Write a failing test.
     2. Mend \`total()\`.

     **Tests**
     - \`node --test\`

     **Risks**
     - Old carts hold text.

     **Open questions**
     - Round up or down?

     <details><summary>Confidence: high</summary>

     Made against commit [\`fedcba9\`](https://github.com/acme/shop/commit/fedcba9876543210000000000000000000000000) · plan \`0123456789ab\` · 3 model calls · 1,200 tokens

     </details>

     ---

     - [ ] **Approve and run this plan** <!-- codegen:box:approve:0123456789abcccccccccccccccccccccccccccccccccccccccccccccccccccc -->

     Or comment \`/codegen approve\`. To change the plan, comment \`/codegen revise\` and what should be different. \`/codegen cancel\` drops it.

     <!-- codegen:message:plan -->"
    `);
  });

  test("when it is ready and short", () => {
    const short = { ...text, version: 3, tests: [], risks: [], questions: [], files: text.files.slice(0, 1) };
    expect(plan.planReady(short).body).toMatchInlineSnapshot(`
     "## Plan for #7 · version 3

     The cart adds \`price\` as text, so \`1 + 1\` becomes \`11\`.

     **Files to change**
     - [\`src/cart.js\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/src/cart.js) — Add numbers.

     **Steps**
     1. Write a failing test.
     2. Mend \`total()\`.

     <details><summary>Confidence: high</summary>

     Made against commit [\`fedcba9\`](https://github.com/acme/shop/commit/fedcba9876543210000000000000000000000000) · plan \`0123456789ab\` · 3 model calls · 1,200 tokens

     </details>

     ---

     - [ ] **Approve and run this plan** <!-- codegen:box:approve:0123456789abcccccccccccccccccccccccccccccccccccccccccccccccccccc -->

     Or comment \`/codegen approve\`. To change the plan, comment \`/codegen revise\` and what should be different. \`/codegen cancel\` drops it."
    `);
  });

  test("when nothing is to be changed in any file", () => {
    expect(plan.planReady({ ...text, files: [] }).body).not.toContain("Files to change");
  });

  test("when it is approved: the box is gone", () => {
    const { body } = plan.planApproved(text, "bob", "Work has begun.");
    expect(body.slice(body.indexOf("\n---"))).toMatchInlineSnapshot(`
     "
     ---

     ✅ Approved by @bob. Work has begun."
    `);
    expect(body).not.toContain("codegen:box");
  });

  test("when it came to nothing", () => {
    expect(render(plan.planFailed("alice", "The model gave no plan after 60 steps."))).toMatchInlineSnapshot(`
     "❌ **No plan was made.** The model gave no plan after 60 steps.

     @alice, comment \`/codegen plan\` to try again, or \`/codegen help\` for what else works.

     <!-- codegen:message:plan -->"
    `);
    expect(render(plan.planCancelled("alice"))).toMatchInlineSnapshot(`
     "⏹️ Planning was cancelled by @alice. Comment \`/codegen plan\` to start again.

     <!-- codegen:message:plan -->"
    `);
  });

  test("when it cannot be approved", () => {
    expect(render(plan.planChanged("alice", "answer-1-0"))).toMatchInlineSnapshot(`
     "@alice, the plan changed after the version that you approved, so nothing was started. Read the plan above and approve it again.

     <!-- codegen:message:answer-1-0 -->"
    `);
    expect(render(plan.planMissing("alice", "answer-1-0"))).toMatchInlineSnapshot(`
     "@alice, there is no plan for this issue yet, so there is nothing to approve. Comment \`/codegen plan\` first.

     <!-- codegen:message:answer-1-0 -->"
    `);
  });
});
