import { afterAll, afterEach, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { shareBot } from "../doubles/shared-bot.ts";
import type { Story } from "../doubles/start.ts";
import { agentStories } from "./agent-stories/index.ts";

const bot = shareBot();
let story: Story | undefined;
afterEach(async () => {
  const ending = story;
  story = undefined;
  await ending?.finish();
}, 30_000);
afterAll(async () => {
  await bot.close();
  await dropTemplate();
}, 30_000);

test.each(agentStories.map((one) => [one.name, one] as const))(
  "%s",
  async (_, told) => {
    story = await bot.begin(told.options);
    await expect(told.play(story)).resolves.toBeUndefined();
  },
  60_000,
);
