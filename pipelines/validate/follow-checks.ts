import { messageOf } from "../../src/errors.ts";
import { showCheckRun } from "../../src/github/check-runs.ts";
import { checkProgress, type CheckProgress } from "../../src/messages/check-progress.ts";
import type { Watcher } from "../environment.ts";
import type { Validation } from "./run-commands.ts";

export interface Follower {
  /** A check has begun; until something runs for it, it waits for files. */
  begin(check: string): void;
  /** A command runs that all checks wait for which run nothing of their own. */
  setup(line: string): Watcher;
  /** The command of a check runs, on its head or on the base. */
  command(check: string, line: string, on: "head" | "base"): Watcher;
  /** Resolves when nothing more is written to the check run. */
  end(check: string): Promise<void>;
  stop(): Promise<void>;
}

interface Activity {
  readonly doing: CheckProgress["doing"];
  readonly line: string;
  readonly since: number;
  printed: string;
}

/** Characters of output kept for the last lines. */
const keptOutput = 8_000;
const longestWaitMs = 60_000;

/**
 * Shows in the check runs what is at work: at growing intervals, and only what differs. A write that fails is logged, for progress is not
 * worth a run.
 * @param checkRuns ids by the check's name
 */
export function followChecks(run: Validation, head: string, checkRuns: Readonly<Record<string, number>>): Follower {
  const { deps, writer, thread, log } = run;
  const own = new Map<string, Activity | null>();
  const shown = new Map<string, string>();
  let files = begun("files", "");
  let wait = deps.settings.progressMs;
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const show = async (check: string): Promise<void> => {
    const { since, ...activity } = own.get(check) ?? files;
    const text = checkProgress({ ...activity, head, ms: performance.now() - since });
    const key = JSON.stringify(text);
    const checkRun = checkRuns[check];
    if (checkRun === undefined || key === shown.get(check)) return;
    await showCheckRun(deps.github, writer, thread.repo, checkRun, text);
    shown.set(check, key);
  };
  const look = async (): Promise<void> => {
    try {
      for (const check of own.keys()) await show(check);
    } catch (error) {
      log.warn({ error: messageOf(error) }, "the progress of checks could not be shown");
    }
    if (!stopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      writing = look();
    }, wait);
    wait = Math.min(wait * 2, Math.max(deps.settings.progressMs, longestWaitMs));
  };
  const watch = (activity: Activity, ended: () => void): Watcher => {
    // Pieces are cut anywhere, also within a secret.
    const redacting = deps.redactor.stream();
    return {
      write(piece) {
        activity.printed = (activity.printed + redacting.push(piece)).slice(-keptOutput);
      },
      end: ended,
    };
  };
  schedule();
  return {
    begin(check) {
      if (!own.has(check)) own.set(check, null);
    },
    setup(line) {
      files = begun("setup", line);
      return watch(files, () => (files = begun("files", "")));
    },
    command(check, line, on) {
      const activity = begun(on === "head" ? "command" : "base", line);
      // One that has ended, or is closed already, may run once more for the files of another.
      if (own.has(check)) own.set(check, activity);
      return watch(activity, () => {
        if (own.get(check) === activity) own.set(check, null);
      });
    },
    async end(check) {
      own.delete(check);
      await writing;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await writing;
    },
  };
}

function begun(doing: Activity["doing"], line: string): Activity {
  return { doing, line, since: performance.now(), printed: "" };
}
