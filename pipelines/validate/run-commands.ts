import type { ThreadRef } from "../../src/domain/ids.ts";
import type { Writer } from "../../src/github/writer.ts";
import type { Log } from "../../src/log.ts";
import { isUnrun, type BaseText, type CommandOutcome } from "../../src/messages/validate.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";
import type { RunContext } from "../run-context.ts";
import { denySecrets } from "../secrets.ts";
import { baseWorkspace } from "../workbench.ts";
import { findChangedLines, type ChangedLines } from "./changed-lines.ts";
import { isFailed, type CommandResult } from "./command-result.ts";
import { compareWithBase } from "./compare-base.ts";
import { countFlaky, triedHash, withHistory } from "./count-flaky.ts";
import type { Command, ReadyScope } from "./decide.ts";
import type { Follower } from "./follow-checks.ts";
import { keepCoverage, measureCoverage, type BaseRun } from "./measure-coverage.ts";
import { openPlace, type Place } from "./place.ts";
import type { Ran } from "./try-command.ts";
import { mostFindings } from "./read-report.ts";

/** One validation at work: what every part of the story takes. */
export interface Validation {
  readonly id: string;
  readonly job: Jobs["validate"];
  readonly thread: ThreadRef;
  readonly deps: PipelineDeps;
  readonly writer: Writer;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly step: RunContext["step"];
  readonly unseen: RunContext["unseen"];
}

/**
 * The files are made when the first command needs them, so a worker that takes over after a crash makes them again only for the commands that
 * are left; those of the base commit when a command fails and only new failures count.
 */
export function startCommands(
  run: Validation,
  scope: ReadyScope,
  follow: Follower,
): { run(command: Command): Promise<CommandResult>; close(): Promise<void> } {
  const { config, head, base } = scope;
  const deadline = Date.now() + config.environment.limits.minutes * 60_000;
  const onto = config.validation.test === "merge_result" ? { onto: base } : {};
  const ref = `refs/pull/${run.thread.number}/head`;
  const places = new Map<"head" | "base", Promise<Place>>();
  const placeOf = (name: "head" | "base"): Promise<Place> => {
    const files =
      name === "head"
        ? { workspace: run.id, commit: head, pull: run.thread.number, ref, ...onto }
        : { workspace: baseWorkspace(run.id), commit: base, pull: null };
    const made = places.get(name) ?? openPlace(run, scope, files, deadline, follow);
    places.set(name, made);
    return made;
  };
  const onBase = async (command: Command): Promise<BaseRun> => {
    if (Date.now() >= deadline) return { unknown: "the time was up." };
    const place = await placeOf("base");
    if (place.failed) return { unknown: "its set-up fails." };
    const ran = await place.run(command);
    if (ran.outcome.end === "out-of-time") return { unknown: "the time was up." };
    if (isUnrun(ran.outcome)) return { unknown: "it could not be started there." };
    await keepCoverage(run, scope, command, ran);
    return { ran };
  };
  const compare = async (command: Command, outcome: CommandOutcome): Promise<{ base: BaseText; ran?: Ran }> => {
    const there = await onBase(command);
    if ("unknown" in there) return { base: compareWithBase(outcome, null, base, there.unknown) };
    return { base: compareWithBase(outcome, there.ran.outcome, base, ""), ran: there.ran };
  };
  let changed: Promise<ChangedLines | null> | undefined;
  const measure = async (command: Command, ran: Ran): Promise<Ran> => {
    const { report } = ran.outcome;
    if (report === undefined) return ran;
    const counted = await countFlaky(run, scope, command, ran);
    const reached = ran.coverage && { coverage: ran.coverage, failed: isFailed(ran.outcome) };
    const sources = { onBase: () => onBase(command), changed: () => (changed ??= findChangedLines(run, scope)) };
    const covered = reached && (await measureCoverage(run, scope, command, reached, sources));
    return {
      ...ran,
      outcome: { ...ran.outcome, report: { ...withHistory(report, counted), coverage: covered && covered.text } },
      findings: [...ran.findings, ...(covered?.findings ?? [])].slice(0, mostFindings),
    };
  };
  /** Without a set-up nothing runs at all, so it is compared whatever `fail_on` says. */
  const compareSetup = async (outcome: CommandOutcome): Promise<BaseText> => {
    if (Date.now() >= deadline) return compareWithBase(outcome, null, base, "the time was up.");
    const { failed } = await placeOf("base");
    return compareWithBase(outcome, failed ?? { ...outcome, end: "exited", code: 0 }, base, "");
  };
  return {
    async run(command) {
      const denied = denySecrets(run.deps, run.thread.repo, config, command, scope.withheld);
      if (denied !== null) return { kind: "no-secrets", denied };
      const place = await placeOf("head");
      if (place.failed)
        return { kind: "setup-failed", outcome: { ...place.failed, base: await compareSetup(place.failed) } };
      const { outcome: ended, findings, tries } = await measure(command, await place.run(command));
      const outcome = { ...ended, ...(command.allow_failure ? { allowed: true } : {}) };
      const last = tries.at(-1);
      const tried = last === undefined ? {} : { tried: { ...last, hash: triedHash(scope, command) } };
      if (!isFailed(outcome) || isUnrun(outcome) || config.validation.fail_on === "any")
        return { kind: "ran", outcome, findings, ...tried };
      const compared = await compare(command, outcome);
      const known = new Set(compared.ran?.findings.map(({ fingerprint }) => fingerprint));
      return {
        kind: "ran",
        ...tried,
        outcome: { ...outcome, base: compared.base },
        findings: findings.filter(({ fingerprint }) => !known.has(fingerprint)),
      };
    },
    async close() {
      for (const place of places.values()) await place.then((open) => open.close()).catch(() => undefined);
    },
  };
}
