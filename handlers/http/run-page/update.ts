import { runStanding, stepStanding, type Standing } from "../../../src/messages/run-page.ts";
import { renderLine, type Piece } from "../../../src/logs/render-line.ts";
import { duration } from "../../../src/messages/run-page.ts";
import type { RunChanges } from "./read.ts";
import { standingOf, stepTime } from "./view.ts";

/** What the script of the page is told: all texts are text, never HTML. */
export interface Update {
  readonly seq: number;
  readonly more: boolean;
  readonly ended: boolean;
  readonly state: Standing;
  readonly reason: string;
  readonly steps: readonly (Standing & { readonly name: string; readonly time: string })[];
  readonly logs: readonly (Standing & {
    readonly id: number;
    readonly name: string;
    readonly attempt: number;
    readonly command: string;
    readonly time: string;
    /** In place of the lines with these numbers, or after all others. */
    readonly lines: readonly (readonly [number: number, pieces: readonly Piece[]])[];
  })[];
}

export function updateOf({ run, ended, steps, logs, seq, more }: RunChanges, now: Date): Update {
  return {
    seq,
    more,
    ended,
    state: runStanding(run),
    reason: run.reason ?? "",
    steps: steps.map((step) => ({
      name: step.name,
      time: stepTime(step, ended, now),
      ...stepStanding(step.state, ended),
    })),
    logs: logs.map(({ log, lines }) => ({
      id: log.id,
      name: log.name,
      attempt: log.attempt,
      command: log.command,
      time: log.endedAt === null && ended ? "" : duration((log.endedAt ?? now).getTime() - log.startedAt.getTime()),
      lines: lines.map(({ number, text }) => [number, renderLine(text)] as const),
      ...standingOf(log, ended),
    })),
  };
}
