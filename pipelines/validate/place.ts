/**
 * The files of one commit with the set-up done, and commands that are run over them: each in a sandbox of its own, which begins with what the
 * commands that it needs have left. Only those that need the application run where it runs.
 */
import { application } from "../../src/config/needs.ts";
import type { CommandOutcome } from "../../src/messages/validate.ts";
import { UserError } from "../../src/errors.ts";
import { prepareEnvironment, type EnvironmentRequest } from "../environment.ts";
import { missedNetwork } from "../network.ts";
import { secretsFor, withoutSecrets } from "../secrets.ts";
import type { Fork } from "../workbench.ts";
import { isFailed } from "./command-result.ts";
import { commandsOf, type Command, type ReadyScope } from "./decide.ts";
import type { Follower } from "./follow-checks.ts";
import type { Validation } from "./run-commands.ts";
import {
  logNameOf,
  notInTime,
  notStarted,
  outcomeOf,
  tryCommand,
  tryDeploy,
  type Ran,
  type Tryout,
} from "./try-command.ts";

export interface Place {
  /** The command of the set-up that failed: nothing can run here. */
  readonly failed: CommandOutcome | null;
  /** Runs a command, again while it fails and may be tried again. What it needs and has not run here is run before, for its files. */
  run(command: Command): Promise<Ran>;
  close(): Promise<void>;
}

/** What a command leaves to those that need it. */
interface Left extends Ran {
  /** Directories with what was written, the topmost first. */
  readonly files: readonly string[];
  /** Where the application runs. */
  readonly running?: { readonly bench: Fork; readonly isOver: () => boolean };
}

/** @param deadline the time in ms (`Date.now()`) after which nothing is begun */
export async function openPlace(
  run: Validation,
  scope: ReadyScope,
  files: Pick<EnvironmentRequest, "workspace" | "commit" | "pull" | "ref" | "onto">,
  deadline: number,
  follow: Follower,
): Promise<Place> {
  const { config } = scope;
  const { signal, deps } = run;
  const { repo } = run.thread;
  const { setup: setupCommands, setup_secrets: setupSecrets } = config.environment;
  const on = files.commit === scope.head ? "head" : "base";
  const { bench, failed, setup } = await prepareEnvironment(deps, {
    ...files,
    base: { sha: scope.base, branch: scope.branch },
    repo,
    config,
    fromFork: scope.withheld === "fork",
    deadline,
    secrets: secretsFor(deps, repo, setupCommands.length === 0 ? [] : setupSecrets, scope.withheld),
    watch: (line) => follow.setup(line),
    signal,
    log: { runId: run.id, name: logNameOf({ on }, "setup") },
  });
  const tryout: Tryout = { run, scope, follow, on, deadline, setup, setupRefused: bench.network.ofSetup };
  const commands = commandsOf(config);
  const open = new Set<Fork>();
  const fork = async (over: readonly string[]): Promise<Fork> => {
    const made = await bench.fork(over);
    open.add(made);
    return made;
  };
  let turn: Promise<unknown> = Promise.resolve();
  /** Where the application runs all see the same files, so one waits for the other. */
  const inTurn = (command: Command, at: Fork): Promise<Ran> => {
    const mine = turn.then(() => tryCommand(tryout, command, at));
    turn = mine.catch(() => undefined);
    return mine;
  };
  /** Tries a command while it fails and may be tried again, each time with the files as they are then. */
  const tries = async (command: Command, attempt: () => Promise<Ran>): Promise<Ran> => {
    let ran = await attempt();
    let { tries: all, retried } = ran;
    let attempts = 1;
    for (; isFailed(ran.outcome) && attempts <= command.retries && Date.now() < deadline; attempts += 1) {
      ran = await attempt();
      all = [...all, ...ran.tries];
      retried = [...retried, ...ran.retried];
    }
    return { ...ran, outcome: { ...ran.outcome, attempts }, tries: all, retried };
  };
  const inOwn = async (command: Command, over: readonly string[]): Promise<Left> => {
    const at = await fork(over);
    if (command.deploy !== undefined) {
      const { isOver, ...started } = await tryDeploy(tryout, command, command.deploy, at);
      return { ...started, files: over, running: { bench: at, isOver } };
    }
    try {
      const ran = await tries(command, () => tryCommand(tryout, command, at));
      const isNeeded = commands.some(({ needs }) => needs.includes(command.name));
      return { ...ran, files: isNeeded ? [await at.keep(), ...over] : over };
    } finally {
      await at.close();
      open.delete(at);
    }
  };
  const work = async (command: Command): Promise<Left> => {
    const needed: Left[] = [];
    for (const need of commands.filter(({ name }) => command.needs.includes(name))) needed.push(await once(need));
    const over = pile(needed.map((left) => left.files));
    if (Date.now() >= deadline) return { ...notInTime(tryout, command), files: over };
    const running = needed.find(({ outcome }) => outcome.name === application)?.running;
    const begun =
      running === undefined
        ? inOwn(command, over)
        : tries(command, () => inTurn(command, running.bench)).then((ran) => ({ ...ran, files: over }));
    // Others may run all the same, and their results must not be lost.
    const left = await begun.catch((error: unknown): Left => {
      if (!(error instanceof UserError)) throw error;
      return { ...notStarted(tryout, command, error), files: over };
    });
    const failing = needed.filter((need) => isFailed(need.outcome) || need.running?.isOver() === true);
    return { ...left, outcome: { ...left.outcome, despite: failing.map(({ outcome }) => outcome.name) } };
  };
  const done = new Map<string, Promise<Left>>();
  const once = (command: Command): Promise<Left> => {
    const made = done.get(command.name) ?? work(command);
    done.set(command.name, made);
    return made;
  };
  return {
    failed: failed && {
      ...outcomeOf(
        { name: "setup", run: failed.command },
        withoutSecrets(deps, failed.result),
        failed.timeoutMs,
        scope,
      ),
      ...missedNetwork(failed.result, failed.refused),
      ...(setup === null ? {} : { setup }),
    },
    run: once,
    async close() {
      await Promise.all([...open].map((at) => at.close()));
      await bench.close();
    },
  };
}

/** What several commands left as one pile: what some of them began with lies below what each added. */
export function pile(piles: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(piles.flat().toReversed())].toReversed();
}
