import { describe, expect, test } from "@jest/globals";
import {
  analysisCause,
  analysisFinished,
  analysisNotDone,
  analysisVerdict,
} from "../../../src/messages/analysis-check.ts";
import {
  findingComment,
  findingDeclined,
  goneComment,
  readFindingMarker,
} from "../../../src/messages/finding-comment.ts";
import { render } from "../../../src/messages/message.ts";
import { analysisText, findingText, head } from "./every-message.ts";

const webUrl = "https://github.com/acme/shop";

describe("the check of the analysis", () => {
  test("tells what is new with its place, and everything that was not looked at", () => {
    const { text } = analysisFinished(analysisText("src/a|b.ts"), webUrl);
    expect(`${text.title}\n\n${text.summary}`).toMatchInlineSnapshot(`
     "New: 1 error, 1 warning, 2 notices, 1 that the pull tells to look away from

     **1 error, 1 warning, 2 notices** that this pull adds, in 3 changed files, compared with \`2222222\`, where the pull began.

     ✨ It takes 2 findings away.

     | | rule | place | |
     |---|---|---|---|
     | ❌ | \`src/a\\|b.ts\` | [\`src/a\\|b.ts:3\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%7Cb.ts#L3) | src/a\\|b.ts |
     | ⚠️ | \`src/a\\|b.ts\` | [\`src/a\\|b.ts:3\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%7Cb.ts#L3) | src/a\\|b.ts |

     … and 2 more.

     <details><summary>Declined (1)</summary>

     | | rule | place | |
     |---|---|---|---|
     | ❌ | \`src/a\\|b.ts\` | [\`src/a\\|b.ts:3\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%7Cb.ts#L3) | src/a\\|b.ts |

     </details>

     | changed files | before | now | |
     |---|--:|--:|--:|
     | cognitive complexity | 10 | 12.3 | +2.3 |
     | maintainability, of 100 | – | 80 |  |
     | lines | 2,000 | 1,900 | −100 |

     👀 **Comments of this pull tell to look away**
     - \`src/a|b.ts:3\` from \`src/a|b.ts\`: src/a|b.ts

     <details><summary>Comments that tell to look away (1)</summary>

     - \`src/a|b.ts:3\` from \`src/a|b.ts\`: src/a|b.ts

     </details>

     ⚠️ **Rules that could not look at a whole file**
     - \`src/a|b.ts\` in \`src/a|b.ts\`: src/a|b.ts

     ⚠️ **Rules of this repository with mistakes**, on its base branch; they were not used
     - \`src/a|b.ts\`, line 3, column 4: src/a|b.ts

     📦 With its new packages come \`src/a|b.ts\` (src/a\\|b.ts), \`src/a|b.ts\` (licence unknown).

     <details><summary>Not looked into (1)</summary>

     - \`src/a|b.ts\`: src/a|b.ts

     </details>"
    `);
  });

  test("is short when there is nothing to say", () => {
    const none = {
      findings: [],
      declined: [],
      leftOut: [],
      ignored: [],
      stopped: [],
      problems: [],
      packages: [],
      metrics: [],
    };
    const counts = { error: 0, warning: 0, notice: 0 };
    const { verdict, text } = analysisFinished({ ...analysisText("x"), ...none, counts, gone: 0, files: 1 }, webUrl);
    expect([verdict, text]).toEqual([
      "success",
      {
        title: "Nothing new in 1 changed file",
        summary: "Nothing new in 1 changed file, compared with `2222222`, where the pull began.",
      },
    ]);
  });

  test.each([
    [{ error: 1, warning: 3, notice: 0 }, "failure"],
    [{ error: 0, warning: 1, notice: 5 }, "neutral"],
    [{ error: 0, warning: 0, notice: 5 }, "success"],
  ] as const)("with %o is a %s", (counts, verdict) => {
    expect(analysisVerdict({ counts, ignored: [] })).toBe(verdict);
  });

  test("is no success when the pull tells to look away from an error", () => {
    const counts = { error: 0, warning: 0, notice: 0 };
    const [own, before] = analysisText("x").ignored.map((each) => analysisVerdict({ counts, ignored: [each] }));
    expect([own, before]).toEqual(["neutral", "success"]);
  });

  test("that could not be done is neither failure nor success", () => {
    expect([analysisNotDone("Why.", true).verdict, analysisNotDone("Why.", false).verdict]).toEqual([
      "cancelled",
      "action_required",
    ]);
  });

  test("names every error to an agent", () => {
    expect(analysisCause(analysisText("a.ts"))).toBe("a.ts:3: a.ts: a.ts");
  });

  test("says how many there are when a table does not hold them", () => {
    const findings = Array.from({ length: 60 }, () => findingText("a.ts"));
    const counts = { error: 70, warning: 0, notice: 0 };
    const { summary } = analysisFinished({ ...analysisText("x"), findings, counts }, webUrl).text;
    expect(summary).toContain("… and 20 more, of which 10 stand beside the lines.");
  });
});

describe("a comment about a finding", () => {
  const one = { ...findingText("x"), rule: "security/eval", message: "It runs what it is given." };

  test("says what, why, and what to write instead", () => {
    expect(render(findingComment(one, ["  return 1;"]))).toMatchInlineSnapshot(`
     "❌ **error** · \`security/eval\` · [CWE-89](https://cwe.mitre.org/data/definitions/89.html)

     It runs what it is given.

     \`\`\`suggestion
       return 1;
     \`\`\`

     <sub>Not worth a change? A maintainer answers \`/codegen decline\` and why.</sub>

     <!-- codegen:message:finding-ab12 -->"
    `);
    expect(findingComment(one, []).body).toContain("```suggestion\n```\n");
    expect(findingComment(one, ["a", ""]).body).not.toContain("suggestion");
    expect(findingComment(one, ["```", "b"]).body).toContain("````suggestion\n```\nb\n````");
  });

  test("says that it is gone, or was declined", () => {
    expect(render(goneComment(render(findingComment(one, null)), "ab12", head))).toMatchInlineSnapshot(`
     "✅ **Gone** at \`1111111\`: this pull no longer adds it.

     <sub>It was: **error** · \`security/eval\` · [CWE-89](https://cwe.mitre.org/data/definitions/89.html)</sub>

     <!-- codegen:message:gone-ab12 -->"
    `);
    expect(render(findingDeclined("ada", "only in tests", "ab12"))).toMatchInlineSnapshot(`
     "🤝 Declined by @ada: only in tests

     It no longer counts on this pull. Opening this conversation again takes that back.

     <!-- codegen:message:declined-ab12 -->"
    `);
  });

  test("is found again by what ends it, and by nothing else", () => {
    const messages = [findingComment(one, null), goneComment("x", "ab12", head), findingDeclined("ada", "", "ab12")];
    expect(messages.map((message) => readFindingMarker(render(message)))).toEqual([
      { state: "finding", fingerprint: "ab12" },
      { state: "gone", fingerprint: "ab12" },
      { state: "declined", fingerprint: "ab12" },
    ]);
    for (const body of ["", "<!-- codegen:message:finding-ab12 --> and more", "<!-- codegen:message:fix-1 -->"])
      expect(readFindingMarker(body)).toBeNull();
  });
});
