import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { AgentOutcome, AgentProgress, AgentWorkspace, ProposedPlan } from "../../../src/agents/port.ts";
import { proposedPlan, workReport } from "../../../src/agents/results.ts";
import { Cancelled } from "../../../src/errors.ts";
import { silentLog, type Log } from "../../../src/log.ts";
import { until } from "../until.ts";
import { rigs, type Behaviour, type Rig } from "./rigs.ts";
import { plan, planTask, report, session, workTask } from "./story.ts";

const faults = [
  ["down", true],
  ["at its limit", true],
  ["broken off", true],
  ["refuses", false],
] as const satisfies [Behaviour, boolean][];

describe.each(Object.entries(rigs))("the back-end behind %s", (_name, start) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await start(silentLog);
  });
  afterEach(() => rig.close());

  test("has a name, and sends nothing before it is asked", () => {
    expect(rig.backend.name).toMatch(/^\S+$/);
    expect(rig.asked()).toBe(0);
  });

  test("works, and ends with a report or with a pull of its own", async () => {
    const outcome = await rig.backend.work(workTask, await rig.workspace({}), session());
    expect(outcome).toMatchObject(
      rig.backend.elsewhere === true
        ? { end: "published", pull: 8, summary: report.summary }
        : { end: "done", result: report },
    );
    expect(outcome.end === "done" ? workReport.safeParse(outcome.result).error : undefined).toBeUndefined();
  });

  test("is cancelled at once while the other side hangs", async () => {
    rig.behave("hangs");
    const controller = new AbortController();
    const working = rig.backend.work(workTask, await rig.workspace({}), session({}, controller));
    await until("the other side is asked", () => rig.asked() > 0 || undefined, 50_000);
    const cancelled = performance.now();
    controller.abort(new Cancelled("cancelled", "Cancelled by @ada."));
    expect(await working).toMatchObject({ end: "cancelled", reason: "The run was cancelled." });
    expect(performance.now() - cancelled).toBeLessThan(15_000);
  });

  test("asks nothing when it was cancelled before it began", async () => {
    const controller = new AbortController();
    controller.abort();
    const outcome = await rig.backend.plan(planTask, await rig.workspace({}), session({}, controller));
    expect(outcome).toMatchObject({ end: "cancelled" });
    expect(rig.asked()).toBe(0);
  });

  test("keeps to its minutes", async () => {
    rig.behave("hangs");
    const outcome = await rig.backend.work(workTask, await rig.workspace({}), session({ minutes: 0.01 }));
    expect(outcome).toMatchObject({
      end: "budget",
      reason:
        "The agent's budget of 0.01 minutes is used up before it was done. Ask for a smaller piece, or raise `agent.budget.minutes` in `.codegen.yml`.",
    });
  });

  test("says so where nobody listens", async () => {
    const workspace = await rig.workspace({});
    await rig.stopOtherSide();
    const outcome = await rig.backend.work(workTask, workspace, session());
    expect(outcome).toMatchObject({
      end: "unavailable",
      passing: true,
      reason: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

// A start of a real program takes most of a second: these tests look at one course of plans each.
describe.each(Object.entries(rigs))("plans of the back-end behind %s", (_name, start) => {
  const { log, lines } = recordingLog();
  const outcomes = new Map<string, AgentOutcome<ProposedPlan>>();
  let rig: Rig;
  let workspace: AgentWorkspace;
  let events: readonly AgentProgress[];
  beforeAll(async () => {
    rig = await start(log);
    workspace = await rig.workspace({ "src/add.js": "a - b" });
    const planNow = async (name: string, how: Behaviour) => {
      rig.behave(how);
      const seen = session();
      outcomes.set(name, await rig.backend.plan(planTask, workspace, seen));
      return seen.events;
    };
    events = await planNow("well", "well");
    await planNow("nonsense", "nonsense");
    for (const [how] of faults) {
      await planNow(how, how);
      await planNow(`after ${how}`, "well");
    }
  }, 180_000);
  afterAll(() => rig.close());

  test("have the right shape and change no file", async () => {
    const outcome = outcomes.get("well");
    expect(outcome).toMatchObject({ end: "done", result: plan });
    expect(outcome?.end === "done" && proposedPlan.safeParse(outcome.result).success).toBe(true);
    expect(await workspace.list("", 10)).toEqual(["src/add.js"]);
    expect(await workspace.read("src/add.js")).toBe("a - b");
    expect(events.length).toBeGreaterThan(0);
  });

  test("count what they used, or nothing where somebody else counts", () => {
    const usage = outcomes.get("well")?.usage;
    const elsewhere = rig.backend.elsewhere === true;
    expect(usage).toMatchObject({ steps: elsewhere ? 0 : 1, usd: 0, priced: false });
    expect(usage !== undefined && usage.inputTokens > 0 && usage.outputTokens > 0).toBe(!elsewhere);
  });

  test.each(faults)("say that the other side (%s) is not to be had, and whether waiting helps", (how, passing) => {
    expect(outcomes.get(how)).toMatchObject({
      end: "unavailable",
      passing,
      reason: expect.stringMatching(/^The .{20,400}\.$/),
    });
    expect(outcomes.get(`after ${how}`)).toMatchObject({ end: "done" });
  });

  test("are given up where the other side has no sense", () => {
    expect(outcomes.get("nonsense")).toMatchObject({
      end: "nonsense",
      reason: expect.stringMatching(/^The .{20,400}\.$/),
    });
  });

  test("tell nobody the secret or the address, whatever happens", () => {
    expect(outcomes.size).toBe(10);
    for (const secret of [rig.secret, new URL(rig.url).host])
      expect(JSON.stringify([...outcomes]) + lines.join("\n")).not.toContain(secret);
  });
});

function recordingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const note = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
  const child = () => {
    throw new Error("no child is needed");
  };
  return { log: { debug: note, info: note, warn: note, error: note, fatal: note, child }, lines };
}
