import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openScene, refusal, type FlowScene } from "./flow-scene.ts";

let scene: FlowScene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
});

const annotation = (line: number) => ({
  path: "src/a.ts",
  start_line: line,
  end_line: line,
  annotation_level: "warning" as const,
  message: `line ${line}`,
});
const annotations = (count: number) => Array.from({ length: count }, (_, index) => annotation(index + 1));

describe("a check run", () => {
  test("is completed by its conclusion; the suite is completed by its last run", async () => {
    const head_sha = await scene.commit("suite", { "a.txt": "1\n" });
    await scene.heard();
    const one = await scene.bot.rest.checks.create({ ...scene.repo, name: "one", head_sha, status: "in_progress" });
    const two = await scene.bot.rest.checks.create({ ...scene.repo, name: "two", head_sha });
    const run = (id: number) => ({ ...scene.repo, check_run_id: id });
    const done = await scene.bot.rest.checks.update({ ...run(one.data.id), conclusion: "success" });
    expect(done.data).toMatchObject({ status: "completed", conclusion: "success", completed_at: expect.any(String) });
    expect(await scene.names()).toEqual(["check_run.created", "check_run.created", "check_run.completed"]);
    await scene.bot.rest.checks.update({ ...run(two.data.id), status: "completed", conclusion: "failure" });
    const heard = await scene.heard();
    expect(heard.map((event) => event.name)).toEqual(["check_run.completed", "check_suite.completed"]);
    expect(heard[1]?.payload).toMatchObject({ check_suite: { head_sha, conclusion: "failure", head_branch: "suite" } });
  });

  test("takes fifty annotations in one request and no more; updates add to them", async () => {
    const head_sha = await scene.commit("annotated", { "a.txt": "1\n" });
    const output = { title: "t", summary: "s" };
    const make = (count: number) =>
      scene.bot.rest.checks.create({
        ...scene.repo,
        name: "annotated",
        head_sha,
        output: { ...output, annotations: annotations(count) },
      });
    const message = expect.stringContaining("No more than 50 items are allowed; 51 were supplied.");
    expect(await refusal(make(51))).toMatchObject({ status: 422, message });
    expect(scene.violations()).toEqual([expect.stringContaining("must NOT have more than 50 items")]);
    const { data } = await make(50);
    const run = { ...scene.repo, check_run_id: data.id };
    const more = await scene.bot.rest.checks.update({ ...run, output: { ...output, annotations: annotations(3) } });
    expect(more.data.output.annotations_count).toBe(53);
    const page = await scene.bot.rest.checks.listAnnotations({ ...run, per_page: 50, page: 2 });
    expect(page.data.map((one) => one.message)).toEqual(["line 1", "line 2", "line 3"]);
  });

  test("can be changed by the app that made it only, and by no person", async () => {
    const head_sha = await scene.commit("owned", { "a.txt": "1\n" });
    const { data } = await scene.bot.rest.checks.create({ ...scene.repo, name: "owned", head_sha });
    const other = await scene.addApp("other");
    const change = { ...scene.repo, check_run_id: data.id, status: "in_progress" as const };
    expect(await refusal(other.client.rest.checks.update(change))).toMatchObject({
      status: 403,
      message: expect.stringContaining(`Invalid app_id \`${other.appId}\``),
    });
    expect(await refusal(scene.octo.rest.checks.update(change))).toMatchObject({ status: 403 });
  });

  test("of the same name counts once in a list of the latest, and all in a list of all", async () => {
    const head_sha = await scene.commit("named", { "a.txt": "1\n" });
    await scene.bot.rest.checks.create({ ...scene.repo, name: "same", head_sha, external_id: "first" });
    await scene.bot.rest.checks.create({ ...scene.repo, name: "same", head_sha, external_id: "second" });
    const list = (filter: "latest" | "all") =>
      scene.bot.rest.checks.listForRef({
        ...scene.repo,
        ref: "named",
        check_name: "same",
        filter,
        app_id: scene.appId,
      });
    expect((await list("latest")).data.check_runs.map((run) => run.external_id)).toEqual(["second"]);
    expect((await list("all")).data.total_count).toBe(2);
  });

  test("is asked for again by a person, which its app hears", async () => {
    const head_sha = await scene.commit("again", { "a.txt": "1\n" });
    const { data } = await scene.bot.rest.checks.create({
      ...scene.repo,
      name: "again",
      head_sha,
      conclusion: "failure",
      actions: [{ label: "Fix", description: "Fix it", identifier: "fix" }],
    });
    await scene.heard();
    await scene.octo.rest.checks.rerequestRun({ ...scene.repo, check_run_id: data.id });
    const [first] = await scene.heard();
    expect(first).toMatchObject({
      name: "check_run.rerequested",
      payload: { check_run: { id: data.id }, sender: { login: "octo" } },
    });
  });

  test("that is made again after being asked for completes the suite anew", async () => {
    const head_sha = await scene.commit("anew", { "a.txt": "1\n" });
    const run = { ...scene.repo, name: "anew", head_sha };
    const { data } = await scene.bot.rest.checks.create({ ...run, conclusion: "failure" });
    await scene.octo.rest.checks.rerequestRun({ ...scene.repo, check_run_id: data.id });
    const suite = { ...scene.repo, check_suite_id: data.check_suite?.id ?? 0 };
    expect((await scene.octo.rest.checks.getSuite(suite)).data).toMatchObject({ status: "queued", conclusion: null });
    await scene.heard();
    await scene.bot.rest.checks.create({ ...run, conclusion: "success" });
    expect(await scene.names()).toEqual(["check_run.created", "check_run.completed", "check_suite.completed"]);
    expect((await scene.octo.rest.checks.getSuite(suite)).data.conclusion).toBe("success");
  });

  test("on a commit that is not there is 422", async () => {
    const request = scene.bot.rest.checks.create({ ...scene.repo, name: "x", head_sha: "1".repeat(40) });
    expect(await refusal(request)).toMatchObject({
      status: 422,
      message: expect.stringContaining("No commit found for SHA"),
    });
  });
});

test("the newest status of each context makes the combined one", async () => {
  const sha = await scene.commit("status", { "a.txt": "1\n" });
  await scene.heard();
  const put = (context: string, state: "pending" | "success" | "failure") =>
    scene.bot.rest.repos.createCommitStatus({ ...scene.repo, sha, context, state });
  const combined = async () =>
    (await scene.octo.rest.repos.getCombinedStatusForRef({ ...scene.repo, ref: "status" })).data;
  expect(await combined()).toMatchObject({ state: "pending", total_count: 0 });
  await put("a", "pending");
  await put("a", "success");
  expect(await combined()).toMatchObject({ state: "success", total_count: 1 });
  await put("b", "failure");
  expect(await combined()).toMatchObject({ state: "failure", total_count: 2 });
  const heard = await scene.heard();
  expect(heard.map((one) => one.name)).toEqual(["status", "status", "status"]);
  expect(heard[0]?.payload).toMatchObject({ sha, context: "a", state: "pending", branches: [{ name: "status" }] });
});
