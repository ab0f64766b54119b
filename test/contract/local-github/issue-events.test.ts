import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openScene, refusal, type FlowScene } from "./flow-scene.ts";

let scene: FlowScene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
});

const names = (events: { event?: string }[]) => events.map((one) => one.event);

describe("the timeline", () => {
  test("of an issue tells labels, assignees, titles and states in the order in which they came, by whom", async () => {
    const { octo, ada, bot, repo } = scene;
    const { data: issue } = await octo.rest.issues.create({ ...repo, title: "Slow", labels: ["bug"] });
    const at = { ...repo, issue_number: issue.number };
    await ada.rest.issues.createComment({ ...at, body: "I see it, too" });
    await bot.rest.issues.addLabels({ ...at, labels: ["codegen:plan"] });
    await bot.rest.issues.removeLabel({ ...at, name: "codegen:plan" });
    await octo.rest.issues.addAssignees({ ...at, assignees: ["ada"] });
    await octo.rest.issues.update({ ...at, title: "Slow start" });
    await ada.rest.issues.update({ ...at, state: "closed", state_reason: "not_planned" });
    await ada.rest.issues.update({ ...at, state: "open" });

    const { data: events } = await octo.rest.issues.listEvents(at);
    expect(events).toMatchObject([
      { event: "labeled", actor: { login: "octo" }, label: { name: "bug", color: "d73a4a" } },
      { event: "labeled", actor: { login: "codegen[bot]" }, performed_via_github_app: { slug: "codegen" } },
      { event: "unlabeled", label: { name: "codegen:plan" } },
      { event: "assigned", actor: { login: "octo" }, assignee: { login: "ada" } },
      { event: "renamed", rename: { from: "Slow", to: "Slow start" } },
      { event: "closed", actor: { login: "ada" }, state_reason: "not_planned", commit_id: null },
      { event: "reopened", actor: { login: "ada" } },
    ]);
    const { data: timeline } = await octo.rest.issues.listEventsForTimeline(at);
    expect(names(timeline)).toEqual([
      "labeled",
      "commented",
      "labeled",
      "unlabeled",
      "assigned",
      "renamed",
      "closed",
      "reopened",
    ]);
    const second = await octo.rest.issues.listEvents({ ...at, per_page: 3, page: 2 });
    expect(names(second.data)).toEqual(["assigned", "renamed", "closed"]);
  });

  test("of a merged pull names the commit, and the issue that it closes is closed by its word", async () => {
    const { octo, repo } = scene;
    const { data: issue } = await octo.rest.issues.create({ ...repo, title: "Wrong" });
    const pull = await scene.openPull("merged", { body: `Closes #${issue.number}` });
    const merged = await octo.rest.pulls.merge({ ...repo, pull_number: pull.number, sha: pull.head });
    const { data: events } = await octo.rest.issues.listEvents({ ...repo, issue_number: pull.number });
    expect(events).toMatchObject([
      { event: "merged", commit_id: merged.data.sha, commit_url: expect.stringContaining(merged.data.sha) },
      { event: "closed" },
    ]);
    const { data: closed } = await octo.rest.issues.listEvents({ ...repo, issue_number: issue.number });
    expect(closed).toMatchObject([{ event: "closed", state_reason: "completed" }]);
  });

  test("of an issue that is not there is 404", async () => {
    const unknown = scene.octo.rest.issues.listEventsForTimeline({ ...scene.repo, issue_number: 4_000 });
    expect(await refusal(unknown)).toMatchObject({ status: 404 });
  });
});

test("a new repository begins with GitHub's nine labels, and tells nobody", async () => {
  await scene.heard();
  await scene.octo.rest.repos.createForAuthenticatedUser({ name: "labelled" });
  const { data } = await scene.octo.rest.issues.listLabelsForRepo({ owner: "octo", repo: "labelled" });
  expect(data.map((label) => label.name)).toEqual([
    "bug",
    "documentation",
    "duplicate",
    "enhancement",
    "good first issue",
    "help wanted",
    "invalid",
    "question",
    "wontfix",
  ]);
  expect(data.every((label) => label.default)).toBe(true);
  expect((await scene.names()).filter((name) => name.startsWith("label"))).toEqual([]);
});
