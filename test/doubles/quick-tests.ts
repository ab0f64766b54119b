import { scriptedStory } from "../demo/scripted-story.ts";
import type { Conversation, Turn } from "./model/scripted-model.ts";

/** What the teashop's test of twenty packs finds: in Node it takes a fifth of a second of a core, and a mended pull is tested several times. */
export const quickTest = "sh test/quick.sh";
export const quickFiles = {
  "test/quick.sh":
    'grep -q "packs >=* bulkFrom ?" src/cart.js || { echo "not ok 1 - many packs are cheaper"; exit 1; }\n',
};

/** The teashop's own tests, for stories of what tests say. */
export const ownTests = "node test/all.js";

/** The teashop's `.codegen.yml` with commands that start no Node. */
export function quickCommands(own: string): string {
  return own.replace(ownTests, quickTest).replace("node --check src/cart.js", "sh -n test/quick.sh");
}

/** The same without analysis: that has stories of its own. */
export function quickConfig(own: string): string {
  return `${quickCommands(own)}analysis: { ignore: ["**"] }\n`;
}

/** The demo's model, which runs the quick tests. */
export function quickStory(conversation: Conversation): Turn {
  const turn = scriptedStory(conversation);
  if (!("calls" in turn)) return turn;
  const isTest = (input: unknown): boolean => JSON.stringify(input) === JSON.stringify({ command: ownTests });
  return {
    ...turn,
    calls: turn.calls.map((call) => (isTest(call.input) ? { ...call, input: { command: quickTest } } : call)),
  };
}
