import { describe, expect, test } from "@jest/globals";
import { placeComment } from "../../../pipelines/validate/analysis/place-comment.ts";
import { findOwnThreads, planThreads, type ThreadPlan } from "../../../pipelines/validate/analysis/threads.ts";
import type { CodeFinding } from "../../../src/code/finding.ts";
import { hunksOf } from "../../../src/github/pull-hunks.ts";
import type { ReviewThread } from "../../../src/github/review-threads.ts";
import { findingDeclined, goneComment } from "../../../src/messages/finding-comment.ts";
import { render } from "../../../src/messages/message.ts";

const bot = "codegen[bot]";
const head = "1".repeat(40);

function finding(fingerprint: string, more: Partial<CodeFinding> = {}): CodeFinding {
  const place = { path: "src/a.ts", startLine: 5, endLine: 6, symbol: "", anchor: "" };
  return { rule: "security/eval", severity: "error", message: "It runs.", fingerprint, ...place, ...more };
}

const hunks = [{ start: 1, end: 9 }];
const wanted = (...findings: CodeFinding[]) => findings.map((one) => placeComment(one, hunks));
const text = (one: CodeFinding) => render(placeComment(one, hunks).message);

interface Written {
  readonly body: string;
  readonly author?: string;
}

function thread(id: string, comments: readonly Written[], isResolved = false): ReviewThread {
  const all = comments.map(({ body, author = bot }, at) => ({
    id: Number(id) * 100 + at,
    author,
    body,
    createdAt: "",
    review: 1,
  }));
  return { id, isResolved, isOutdated: false, path: "src/a.ts", line: 5, comments: all };
}

function plan(
  findings: readonly CodeFinding[],
  threads: readonly ReviewThread[],
  more: { most?: number; leftOut?: string[] } = {},
) {
  const limits = { head, most: more.most ?? 10, leftOut: new Set(more.leftOut), redact: (body: string) => body };
  return inShort(planThreads(wanted(...findings), findOwnThreads(threads, bot), limits));
}

/** What is made, edited, resolved and opened again, by markers and ids. */
function inShort({ make, edit, resolve, reopen }: ThreadPlan) {
  return {
    make: make.map(({ message }) => message.marker),
    edit: edit.map(({ comment }) => comment),
    resolve: resolve.map(({ id, message }) => [id, message.marker]),
    reopen: reopen.map(({ id, message }) => [id, message.marker]),
  };
}

const nothing = { make: [], edit: [], resolve: [], reopen: [] };
const one = finding("aa");
const gone = render(goneComment(text(one), "aa", head));
const person = { body: "Is it?", author: "ada" };
const declined = { body: render(findingDeclined("ada", "Fine.", "aa")) };

describe("the comments about findings", () => {
  test.each<[string, readonly CodeFinding[], readonly ReviewThread[], Partial<ReturnType<typeof inShort>>]>([
    ["are made for what is new", [one], [], { make: ["finding-aa"] }],
    ["are not made twice", [one], [thread("1", [{ body: text(one) }])], {}],
    [
      "are edited when they say something else",
      [one],
      [thread("1", [{ body: text(finding("aa", { message: "Else." })) }])],
      { edit: [100] },
    ],
    ["are closed when the finding is gone", [], [thread("1", [{ body: text(one) }])], { resolve: [["1", "gone-aa"]] }],
    [
      "are opened again when it comes back",
      [one],
      [thread("1", [{ body: gone }], true)],
      { reopen: [["1", "finding-aa"]] },
    ],
    ["stay closed when they were closed for it", [], [thread("1", [{ body: gone }], true)], {}],
    ["stay open when a person opened them again", [], [thread("1", [{ body: gone }])], {}],
    ["stay closed when a person closed them", [one], [thread("1", [{ body: text(one) }], true)], {}],
    ["stay as they are when a person wrote in them", [], [thread("1", [{ body: text(one) }, person])], {}],
    ["stay closed when they were declined", [one], [thread("1", [{ body: text(one) }, person, declined], true)], {}],
    ["of people are none of ours", [], [thread("1", [{ body: text(one), author: "ada" }])], {}],
    [
      "about something else are none of these",
      [],
      [thread("1", [{ body: "Done.\n\n<!-- codegen:message:fix-1 -->" }])],
      {},
    ],
  ])("%s", (_, findings, threads, expected) => {
    expect(plan(findings, threads)).toEqual({ ...nothing, ...expected });
  });

  test("of a file that could not be read stay open", () => {
    expect(plan([], [thread("1", [{ body: text(one) }])], { leftOut: ["src/a.ts"] })).toEqual(nothing);
  });

  test("are no more than wanted, with those that are open", () => {
    const findings = ["bb", "cc", "dd"].map((id) => finding(id));
    const open = thread("1", [{ body: text(one) }, person]);
    expect(plan([one, ...findings], [open], { most: 3 }).make).toEqual(["finding-bb", "finding-cc"]);
    expect(plan(findings, [thread("1", [{ body: text(one) }])], { most: 3 }).make).toHaveLength(3);
    expect(plan(findings, [], { most: 0 }).make).toEqual([]);
  });

  test("tell whether a person declined, until the conversation is opened again", () => {
    const [closed, open] = [true, false].map((isResolved) => thread("1", [{ body: text(one) }, declined], isResolved));
    const forged = thread("1", [{ body: text(one) }, { ...declined, author: "ada" }], true);
    const isDeclined = (each: ReviewThread | undefined) => each && findOwnThreads([each], bot)[0]?.isDeclined;
    expect([isDeclined(closed), isDeclined(open), isDeclined(forged)]).toEqual([true, false, false]);
  });
});

describe("the place of a comment", () => {
  const at = (more: Partial<CodeFinding>, pieces = hunks) => {
    const { place, message } = placeComment(finding("aa", more), pieces);
    return [place && `${place.startLine}-${place.line}`, message.body.includes("```suggestion")];
  };
  const fix = { startLine: 4, endLine: 6, lines: ["x();"] };

  test.each<[string, Partial<CodeFinding>, readonly [string | null, boolean]]>([
    ["is the first line of the finding", {}, ["5-5", false]],
    ["is the first line that the diff shows", { startLine: 30, endLine: 90 }, ["60-60", false]],
    ["is none where the diff shows none", { startLine: 10, endLine: 59 }, [null, false]],
    ["is what a fix replaces", { fix }, ["4-6", true]],
    ["is without a fix that leads out of the diff", { fix: { ...fix, endLine: 10 } }, ["5-5", false]],
    ["is without a fix that nobody could read", { fix: { ...fix, lines: ["a\u202E"] } }, ["4-6", false]],
    ["is none for a notice", { severity: "notice", fix }, [null, true]],
  ])("%s", (_, more, expected) => {
    expect(at(more, [...hunks, { start: 60, end: 70 }])).toEqual(expected);
  });

  test("lies in the pieces that GitHub shows", () => {
    const patch = "@@ -0,0 +1 @@\n+@@ -1,2 +3,4 @@\n@@ -5,3 +7,2 @@ f()\n a\n-b\n-c\n+d\n@@ -20,2 +30,0 @@\n-x\n-y";
    expect(hunksOf(patch)).toEqual([
      { start: 1, end: 1 },
      { start: 7, end: 8 },
    ]);
  });
});
