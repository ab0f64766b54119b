import { createRunner } from "jest-light-runner";
import { Tinypool } from "tinypool";
import { ownChannel } from "./own-channel.ts";

const run = Reflect.get(Tinypool.prototype, "run");
Tinypool.prototype.run = function runTask(task, { channel, ...options } = {}) {
  return run.call(this, task, channel === undefined ? options : { ...options, channel: ownChannel(channel) });
};

/** One crew of workers for the projects that share it: what one story has loaded and warmed up serves the contracts as well. */
export default class Crew extends createRunner() {
  runTests(tests, watcher, onStart, onResult, onFailure) {
    const [{ context }] = tests;
    const given = new Map(tests.map((test) => [{ ...test, context }, test]));
    return super.runTests(
      [...given.keys()],
      watcher,
      (test) => onStart(given.get(test)),
      (test, result) => {
        const { displayName } = given.get(test).context.config;
        return onResult(given.get(test), { ...result, displayName });
      },
      (test, error) => onFailure(given.get(test), error),
    );
  }
}
