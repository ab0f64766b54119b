import type { AgentProgress, AgentUsage } from "../src/agents/port.ts";
import { messageOf } from "../src/errors.ts";
import type { Message } from "../src/messages/message.ts";
import { progressText, type ProgressText } from "../src/messages/progress.ts";
import type { CommandRun } from "./command-run.ts";
import { say } from "./say.ts";

export interface Progress {
  readonly onProgress: (event: AgentProgress) => void;
  /** Resolves when nothing more is written, so that the last words come last. Never throws. */
  readonly stop: () => Promise<void>;
}

const shownActions = 5;

/**
 * Streams what an agent does into the comment that says that it began: at growing intervals, and only what differs. A write that fails is
 * logged, for progress is not worth a run.
 */
export function followProgress(run: CommandRun, began: Message): Progress {
  const started = performance.now();
  const actions: string[] = [];
  let usage: AgentUsage | undefined;
  let shown = "";
  let wait = run.deps.settings.progressMs;
  let writing = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const text = (): ProgressText => ({
    calls: usage?.steps ?? 0,
    tokens: (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
    usd: usage?.priced === true ? usage.usd : null,
    minutes: Math.floor((performance.now() - started) / 60_000),
    actions,
  });
  const show = async (): Promise<void> => {
    const body = progressText(text());
    if (body === shown) return;
    await say(run, { ...began, body: `${began.body}\n\n${body}` });
    shown = body;
  };
  const look = async (): Promise<void> => {
    try {
      await show();
    } catch (error) {
      run.log.warn({ error: messageOf(error) }, "progress could not be shown");
    }
    if (!stopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      writing = look();
    }, wait);
    wait = Math.min(wait * 2, Math.max(run.deps.settings.progressMs, longestWaitMs));
  };
  schedule();
  return {
    onProgress(event) {
      run.onProgress(event);
      if (event.kind === "model") usage = event.usage;
      else {
        actions.push(event.summary === "" ? event.name : `${event.name} ${event.summary}`);
        actions.splice(0, actions.length - shownActions);
      }
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await writing;
    },
  };
}

const longestWaitMs = 60_000;
