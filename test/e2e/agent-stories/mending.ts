import assert from "node:assert/strict";
import { ownTests } from "../../doubles/quick-tests.ts";
import { openPull, pullNow, waitFor } from "../pull.ts";
import type { Story } from "../../doubles/start.ts";
import {
  commitsOf,
  conclusionOf,
  edit,
  fileAt,
  files,
  finish,
  isMending,
  lastTask,
  numberOf,
  rightEdit,
  run,
  script,
  words,
  wrongEdit,
  call,
  type AgentStory,
} from "./story.ts";

/** Stories of what the tests of the repository say. */
const inNode = files("plan: optional", "", ownTests);

const broken = [wrongEdit, finish("Break the discount")];
const mendIt = [edit("src/cart.js", "packs > bulkFrom + 100", "packs >= bulkFrom"), finish("Mend the discount")];

/** What checks and reviewers find, on the bot's pulls and on people's. */
export const mending: readonly AgentStory[] = [
  {
    name: "continuous: a failed validation of the bot's pull goes back to the agent until it is green",
    options: { files: inNode, script: script(broken, mendIt) },
    async play(story) {
      const { pull } = await run(story);
      const number = numberOf(pull);
      assert.match(lastTask(story), /The check "test" \(node test\/all\.js\) fails:/);
      assert.match(lastTask(story), /many packs of one tea are ten percent cheaper/);
      assert.equal(await conclusionOf(story, pull), "success");
      assert.match(await words(story, number), /Pushed .*\(attempt 1 of 3\), for @ada/);
      assert.equal((await commitsOf(story, number)).length, 2);
    },
  },
  {
    name: "stuck loop: the same failure after an attempt ends it, and the requester is named",
    options: {
      files: files(),
      script: script(broken, [call("write", { path: "NOTES.md", content: "I tried.\n" }), finish("Take notes")]),
    },
    async play(story) {
      const { pull } = await run(story);
      const said = await words(story, numberOf(pull));
      assert.match(said, /Codegen stopped, and @ada has to look.*The same failure came back/);
      assert.match(said, /What was tried\*\*\n1\. `test`, \[`[0-9a-f]{7}`\]\(\S+\): Take notes/);
      assert.equal(await conclusionOf(story, pull), "failure");
      assert.equal(pull?.state, "open");
      assert.equal((await commitsOf(story, numberOf(pull))).length, 2);
    },
  },
  {
    name: "empty attempt: an agent that changes nothing ends it",
    options: { files: files(), script: script(broken, [finish("Nothing comes to mind")]) },
    async play(story) {
      const { pull } = await run(story);
      assert.match(await words(story, numberOf(pull)), /@ada has to look.*The last attempt changed no file/);
      assert.equal((await commitsOf(story, numberOf(pull))).length, 1);
    },
  },
  {
    name: "attempts: other failures of the same check count until `max_attempts`",
    options: {
      files: files("plan: optional, max_attempts: 1", "", ownTests),
      script: script(broken, [
        edit("src/cart.js", "packs > bulkFrom + 100", "packs >= bulkFrom"),
        edit("src/cart.js", "const shippingCents = 490;", "const shippingCents = 590;"),
        finish("Mend one, break another"),
      ]),
    },
    async play(story) {
      const { pull } = await run(story);
      const said = await words(story, numberOf(pull));
      assert.match(said, /tried as often as `agent\.max_attempts`/);
      assert.match(said, /one pack costs its price and shipping/);
      assert.equal(await conclusionOf(story, pull), "failure");
    },
  },
  {
    name: "test-weakening: an attempt that skips the failing test is not pushed, and a person has to look",
    options: {
      files: files(),
      script: script(broken, [
        edit("test/cart.test.js", 'test("many packs', 'test.skip("many packs'),
        finish("Make the tests pass"),
      ]),
    },
    async play(story) {
      const { pull } = await run(story);
      const said = await words(story, numberOf(pull));
      assert.match(said, /would have made tests or checks weaker/);
      assert.match(said, /Tests or checks became weaker, a person has to look\*\*\n- `test\/cart\.test\.js/);
      assert.equal((await commitsOf(story, numberOf(pull))).length, 1);
      assert.doesNotMatch((await fileAt(story, "test/cart.test.js", pull?.head.ref ?? "")) ?? "", /test\.skip/);
    },
  },
  {
    name: "test-weakening in the first work: the pull says so and is held back until a person lets go",
    options: {
      files: files(),
      script: script([
        rightEdit,
        edit("test/cart.test.js", 'test("many packs', 'test.skip("many packs'),
        finish("Grant the discount"),
      ]),
    },
    async play(story) {
      const { issue, pull } = await run(story);
      assert.match(await words(story, issue), /Tests or checks became weaker/);
      const { labels } = await story.ada.api<{ labels: { name: string }[] }>(
        "GET",
        `${story.at}/pulls/${numberOf(pull)}`,
      );
      assert.deepEqual(
        labels.map(({ name }) => name),
        ["codegen:hold"],
      );
    },
  },
  {
    name: "review → fix: one run for the whole review, its threads answered, and what is done resolved, also where GitHub's answers get lost",
    options: {
      files: inNode,
      script: script(
        [rightEdit, finish("Grant the discount")],
        [
          edit("src/cart.js", "const bulkFrom = 10;", "const bulkFromPacks = 10;"),
          edit("src/cart.js", "packs >= bulkFrom ", "packs >= bulkFromPacks "),
          finish("Name the border in packs", {
            answers: [
              { thread: 1, done: true, text: "See the new test." },
              { thread: 2, done: true, text: "It is called bulkFromPacks now." },
              { thread: 3, done: false, text: "Ten percent is what the README says." },
            ],
          }),
        ],
      ),
    },
    async play(story) {
      const { pull } = await run(story);
      const number = numberOf(pull);
      await story.ada.api("PUT", `${story.at}/collaborators/grace`, { permission: "push" });
      for (const write of [
        "POST /graphql createCommitOnBranch",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
        "POST /graphql resolveReviewThread",
      ])
        story.github.failNext(write, "reset-after-commit");
      await review(story, number, "Two things.", [
        { path: "src/cart.js", line: 19, body: "Say of what the border is.\n\n/codegen fix" },
        { path: "src/cart.js", line: 20, body: "Twenty percent would be nicer." },
      ]);
      await story.drain();
      const said = await words(story, number);
      assert.match(said, /Pushed .* for @grace/);
      const asked = lastTask(story);
      assert.match(
        asked,
        /Thread 1, about the whole:[\s\S]*Two things\.[\s\S]*Thread 2, src\/cart\.js, line 19:[\s\S]*Say of what/,
      );
      const begun = story.model?.requests().filter(({ conversation }) => conversation?.step === 0);
      assert.equal(begun?.filter(({ conversation }) => conversation && isMending(conversation)).length, 1);
      assert.deepEqual(story.github.faultsLeft(), []);
      const threads = await threadsOf(story, number);
      assert.deepEqual(
        threads.map(({ isResolved, bodies }) => ({ isResolved, comments: bodies.length })),
        [
          { isResolved: true, comments: 2 },
          { isResolved: false, comments: 2 },
        ],
      );
      assert.match(threads[0]?.bodies.at(-1) ?? "", /✅ Done in [0-9a-f]{40}\. It is called bulkFromPacks now\./);
      assert.match(threads[1]?.bodies.at(-1) ?? "", /↩️ Not done\. Ten percent is what the README says\./);
      assert.equal((await commitsOf(story, number)).length, 2);
      assert.match((await fileAt(story, "src/cart.js", pull?.head.ref ?? "")) ?? "", /packs >= bulkFromPacks/);
    },
  },
  {
    name: "`/codegen fix` on a person's pull mends what fails there, and goes on until it is green",
    options: {
      files: inNode,
      script: script(
        [],
        [edit("test/new.test.js", "assert.ok(one)", "assert.equal(one, 0)"), finish("Half of it")],
        [edit("test/new.test.js", "assert.ok(two)", "assert.equal(two, 0)"), finish("All of it")],
      ),
    },
    async play(story) {
      const failing = [
        'import assert from "node:assert";',
        'import { test } from "node:test";',
        "const one = 0, two = 0;",
        'test("first", () => assert.ok(one));',
        'test("second", () => assert.ok(two));',
        "",
      ].join("\n");
      const pull = await openPull(story, "test/new.test.js", failing);
      await story.drain();
      assert.equal(await conclusionOf(story, pull), "failure");
      await story.comment(pull.number, "/codegen fix");
      await story.drain();
      const now = await pullNow(story, pull.number);
      assert.equal(await conclusionOf(story, now), "success");
      assert.equal((await commitsOf(story, pull.number)).length, 3);
    },
  },
  {
    name: "revert: the bot's last change is undone, and then the one before it is not redone",
    options: {
      files: files(),
      script: script(
        [rightEdit, finish("Grant the discount")],
        [call("write", { path: "NOTES.md", content: "x\n" }), finish("Take notes")],
      ),
    },
    async play(story) {
      const { pull } = await run(story);
      const number = numberOf(pull);
      await story.comment(number, "/codegen fix take notes");
      await story.drain();
      const { ref } = (await pullNow(story, number)).head;
      assert.equal(await fileAt(story, "NOTES.md", ref), "x\n");
      await story.comment(number, "/codegen revert");
      await story.drain();
      assert.equal(await fileAt(story, "NOTES.md", ref), null);
      await story.comment(number, "/codegen revert");
      await story.drain();
      assert.match((await fileAt(story, "src/cart.js", ref)) ?? "", /packs > bulkFrom/);
      await story.comment(number, "/codegen revert");
      await story.drain();
      assert.match(await words(story, number), /there is no change of the bot's/);
    },
  },
  {
    name: "a fix that is down, cancelled or asked for nothing says so",
    options: { files: files(), script: () => ({ fault: "hang" }) },
    async play(story) {
      const pull = await openPull(story, "NOTES.md", "noted\n");
      await story.drain();
      await story.comment(pull.number, "/codegen fix");
      await story.drain();
      assert.match(await words(story, pull.number), /there is nothing to fix/);
      await story.comment(pull.number, "/codegen fix add a test");
      await waitFor(async () => (story.model?.requests().length ?? 0) > 0);
      await story.comment(pull.number, "/codegen cancel");
      await story.drain();
      assert.match(
        await words(story, pull.number),
        /The mending was cancelled\.\*\* Cancelled by @ada\. Nothing was pushed/,
      );
    },
  },
];

async function review(
  story: Story,
  pull: number,
  body: string,
  comments: readonly { path: string; line: number; body: string }[],
): Promise<void> {
  await story.grace.api("POST", `${story.at}/pulls/${pull}/reviews`, { event: "REQUEST_CHANGES", body, comments });
}

async function threadsOf(story: Story, pull: number): Promise<{ isResolved: boolean; bodies: string[] }[]> {
  const query = `query { repository(owner: "ada", name: "${story.repository.split("/")[1]}") { pullRequest(number: ${pull}) { reviewThreads(first: 50) { nodes { isResolved comments(first: 50) { nodes { body } } } } } } }`;
  const answer = await story.ada.api<{
    data: {
      repository: {
        pullRequest: {
          reviewThreads: { nodes: { isResolved: boolean; comments: { nodes: { body: string }[] } }[] };
        };
      };
    };
  }>("POST", "/graphql", { query });
  return answer.data.repository.pullRequest.reviewThreads.nodes.map(({ isResolved, comments }) => ({
    isResolved,
    bodies: comments.nodes.map(({ body }) => body),
  }));
}
