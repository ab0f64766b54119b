import { describe, expect, test } from "@jest/globals";
import { countFlaky, triedHash, withHistory } from "../../../pipelines/validate/count-flaky.ts";
import type { Command } from "../../../pipelines/validate/decide.ts";
import type { Tried } from "../../../src/reports/tests/flaky-tests.ts";
import type { FlakyStore, FlakyTest, Run } from "../../../src/store/port.ts";
import { baseCommit, config, head, otherHead, repo } from "./facts.ts";

const settings = config({ validation: { commands: [{ name: "test", run: "npm test" }] } });
const [command] = settings.validation.commands as [Command];
type Tested = Parameters<typeof countFlaky>[1];
const scope = (more: Partial<Tested> = {}): Tested => ({
  head,
  base: baseCommit,
  fromFork: false,
  config: settings,
  ...more,
});
const tried = (...failed: readonly string[]): Tried => ({
  passed: failed.length === 0,
  failed,
  complete: true,
  total: 5,
});

interface Earlier {
  readonly head?: typeof head;
  readonly hash?: string;
  readonly tried: Tried;
}

function counting(known: readonly FlakyTest[] = [], earlier: readonly Earlier[] = []) {
  const recorded: Parameters<FlakyStore["record"]>[0][] = [];
  const runs = earlier.map((one, at) => ({ id: `run-${at}`, head: one.head ?? head }) as Run);
  const run = {
    id: "this",
    thread: { repo, number: 8 },
    deps: {
      store: {
        flaky: {
          record: (seen: Parameters<FlakyStore["record"]>[0]) => Promise.resolve(void recorded.push(seen)),
          history: (_: unknown, __: unknown, tests: readonly string[]) =>
            Promise.resolve(known.filter((one) => tests.includes(one.test))),
          expire: () => Promise.resolve(0),
        },
        runs: { of: () => Promise.resolve([{ id: "this", head } as Run, ...runs]) },
        steps: {
          finished: (id: string, step: string) => {
            const one = earlier[Number(id.split("-")[1])];
            if (one === undefined || step !== "run test") return Promise.resolve(undefined);
            const result = { kind: "ran", tried: { ...one.tried, hash: one.hash ?? triedHash(scope(), command) } };
            return Promise.resolve({ result });
          },
        },
      },
    },
  };
  return { run, recorded };
}

const seen = (name: string, times: number): FlakyTest => ({
  test: name,
  times,
  firstAt: new Date(0),
  lastAt: new Date(1),
  lastPull: 12,
});

describe("a test that fails and passes on the same files", () => {
  test("is counted for its run, with what other runs saw", async () => {
    const { run, recorded } = counting([seen("adds up", 2)]);
    const counted = await countFlaky(run, scope(), command, {
      tries: [tried("adds up", "sums"), tried("sums"), tried()],
      retried: ["by its runner"],
    });
    expect(recorded).toEqual([
      { repo, command: "test", tests: ["by its runner", "adds up", "sums"], runId: "this", pull: 8 },
    ]);
    expect(counted.flaky).toEqual([
      { test: "by its runner", times: 1, lastPull: null },
      { test: "adds up", times: 3, lastPull: 12 },
      { test: "sums", times: 1, lastPull: null },
    ]);
  });

  test.each<[string, readonly Tried[], readonly Earlier[], readonly string[]]>([
    ["now passes, and failed", [tried()], [{ tried: tried("a") }], ["a"]],
    ["now fails, and passed", [tried("a")], [{ tried: tried() }], ["a"]],
    ["now fails, and failed", [tried("a")], [{ tried: tried("a") }], []],
    ["passed with the newest of them", [tried()], [{ tried: tried() }, { tried: tried("a") }], []],
    ["failed at another head", [tried()], [{ tried: tried("a"), head: otherHead }], []],
    ["failed with another set-up", [tried()], [{ tried: tried("a"), hash: "other" }], []],
    ["did not run", [], [{ tried: tried("a") }], []],
  ])("is compared with an earlier run of the same: it %s", async (_, tries, earlier, flaky) => {
    const { run, recorded } = counting([], earlier);
    const counted = await countFlaky(run, scope(), command, { tries, retried: [] });
    expect(counted.flaky.map(({ test: name }) => name)).toEqual(flaky);
    expect(recorded.flatMap(({ tests }) => tests)).toEqual(flaky);
  });

  test("is counted once when it flakes in several ways, and no more than 200 are", async () => {
    const { run, recorded } = counting();
    const names = Array.from({ length: 300 }, (_, n) => `test ${n}`);
    await countFlaky(run, scope(), command, { tries: [tried("test 0"), tried()], retried: names });
    expect(recorded[0]?.tests).toEqual(names.slice(0, 200));
  });

  test("of a fork's pull is told and not counted", async () => {
    const { run, recorded } = counting([seen("adds up", 2)]);
    const tries = [tried("adds up"), tried()];
    const counted = await countFlaky(run, scope({ fromFork: true }), command, { tries, retried: [] });
    expect(counted.flaky).toEqual([{ test: "adds up", times: 3, lastPull: 12 }]);
    expect(recorded).toEqual([]);
  });

  test("is the command as a whole when nobody says which test it was", async () => {
    const { run } = counting();
    const silent = { ...tried(), passed: false, complete: false };
    const counted = await countFlaky(run, scope(), command, { tries: [silent, tried()], retried: [] });
    expect(counted.flaky).toEqual([{ test: null, times: 1, lastPull: null }]);
  });
});

test("a test that fails every time says that it is known as flaky", async () => {
  const { run } = counting([seen("adds up", 2)]);
  const counted = await countFlaky(run, scope(), command, { tries: [tried("adds up", "sums")], retried: [] });
  expect(counted.flaky).toEqual([]);
  const failure = (name: string) => ({ name, file: null, line: null, message: "" });
  const report = withHistory(
    {
      tests: {
        counts: { passed: 3, failed: 2, skipped: 0 },
        truncated: false,
        failures: [failure("adds up"), failure("sums")],
      },
      problems: { total: 0, shown: 0 },
      coverage: null,
      flaky: [],
      unread: [],
    },
    counted,
  );
  expect(report.tests?.failures).toEqual([
    { ...failure("adds up"), known: { times: 2, lastPull: 12 } },
    failure("sums"),
  ]);
});

test("what is run counts as the same only with the same files, set-up and command", () => {
  const headAlone = { ...settings, validation: { ...settings.validation, test: "head" as const } };
  const onBase = (base: typeof baseCommit) => triedHash(scope({ config: headAlone, base }), command);
  expect(onBase(otherHead)).toBe(onBase(baseCommit));
  expect(triedHash(scope({ base: otherHead }), command)).not.toBe(triedHash(scope(), command));
  expect(triedHash(scope(), { ...command, run: "npm run other" })).not.toBe(triedHash(scope(), command));
  expect(triedHash(scope({ head: otherHead }), command)).not.toBe(triedHash(scope(), command));
});
