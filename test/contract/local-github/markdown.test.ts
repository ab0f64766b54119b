import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { markdown } from "../../doubles/github/pages/markdown.ts";
import { toggleTask } from "../../doubles/github/pages/tasks.ts";

const references = {
  issue: (number: number) => (number < 50 ? `/ada/shop/issues/${String(number)}` : null),
  account: (login: string) => (login === "ada" ? "/ada" : null),
};

/** What a body could be made of to break out. */
const PIECES =
  `<|>|<!--|-->|<script>|<details| open| onclick=alert(1)|</details>|<img src=x>|"|'|[a](|javascript:alert(1)|data:text/html,x|)|![|](|- [ ] |> |<a href=|&lt;|@ada|#12|<br>|<SUB>|http://x.y/<b>|    |*|<svg/onload=1>`
    .split("|")
    .concat("`", "```\n", "\n", "\n\n", "| a |\n|-|\n", "\\");

function render(source: string): string {
  return markdown(source, { references, breaks: true, editable: true }).text;
}

describe("markdown on the pages", () => {
  test("issues and people that exist are linked, others and those in code are not", () => {
    const out = render("See #12, #99, @ada, @nobody, `#12 @ada`, mail@ada, a#12, [@ada](/x)");
    expect(out.match(/<a /g)).toHaveLength(3);
    expect(out).toContain('<a href="/ada/shop/issues/12" rel="nofollow noopener">#12</a>');
    expect(out).toContain('<a href="/ada" class="mention" rel="nofollow noopener">@ada</a>');
  });

  test("comments are hidden in text and as blocks, shown in code", () => {
    const out = render("<!-- a -->\n\nb <!-- c --> d\n\n`<!-- e -->`\n\n```\n<!-- f -->\n```\n\n<!-- g\n\nh -->\n\ni");
    for (const hidden of ["a", "c", "g", "h"]) expect(out).not.toMatch(new RegExp(`\\b${hidden} --|!-- ${hidden}`));
    for (const shown of ["e", "f"]) expect(out).toContain(`&lt;!-- ${shown} --&gt;`);
    expect(out).toContain("<p>i</p>");
  });

  test("a folded part is folded and its markdown rendered", () => {
    const out = render("<details><summary>Log</summary>\n\n**x**\n\n</details>");
    expect(out.replaceAll("\n", "")).toBe("<details><summary>Log</summary><p><strong>x</strong></p></details>");
  });

  test("whatever is written, only known tags come out, without handlers, and links lead nowhere dangerous", () => {
    const allowed =
      /^<(?:\/?(?:p|h[1-6]|ul|ol|li|em|strong|s|code|pre|blockquote|hr|br|table|thead|tbody|tr|th|td|a|img|div|input|details|summary|sub|sup|kbd|ins|del|b|i))(?=[\s>])/;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })), { maxLength: 25 }),
        (parts) => {
          for (const [tag] of render(parts.join("")).matchAll(/<[^>]*>?/g)) {
            expect(tag).toMatch(allowed);
            expect(tag).not.toMatch(/^<[^"]*\son\w+=/i);
            expect(tag).not.toMatch(/(?:href|src)="\s*(?:javascript|vbscript|data:text)/i);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("ticking a task", () => {
  test.each([
    ["a plain task", "- [ ] a", 0, "- [x] a"],
    ["a nested one", "- a\n  - [ ] b", 1, "- a\n  - [x] b"],
    ["one in a quotation", "> - [ ] b", 0, "> - [x] b"],
    ["a numbered one", "1. x\n2. [ ] y [ ]", 1, "1. x\n2. [x] y [ ]"],
    ["below a comment, with CRLF", "<!-- m -->\r\n\r\n* [ ] c\r\n", 2, "<!-- m -->\r\n\r\n* [x] c\r\n"],
  ])("%s changes exactly its mark, and back", (_name, body, line, ticked) => {
    expect(toggleTask(body, line, true)).toBe(ticked);
    expect(toggleTask(ticked, line, false)).toBe(body);
    expect(render(body)).toContain(`data-line="${String(line)}"`);
  });

  test("what only looks like a task has no box and cannot be ticked", () => {
    for (const body of ["```\n- [ ] code\n```", "text [ ] x", "- \\[ ] x", "- []"]) {
      expect(render(body)).not.toContain("checkbox");
      for (const line of [0, 1]) expect(toggleTask(body, line, true)).toBeNull();
    }
    expect(toggleTask("- [ ] a", 7, true)).toBeNull();
    expect(toggleTask("- [ ] a", Number.NaN, true)).toBeNull();
  });
});
