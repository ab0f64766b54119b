import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openScene, refusal, type FlowScene } from "./flow-scene.ts";

let scene: FlowScene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(async () => {
  await scene.close();
});

async function newIssue(title = "Something is wrong"): Promise<number> {
  return (await scene.octo.rest.issues.create({ ...scene.repo, title, body: "text" })).data.number;
}

describe("issues", () => {
  test("open with labels and assignees, told one by one", async () => {
    await scene.heard();
    const { data } = await scene.octo.rest.issues.create({
      ...scene.repo,
      title: "Told",
      labels: ["told"],
      assignees: ["ada", "nobody"],
    });
    expect(data.labels).toMatchObject([{ name: "told", color: "ededed" }]);
    expect(data.assignees).toMatchObject([{ login: "ada" }]);
    expect(await scene.names()).toEqual(["issues.opened", "label.created", "issues.labeled", "issues.assigned"]);
  });

  test("close, reopen and are edited with what was there before", async () => {
    const number = await newIssue();
    await scene.heard();
    const issue = { ...scene.repo, issue_number: number };
    const closed = await scene.octo.rest.issues.update({ ...issue, state: "closed", state_reason: "not_planned" });
    expect(closed.data).toMatchObject({ state: "closed", state_reason: "not_planned", closed_by: { login: "octo" } });
    await scene.octo.rest.issues.update({ ...issue, state: "open", title: "Renamed" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual(["issues.closed", "issues.edited", "issues.reopened"]);
    expect(heard[1]?.payload).toMatchObject({ changes: { title: { from: "Something is wrong" } } });
  });

  test("are listed by state, label, assignee and time, pulls among them", async () => {
    const number = await newIssue("Listed");
    await scene.octo.rest.issues.addLabels({ ...scene.repo, issue_number: number, labels: ["listed"] });
    const pull = await scene.openPull("listed");
    await scene.octo.rest.issues.addLabels({ ...scene.repo, issue_number: pull.number, labels: ["listed"] });
    const { data } = await scene.octo.rest.issues.listForRepo({ ...scene.repo, labels: "listed", state: "all" });
    expect(data.map((issue) => [issue.number, issue.pull_request !== undefined])).toEqual([
      [pull.number, true],
      [number, false],
    ]);
    const none = await scene.octo.rest.issues.listForRepo({ ...scene.repo, labels: "listed,absent" });
    expect(none.data).toEqual([]);
    const later = await scene.octo.rest.issues.listForRepo({ ...scene.repo, since: "2999-01-01T00:00:00Z" });
    expect(later.data).toEqual([]);
    const hers = await scene.octo.rest.issues.listForRepo({ ...scene.repo, assignee: "ada", state: "all" });
    expect(hers.data.every((issue) => issue.assignee?.login === "ada")).toBe(true);
  });

  test("of others are not for a stranger to change, and an unknown one is 404", async () => {
    const number = await newIssue();
    const answer = await fetch(`${scene.local.url}/_admin/users`, { method: "POST", body: '{"login":"eve"}' });
    const { token } = (await answer.json()) as { token: string };
    const change = await fetch(`${scene.local.url}/repos/octo/shop/issues/${number}`, {
      method: "PATCH",
      headers: { authorization: `token ${token}`, accept: "application/json" },
      body: '{"state":"closed"}',
    });
    expect(change.status).toBe(403);
    expect(await refusal(scene.octo.rest.issues.get({ ...scene.repo, issue_number: 9999 }))).toMatchObject({
      status: 404,
    });
  });
});

describe("labels", () => {
  test("on a pull are told as pull_request.labeled", async () => {
    const { number } = await scene.openPull("labelled");
    await scene.octo.rest.issues.createLabel({ ...scene.repo, name: "codegen:run", color: "ff0000" });
    await scene.heard();
    await scene.octo.rest.issues.addLabels({ ...scene.repo, issue_number: number, labels: ["codegen:run"] });
    await scene.octo.rest.issues.removeLabel({ ...scene.repo, issue_number: number, name: "codegen:run" });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual(["pull_request.labeled", "pull_request.unlabeled"]);
    expect(heard[0]?.payload).toMatchObject({ number, label: { name: "codegen:run", color: "ff0000" } });
  });

  test("of a repository are made, renamed and deleted; a second of the same name is 422", async () => {
    await scene.octo.rest.issues.createLabel({ ...scene.repo, name: "Twice", color: "00ff00", description: "d" });
    const again = scene.octo.rest.issues.createLabel({ ...scene.repo, name: "twice" });
    expect(await refusal(again)).toMatchObject({ status: 422 });
    const renamed = await scene.octo.rest.issues.updateLabel({ ...scene.repo, name: "Twice", new_name: "once" });
    expect(renamed.data).toMatchObject({ name: "once", color: "00ff00" });
    await scene.octo.rest.issues.deleteLabel({ ...scene.repo, name: "once" });
    expect(await refusal(scene.octo.rest.issues.getLabel({ ...scene.repo, name: "once" }))).toMatchObject({
      status: 404,
    });
  });

  test("that an issue does not have cannot be taken off", async () => {
    const number = await newIssue();
    const request = scene.octo.rest.issues.removeLabel({ ...scene.repo, issue_number: number, name: "absent" });
    expect(await refusal(request)).toMatchObject({
      status: 404,
      message: expect.stringContaining("Label does not exist"),
    });
  });
});

describe("comments", () => {
  test("are written by the bot under its own name, edited with the old text, and deleted", async () => {
    const number = await newIssue();
    await scene.heard();
    const { data } = await scene.bot.rest.issues.createComment({ ...scene.repo, issue_number: number, body: "one" });
    expect(data).toMatchObject({
      user: { login: "codegen[bot]", type: "Bot" },
      performed_via_github_app: { slug: "codegen" },
    });
    await scene.bot.rest.issues.updateComment({ ...scene.repo, comment_id: data.id, body: "two" });
    await scene.bot.rest.issues.deleteComment({ ...scene.repo, comment_id: data.id });
    const heard = await scene.heard();
    expect(heard.map((one) => one.name)).toEqual([
      "issue_comment.created",
      "issue_comment.edited",
      "issue_comment.deleted",
    ]);
    expect(heard[1]?.payload).toMatchObject({ changes: { body: { from: "one" } }, comment: { body: "two" } });
    const left = await scene.octo.rest.issues.listComments({ ...scene.repo, issue_number: number });
    expect(left.data).toEqual([]);
  });

  test("without words or longer than GitHub takes are 422", async () => {
    const issue = { ...scene.repo, issue_number: await newIssue() };
    expect(await refusal(scene.octo.rest.issues.createComment({ ...issue, body: " " }))).toMatchObject({ status: 422 });
    const long = scene.octo.rest.issues.createComment({ ...issue, body: "x".repeat(65_537) });
    expect(await refusal(long)).toMatchObject({ status: 422 });
  });
});

test("the same reaction of the same person is there once: 201, then 200", async () => {
  const issue = { ...scene.repo, issue_number: await newIssue() };
  const { data: comment } = await scene.ada.rest.issues.createComment({ ...issue, body: "hello" });
  const react = () =>
    scene.bot.rest.reactions.createForIssueComment({ ...scene.repo, comment_id: comment.id, content: "eyes" });
  const first = await react();
  const second = await react();
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.data.id).toBe(first.data.id);
  const shown = await scene.octo.rest.issues.getComment({ ...scene.repo, comment_id: comment.id });
  expect(shown.data.reactions).toMatchObject({ total_count: 1, eyes: 1, "+1": 0 });
  const reaction = { ...scene.repo, comment_id: comment.id, reaction_id: first.data.id };
  expect(await refusal(scene.ada.rest.reactions.deleteForIssueComment(reaction))).toMatchObject({ status: 403 });
  await scene.bot.rest.reactions.deleteForIssueComment(reaction);
  const left = await scene.octo.rest.reactions.listForIssueComment({ ...scene.repo, comment_id: comment.id });
  expect(left.data).toEqual([]);
});

test("only collaborators can be assigned", async () => {
  const check = (assignee: string) => scene.octo.rest.issues.checkUserCanBeAssigned({ ...scene.repo, assignee });
  expect((await check("ada")).status).toBe(204);
  expect(await refusal(check("nobody"))).toMatchObject({ status: 404 });
});
