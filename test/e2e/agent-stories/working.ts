import assert from "node:assert/strict";
import type { Story } from "../../doubles/start.ts";
import { waitFor, type Pull } from "../pull.ts";
import {
  call,
  commitsOf,
  conclusionOf,
  fileAt,
  files,
  finish,
  isMending,
  lastTask,
  numberOf,
  onlyPull,
  plan,
  rightEdit,
  run,
  script,
  words,
  wrongEdit,
  type AgentStory,
} from "./story.ts";

const done = [rightEdit, finish("Grant the discount from the tenth pack on")];

/** From an issue to a pull: what goes well, and what a person stops. */
export const working: readonly AgentStory[] = [
  {
    name: "success: an approved plan becomes a pull whose checks are green",
    options: { script: script(done) },
    async play(story) {
      const issue = await story.openIssue();
      await story.comment(issue, "/codegen plan");
      await story.drain();
      await story.comment(issue, "/codegen approve");
      await story.drain();
      const pull = await onlyPull(story);
      assert.equal(await conclusionOf(story, pull), "success");
      const said = await words(story, issue);
      assert.match(said, /Codegen finished @ada's task/);
      assert.match(said, /Checked before the push\*\*\n- ✅ test/);
      const [commit] = await commitsOf(story, numberOf(pull));
      assert.match(commit?.message ?? "", /\nCo-authored-by: ada <\d+\+ada@users\.noreply\.[\w.]+>$/m);
    },
  },
  {
    name: "revise: a plan is changed by a maintainer's words, and says what changed",
    options: {
      script: ({ mode, messages }) =>
        plan(
          mode === "plan" && messages.some(({ text }) => text.includes("name the border"))
            ? "The border has no name."
            : "The tenth pack gets no discount.",
        ),
    },
    async play(story) {
      const issue = await story.openIssue();
      await story.comment(issue, "/codegen plan");
      await story.drain();
      await story.comment(issue, "/codegen revise name the border");
      await story.drain();
      const said = await words(story, issue);
      assert.match(said, /version 2/);
      assert.match(said, /The border has no name/);
      assert.match(said, /Changed since version 1/);
    },
  },
  {
    name: "refuse: without an approved plan nothing is worked on, and a stranger gets nothing",
    options: { script: script(done) },
    async play(story) {
      const issue = await story.openIssue();
      await story.comment(issue, "/codegen run");
      // Side by side, the later one to arrive would take the other's place.
      await story.drain();
      await story.comment(issue, "/codegen plan", story.grace);
      await story.drain();
      const said = await words(story, issue);
      assert.match(said, /asks for an approved plan/);
      assert.match(said, /needs the role \*\*triage\*\*/);
      assert.deepEqual(story.model?.requests(), []);
    },
  },
  {
    name: "cancel: work that waits for its model stops, and leaves nothing half-written",
    options: { files: files(), script: ({ step }) => (step === 0 ? rightEdit : { fault: "hang" }) },
    async play(story) {
      const issue = await story.openIssue();
      await story.comment(issue, "/codegen run");
      await waitFor(async () => (story.model?.requests().length ?? 0) > 1);
      await story.comment(issue, "/codegen cancel");
      await story.drain();
      assert.match(await words(story, issue), /The work was cancelled\.\*\* Cancelled by @ada\./);
      assert.equal(await onlyPull(story), undefined);
      assert.deepEqual(await branches(story), ["main"]);
    },
  },
  {
    name: "cancel: work that was pushed and is in no pull yet is taken back",
    options: { files: files(), script: script(done) },
    async play(story) {
      // GitHub takes the branch and the commit, and puts the pull off.
      story.github.failNext("POST /repos/{owner}/{repo}/pulls", "secondary429", 1, 3_600);
      const issue = await cancelDelayed(story);
      assert.match(await words(story, issue), /Cancelled by @ada\. Nothing was committed by this run/);
      assert.deepEqual(await branches(story), ["main"]);
    },
  },
  {
    name: "cancel: of work that is in a pull already it is said where",
    options: { files: files("plan: optional, pull: { labels: [bot] }"), script: script(done) },
    async play(story) {
      story.github.failNext("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", "secondary429", 1, 3_600);
      const issue = await cancelDelayed(story);
      const pull = await onlyPull(story);
      const said = new RegExp(`Its commit ${pull?.head.sha} is in #${numberOf(pull)} already: \`/codegen revert\``);
      assert.match(await words(story, issue), said);
    },
  },
  {
    name: "budget: what there is of the work is published as a draft, and says so",
    options: {
      files: files("plan: optional, budget: { steps: 2 }"),
      script: ({ step }) => (step === 0 ? rightEdit : call("read", { path: "README.md" })),
    },
    async play(story) {
      const { issue, pull } = await run(story);
      const said = await words(story, issue);
      assert.match(said, /stopped before @ada's task was done/);
      assert.match(said, /budget of 2 steps is used up/);
      const made = await story.ada.api<{ draft: boolean; title: string }>("GET", `${story.at}/pulls/${numberOf(pull)}`);
      assert.equal(made.draft, true);
      assert.match(made.title, /^Unfinished: /);
      assert.match((await fileAt(story, "src/cart.js", pull?.head.ref ?? "")) ?? "", /packs >= bulkFrom/);
    },
  },
  {
    name: "budget of a day: when it is used up no agent is started",
    options: { files: files("plan: optional, budget: { day: { steps: 2 } }"), script: script(done) },
    async play(story) {
      await run(story);
      const asked = story.model?.requests().length;
      const issue = await story.openIssue("Another");
      await story.comment(issue, "/codegen run");
      await story.drain();
      assert.match(await words(story, issue), /agent\.budget\.day\.steps: 2/);
      assert.equal(story.model?.requests().length, asked);
    },
  },
  {
    name: "empty change: work that changes no file is said to be that",
    options: { files: files(), script: script([finish("Change nothing")]) },
    async play(story) {
      const { issue, pull } = await run(story);
      assert.equal(pull, undefined);
      assert.match(await words(story, issue), /No file was changed/);
    },
  },
  {
    name: "failing build: it is said in the pull before anybody looks at the checks",
    options: { files: files("plan: optional, max_attempts: 0"), script: script([wrongEdit, finish("Break it")]) },
    async play(story) {
      const { issue, pull } = await run(story);
      assert.match(await words(story, issue), /❌ test \(exit code 1\)/);
      assert.equal(await conclusionOf(story, pull), "failure");
      const runs = await story.ada.api<{ body: string }>("GET", `${story.at}/pulls/${numberOf(pull)}`);
      assert.match(runs.body, /❌ test \(exit code 1\)/);
    },
  },
  {
    name: "back-end outage: the work waits, and is done when the model is back",
    options: {
      files: files(),
      script: (() => {
        let failures = 0;
        return ({ step }) => {
          if (step === 0 && failures < 3) {
            failures += 1;
            return { fault: 503, retryAfter: 60 };
          }
          return done[step] ?? { text: "no" };
        };
      })(),
    },
    async play(story) {
      const { issue, pull } = await run(story);
      assert.equal(await conclusionOf(story, pull), "success");
      assert.match(await words(story, issue), /Codegen finished/);
    },
  },
  {
    name: "second request while running: it waits, is told so, gives way to a newer one, and the newest runs",
    options: {
      files: files(),
      script: async ({ messages, step }) => {
        const first = messages.some(({ text }) => text.includes("do the first thing"));
        if (first && step === 0) await released;
        return done[step] ?? { text: "no" };
      },
    },
    async play(story) {
      const issue = await story.openIssue();
      await story.comment(issue, "/codegen run do the first thing");
      await waitFor(async () => (story.model?.requests().length ?? 0) > 0);
      await story.comment(issue, "/codegen run do the second thing");
      await waitFor(async () => /Yours is next/.test(await words(story, issue)));
      await story.comment(issue, "/codegen run do the third thing");
      await waitFor(async () => /gave way to a newer one/.test(await words(story, issue)));
      release();
      await story.drain();
      const tasks = (story.model?.requests() ?? []).map(
        ({ conversation }) => conversation?.messages.find(({ role }) => role === "user")?.text ?? "",
      );
      assert.ok(tasks.some((task) => task.includes("do the first thing")));
      assert.ok(!tasks.some((task) => task.includes("do the second thing")));
      assert.ok(tasks.some((task) => task.includes("do the third thing")));
      await onlyPull(story);
    },
  },
  {
    name: "retry: what failed is done again as it was asked for",
    options: {
      files: files(),
      script: (() => {
        let conversations = 0;
        return ({ step }) => {
          if (step === 0) conversations += 1;
          return conversations === 1 ? { fault: 401 } : (done[step] ?? { text: "no" });
        };
      })(),
    },
    async play(story) {
      const { issue } = await run(story, "/codegen run mind the border");
      assert.match(await words(story, issue), /The work could not be finished/);
      await story.comment(issue, "/codegen retry");
      await story.drain();
      assert.match(lastTask(story), /mind the border/);
      assert.equal(await conclusionOf(story, await onlyPull(story)), "success");
      await story.comment(issue, "/codegen retry");
      await story.drain();
      assert.match(await words(story, issue), /nothing to try again/);
    },
  },
  {
    name: "pull options: template, draft, labels and reviewers are those of the repository",
    options: {
      files: {
        ...files("plan: optional, pull: { draft: true, labels: [bot], reviewers: [ada, nobody-here] }"),
        ".github/pull_request_template.md": "## Why\n\n## How it was tested\n",
      },
      script: script([
        rightEdit,
        finish("Grant the discount", {
          description: "## Why\n\nThe tenth pack was left out.\n\n## How it was tested\n\nBy hand.",
        }),
      ]),
    },
    async play(story) {
      const { pull } = await run(story);
      assert.match(lastTask(story), /## Template of the pull's text\n## Why/);
      const made = await story.ada.api<{
        body: string;
        draft: boolean;
        labels: { name: string }[];
        requested_reviewers: { login: string }[];
      }>("GET", `${story.at}/pulls/${numberOf(pull)}`);
      assert.match(
        made.body,
        /^Closes #\d+\n\n## Why\n\nThe tenth pack was left out\.\n\n## How it was tested\n\nBy hand\./m,
      );
      assert.equal(made.draft, true);
      assert.deepEqual(
        made.labels.map(({ name }) => name),
        ["bot"],
      );
      assert.deepEqual(
        made.requested_reviewers.map(({ login }) => login),
        ["ada"],
      );
    },
  },
  {
    name: "progress: the comment follows a long run, and the last word is the result",
    options: {
      files: files(),
      progressMs: 50,
      script: async ({ step, mode, messages, ...rest }) => {
        if (isMending({ step, mode, messages, ...rest })) return { text: "no" };
        if (step === 1) await seen;
        return [rightEdit, call("read", { path: "README.md" }), finish("Grant the discount")][step] ?? { text: "no" };
      },
    },
    async play(story) {
      const issue = await story.openIssue();
      await story.comment(issue, "/codegen run");
      await waitFor(async () => /What it does now\*\*\n- edit src\/cart\.js/.test(await words(story, issue)));
      see();
      await story.drain();
      const said = await words(story, issue);
      assert.match(said, /Codegen finished/);
      assert.doesNotMatch(said, /What it does now/);
      const [pull] = await story.ada.api<Pull[]>("GET", `${story.at}/pulls`);
      assert.ok(pull);
    },
  },
];

const { promise: released, resolve: release } = Promise.withResolvers<void>();
const { promise: seen, resolve: see } = Promise.withResolvers<void>();

/** Lets an agent work until GitHub puts the bot off, and cancels it then. */
async function cancelDelayed(story: Story): Promise<number> {
  const issue = await story.openIssue();
  await story.comment(issue, "/codegen run");
  await waitFor(async () => ((await story.queue.counts()).delayed ?? 0) > 0);
  await story.comment(issue, "/codegen cancel");
  await story.drain();
  return issue;
}

async function branches(story: Story): Promise<string[]> {
  const all = await story.ada.api<{ name: string }[]>("GET", `${story.at}/branches`);
  return all.map(({ name }) => name);
}
