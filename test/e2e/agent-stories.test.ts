import { expect, test } from "@jest/globals";
import { agentStories } from "./agent-stories/index.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

test.each(agentStories.map((one) => [one.name, one] as const))(
  "%s",
  async (_, told) => {
    await expect(told.play(await begin(told.options))).resolves.toBeUndefined();
  },
  60_000,
);
