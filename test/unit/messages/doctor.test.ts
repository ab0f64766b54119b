import { expect, test } from "@jest/globals";
import { doctorReport } from "../../../src/messages/doctor.ts";

const works = { ok: true, limits: "cgroup v2", problems: [] };
const fails = { ok: false, limits: "none", problems: ["It is missing: install it.", "It is old: renew it."] };

test("the doctor's report has a line for each part, and what to do below it", () => {
  const sandboxes = [
    { name: "docker", chosen: true, ...fails },
    { name: "bubblewrap", chosen: false, version: "0.8.0", files: "by an overlay", ...works },
  ];
  const report = doctorReport({ sandboxes, host: [{ name: "git", ok: true, found: "2.39.5", problems: [] }] });
  expect(report).toBe(`Sandboxes
✗ docker      chosen
    → It is missing: install it.
    → It is old: renew it.
✓ bubblewrap  0.8.0; cgroup v2; by an overlay

This host
✓ git         2.39.5

Nothing of a pull can run here: docker is chosen, and does not work.`);
  const mended = doctorReport({ sandboxes: [{ name: "docker", chosen: true, ...works }], host: [] });
  expect(mended).toContain("Sandboxes are made by docker, which works here.");
});
