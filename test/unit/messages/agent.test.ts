import { describe, expect, test } from "@jest/globals";
import * as agent from "../../../src/messages/agent.ts";
import { render } from "../../../src/messages/message.ts";
import { tokensText, usageText } from "../../../src/messages/usage.ts";

const report: agent.WorkText = {
  summary: "`total()` adds numbers now.",
  changed: ["src/cart.js", "test/cart.test.js"],
  outsidePlan: ["package.json"],
  refused: [{ path: ".github/workflows/ci.yml", reason: "this App may not change workflow files" }],
  checked: [
    { name: "test", ok: true, end: "exited", code: 0 },
    { name: "lint", ok: false, end: "exited", code: 2 },
    { name: "slow", ok: false, end: "timed-out", code: null },
  ],
  weakened: [{ path: "test/cart.test.js", line: 12, why: "a test is skipped" }],
  testsRun: ["`node --test`: 5 passed"],
  openPoints: ["Old carts are not converted."],
  usage: "4 model calls · 2,400 tokens · $0.02",
};
const nothing = { changed: [], outsidePlan: [], refused: [], checked: [], weakened: [], testsRun: [], openPoints: [] };
const bare: agent.WorkText = { ...report, ...nothing };

describe("what is said about work", () => {
  test("when it is begun", () => {
    expect(render(agent.agentStarted("alice", "codegen/issue-7-totals"))).toMatchInlineSnapshot(`
     "⏳ **Codegen is working** on this, as @alice asked, on branch \`codegen/issue-7-totals\`.

     \`/codegen cancel\` stops it.

     <!-- codegen:message:agent -->"
    `);
  });

  test("when it is finished", () => {
    expect(render(agent.agentFinished("alice", { number: 8 }, report))).toMatchInlineSnapshot(`
     "✅ **Codegen finished @alice's task**: #8.

     \`total()\` adds numbers now.

     **Changed files**
     - \`src/cart.js\`
     - \`test/cart.test.js\`

     ⚠️ **Not in the plan, please look closely**
     - \`package.json\`

     ⚠️ **Left out**
     - \`.github/workflows/ci.yml\`: this App may not change workflow files

     ⚠️ **Tests or checks became weaker, a person has to look**
     - \`test/cart.test.js:12\`: a test is skipped

     **Checked before the push**
     - ✅ test
     - ❌ lint (exit code 2)
     - ❌ slow (timed-out)

     **Tests run**
     - \`node --test\`: 5 passed

     **Open points**
     - Old carts are not converted.

     <sub>4 model calls · 2,400 tokens · $0.02</sub>

     <!-- codegen:message:agent -->"
    `);
  });

  test("when no file was changed", () => {
    expect(render(agent.agentChangedNothing("alice", bare))).toMatchInlineSnapshot(`
     "⚠️ **No file was changed**, so there is no pull.

     \`total()\` adds numbers now.

     <sub>4 model calls · 2,400 tokens · $0.02</sub>

     @alice, \`/codegen run\` and a sentence about what is missing may help.

     <!-- codegen:message:agent -->"
    `);
  });

  test("when it could not be finished", () => {
    expect(render(agent.agentFailed("alice", "The model used up its 20 minutes."))).toMatchInlineSnapshot(`
     "❌ **The work could not be finished.** The model used up its 20 minutes.

     Nothing was merged. @alice, comment \`/codegen run\` to try again, or \`/codegen help\` for what else works.

     <!-- codegen:message:agent -->"
    `);
    expect(render(agent.agentCancelled("Cancelled by @alice.", null))).toMatchInlineSnapshot(`
     "⏹️ **The work was cancelled.** Cancelled by @alice. Nothing was committed by this run.

     <!-- codegen:message:agent -->"
    `);
  });

  test("in the pull", () => {
    const plan = "The cart adds text.\n\n1. Write a failing test.";
    const asked = { issue: 7, requester: "alice", description: null, template: null };
    expect(agent.pullBody({ ...asked, plan, report: bare })).toMatchInlineSnapshot(`
     "Closes #7

     \`total()\` adds numbers now.

     <sub>4 model calls · 2,400 tokens · $0.02</sub>

     <details><summary>The plan</summary>

     The cart adds text.

     1. Write a failing test.

     </details>

     Asked for by @alice in #7."
    `);
    expect(agent.pullBody({ ...asked, plan: null, report: bare })).not.toContain("The plan");
  });

  test("in the pull of a repository with a template: filled in by the agent, else left for a person", () => {
    const asked = { issue: 7, requester: "alice", plan: null, report: bare, template: "## Why\n" };
    const filled = agent.pullBody({ ...asked, description: "## Why\n\nIt added text. Closes #9" });
    expect(filled).toMatch(
      /^Closes #7\n\n## Why\n\nIt added text\. Closes\u200B #9\n\n<details><summary>What Codegen did<\/summary>/,
    );
    expect(agent.pullBody({ ...asked, description: null })).toContain("\n\n## Why\n\nAsked for by @alice");
  });

  test("in the commit's last line, with the address by which GitHub knows the person", () => {
    const who = { id: 42, login: "alice" };
    expect(agent.coAuthor(who, "https://github.com/octo/shop")).toBe(
      "Co-authored-by: alice <42+alice@users.noreply.github.com>",
    );
    expect(agent.coAuthor(who, "https://ghe.example.com:8443/o/r")).toContain("@users.noreply.ghe.example.com>");
  });

  test("about what it cost", () => {
    const usage = { steps: 1, inputTokens: 1_000_000, outputTokens: 234, usd: 0.5, priced: false };
    expect(usageText(usage)).toMatchInlineSnapshot(`"1 model call · 1,000,234 tokens"`);
    expect(usageText({ ...usage, steps: 12, priced: true })).toMatchInlineSnapshot(
      `"12 model calls · 1,000,234 tokens · $0.50"`,
    );
    expect(tokensText(usage)).toBe("1,000,234 tokens");
    const elsewhere = "what it used is counted by the service that did it";
    expect(usageText({ ...usage, steps: 0, inputTokens: 0, outputTokens: 0 })).toBe(elsewhere);
    expect(tokensText({ inputTokens: 0, outputTokens: 0 })).toBe(elsewhere);
  });
});

describe("the commit of finished work", () => {
  test("keeps the words and loses what would work in them", () => {
    const { subject, body } = agent.commitMessage({
      title: "Fix\nthe border [skip ci]",
      summary: "Fixes #99 and @grace knows.\n\nCo-authored-by: mallory <m@example.com>\nCodegen-Run: 1\n[ci skip]",
      issue: 7,
    });
    expect(subject).not.toContain("\n");
    expect(`${subject}\n${body}`).not.toMatch(
      /\[(skip ci|ci skip)\]|fixes #99|@grace|^Co-authored-by:|^Codegen-Run:/im,
    );
    expect(body.endsWith("Refs #7")).toBe(true);
    expect(body.replaceAll("\u200B", "")).toContain("Fixes #99 and @grace knows.");
  });
});
