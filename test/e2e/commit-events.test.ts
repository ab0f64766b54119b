/** Events that name a commit and no pull. */
import { describe, expect, test } from "@jest/globals";
import { quickTest } from "../doubles/quick-tests.ts";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, config, openForkPull, openPull, pullNow } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

const onStatus = config(quickTest, "merge: { auto: true, require: { approvals: 0, checks: [ci/other] } }");

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
