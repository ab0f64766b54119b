import { describe, expect, test } from "@jest/globals";
import markdownIt from "markdown-it";
import { shorten } from "../../../src/messages/balance.ts";
import { code, fenced, plain, prose, sentence } from "../../../src/messages/markdown.ts";
import { markerLine } from "../../../src/messages/message.ts";
import { by, everyMessage, longMessages } from "./every-message.ts";

/** Reads Markdown as GitHub does: HTML is HTML, entities are decoded, and code spans and fences hold only text. */
const reader = markdownIt({ html: true });

/** What a reader would be notified of, load, or not see. */
function live(body: string): { mentions: string[]; images: number; html: string[] } {
  const seen = { mentions: [] as string[], images: 0, html: [] as string[] };
  const walk = (tokens: ReturnType<typeof reader.parse>) => {
    let text = "";
    for (const token of tokens) {
      if (token.type === "image") seen.images += 1;
      if (token.type === "html_block" || token.type === "html_inline") seen.html.push(token.content);
      text += token.type === "text" || token.type === "text_special" ? token.content : "\n";
      if (token.children) walk(token.children);
    }
    for (const [, name] of text.matchAll(/(?<![\w`])@([A-Za-z0-9][\w-]*)/g)) if (name) seen.mentions.push(name);
  };
  walk(reader.parse(body, {}));
  return seen;
}

const hostile: Record<string, string> = {
  mention: "ping @octocat and @acme/security, (@hubot) \\@escaped **@bold** _@under_",
  "mention by entity": "&#64;octocat &#x40;octocat &commat;octocat &amp;#64;octocat",
  "mention split by what cannot be seen": "@\u00ADocto\u200Bcat @\u2060hubot",
  comment: "before <!-- hidden --> after <!-- never closed",
  "our marker": "<!-- codegen:message:plan -->",
  "our box": "- [x] **Approve and run this plan** <!-- codegen:box:approve:abc -->",
  image: "![pixel](https://evil.example/p.png) ![a][b]\n\n[b]: https://evil.example/q.png",
  "html image": '<img src="https://evil.example/p.png"> <IMG/src=x onerror=alert(1)>',
  "end of details": "</details></details>\n\n</details>\n<details open><summary>x",
  "html block": "<script>alert(1)</script>\n\n<style>\n*{display:none}\n\n<table><tr><td>",
  "processing instruction": "<?php echo 1 ?> <![CDATA[ x ]]> <!DOCTYPE html>",
  "open fence": "```\nthe rest is code",
  "open tilde fence": "~~~~~js\nthe rest is code",
  "fence in a list": "- a\n  ```\n  open",
  "closing fence": "x\n```\n@octocat\n```\n````\n@octocat",
  "open inline code": "a ` b `` c ``` d @octocat",
  ansi: "\u001B[31mred\u001B[0m \u009B1mbold \u001B]0;title\u0007 \u001B]8;;https://evil.example\u001B\\link \u001B(B",
  bidi: "user\u202E gpj.exe \u2066x\u2069 \u200Fy \u061C",
  "tags and selectors": "a\u{E0041}\u{E0042}b\uFE0Fc\u{E0100}d\uFFF9e\uFFFA",
  controls: "a\0b\u0007c\u0008d\u007Fe\u0085f\rg\u2028h",
  "lone surrogates": "a\uD800b\uDC00c",
  link: "[click](javascript:alert(1)) [x]: https://evil.example <https://evil.example>",
  "table cell": "a | b | c \\| d\n|---|---|",
  "closing words": "Fixes #99, closes: acme/other#3, Resolved https://github.com/acme/shop/issues/4, fix GH-5",
  "many words": "word ".repeat(14_000),
  "one long word": "x".repeat(70_000),
  "many mentions": "@octocat ".repeat(8_000),
  "many fences": "```\n@octocat\n".repeat(6_000),
  "many comments": "<!--".repeat(18_000),
  "many backticks": "`".repeat(70_000),
  "many lines": "\n".repeat(70_000),
  "many spaces": `a${" ".repeat(70_000)}b`,
  "many brackets": "[".repeat(300),
  "many ends": "</details>\n".repeat(7_000),
};

/** All that our own structure consists of. */
const ours = [
  /^<!-- codegen:message:[a-z0-9-]+ -->$/,
  /^<!-- codegen:box:approve:[0-9a-f]{64} -->$/,
  /^<!-- codegen:note -->$/,
  /^<\/?sub>$/,
  /^<details><summary>(?:(?!<).)*<\/summary>$/,
  /^<\/details>$/,
];
const words = everyMessage("words");

describe.each(Object.entries(hostile))("somebody else's words: %s", (_, text) => {
  const messages = text.length < 10_000 ? everyMessage(text) : longMessages(text);
  const written = Object.entries(messages).filter(([name, body]) => body !== words[name]);
  const seen = written.map(([name, body]) => ({ name, body, ...live(body) }));

  test("mention nobody, load nothing, and hide nothing", () => {
    expect(seen.length).toBeGreaterThan(text.length < 10_000 ? 5 : 2);
    for (const { name, mentions, images, html } of seen) {
      const strangers = mentions.filter((login) => login !== by);
      const strange = html
        .flatMap((part) => part.split("\n").map((line) => line.trim()))
        .filter((line) => line !== "" && !ours.some((form) => form.test(line)));
      expect({ name, strangers, images, strange }).toEqual({ name, strangers: [], images: 0, strange: [] });
    }
  });

  test("fit into GitHub's limit and leave our structure whole", () => {
    for (const { name, body, html } of seen) {
      const count = (start: string) => html.join("\n").split(start).length - 1;
      const facts = { fits: body.length <= 65_536, whole: count("<details>") === count("</details>") };
      expect({ name, ...facts, wellFormed: body.isWellFormed() }).toEqual({
        name,
        fits: true,
        whole: true,
        wellFormed: true,
      });
    }
  });

  test("leave the marker at the end and the box live", () => {
    const { body, html } = seen.find(({ name }) => name === "planReady") ?? { body: "", html: [] };
    expect(body.endsWith(markerLine("plan"))).toBe(true);
    expect(html.at(-1)?.trim()).toBe(markerLine("plan"));
    expect(html.filter((part) => part.startsWith("<!-- codegen:box:"))).toEqual([
      `<!-- codegen:box:approve:${"ab".repeat(32)} -->`,
    ]);
  });

  test("hold nothing that a person cannot see, and close no other issue", () => {
    for (const made of [plain(text), prose(text), sentence(text), code(text), fenced(text)]) {
      const shown = made.replaceAll("\u200B", "");
      expect(/[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u.test(shown)).toBe(false);
      expect(/(?!\n|\t)\p{Cc}/u.test(shown)).toBe(false);
    }
    expect(prose(text)).not.toMatch(/\b(close[sd]?|fix(es|ed)?|resolve[sd]?):?\s+([\w./-]*#\d|gh-\d|https?:)/i);
  });
});

describe("a text that is too long", () => {
  test("loses its middle, says so, and keeps both ends", () => {
    const short = shorten(`start ${"x".repeat(5_000)} end`, 3_000);
    expect(short.length).toBeLessThanOrEqual(3_000);
    expect(short).toMatch(/^start x+\n\n… \(shortened\) …\n\nx+ end$/);
  });

  test("closes the block that the cut leaves open, and opens it again where it goes on", () => {
    const log = `**Log**\n\n\`\`\`\`text\n${"line\n".repeat(2_000)}\`\`\`\`\n\nlast words`;
    const short = shorten(log, 4_000);
    const blocks = reader.parse(short, {}).filter(({ type }) => type === "fence");
    expect(blocks.map(({ content }) => content.includes("last words"))).toEqual([false, false]);
    expect(short.endsWith("last words")).toBe(true);
  });

  test("closes details that end in what was cut", () => {
    const short = shorten(
      `<details><summary>a</summary>\n\n${"x\n".repeat(3_000)}\n</details>\n\n${"y\n".repeat(3_000)}`,
      4_000,
    );
    expect(short.match(/<details>/g)).toHaveLength(1);
    expect(short.match(/<\/details>/g)).toHaveLength(1);
  });

  test("does not lose half a character", () => {
    expect(shorten("😀".repeat(3_000), 2_501).isWellFormed()).toBe(true);
  });

  test("that fits is left alone", () => {
    expect(shorten("abc", 3)).toBe("abc");
  });
});

describe("inline code", () => {
  test.each([
    ["a", "`a`"],
    ["a`b", "``a`b``"],
    ["`a", "`` `a ``"],
    ["", "`  `"],
    ["a\nb", "`a b`"],
    ["x".repeat(400), `\`${"x".repeat(300)}…\``],
  ])("of %j", (text, written) => {
    expect(code(text)).toBe(written);
  });
});

describe("prose", () => {
  test("keeps what people write", () => {
    const text =
      "Use `a < b` and **care**.\n\n1. one\n2. two\n\n```js\nif (a < b) c();\n```\n\nSee #12 and [docs](https://example.org).";
    expect(prose(text)).toBe(text);
  });
});
