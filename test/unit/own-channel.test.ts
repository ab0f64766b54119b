import { expect, test } from "@jest/globals";
import { ownChannel } from "../support/own-channel.ts";

/** As jest-light-runner's: who listens is told once somebody asks, and forgotten. */
function sharedChannel() {
  const listeners = new Set<(message: unknown) => void>();
  return {
    onMessage: (listener: (message: unknown) => void) => void listeners.add(listener),
    postMessage(message: unknown) {
      for (const listener of listeners) listener(`to ${String(message)}`);
      listeners.clear();
    },
  };
}

test("each worker of a crew is told when it asks, however late it starts", () => {
  const shared = sharedChannel();
  const told: string[] = [];
  const [early, late] = ["early", "late"].map((name) => {
    const channel = ownChannel(shared);
    channel.onMessage((message) => void told.push(`${name} ${String(message)}`));
    return channel;
  });
  early?.postMessage("one");
  late?.postMessage("two");
  expect(told).toEqual(["early to one", "late to two"]);
});
