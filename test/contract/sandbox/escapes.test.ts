import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connect, type NetConnectOpts } from "node:net";
import { bots, canary, smallLimits, type Report } from "./bots.ts";
import { mustWork, page, probes, setTargets, uses } from "./probes.ts";

let targets: Awaited<ReturnType<typeof setTargets>>;
// For the names of the tests, which are there before the targets are.
const names = probes({ elsewhere: "", project: "", port: 0, pid: 0, abstractName: "" }).map(({ name }) => name);
const working = [...mustWork.filter((work) => work !== page), ...uses];

beforeAll(async () => {
  process.env["CODEGEN_CANARY"] = canary;
  targets = await setTargets();
});

afterAll(() => {
  delete process.env["CODEGEN_CANARY"];
  targets.close();
});

test("the listeners that a sandbox cannot reach can be reached from the host", async () => {
  const tryOut = (target: NetConnectOpts) =>
    new Promise((done) =>
      connect(target)
        .once("connect", () => done("connected"))
        .once("error", done),
    );
  expect(await tryOut({ port: targets.port, host: "127.0.0.1" })).toBe("connected");
  expect(await tryOut({ path: `\0${targets.abstractName}` })).toBe("connected");
});

describe.each(bots)("the sandbox of $name", (bot) => {
  let report: Report;

  beforeAll(async () => {
    const commands = [...probes(targets).map(({ run }) => run), ...working.map(([, run]) => run)].map((run) => ({
      run,
      timeoutMs: 20_000,
    }));
    report = await bot.run({ limits: smallLimits, commands });
  }, 120_000);

  test("says how it is bounded and finds no problem", () => {
    expect(report.probe).toMatchObject({ ok: true, problems: [] });
    expect(report.probe.version).toMatch(/^\d+\.\d+/);
    expect(report.probe.limits).toMatch(/^(cgroup v[12]$|no cgroups)/);
  });

  test.each(names.map((name, index) => ({ name, index })))("does not let a command $name", ({ index }) => {
    const result = report.results[index];
    const refusal = probes(targets)[index]?.denied;
    expect(result?.end).toBe("exited");
    expect(result?.output).toMatch(refusal ?? /never/);
  });

  test.each(working.map(([name, , answer], index) => ({ name, answer, index })))(
    "lets a command $name",
    ({ answer, index }) => {
      const result = report.results[names.length + index];
      expect(result?.output).toMatch(answer);
      expect(result).toMatchObject({ end: "exited", code: 0 });
    },
  );
});
