/** A pull that changes the set-up: whether its version works, tried on its own files before anybody merges it. */
import type { TriedSetup } from "../../src/messages/own-config.ts";
import { runSetup } from "../environment.ts";
import { withoutSecrets } from "../secrets.ts";
import { limitsOf, openWorkbench, setupWorkspace } from "../workbench.ts";
import type { ReadyScope } from "./decide.ts";
import type { Validation } from "./run-commands.ts";

/** Characters of what a failing command printed last. */
const tailLength = 5_000;

/**
 * Runs the pull's set-up within what the base allows: its limits, its hosts, and no secrets. What it leaves is kept for nobody.
 * @param setup the commands of the pull's own version
 */
export async function trySetup(run: Validation, scope: ReadyScope, setup: readonly string[]): Promise<TriedSetup> {
  const { deps, thread, signal } = run;
  const { head, config } = scope;
  const bench = await openWorkbench(deps, {
    runId: setupWorkspace(run.id),
    repo: thread.repo,
    commit: head,
    ref: `refs/pull/${thread.number}/head`,
    limits: limitsOf(config),
    network: config.environment.network,
    signal,
  });
  try {
    const environment = { ...config.environment, setup: [...setup] };
    const start = performance.now();
    const failed = await runSetup(deps, bench, {
      config: { ...config, environment },
      deadline: Date.now() + environment.limits.minutes * 60_000,
      signal,
      log: { runId: run.id, name: "setup of this pull" },
    });
    const ms = Math.round(performance.now() - start);
    if (failed === null) return { passed: true, ms };
    const { end, code, output } = withoutSecrets(deps, failed.result);
    return { passed: false, ms, run: failed.command, end, code, tail: output.slice(-tailLength) };
  } finally {
    await bench.close();
  }
}
