import * as agent from "../../../src/messages/agent.ts";
import * as answers from "../../../src/messages/answers.ts";
import { shorten } from "../../../src/messages/balance.ts";
import * as analysisCheck from "../../../src/messages/analysis-check.ts";
import { checkProgress } from "../../../src/messages/check-progress.ts";
import { checksRetried, checkSummary, type SummaryText } from "../../../src/messages/check-summary.ts";
import * as finding from "../../../src/messages/finding-comment.ts";
import * as fix from "../../../src/messages/fix.ts";
import * as forks from "../../../src/messages/forks.ts";
import * as merge from "../../../src/messages/merge.ts";
import { render, type Message } from "../../../src/messages/message.ts";
import type { NetworkText } from "../../../src/messages/network.ts";
import { notUtf8 } from "../../../src/messages/config-problems.ts";
import { ownConfig } from "../../../src/messages/own-config.ts";
import * as plan from "../../../src/messages/plan.ts";
import { progressText } from "../../../src/messages/progress.ts";
import type { ReportText } from "../../../src/messages/report.ts";
import * as revert from "../../../src/messages/revert.ts";
import { checkWithoutSecrets } from "../../../src/messages/secrets.ts";
import * as where from "../../../src/messages/where.ts";
import * as validate from "../../../src/messages/validate.ts";

export const by = "alice";
export const head = "1111111111111111111111111111111111111111";

export function findingText(text: string): analysisCheck.PlacedFinding {
  const place = { path: text, startLine: 3, endLine: 9 };
  return { rule: text, severity: "error", message: text, cwe: 89, fingerprint: "ab12", ...place };
}

export function analysisText(text: string): analysisCheck.AnalysisText {
  const one = findingText(text);
  return {
    head,
    base: "2".repeat(40),
    findings: [one, { ...one, severity: "warning", cwe: undefined }],
    counts: { error: 1, warning: 1, notice: 2 },
    declined: [one],
    gone: 2,
    files: 3,
    metrics: [
      { measure: "cognitive", base: 10, head: 12.25 },
      { measure: "maintainability", base: null, head: 80 },
      { measure: "lines", base: 2_000, head: 1_900 },
    ],
    leftOut: [{ path: text, reason: text }],
    ignored: [true, false].map((byPull) => ({
      path: text,
      line: 3,
      rule: text,
      severity: "error",
      reason: text,
      byPull,
    })),
    stopped: [{ path: text, rule: text, reason: text }],
    problems: [{ path: text, line: 3, column: 4, message: text }],
    packages: [
      { name: text, licence: text },
      { name: text, licence: null },
    ],
    ms: 1_240,
  };
}

export function whereText(text: string): where.WhereText {
  const symbol = { name: text, startLine: 3, endLine: 9, reason: text };
  return {
    marker: "answer-1-0",
    by,
    webUrl: "https://github.com/acme/shop",
    commit: head,
    branch: text,
    files: 12,
    leftOut: 1,
    tests: [text],
    found: [
      { path: text, reasons: [text, text], symbols: [symbol, { ...symbol, endLine: 3 }] },
      { path: text, reasons: [], symbols: [] },
    ],
  };
}

export function planText(text: string): plan.PlanText {
  return {
    issue: 7,
    version: 2,
    hash: "ab".repeat(32),
    problem: text,
    files: [
      {
        path: text,
        change: text,
        is: "file",
        symbols: [
          { name: text, line: 3 },
          { name: text, line: null },
        ],
      },
      { path: text, change: text, is: "new", symbols: [{ name: text, line: null, unread: "new" }] },
    ],
    steps: [text, text],
    tests: [text],
    risks: [text],
    questions: [text],
    confidence: "medium",
    base: head,
    webUrl: "https://github.com/acme/shop",
    usage: "3 model calls · 1,200 tokens",
    estimate: {
      size: "small",
      calls: [8, 70],
      tokens: [60_000, 150_000],
      usd: [0.2, 0.5],
      budget: { steps: 60, tokens: 2_000_000, usd: 5 },
      over: ["steps"],
    },
    changes: {
      since: 1,
      problem: true,
      files: { added: [text], removed: [text], changed: [text] },
      steps: { added: [text], removed: [text], reordered: false },
      tests: { added: [text], removed: [text] },
      risks: { added: [text], removed: [text] },
      questions: { added: [text], removed: [text] },
      confidence: { from: "low", to: "medium" },
      base: true,
    },
  };
}

export function workText(text: string): agent.WorkText {
  return {
    summary: text,
    changed: [text],
    outsidePlan: [text],
    refused: [{ path: text, reason: text }],
    checked: [{ name: text, ok: false, end: text, code: null }],
    weakened: [{ path: text, line: 3, why: text }],
    testsRun: [text],
    openPoints: [text],
    usage: "2 model calls · 900 tokens",
  };
}

export function outcome(text: string, more: Partial<validate.CommandOutcome> = {}): validate.CommandOutcome {
  return {
    name: "test",
    run: text,
    end: "exited",
    code: 1,
    ms: 1234,
    tail: text,
    attempts: 1,
    head,
    timeoutMs: 60_000,
    memory: 512 * 1024 ** 2,
    ...more,
  };
}

export function reportText(text: string): ReportText {
  return {
    tests: {
      counts: { passed: 1, failed: 1, skipped: 0 },
      truncated: true,
      failures: [{ name: text, file: text, line: 3, message: text, known: { times: 2, lastPull: 9 } }],
    },
    problems: { total: 3, shown: 2 },
    coverage: {
      percent: 87.34,
      difference: -0.4,
      branches: 71,
      base: { unknown: text },
      lost: { total: 2, files: [{ file: text, before: 90, now: 80.5 }] },
      changed: { unreached: 25, shown: 20 },
    },
    flaky: [{ test: text, times: 3, lastPull: 12 }],
    unread: [{ path: text, reason: text }],
  };
}

function networkText(text: string): NetworkText {
  return {
    refused: [{ host: text, port: 443, reason: "unlisted", count: 2 }],
    sought: [text],
    offline: true,
    setup: [{ run: text, refused: [{ host: text, port: 1, reason: "limit", count: 1 }] }],
  };
}

const webUrl = "https://github.com/acme/shop";

/** Set-up lines and commands come from the base branch, whose words are those of people with write access. */
export const repeat: validate.RepeatText = { pull: 8, onto: "2".repeat(40), setup: ["npm ci"] };

export function summaryText(text: string): SummaryText {
  const report = reportText(text);
  return {
    head,
    webUrl,
    checks: [
      {
        name: text,
        end: "ran",
        checkRun: 1,
        outcome: outcome(text, { report, base: { commit: head, end: "more", added: [text] } }),
      },
      { name: text, end: "ran", checkRun: 2, outcome: outcome(text, { report, base: { commit: head, end: "same" } }) },
      { name: text, end: "setup-failed", checkRun: 3, outcome: outcome(text) },
      { name: text, end: "interrupted", checkRun: 4 },
      { name: text, end: "need-failed", need: text, checkRun: 5 },
      { name: text, end: "no-secrets", denied: { why: "missing", names: [text], setup: false }, checkRun: 6 },
      { name: text, end: "skipped" },
      { name: text, end: "analysed", analysis: analysisText(text), checkRun: 7 },
      { name: text, end: "not-analysed", reason: text, checkRun: 8 },
    ],
    agent: true,
  };
}

/** The messages that may hold long texts, made as `everyMessage` makes them. */
export function longMessages(text: string): Record<string, string> {
  return {
    planReady: render(plan.planReady(planText(text))),
    "checkFinished text": shorten(validate.checkFinished(outcome(text), repeat).text.text ?? "", 65_000),
    pullBody: agent.pullBody({
      issue: 7,
      requester: by,
      plan: text,
      report: workText(text),
      description: text,
      template: null,
    }),
  };
}

/** Every message, with `text` in each place that may hold words of somebody else. Check runs have several parts; each is one text. */
export function everyMessage(text: string): Record<string, string> {
  const problems = [{ line: 1, column: 2, message: text }];
  const messages: Record<string, Message> = {
    planStarted: plan.planStarted(by, true),
    planApproved: plan.planApproved(planText(text), by, "It became #8.", true),
    planFailed: plan.planFailed(by, text),
    planFailedAgain: plan.planFailed(by, text, "### Plan"),
    planCancelledAgain: plan.planCancelled("Cancelled by @ada.", "### Plan"),
    planCancelled: plan.planCancelled("Cancelled by @ada."),
    planParked: plan.planParked(by, text),
    planChanged: plan.planChanged(by, "answer-1-0"),
    planMissing: plan.planMissing(by, "answer-1-0", "revise"),
    agentStarted: agent.agentStarted(by, text),
    agentFinished: agent.agentFinished(by, { number: 8 }, workText(text)),
    agentUnfinished: agent.agentUnfinished(by, { number: 8 }, workText(text)),
    agentFailed: agent.agentFailed(by, text),
    agentCancelled: agent.agentCancelled("Cancelled by @alice.", { commit: head, branch: text, pull: null }),
    agentParked: agent.agentParked(by, text),
    agentChangedNothing: agent.agentChangedNothing(by, workText(text)),
    agentProgress: {
      ...agent.agentStarted(by, text),
      body: progressText({ calls: 2, tokens: 900, usd: 0.02, minutes: 3, actions: [text] }),
    },
    fixStarted: fix.fixStarted(by, { failing: [text], threads: 2, attempt: { number: 1, of: 3 } }),
    fixPushed: fix.fixPushed(by, { ...workText(text), commit: head, webUrl }, null),
    fixElsewhere: fix.fixElsewhere(by, text),
    fixStopped: fix.fixStopped(by, {
      why: "tests became weaker",
      failing: [{ name: text, cause: text }],
      tried: [{ title: text, commit: head, reason: text, failing: [text] }],
      webUrl,
      work: workText(text),
    }),
    fixFailed: fix.fixFailed(by, text),
    fixCancelled: fix.fixCancelled("Cancelled by @ada.", null),
    fixParked: fix.fixParked(by, text),
    fixOnFork: fix.fixOnFork("answer-1-0", by),
    nothingToFix: fix.nothingToFix("answer-1-0", by),
    threadAnswer: fix.threadAnswer("fix-1-1", { done: false, text, commit: null }),
    reverted: revert.reverted("answer-1-0", by, { title: text, of: head, commit: head, paths: [text], webUrl }),
    notReverted: revert.notReverted("answer-1-0", by, { end: "changed-since", commit: head, paths: [text] }),
    forkWelcome: forks.forkWelcome(by, head, true),
    forkLetIn: forks.forkLetIn(by, head, by),
    lookAgain: forks.lookAgain("answer-1-0", by, head, "pushed since"),
    notFromFork: forks.notFromFork("answer-1-0", by),
    mergeRefused: merge.mergeRefused(by, [{ met: false, name: "approvals", detail: "0 of 1" }], head),
    merged: merge.merged(null, head, head),
    mergeStale: merge.mergeStale(by, text),
    mergeWaits: merge.mergeWaits(by, "validate"),
    mergeForbidden: merge.mergeForbidden(by),
    mergeRefusedByGitHub: merge.mergeRefusedByGitHub(by, text),
    help: answers.help(
      "answer-1-0",
      [{ name: "plan", help: "Propose", example: "/codegen plan", role: "triage", available: true }],
      true,
    ),
    unknownCommand: answers.unknownCommand("answer-1-0", by, text, "plan"),
    notAvailable: answers.notAvailable("answer-1-0", by, "fix", ["plan"]),
    wrongPlace: answers.wrongPlace("answer-1-0", by, "plan", "issue"),
    tooManyCommands: answers.tooManyCommands("answer-1-10", by, 10, 2),
    insufficientRole: answers.insufficientRole("answer-1-0", by, "/codegen plan", "read", "triage"),
    commentWasEdited: answers.commentWasEdited("answer-1-0", by),
    threadWasEdited: answers.threadWasEdited("answer-1-0", by, "issue"),
    threadClosed: answers.threadClosed("answer-1-0", by, "issue"),
    alreadyMerged: answers.alreadyMerged("answer-1-0", by),
    planNotWanted: answers.planNotWanted("answer-1-0", by),
    planRequired: answers.planRequired("answer-1-0", by),
    nothingToDo: answers.nothingToDo("answer-1-0", by, text),
    modelMissing: answers.modelMissing("answer-1-0", by),
    configBroken: answers.configBroken("answer-1-0", by, ".codegen.yml", { problems, more: 3 }),
    effectiveConfig: answers.effectiveConfig("answer-1-0", text, "From here.", [text]),
    status: answers.status("answer-1-0", [
      { kind: "plan", state: "failed", by: text, since: "2026-01-01 10:00 UTC", reason: text },
    ]),
    cancelled: answers.cancelled("answer-1-0", by, ["plan"]),
    waits: answers.waits("answer-1-0", by, { kind: "agent", actor: by }),
    gaveWay: answers.gaveWay("answer-1-0", by),
    validationGaveWay: answers.validationGaveWay("answer-1-0", by),
    retried: answers.retried("answer-1-0", by, { kind: "agent", state: "failed" }),
    nothingToRetry: answers.nothingToRetry("answer-1-0", by),
    findingComment: finding.findingComment(findingText(text), ["a", text]),
    findingToDelete: finding.findingComment(findingText(text), []),
    goneComment: finding.goneComment(finding.findingComment(findingText(text), null).body, "ab12", head),
    findingDeclined: finding.findingDeclined(by, text, "ab12"),
    nothingToDecline: finding.nothingToDecline("answer-1-0", by),
    findingsReview: finding.findingsReview(head, 2, 12),
    whereFound: where.whereFound(whereText(text)),
    whereNothing: where.whereFound({ ...whereText(text), found: [] }),
    whereNothingAsked: where.whereNothingAsked("answer-1-0", by),
    whereNotRead: where.whereNotRead("answer-1-0", by, text),
    checkSummary: checkSummary(summaryText(text)),
    checksRetried: checksRetried("answer-1-0", by, { head, checks: [text] }),
    held: answers.held("answer-1-0", by, text, true),
    internalError: answers.internalError("answer-1-0", "plan", "run-1"),
  };
  const checks: Record<string, validate.CheckText> = {
    analysisStarted: analysisCheck.analysisStarted(head),
    analysisFinished: analysisCheck.analysisFinished(analysisText(text), webUrl).text,
    analysisNotDone: analysisCheck.analysisNotDone(text, false).text,
    checkQueued: validate.checkQueued(text, [text]),
    checkStarted: validate.checkStarted(text, head),
    checkProgress: checkProgress({ head, doing: "command", line: text, ms: 41_000, printed: text }),
    "checkProgress, base": checkProgress({ head, doing: "base", line: text, ms: 41_000, printed: text }),
    checkFinished: validate.checkFinished(outcome(text), repeat).text,
    ...Object.fromEntries(
      (["missing", "fork", "bot"] as const).map((why) => [
        `checkWithoutSecrets, ${why}`,
        checkWithoutSecrets({ why, names: [text], setup: why === "bot" }).text,
      ]),
    ),
    "checkFinished, network refused": validate.checkFinished(outcome(text, { network: networkText(text) }), repeat)
      .text,
    "checkNotRun, network missed": validate.checkNotRun(
      outcome(text, { network: { refused: [], sought: [text], offline: true } }),
      repeat,
    ).text,
    checkFinishedWithSetup: validate.checkFinished(
      outcome(text, { setup: { how: "ran", ms: 12_000, changed: [text, text] } }),
      repeat,
    ).text,
    checkReported: validate.checkFinished(outcome(text, { report: reportText(text) }), repeat).text,
    checkNotRun: validate.checkNotRun(outcome(text), repeat).text,
    checkNotStarted: validate.checkFinished(outcome(text, { end: "not-started", code: null, reason: text }), repeat)
      .text,
    checkDespite: validate.checkFinished(outcome(text, { despite: [text], allowed: true }), repeat).text,
    checkNotRunOnBase: validate.checkNotRun(
      outcome(text, { base: { commit: head, end: "more", added: [text] } }),
      repeat,
    ).text,
    checkNeedFailed: validate.checkNeedFailed(text).text,
    checkSkipped: validate.checkSkipped([text]),
    checkCancelled: validate.checkCancelled(text).text,
    checkFault: validate.checkFault(text).text,
    checkImpossible: validate.checkImpossible(text).text,
    configInvalid: validate.configInvalid({ problems, more: 3 }, ".codegen.yml"),
    forkGate: forks.forkGate(true),
    ownConfigInvalid: ownConfig({ end: "invalid", problems, more: 3 }, ".codegen.yml", head).text,
    ownConfigChanged: ownConfig(
      { end: "changed", changes: [{ key: text, before: null, after: text }], removed: true },
      ".codegen.yml",
      head,
    ).text,
    ownConfigTried: ownConfig(
      {
        end: "changed",
        changes: [{ key: text, before: null, after: text }],
        removed: false,
        tried: { passed: false, ms: 12_000, run: text, end: text, code: null, tail: text },
      },
      ".codegen.yml",
      head,
    ).text,
    checkLifted: validate.checkLifted(text),
  };
  return {
    ...Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, render(message)])),
    ...Object.fromEntries(
      Object.entries(checks).flatMap(([name, check]) => [
        [name, shorten(check.summary, 65_000)],
        [`${name} text`, shorten(check.text ?? "", 65_000)],
      ]),
    ),
    ...longMessages(text),
    notUtf8: notUtf8({ why: { kind: "byte", byte: 0xe9 } }),
  };
}
