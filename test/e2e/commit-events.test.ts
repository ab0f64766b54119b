/** Events that name a commit and no pull, and pulls from forks, whose events never name one. */
import { describe, expect, test } from "@jest/globals";
import { newPerson } from "../doubles/person.ts";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, config, openForkPull, openPull, pullNow } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

const onStatus = config("merge: { auto: true, require: { approvals: 0, checks: [ci/other] } }");

async function postStatus(story: Story, sha: string, state: string): Promise<void> {
  await story.ada.api("POST", `${story.at}/statuses/${sha}`, { state, context: "ci/other" });
  await story.drain();
}

describe("a commit status", () => {
  test("that a merge waits for merges the pull when it succeeds, and not before", async () => {
    const story = await begin({ files: onStatus });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    for (const state of ["pending", "failure"]) {
      await postStatus(story, pull.head.sha, state);
      expect((await pullNow(story, pull.number)).merged).toBe(false);
    }
    await postStatus(story, pull.head.sha, "success");
    expect((await pullNow(story, pull.number)).merged).toBe(true);
  }, 60_000);

  test("on the head of a fork's pull merges it too", async () => {
    const story = await begin({ files: onStatus });
    const pull = await openForkPull(story, "NOTES.md", "notes\n");
    await story.drain();
    await postStatus(story, pull.head.sha, "success");
    expect((await pullNow(story, pull.number)).merged).toBe(true);
  }, 60_000);

  test("on an older commit of a pull, or on one of no pull, does nothing", async () => {
    const story = await begin({ files: onStatus });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const main = await story.ada.api<{ object: { sha: string } }>("GET", `${story.at}/git/ref/heads/main`);
    await postStatus(story, main.object.sha, "success");
    expect((await pullNow(story, pull.number)).merged).toBe(false);
    expect((await story.queue.counts()).failed ?? 0).toBe(0);
  }, 60_000);
});

describe("a pull from a fork", () => {
  /** Leaves a mark in the log when it runs. */
  const files = {
    ".codegen.yml": "validation: { commands: [{ name: test, run: 'echo the code of a stranger ran' }] }\n",
  };
  const waiting = ["codegen / validate: action_required"];
  const ran = ["codegen / test: success", "codegen / validate: success"];

  async function gated(): Promise<{ story: Story; number: number; sha: string; gate: number }> {
    const story = await begin({ files });
    const { number, head } = await openForkPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await conclusions(story, head.sha)).toEqual(waiting);
    const [gate] = await checks(story, head.sha);
    return { story, number, sha: head.sha, gate: gate?.id ?? 0 };
  }

  async function checks(story: Story, sha: string): Promise<{ id: number; check_suite: { id: number } }[]> {
    const page = await story.ada.api<{ check_runs: [] }>("GET", `${story.at}/commits/${sha}/check-runs`);
    return page.check_runs;
  }

  test("waits for a maintainer, whose command runs it; its author's does not", async () => {
    const { story, number, sha } = await gated();
    await story.comment(number, "/codegen validate", story.grace);
    await story.drain();
    expect(await conclusions(story, sha)).toEqual(waiting);
    await story.comment(number, "/codegen validate");
    await story.drain();
    expect(await conclusions(story, sha)).toEqual(ran);
  }, 60_000);

  test("runs when a maintainer re-runs the check that waits", async () => {
    const { story, sha, gate } = await gated();
    await story.ada.api("POST", `${story.at}/check-runs/${gate}/rerequest`);
    await story.drain();
    expect(await conclusions(story, sha)).toEqual(ran);
  }, 60_000);

  test("runs when a maintainer re-runs all checks", async () => {
    const { story, sha } = await gated();
    const [check] = await checks(story, sha);
    await story.ada.api("POST", `${story.at}/check-suites/${check?.check_suite.id}/rerequest`);
    await story.drain();
    expect(await conclusions(story, sha)).toEqual(ran);
  }, 60_000);

  test("waits again when its author pushes after a maintainer let it run", async () => {
    const { story, number } = await gated();
    await story.comment(number, "/codegen validate");
    await story.drain();
    await change(
      story,
      "NOTES.md",
      "other notes\n",
      "change",
      story.grace,
      `/repos/grace/${story.repository.slice("ada/".length)}`,
    );
    await story.drain();
    const pull = await pullNow(story, number);
    expect(await conclusions(story, pull.head.sha)).toEqual(waiting);
  }, 60_000);

  test("is let alone where the file says that forks are ignored", async () => {
    const ignoring = { ".codegen.yml": "validation: { commands: [{ name: test, run: 'true' }], forks: ignore }\n" };
    const story = await begin({ files: ignoring });
    const pull = await openForkPull(story, "NOTES.md", "notes\n", await newPerson(story.github.url, "mallory"));
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([]);
  }, 60_000);
});

test("the check of a broken file turns green when the file is right and the pull is validated again", async () => {
  const story = await begin({ files: { ".codegen.yml": "validation: { command: [] }\n" } });
  const pull = await openPull(story, "NOTES.md", "notes\n");
  await story.drain();
  expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / config: failure"]);
  await change(story, ".codegen.yml", "validation: { commands: [{ name: test, run: 'true' }] }\n", "main");
  await story.comment(pull.number, "/codegen validate");
  await story.drain();
  expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / config: success", "codegen / test: success"]);
}, 60_000);
