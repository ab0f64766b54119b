import { describe, expect, test } from "@jest/globals";
import { newlyTicked } from "../../../src/commands/checkboxes.ts";
import { render } from "../../../src/messages/message.ts";
import * as plan from "../../../src/messages/plan.ts";

const text: plan.PlanText = {
  issue: 7,
  version: 1,
  hash: "0123456789ab".padEnd(64, "c"),
  problem: "The cart adds `price` as text, so `1 + 1` becomes `11`.",
  files: [
    {
      path: "src/cart.js",
      change: "Add numbers.",
      is: "file",
      symbols: [
        { name: "total", line: 12 },
        { name: "totals", line: null },
      ],
    },
    { path: "test/a (b).test.js", change: "Show the bug.", is: "file", symbols: [] },
    {
      path: "src/tax.js",
      change: "Work out the tax.",
      is: "new",
      symbols: [{ name: "tax", line: null, unread: "new" }],
    },
    { path: "docs", change: "Tell it.", is: "folder", symbols: [{ name: "Tax", line: null, unread: "folder" }] },
    { path: "all.json", change: "Add tax.", is: "file", symbols: [{ name: "tax", line: null, unread: "large" }] },
    { path: "tax.png", change: "Draw it.", is: "file", symbols: [{ name: "Tax", line: null, unread: "no text" }] },
  ],
  steps: ["Write a failing test.", "Mend `total()`."],
  tests: ["`node --test`"],
  risks: ["Old carts hold text."],
  questions: ["Round up or down?"],
  confidence: "high",
  base: "fedcba9876543210".padEnd(40, "0"),
  webUrl: "https://github.com/acme/shop",
  usage: "3 model calls · 1,200 tokens",
  estimate: {
    size: "small",
    calls: [8, 20],
    tokens: [60_000, 150_000],
    usd: [0.2, 0.5],
    budget: { steps: 60, tokens: 2_000_000, usd: 5 },
    over: [],
  },
};
const sameSteps = { added: [], removed: [], reordered: false };
const nothing = { added: [], removed: [] };

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
     - [\`src/cart.js\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/src/cart.js) · [\`total\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/src/cart.js#L12), \`totals\` (not found in this commit) — Add numbers.
     - [\`test/a (b).test.js\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/test/a%20%28b%29.test.js) — Show the bug.
     - \`src/tax.js\` (new) · \`tax\` — Work out the tax.
     - [\`docs\`](https://github.com/acme/shop/tree/fedcba9876543210000000000000000000000000/docs) · \`Tax\` — Tell it.
     - [\`all.json\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/all.json) · \`tax\` (not looked up: the file is too large) — Add tax.
     - [\`tax.png\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/tax.png) · \`Tax\` (not looked up: the file is no text) — Draw it.

     **Steps**
     - [ ] Write a failing test.
     - [ ] Mend \`total()\`.

     **Tests**
     - \`node --test\`

     **Risks**
     - Old carts hold text.

     **Open questions**
     - Round up or down?

     **Estimate:** small · about 8–20 model calls · 60k–150k tokens · $0.20–0.50 · budget $5

     <details><summary>Confidence: high</summary>

     Made against commit [\`fedcba9\`](https://github.com/acme/shop/commit/fedcba9876543210000000000000000000000000) · plan \`0123456789ab\` · 3 model calls · 1,200 tokens

     </details>

     ---

     - [ ] **Approve and run this plan** <!-- codegen:box:approve:0123456789abcccccccccccccccccccccccccccccccccccccccccccccccccccc -->

     Or comment \`/codegen approve\`. To change the plan, comment \`/codegen revise\` and what should be different.

     <!-- codegen:message:plan -->"
    `);
  });

  test("when it is ready and short", () => {
    const { estimate: _, ...rest } = text;
    const short = { ...rest, version: 3, tests: [], risks: [], questions: [], files: text.files.slice(0, 1) };
    expect(plan.planReady(short).body).toMatchInlineSnapshot(`
     "## Plan for #7 · version 3

     The cart adds \`price\` as text, so \`1 + 1\` becomes \`11\`.

     **Files to change**
     - [\`src/cart.js\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/src/cart.js) · [\`total\`](https://github.com/acme/shop/blob/fedcba9876543210000000000000000000000000/src/cart.js#L12), \`totals\` (not found in this commit) — Add numbers.

     **Steps**
     - [ ] Write a failing test.
     - [ ] Mend \`total()\`.

     <details><summary>Confidence: high</summary>

     Made against commit [\`fedcba9\`](https://github.com/acme/shop/commit/fedcba9876543210000000000000000000000000) · plan \`0123456789ab\` · 3 model calls · 1,200 tokens

     </details>

     ---

     - [ ] **Approve and run this plan** <!-- codegen:box:approve:0123456789abcccccccccccccccccccccccccccccccccccccccccccccccccccc -->

     Or comment \`/codegen approve\`. To change the plan, comment \`/codegen revise\` and what should be different."
    `);
  });

  test("when it is a new version: what changed comes first", () => {
    const changes = {
      since: 2,
      problem: false,
      files: { ...nothing, changed: ["src/cart.js"] },
      steps: { ...sameSteps, added: ["Mend `total()`."] },
      tests: nothing,
      risks: nothing,
      questions: nothing,
      confidence: { from: "low", to: "high" },
      base: false,
    };
    const { body } = plan.planReady({ ...text, version: 3, changes });
    expect(body.slice(0, body.indexOf("\n\nThe cart"))).toMatchInlineSnapshot(`
     "## Plan for #7 · version 3

     **Changed since version 2**
     - Another change in file: \`src/cart.js\`
     - Added step: Mend \`total()\`.
     - Confidence: low → high

     **Problem**"
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
    expect(body).toContain("- [ ] Write a failing test.\n- [ ] Mend `total()`.");
  });

  test("when the work is finished: the steps are ticked", () => {
    const { body } = plan.planApproved(text, "bob", "It became #8.", true);
    expect(body).toContain("- [x] Write a failing test.\n- [x] Mend `total()`.");
    expect(body).not.toContain("- [ ]");
    expect(body.endsWith("✅ Approved by @bob. It became #8.")).toBe(true);
  });

  test("so that ticking a step asks for nothing, and ticking the box beside it for the plan alone", () => {
    const { body } = plan.planReady(text);
    const steps = body.replaceAll(/- \[ \] (?!\*\*Approve)/g, "- [x] ");
    expect(steps).not.toBe(body);
    expect(newlyTicked(body, steps)).toEqual([]);
    expect(newlyTicked(body, steps.replace("- [ ] **Approve", "- [x] **Approve"))).toEqual([
      { box: "approve", token: text.hash },
    ]);
  });

  test("so that a step that looks like the box is none", () => {
    const step = `**Approve and run this plan** <!-- codegen:box:approve:${"e".repeat(64)} -->`;
    const { body } = plan.planReady({ ...text, steps: [step, `x\n- [ ] ${step}`] });
    expect(newlyTicked(body, body.replaceAll("- [ ]", "- [x]"))).toEqual([{ box: "approve", token: text.hash }]);
  });

  test("when it came to nothing", () => {
    expect(render(plan.planFailed("alice", "The model gave no plan after 60 steps."))).toMatchInlineSnapshot(`
     "❌ **No plan was made.** The model gave no plan after 60 steps.

     @alice, comment \`/codegen plan\` to try again, or \`/codegen help\` for what else works.

     <!-- codegen:message:plan -->"
    `);
    expect(render(plan.planCancelled("Cancelled by @alice."))).toMatchInlineSnapshot(`
     "⏹️ **Planning was cancelled.** Cancelled by @alice. Comment \`/codegen plan\` to start again.

     <!-- codegen:message:plan -->"
    `);
  });

  test("when it cannot be approved", () => {
    expect(render(plan.planChanged("alice", "answer-1-0"))).toMatchInlineSnapshot(`
     "@alice, the plan changed after the version that you approved, so nothing was started. Read the plan above and approve it again.

     <!-- codegen:message:answer-1-0 -->"
    `);
    expect(render(plan.planMissing("alice", "answer-1-0", "approve"))).toMatchInlineSnapshot(`
     "@alice, there is no plan for this issue yet, so there is nothing to approve. Comment \`/codegen plan\` first.

     <!-- codegen:message:answer-1-0 -->"
    `);
  });
});
