/** An account that has used up its quota waits for more, and what it asked for is not lost. */
import { describe, expect, test } from "@jest/globals";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, openPull, pullNow, waitFor } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

const files = { ".codegen.yml": "validation: { commands: [{ name: test, run: sleep 0.1 }] }\n" };
const passed = "codegen / test: success";
const held = ["codegen / validate: action_required"];

/** Thirty milliseconds a day, which the first validation uses up; and a second head that finds nothing left. */
async function outOfQuota(parkMs: readonly number[]): Promise<{ story: Story; number: number; head: string }> {
  const story = await begin({ files, parkMs, replace: () => ({ quotaMinutes: 0.0005 }) });
  const { number, head } = await openPull(story, "NOTES.md", "notes\n");
  await story.drain();
  expect(await conclusions(story, head.sha)).toEqual([passed]);
  await change(story, "NOTES.md", "more notes\n", "change");
  const next = (await pullNow(story, number)).head.sha;
  await waitFor(async () => (await conclusions(story, next)).join() === held.join());
  return { story, number, head: next };
}

const shown = async (story: Story, head: string) =>
  (await story.checkRuns(head)).find(({ name }) => name === "codegen / validate")?.output;

describe("an account that is out of quota", () => {
  test("is told so in a check that is not red, and is validated by itself once some of it is back", async () => {
    const { story, head } = await outOfQuota([50]);
    const output = await shown(story, head);
    expect(output?.title).toBe("Out of quota");
    expect(output?.summary).toMatch(/`CODEGEN_QUOTA_MINUTES`[\s\S]*at about \*\*\d{4}-\d\d-\d\d \d\d:\d\d UTC\*\*/);
    await story.deps.store.logs.expire(0);
    await story.drain();
    expect(await conclusions(story, head)).toEqual([passed, "codegen / validate: success"]);
    expect((await shown(story, head))?.title).toBe("No longer in the way");
  }, 60_000);

  test("can give a validation up, and its check then says no longer that it comes", async () => {
    const { story, number, head } = await outOfQuota([600_000]);
    await story.comment(number, "/codegen cancel");
    await story.drain();
    expect(await conclusions(story, head)).toEqual(["codegen / validate: cancelled"]);
    expect((await shown(story, head))?.title).toBe("Cancelled");
  }, 60_000);

  test("has its newest head waiting, and no older one", async () => {
    const { story, number, head } = await outOfQuota([50]);
    await change(story, "NOTES.md", "yet more notes\n", "change");
    const newest = (await pullNow(story, number)).head.sha;
    await waitFor(async () => (await conclusions(story, head)).join() === "codegen / validate: cancelled");
    await waitFor(async () => (await conclusions(story, newest)).join() === held.join());
    await story.comment(number, "/codegen cancel");
    await story.drain();
    expect(await conclusions(story, newest)).toEqual(["codegen / validate: cancelled"]);
  }, 60_000);
});
