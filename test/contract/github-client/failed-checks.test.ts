import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { toSha } from "../../../src/domain/ids.ts";
import { listFailedChecks } from "../../../src/github/check-runs.ts";
import { openLocal, type LocalScene } from "./local-scene.ts";

let scene: LocalScene;
let head: string;
beforeEach(async () => {
  scene = await openLocal();
  ({ head } = await scene.openPull());
});
afterEach(() => scene.close());

const failed = () => listFailedChecks(scene.app, scene.ref, toSha(head));

async function check(
  name: string,
  conclusion: "failure" | "success" | "cancelled" | "timed_out" | null,
  annotations = 0,
) {
  await scene.bot.rest.checks.create({
    ...scene.repo,
    name,
    head_sha: head,
    ...(conclusion === null ? { status: "in_progress" as const } : { status: "completed" as const, conclusion }),
    output: {
      title: `${name} ended`,
      summary: "what it found",
      annotations: Array.from({ length: annotations }, (_, n) => ({
        path: "src/a.ts",
        start_line: n + 1,
        end_line: n + 1,
        annotation_level: "failure" as const,
        message: `problem ${n}`,
      })),
    },
  });
}

test("failing checks of any App are told with what they say and where", async () => {
  await check("lint", "failure", 2);
  await check("build", "timed_out");
  expect(await failed()).toEqual(
    expect.arrayContaining([
      {
        name: "lint",
        appId: scene.appId,
        conclusion: "failure",
        title: "lint ended",
        summary: "what it found",
        annotations: [
          { path: "src/a.ts", line: 1, message: "problem 0" },
          { path: "src/a.ts", line: 2, message: "problem 1" },
        ],
      },
      expect.objectContaining({ name: "build", conclusion: "timed_out", annotations: [] }),
    ]),
  );
});

test("no more than 50 places of a check are read", async () => {
  await check("lint", "failure", 50);
  await scene.bot.rest.checks.update({
    ...scene.repo,
    check_run_id: scene.local.github.state.checkRuns[0]?.id ?? 0,
    output: {
      title: "lint",
      summary: "more",
      annotations: [{ path: "b", start_line: 1, end_line: 1, annotation_level: "failure", message: "one more" }],
    },
  });
  expect((await failed())[0]?.annotations).toHaveLength(50);
});

test("checks that passed, were cancelled, still run or have passed since are none", async () => {
  await check("lint", "failure");
  await check("lint", "success");
  await check("build", "cancelled");
  await check("deploy", null);
  expect(await failed()).toEqual([]);
});

test("failing statuses of a commit count, each by its latest", async () => {
  const status = (context: string, state: "failure" | "error" | "success" | "pending") =>
    scene.ada.rest.repos.createCommitStatus({
      ...scene.repo,
      sha: head,
      context,
      state,
      description: `${context} said`,
    });
  await status("ci/old", "failure");
  await status("ci/old", "success");
  await status("ci/one", "failure");
  await status("ci/two", "error");
  await status("ci/three", "pending");
  const found = await failed();
  expect(found.map(({ name }) => name).toSorted()).toEqual(["ci/one", "ci/two"]);
  expect(found[0]).toMatchObject({
    appId: null,
    conclusion: "failure",
    title: expect.stringContaining("said"),
    summary: null,
  });
});
