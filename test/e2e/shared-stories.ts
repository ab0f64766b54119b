import { afterAll, afterEach } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { shareBot } from "../doubles/shared-bot.ts";
import type { StartOptions, Story } from "../doubles/start.ts";

/**
 * For a test file whose stories share one bot: each begins with a repository of its own and is ended after its test, the bot after the last.
 * @returns begins the story of a test
 */
export function shareStories(): (options?: StartOptions) => Promise<Story> {
  const bot = shareBot();
  let current: Story | undefined;
  afterEach(async () => {
    const ending = current;
    current = undefined;
    await ending?.finish();
  }, 30_000);
  afterAll(async () => {
    await bot.close();
    await dropTemplate();
  }, 30_000);
  return async (options = {}) => (current = await bot.begin(options));
}
