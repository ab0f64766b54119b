import { describe, expect, test } from "@jest/globals";
import { duration, logStanding, runStanding, stepStanding } from "../../../src/messages/run-page.ts";

describe("the page of a run says", () => {
  test.each([
    [{ end: null, code: null }, false, "running", "Running"],
    [{ end: null, code: null }, true, "stopped", "Interrupted"],
    [{ end: "exited", code: 0 }, true, "good", "Passed"],
    [{ end: "exited", code: 3 }, true, "bad", "Exit code 3"],
    [{ end: "ready", code: null }, true, "good", "Ready"],
    [{ end: "ended", code: 1 }, true, "bad", "Ended with exit code 1 before it was ready"],
    [{ end: "disk-limit", code: null }, true, "bad", "Over the disk limit"],
    [{ end: "cancelled", code: null }, true, "stopped", "Cancelled"],
    [{ end: "something new", code: null }, true, "bad", "Killed"],
  ])("how a log ended: %j", (log, runEnded, mark, words) => {
    expect(logStanding(log, runEnded)).toEqual({ mark, words });
  });

  test("of a validation that was carried out no more than that, since its checks may have failed", () => {
    expect(runStanding({ kind: "validate", state: "succeeded" }).mark).not.toBe("good");
    expect(runStanding({ kind: "agent", state: "succeeded" })).toEqual({ mark: "good", words: "Done" });
    expect(runStanding({ kind: "validate", state: "failed" }).mark).toBe("bad");
  });

  test("that a step without an end went down with its run", () => {
    expect(stepStanding("started", true).words).toBe("Interrupted");
    expect(stepStanding("started", false).words).toBe("Running");
  });

  test.each([
    [-5, "0.0 s"],
    [9_940, "9.9 s"],
    [59_400, "59 s"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
  ])("how long %i ms are", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
