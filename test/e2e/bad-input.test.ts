import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { admin, newPerson, person } from "../doubles/person.ts";
import { shareBot } from "../doubles/shared-bot.ts";
import type { StartOptions, Story } from "../doubles/start.ts";
import { UserError } from "../../src/errors.ts";
import { openPull } from "./pull.ts";

const bot = shareBot();
afterAll(async () => {
  await bot.close();
  await dropTemplate();
}, 30_000);

describe("words that are no command, or not for this person", () => {
  let story: Story;
  let issue: number;
  beforeAll(async () => {
    story = await bot.begin();
    issue = await story.openIssue();
  }, 60_000);
  afterAll(async () => story.finish(), 30_000);

  /** Writes a comment and gives back what the bot answered to it, and whether it reacted. */
  async function say(
    body: string,
    by = story.ada,
    number = issue,
  ): Promise<{ answers: string[]; reactions: string[] }> {
    // The person who asks may be a bot itself.
    const answers = async () =>
      (await story.comments(number)).filter(({ user }) => user.login.endsWith("[bot]") && user.login !== by.login);
    const before = (await answers()).length;
    const id = await story.comment(number, body, by);
    await story.drain();
    const after = (await answers()).slice(before);
    return { answers: after.map((comment) => comment.body), reactions: await story.reactions(id) };
  }

  test("an unknown command is answered with the nearest one", async () => {
    const { answers } = await say("/codegen paln");
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("Did you mean `/codegen plan`?");
  }, 30_000);

  test("an empty command is answered with the help table", async () => {
    const { answers, reactions } = await say("/codegen");
    expect(answers[0]).toContain("What you can ask for");
    expect(reactions).toEqual(["eyes"]);
  }, 30_000);

  test("a command of a later version is answered with what works now", async () => {
    const { answers } = await say("/codegen generate tests");
    expect(answers[0]).toContain("is not available yet");
    expect(answers[0]).toContain("`/codegen plan`");
  }, 30_000);

  test("more commands than are read are told to be left out, once", async () => {
    const { answers } = await say("/codegen help\n".repeat(12));
    expect(answers).toHaveLength(11);
    expect(answers.filter((answer) => answer.includes("nothing was done for the last 2"))).toHaveLength(1);
  }, 30_000);

  test.each([
    ["a code block", "```\n/codegen plan\n```"],
    ["a quote", "> /codegen plan"],
    ["an HTML comment", "<!--\n/codegen plan\n-->"],
    ["an HTML comment without an end", "hello\n\n<!--\n/codegen plan"],
    ["inline code", "try `/codegen plan`"],
  ])(
    "a command in %s does nothing",
    async (_place, body) => {
      expect(await say(body)).toEqual({ answers: [], reactions: [] });
    },
    30_000,
  );

  test("a person without permission is told which role is needed, and nothing runs", async () => {
    const { answers, reactions } = await say("/codegen plan", story.grace);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("needs the role **triage**");
    expect(reactions).toEqual([]);
    expect(story.model?.requests()).toHaveLength(0);
  }, 30_000);

  test("a command by a bot does nothing", async () => {
    const made = await admin<{ login: string; token: string }>(story.github.url, "users", {
      login: "other[bot]",
      type: "Bot",
    });
    await story.ada.api("PUT", `${story.at}/collaborators/${made.login}`, { permission: "admin" });
    const robot = person(story.github.url, made.login, made.token);
    expect(await say("/codegen plan", robot)).toEqual({ answers: [], reactions: [] });
  }, 30_000);

  test("an edit never starts a command that was not there before", async () => {
    const id = await story.comment(issue, "just words");
    await story.ada.api("PATCH", `${story.at}/issues/comments/${id}`, { body: "/codegen plan" });
    await story.drain();
    expect(await story.reactions(id)).toEqual([]);
  }, 30_000);

  test("a comment that changes before it is read starts nothing, and its author is told", async () => {
    await story.stopWorker();
    const before = (await story.answers(issue)).length;
    const id = await story.comment(issue, "/codegen plan");
    await story.github.settled();
    await story.ada.api("PATCH", `${story.at}/issues/comments/${id}`, { body: "/codegen plan and delete everything" });
    await story.startWorker();
    await story.drain();
    const answers = (await story.answers(issue)).slice(before);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("was edited before the command in it could be read");
    expect(story.model?.requests()).toHaveLength(0);
  }, 30_000);

  test("a closed issue is not worked on", async () => {
    const closed = await story.openIssue("Old");
    await story.ada.api("PATCH", `${story.at}/issues/${closed}`, { state: "closed" });
    const { answers } = await say("/codegen plan", story.ada, closed);
    expect(answers[0]).toContain("is closed, so nothing was done");
  }, 30_000);

  test("a pull that was merged is not to be opened again", async () => {
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.ada.api("PUT", `${story.at}/pulls/${pull.number}/merge`, {});
    await story.drain();
    const { answers } = await say("/codegen merge", story.ada, pull.number);
    expect(answers).toEqual([
      expect.stringContaining("@ada, this pull request is merged already, so nothing was done."),
    ]);
  }, 30_000);

  test("a command for pulls on an issue is told where it belongs", async () => {
    const { answers } = await say("/codegen validate");
    expect(answers[0]).toContain("belongs on a pull request");
  }, 30_000);

  test("a comment that is deleted before it is read is let go", async () => {
    await story.stopWorker();
    const before = (await story.answers(issue)).length;
    const id = await story.comment(issue, "/codegen plan");
    await story.github.settled();
    await story.ada.api("DELETE", `${story.at}/issues/comments/${id}`);
    await story.startWorker();
    await story.drain();
    expect((await story.answers(issue)).slice(before)).toEqual([]);
  }, 30_000);
});

describe("what is missing or broken around the bot", () => {
  let story: Story | undefined;
  afterEach(async () => {
    const ending = story;
    story = undefined;
    await ending?.finish();
  }, 30_000);

  async function planned(options: StartOptions): Promise<{ story: Story; issue: number; answers: string[] }> {
    story = await bot.begin(options);
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await story.drain();
    return { story, issue, answers: await story.answers(issue) };
  }

  test("without `.codegen.yml` the safe defaults hold", async () => {
    const { answers, story: running, issue } = await planned({ files: { ".codegen.yml": null } });
    expect(answers[0]).toContain("Approve and run this plan");
    await running.comment(issue, "/codegen config");
    await running.drain();
    expect((await running.answers(issue)).at(-1)).toContain("so these are the defaults");
  }, 60_000);

  test("with a broken `.codegen.yml` nothing runs and the person is told where", async () => {
    const {
      answers,
      story: running,
      issue,
    } = await planned({ files: { ".codegen.yml": "version: 1\nmerge:\n  auto: perhaps\n" } });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("line 3, column 3");
    expect(answers[0]).toContain("`merge.auto` (it is perhaps): must be true or false");
    expect(running.model?.requests()).toHaveLength(0);
    await running.comment(issue, "/codegen help");
    await running.drain();
    expect((await running.answers(issue)).at(-1)).toContain("What you can ask for");
  }, 60_000);

  test("without a model the bot says so and what works without one", async () => {
    const { answers } = await planned({ script: null });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("no model is set up");
    expect(answers[0]).toContain("/codegen validate");
  }, 60_000);

  test("a model that refuses the key ends the run with a sentence", async () => {
    const { answers } = await planned({ script: () => ({ fault: 401 }) });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("❌ **No plan was made.** The model server refuses the key");
  }, 60_000);

  test("a model that talks nonsense ends the run with a sentence", async () => {
    const { answers } = await planned({ script: () => ({ fault: "unknown-tool" }) });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("❌ **No plan was made.**");
  }, 60_000);

  test("without a sandbox no code runs, and plan and checks say why", async () => {
    const refusal = "This host cannot give a safe sandbox: bubblewrap is not installed.";
    const none = {
      name: "none",
      probe: async () => ({ ok: false, limits: "none", problems: [refusal] }),
      base: () => Promise.reject(new UserError(refusal)),
      create: () => Promise.reject(new UserError(refusal)),
    };
    const { story: running, issue } = await planned({ replace: () => ({ sandboxes: none }) });
    await running.comment(issue, "/codegen approve");
    await running.drain();
    expect((await running.answers(issue)).some((answer) => answer.includes(refusal))).toBe(true);
    const main = await running.ada.api<{ object: { sha: string } }>("GET", `${running.at}/git/ref/heads/main`);
    await running.ada.api("POST", `${running.at}/git/refs`, { ref: "refs/heads/tidy", sha: main.object.sha });
    await running.ada.api("PUT", `${running.at}/contents/NOTES.md`, {
      message: "Add notes",
      content: Buffer.from("notes\n").toString("base64"),
      branch: "tidy",
    });
    const pull = await running.ada.api<{ head: { sha: string } }>("POST", `${running.at}/pulls`, {
      title: "Tidy",
      head: "tidy",
      base: "main",
    });
    await running.drain();
    const checks = await running.checkRuns(pull.head.sha);
    expect(checks).toHaveLength(2);
    for (const check of checks)
      expect(check).toMatchObject({ status: "completed", conclusion: "action_required", output: { summary: refusal } });
  }, 60_000);

  test("a set-up that fails ends the work before the model is asked for it, with the end of its log", async () => {
    const files = { ".codegen.yml": "environment: { setup: ['echo no such package >&2; exit 7'] }\n" };
    const { story: running, issue } = await planned({ files });
    const asked = running.model?.requests().length;
    await running.comment(issue, "/codegen approve");
    await running.drain();
    const answer = (await running.answers(issue)).at(-1);
    expect(answer).toContain("did not succeed (exit code 7), so the agent was not started");
    expect(answer).toContain("no such package");
    expect(running.model?.requests().length).toBe(asked);
  }, 60_000);

  test("a repository that is gone ends the run quietly", async () => {
    story = await bot.begin();
    const issue = await story.openIssue();
    await story.stopWorker();
    await story.comment(issue, "/codegen plan");
    await story.github.settled();
    await story.ada.api("DELETE", story.at);
    await story.startWorker();
    await story.drain();
    expect(story.model?.requests()).toHaveLength(0);
  }, 60_000);

  describe("a permission that the installation lacks is named to the person", () => {
    const all = {
      contents: "write",
      issues: "write",
      pull_requests: "write",
      metadata: "read",
      checks: "write",
      statuses: "read",
    };

    test("who approves a plan", async () => {
      const {
        answers,
        story: running,
        issue,
      } = await planned({ permissions: { ...all, contents: "read", checks: "read" } });
      expect(answers[0]).toContain("Approve and run this plan");
      await running.comment(issue, "/codegen approve");
      await running.drain();
      expect(await running.answers(issue)).toContainEqual(
        expect.stringMatching(/lacks the permission `contents: write`/),
      );
    }, 60_000);

    test("who asks for checks, where none can be written", async () => {
      const running = (story = await bot.begin({ permissions: { ...all, checks: "read" } }));
      const pull = await openPull(running, "NOTES.md", "notes\n");
      await running.drain();
      const id = await running.comment(pull.number, "/codegen validate");
      await running.drain();
      expect(await running.answers(pull.number)).toEqual([
        expect.stringMatching(/^@ada: The installation of this App lacks the permission `checks: write`/),
      ]);
      expect(await running.reactions(id)).toEqual(["eyes"]);
    }, 60_000);

    test("and who asks on an issue is answered without one for pulls", async () => {
      const { pull_requests: _, ...others } = all;
      const running = (story = await bot.begin({ permissions: others }));
      const issue = await running.openIssue();
      await running.comment(issue, "/codegen help");
      const id = await running.comment(issue, "/codegen plan");
      await running.drain();
      expect(await running.reactions(id)).toEqual(["eyes"]);
      expect(await running.answers(issue)).toEqual(
        expect.arrayContaining([
          expect.stringContaining("What you can ask for"),
          expect.stringContaining("Approve and run this plan"),
        ]),
      );
    }, 60_000);
  });

  test("somebody new to the repository can read the help", async () => {
    story = await bot.begin();
    const issue = await story.openIssue();
    const stranger = await newPerson(story.github.url, "linus");
    await story.comment(issue, "/codegen help", stranger);
    await story.drain();
    expect((await story.answers(issue))[0]).toContain("What you can ask for");
  }, 60_000);
});
