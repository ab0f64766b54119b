import { describe, expect, test } from "@jest/globals";
import { checkSummary, checksRetried, hasNews, type CheckLine } from "../../../src/messages/check-summary.ts";
import { analysisText, head, outcome, reportText, summaryText } from "./every-message.ts";

const ran = (more: Parameters<typeof outcome>[1] = {}): CheckLine => ({
  name: "test",
  end: "ran",
  checkRun: 5,
  outcome: outcome("npm test", more),
});
const passed = ran({ code: 0 });
const known = ran({ base: { commit: head, end: "same" } });
const skipped: CheckLine = { name: "docs", end: "skipped" };
const covering = (difference: number): CheckLine => {
  const { coverage, ...report } = reportText("");
  return ran({ code: 0, report: { ...report, flaky: [], coverage: coverage && { ...coverage, difference } } });
};
const analysed = (error: number): CheckLine => {
  const analysis = { ...analysisText("x"), counts: { error, warning: 1, notice: 0 }, ignored: [] };
  return { name: "analysis", end: "analysed", checkRun: 5, analysis };
};
const of = (checks: readonly CheckLine[], agent = true) => ({ ...summaryText(""), checks, agent });

describe("the comment about the checks of a pull", () => {
  test.each<[string, readonly CheckLine[], boolean]>([
    ["all passed", [passed, skipped], false],
    ["none was run", [skipped], false],
    ["one failed", [passed, ran()], true],
    ["one fails on the base too", [known], true],
    ["one passed at the second try", [ran({ code: 0, attempts: 2 })], true],
    ["less is covered than on the base", [covering(-0.4)], true],
    ["more is covered than on the base", [covering(0.4)], false],
    ["one was stopped", [{ name: "test", end: "interrupted", checkRun: 5 }], true],
    ["the code has new errors", [analysed(1)], true],
    ["the code has new warnings", [analysed(0)], false],
    ["the code could not be read", [{ name: "analysis", end: "not-analysed", reason: "x", checkRun: 5 }], true],
    ["the set-up failed", [{ name: "test", end: "setup-failed", checkRun: 5, outcome: outcome("npm ci") }], true],
  ])("when %s", (_, checks, news) => {
    expect(hasNews({ checks })).toBe(news);
  });

  test("names what failed, what is new and what can be done", () => {
    expect(checkSummary(summaryText("a | b")).body).toMatchInlineSnapshot(`
     "❌ **7 of 9 checks did not pass** at \`1111111\`.

     | check | result | time | cause |
     |---|---|---|---|
     | [\`a \\| b\`](https://github.com/acme/shop/runs/1) | ❌ failed | 1.2 s | exit code 1, 1 of 2 or more tests failed |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/2) | ⚪ known from the base | 1.2 s | exit code 1, 1 of 2 or more tests failed |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/3) | ❌ not run | 1.2 s | the set-up failed: exit code 1 |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/4) | ⏹️ no result | | it was begun again and stopped |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/5) | ⏹️ not run | | it needs \`a \\| b\`, which did not pass |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/6) | ⏸️ not run | | no value for \`a \\| b\` |
     | \`a \\| b\` | ⏭️ skipped | | no matching file changed |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/7) | ❌ failed | 1.2 s | new: 1 error, 1 warning, 2 notices |
     | [\`a \\| b\`](https://github.com/acme/shop/runs/8) | ⏹️ not done | | a \\| b |

     **New in this pull**
     - a \\| b

     **Known from the base**
     - a \\| b (a \\| b)

     **Flaky, failed and passed on the same files**
     - a \\| b (3rd time in 30 days)

     **Coverage of lines**
     - \`a | b\`: coverage 87.34 % (-0.4), changed lines that no test reaches: 25

     **What you can do**
     - \`/codegen fix\` lets the agent mend what fails.
     - \`/codegen retry\` runs again what did not pass.
     - The page of each check has the log, and the commands to repeat it on your own machine."
    `);
  });

  test("names no agent where none may work", () => {
    expect(checkSummary(of([ran()], false)).body).not.toContain("/codegen fix");
  });

  test("says when nothing is this pull's doing", () => {
    expect(checkSummary(of([passed, known])).body).toMatchInlineSnapshot(`
     "✅ **All checks pass** at \`1111111\`. What still fails may fail, or fails on the base as well.

     | check | result | time | cause |
     |---|---|---|---|
     | [\`test\`](https://github.com/acme/shop/runs/5) | ✅ passed | 1.2 s |  |
     | [\`test\`](https://github.com/acme/shop/runs/5) | ⚪ known from the base | 1.2 s | exit code 1 |"
    `);
  });

  test("says when all is well again", () => {
    expect(checkSummary(of([passed, skipped])).body).toMatchInlineSnapshot(`
     "✅ **All checks pass** at \`1111111\`.

     <details><summary>The checks</summary>

     | check | result | time | cause |
     |---|---|---|---|
     | [\`test\`](https://github.com/acme/shop/runs/5) | ✅ passed | 1.2 s |  |
     | \`docs\` | ⏭️ skipped | | no matching file changed |

     </details>"
    `);
  });
});

test("what runs again is named", () => {
  expect(checksRetried("answer-1-0", "ada", { head, checks: ["test", "lint"] }).body).toMatchInlineSnapshot(
    `"🔁 The checks \`test\`, \`lint\` run again at \`1111111\`, as @ada asked. What passed stays as it is."`,
  );
});
