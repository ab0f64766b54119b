import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { proposedPlan, workReport } from "../../../src/agents/results.ts";
import { Cancelled } from "../../../src/errors.ts";
import type { Log } from "../../../src/log.ts";
import { rigs, type Behaviour, type Rig } from "./rigs.ts";
import { plan, planTask, report, session, workTask } from "./story.ts";

describe.each(Object.entries(rigs))("the back-end behind %s", (_name, start) => {
  let rig: Rig;
  let lines: string[];
  beforeEach(async () => {
    const recorded = recordingLog();
    lines = recorded.lines;
    rig = await start(recorded.log);
  });
  afterEach(() => rig.close());

  test("has a name, and sends nothing before it is asked", () => {
    expect(rig.backend.name).toMatch(/^\S+$/);
    expect(rig.asked()).toBe(0);
  });

  test("proposes a plan of the right shape and changes no file", async () => {
    const workspace = await rig.workspace({ "src/add.js": "a - b" });
    const seen = session();
    const outcome = await rig.backend.plan(planTask, workspace, seen);
    expect(outcome).toMatchObject({ end: "done", result: plan });
    expect(outcome.end === "done" && proposedPlan.safeParse(outcome.result).success).toBe(true);
    expect(await workspace.list("", 10)).toEqual(["src/add.js"]);
    expect(await workspace.read("src/add.js")).toBe("a - b");
    expect(seen.events.length).toBeGreaterThan(0);
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

  test("counts what it used, or nothing where somebody else counts", async () => {
    const { usage } = await rig.backend.plan(planTask, await rig.workspace({}), session());
    const elsewhere = rig.backend.elsewhere === true;
    expect(usage).toMatchObject({ steps: elsewhere ? 0 : 1, usd: 0, priced: false });
    expect(usage.inputTokens > 0 && usage.outputTokens > 0).toBe(!elsewhere);
  });

  test("is cancelled at once while the other side hangs", async () => {
    rig.behave("hangs");
    const controller = new AbortController();
    const working = rig.backend.work(workTask, await rig.workspace({}), session({}, controller));
    while (rig.asked() === 0) await new Promise((resolve) => setImmediate(resolve));
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

  test.each<[Behaviour, boolean]>([
    ["down", true],
    ["at its limit", true],
    ["broken off", true],
    ["refuses", false],
  ])("says that the other side (%s) is not to be had, and whether waiting helps", async (how, passing) => {
    rig.behave(how);
    const outcome = await rig.backend.plan(planTask, await rig.workspace({}), session());
    expect(outcome).toMatchObject({ end: "unavailable", passing, reason: expect.stringMatching(/^The .{20,400}\.$/) });
    rig.behave("well");
    expect(await rig.backend.plan(planTask, await rig.workspace({}), session())).toMatchObject({ end: "done" });
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

  test("gives up on an other side without sense", async () => {
    rig.behave("nonsense");
    const outcome = await rig.backend.plan(planTask, await rig.workspace({}), session());
    expect(outcome).toMatchObject({ end: "nonsense", reason: expect.stringMatching(/^The .{20,400}\.$/) });
  });

  test("tells nobody the secret or the address, whatever happens", async () => {
    for (const how of ["well", "nonsense", "down", "at its limit", "broken off", "refuses"] as const) {
      rig.behave(how);
      const outcome = await rig.backend.plan(planTask, await rig.workspace({}), session());
      for (const secret of [rig.secret, new URL(rig.url).host])
        expect(JSON.stringify(outcome) + lines.join("\n")).not.toContain(secret);
    }
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
