/** Tests that fail and pass on the same files are counted over time, and what is known of a test is said where it fails or flakes. */
import { createHash } from "node:crypto";
import type { FlakyText, ReportText, TestHistory } from "../../src/messages/report.ts";
import { flakyBetween, type Tried } from "../../src/reports/tests/flaky-tests.ts";
import type { FlakyStore, RunStore, StepStore } from "../../src/store/port.ts";
import type { CommandResult } from "./command-result.ts";
import type { Command, ReadyScope } from "./decide.ts";
import type { Ran } from "./try-command.ts";
import type { Validation } from "./run-commands.ts";

type Tested = Pick<ReadyScope, "head" | "base" | "fromFork" | "config">;

type Counting = Pick<Validation, "id" | "thread"> & {
  readonly deps: {
    readonly store: {
      readonly flaky: FlakyStore;
      readonly runs: Pick<RunStore, "of">;
      readonly steps: Pick<StepStore, "finished">;
    };
  };
};

const withinMs = 30 * 86_400_000;
/** Of one run; a runner that names more is broken, or means harm. */
const mostFlaky = 200;
/** Runs for the same pull that are looked through for one of the same files. */
const mostEarlier = 20;

export interface FlakyCount {
  readonly flaky: readonly FlakyText[];
  /** What other runs saw of tests that fail in this one, by name. */
  readonly known: ReadonlyMap<string, TestHistory>;
}

/** Counting again for the same run changes nothing. Pulls of forks are told what is known, and count for nothing. */
export async function countFlaky(
  run: Counting,
  scope: Tested,
  command: Command,
  { tries, retried }: Pick<Ran, "tries" | "retried">,
): Promise<FlakyCount> {
  const last = tries.at(-1);
  if (last === undefined) return { flaky: [], known: new Map() };
  const { flaky: store } = run.deps.store;
  const { repo, number: pull } = run.thread;
  const earlier = await findEarlier(run, scope, command);
  const found = [
    ...retried,
    ...tries.slice(1).flatMap((one, at) => flakyBetween(tries[at] ?? one, one)),
    ...(earlier === null ? [] : flakyBetween(earlier, last)),
  ];
  const tests = [...new Set(found)].slice(0, mostFlaky);
  if (!scope.fromFork) await store.record({ repo, command: command.name, tests, runId: run.id, pull });
  const others = { withinMs, except: run.id };
  const before = await store.history(repo, command.name, tests, others);
  const failing = await store.history(repo, command.name, last.failed, others);
  const times = new Map(before.map((seen) => [seen.test, seen]));
  return {
    flaky: tests.map((test) => {
      const seen = times.get(test);
      return { test: test === "" ? null : test, times: (seen?.times ?? 0) + 1, lastPull: seen?.lastPull ?? null };
    }),
    known: new Map(failing.map(({ test, times: seen, lastPull }) => [test, { times: seen, lastPull }])),
  };
}

/** The report with what is known of its tests. */
export function withHistory(report: ReportText, { flaky, known }: FlakyCount): ReportText {
  const { tests } = report;
  const failures = tests?.failures.map((failure) => {
    const history = known.get(failure.name);
    return history === undefined ? failure : { ...failure, known: history };
  });
  return { ...report, flaky, tests: tests && { ...tests, failures: failures ?? [] } };
}

/** By this it is known again that the same thing is run once more: same files, same set-up, same command. */
export function triedHash({ head, base, config }: Omit<Tested, "fromFork">, command: Command): string {
  const { environment, validation } = config;
  const onto = validation.test === "merge_result" ? base : null;
  return createHash("sha256")
    .update(JSON.stringify([head, onto, environment, command]))
    .digest("hex");
}

/** How the same command came out the last time on the same files, from the journal of that run. */
async function findEarlier(run: Counting, scope: Tested, command: Command): Promise<Tried | null> {
  const { runs, steps } = run.deps.store;
  const wanted = triedHash(scope, command);
  const { repo, number } = run.thread;
  for (const { id, head } of await runs.of(repo, number, { kind: "validate", limit: mostEarlier })) {
    if (id === run.id || head !== scope.head) continue;
    const result = (await steps.finished(id, `run ${command.name}`))?.result as CommandResult | undefined;
    if (result?.kind === "ran" && result.tried?.hash === wanted) return result.tried;
  }
  return null;
}
