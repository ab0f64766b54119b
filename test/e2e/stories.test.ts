import { describe, expect, test } from "@jest/globals";
import { newPerson } from "../doubles/person.ts";
import { ownTests, quickTest } from "../doubles/quick-tests.ts";
import { reconcile } from "../../pipelines/reconcile/index.ts";
import { toSha } from "../../src/domain/ids.ts";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, config, openPull, pullNow, waitFor, type Pull } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

describe("plans", () => {
  test("a revision makes version 2 in the same comment, and the old version cannot be approved", async () => {
    const story = await begin({
      script: ({ mode, messages }) =>
        mode === "work"
          ? { text: "no" }
          : {
              calls: [
                {
                  tool: "finish",
                  input: {
                    problem: messages.some((message) => message.text.includes("keep the old API"))
                      ? "Second version."
                      : "First version.",
                    files: [{ path: "src/cart.js", change: "compare" }],
                    steps: ["change it"],
                    confidence: "high",
                  },
                },
              ],
            },
    });
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await story.drain();
    const [first] = await story.comments(issue).then((all) => all.slice(-1));
    await story.comment(issue, "/codegen revise keep the old API");
    await story.drain();
    const plan = (await story.comments(issue)).find((comment) => comment.id === first?.id);
    expect(plan?.body).toContain("version 2");
    expect(plan?.body).toContain("Second version.");
    const hash = /codegen:box:approve:([0-9a-f]+)/.exec(first?.body ?? "")?.[1];
    await story.comment(issue, `/codegen approve ${hash}`);
    await story.drain();
    expect((await story.answers(issue)).at(-1)).toContain("the plan changed after the version that you approved");
    expect(await story.ada.api<Pull[]>("GET", `${story.at}/pulls`)).toEqual([]);
  }, 60_000);

  test("the label and the assignment start a plan; `/codegen run` does not get past a required plan", async () => {
    const story = await begin();
    const labelled = await story.openIssue();
    await story.ada.api("POST", `${story.at}/issues/${labelled}/labels`, { labels: ["codegen:plan"] });
    await story.drain();
    expect((await story.answers(labelled))[0]).toContain("Approve and run this plan");
    const other = await story.openIssue("Another");
    await story.comment(other, "/codegen run just do it");
    await story.drain();
    expect((await story.answers(other))[0]).toContain("asks for an approved plan");
  }, 60_000);

  test("ticking the box needs the same permission as the command", async () => {
    const story = await begin();
    const helper = await newPerson(story.github.url, "linus");
    await story.ada.api("PUT", `${story.at}/collaborators/linus`, { permission: "triage" });
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan", helper);
    await story.drain();
    const plan = (await story.comments(issue)).find((comment) => comment.body.includes("codegen:message:plan"));
    await story.ada.api("PUT", `${story.at}/collaborators/linus`, { permission: "triage" });
    const ticked = plan?.body.replace("- [ ] **Approve", "- [x] **Approve");
    await expect(helper.api("PATCH", `${story.at}/issues/comments/${plan?.id}`, { body: ticked })).rejects.toThrow(
      /40[34]/,
    );
    await story.comment(issue, "/codegen approve", helper);
    await story.drain();
    expect((await story.answers(issue)).at(-1)).toContain("needs the role **write**");
  }, 60_000);

  test("running again after a pull exists continues the same pull", async () => {
    const story = await begin();
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await story.drain();
    await story.comment(issue, "/codegen approve");
    await story.drain();
    const [pull] = await story.ada.api<Pull[]>("GET", `${story.at}/pulls`);
    await story.comment(issue, "/codegen run");
    await story.drain();
    const pulls = await story.ada.api<Pull[]>("GET", `${story.at}/pulls?state=all`);
    expect(pulls.map(({ number }) => number)).toEqual([pull?.number]);
  }, 60_000);

  test("a new plan that fails, or is cancelled, leaves the one before it in its place", async () => {
    let mood: "plans" | "refuses" | "hangs" = "plans";
    const story = await begin({
      script: () => {
        if (mood === "refuses") return { fault: 401 };
        if (mood === "hangs") return { fault: "hang" };
        const plan = { problem: "First version.", files: [], steps: ["change it"], confidence: "high" };
        return { calls: [{ tool: "finish", input: plan }] };
      },
    });
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await story.drain();
    const [first = ""] = (await story.answers(issue)).map((body) =>
      body.slice(0, body.indexOf("<!-- codegen:message")),
    );
    mood = "refuses";
    await story.comment(issue, "/codegen revise keep the old API");
    await story.drain();
    const [failed] = await story.answers(issue);
    expect(failed?.startsWith(first.trimEnd())).toBe(true);
    expect(failed).toContain("❌ **No new plan was made**, @ada.");
    mood = "hangs";
    const before = story.model?.requests().length ?? 0;
    await story.comment(issue, "/codegen plan");
    await waitFor(async () => (story.model?.requests().length ?? 0) > before);
    await story.comment(issue, "/codegen cancel");
    await story.drain();
    const [cancelled] = await story.answers(issue);
    expect(cancelled?.startsWith(first.trimEnd())).toBe(true);
    expect(cancelled).toContain("⏹️ **The making of a new plan was cancelled.**");
    expect(cancelled).not.toContain("❌");
    expect(cancelled).toContain("- [ ] **Approve and run this plan**");
  }, 60_000);

  test("cancel stops a run that waits for its model, and says who cancelled", async () => {
    const story = await begin({ script: () => ({ fault: "hang" }) });
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await waitFor(async () => (story.model?.requests().length ?? 0) > 0);
    await story.comment(issue, "/codegen cancel");
    await story.drain();
    const answers = await story.answers(issue);
    expect(answers.some((answer) => answer.includes("Planning was cancelled"))).toBe(true);
    await story.comment(issue, "/codegen status");
    await story.drain();
    expect((await story.answers(issue)).at(-1)).toContain("| plan | cancelled | ada |");
  }, 60_000);
});

describe("validation and merge", () => {
  test("a failing command is a failed check with its tests, its exit code and the end of its log", async () => {
    const story = await begin({ files: config(ownTests) });
    const pull = await openPull(
      story,
      "src/cart.js",
      "export function addUp() { throw new Error('broken by this change'); }\n",
    );
    await story.drain();
    const checks = await story.checkRuns(pull.head.sha);
    const failed = checks.find((run) => run.name === "codegen / test");
    expect(failed).toMatchObject({
      status: "completed",
      conclusion: "failure",
      output: {
        title: expect.stringMatching(/^\d of \d tests failed$/),
        summary: expect.stringContaining("| ❌ failed |"),
      },
    });
    expect(failed?.output.text).toContain("broken by this change");
    await story.comment(pull.number, "/codegen merge");
    await story.drain();
    const answer = (await story.answers(pull.number)).at(-1);
    expect(answer).toContain("🛑 **Not merged yet**");
    expect(answer).toContain("- ❌ **check `codegen / test`**: failure");
    expect((await pullNow(story, pull.number)).merged).toBe(false);
  }, 60_000);

  test("a pull's own `.codegen.yml` decides nothing", async () => {
    const story = await begin();
    const pull = await openPull(
      story,
      ".codegen.yml",
      "validation: { commands: [{ name: mine, run: 'true' }] }\nmerge: { auto: true, require: { approvals: 0 } }\n",
    );
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([
      // Says what the file would change.
      "codegen / config: neutral",
      "codegen / syntax: success",
      "codegen / test: success",
    ]);
    expect((await pullNow(story, pull.number)).merged).toBe(false);
  }, 60_000);

  test("a newer head supersedes the validation of the older one", async () => {
    const story = await begin({ files: config(quickTest) });
    await story.stopWorker();
    const pull = await openPull(story, "NOTES.md", "one\n");
    await change(story, "NOTES.md", "two\n", "change");
    await story.startWorker();
    await story.drain();
    const now = await pullNow(story, pull.number);
    expect(await conclusions(story, pull.head.sha)).toEqual([]);
    expect(await conclusions(story, now.head.sha)).toEqual(["codegen / test: success"]);
  }, 60_000);

  test("a late event of an older head does not leave the newer one without its checks", async () => {
    const story = await begin({
      files: { ".codegen.yml": "validation: { commands: [{ name: slow, run: 'test ! -f WAIT || sleep 1' }] }\n" },
    });
    const pull = await openPull(story, "NOTES.md", "one\n");
    await story.drain();
    await change(story, "WAIT", "yes\n", "change");
    const now = await pullNow(story, pull.number);
    await waitFor(async () => (await story.checkRuns(now.head.sha)).length > 0);
    await lateEvent(story, pull);
    await story.drain();
    expect(await conclusions(story, now.head.sha)).toEqual(["codegen / slow: success"]);
  }, 60_000);

  test("late events of an older head, of which each takes the place of the one before, leave the newer one its checks", async () => {
    const story = await begin({ files: config(quickTest) });
    const pull = await openPull(story, "NOTES.md", "one\n");
    await story.drain();
    await story.stopWorker();
    await change(story, "NOTES.md", "two\n", "change");
    await story.github.settled();
    for (let late = 1; late <= 4; late += 1) await lateEvent(story, pull, `late-${late}`);
    await story.startWorker();
    await story.drain();
    const now = await pullNow(story, pull.number);
    expect(await conclusions(story, now.head.sha)).toEqual(["codegen / test: success"]);
  }, 60_000);

  test("a push while commands run cancels the old head's checks", async () => {
    const story = await begin({
      files: { ".codegen.yml": "validation: { commands: [{ name: slow, run: 'test -f QUICK || sleep 60' }] }\n" },
    });
    const pull = await openPull(story, "NOTES.md", "one\n");
    await waitFor(async () => (await story.checkRuns(pull.head.sha)).length > 0);
    await change(story, "QUICK", "yes\n", "change");
    await story.drain();
    const now = await pullNow(story, pull.number);
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / slow: cancelled"]);
    expect(await conclusions(story, now.head.sha)).toEqual(["codegen / slow: success"]);
  }, 60_000);

  test("with `merge.auto` an approval on the validated head merges the pull, a hold keeps it", async () => {
    const story = await begin({ files: config(quickTest, "merge: { auto: true, require: { approvals: 1 } }") });
    const reviewer = await newPerson(story.github.url, "linnea");
    await story.ada.api("PUT", `${story.at}/collaborators/linnea`, { permission: "push" });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect((await pullNow(story, pull.number)).merged).toBe(false);
    await story.comment(pull.number, "/codegen hold");
    await story.drain();
    await reviewer.api("POST", `${story.at}/pulls/${pull.number}/reviews`, {
      event: "APPROVE",
      commit_id: pull.head.sha,
    });
    await story.drain();
    expect((await pullNow(story, pull.number)).merged).toBe(false);
    await story.comment(pull.number, "/codegen hold off");
    await story.drain();
    expect((await pullNow(story, pull.number)).merged).toBe(true);
  }, 60_000);

  test("with `merge.auto` a pull that nothing is to be checked of is merged as well", async () => {
    const auto = "merge: { auto: true, require: { approvals: 0 } }";
    for (const others of ["", "triggers: { on_pull: [] }\n"]) {
      const story = await begin({ files: { ".codegen.yml": `${auto}\n${others}` } });
      const pull = await openPull(story, "NOTES.md", "notes\n");
      await story.drain();
      expect((await pullNow(story, pull.number)).merged).toBe(true);
    }
  }, 60_000);

  test("commands of one comment that are done at once are done in their order", async () => {
    const story = await begin({ files: config(quickTest, "merge: { require: { approvals: 0 } }") });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    await story.comment(pull.number, "/codegen config\n/codegen hold\n/codegen status\n/codegen merge");
    await story.drain();
    expect((await pullNow(story, pull.number)).merged).toBe(false);
    expect(await story.answers(pull.number)).toEqual([
      expect.stringContaining("Configuration in force"),
      expect.stringContaining("On hold"),
      expect.stringContaining("| validate |"),
      expect.stringContaining("❌ **not held**"),
    ]);
  }, 60_000);

  test("a merge that is asked for while checks run is seen at once, and says that it waits", async () => {
    const story = await begin({ files: config("sleep 60") });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await waitFor(async () => (await story.checkRuns(pull.head.sha)).length > 0);
    const asked = await story.comment(pull.number, "/codegen merge");
    await waitFor(async () => (await story.answers(pull.number)).length > 0);
    expect(await story.answers(pull.number)).toEqual([expect.stringContaining("the merge waits for the run")]);
    expect(await story.reactions(asked)).toEqual(["eyes"]);
    await story.comment(pull.number, "/codegen cancel");
    await story.drain();
    expect((await pullNow(story, pull.number)).merged).toBe(false);
  }, 60_000);

  test("a merge that GitHub's limit put back goes by what holds when its turn comes", async () => {
    const story = await begin({ files: config(quickTest, "merge: { require: { approvals: 0 } }") });
    const mel = await newPerson(story.github.url, "mel");
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.ada.api("PUT", `${story.at}/collaborators/mel`, { permission: "maintain" });
    await story.drain();
    const put = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge";
    const limitedMerge = async (meanwhile: () => Promise<unknown>) => {
      const before = story.github.log().length;
      story.github.failNext(put, "secondary403", 1, 1);
      await story.comment(pull.number, "/codegen merge", mel);
      const requests = () => story.github.log().slice(before);
      await waitFor(async () => requests().some(({ route, status }) => route === put && status === 403));
      await meanwhile();
      await story.drain();
      expect((await pullNow(story, pull.number)).merged).toBe(false);
      return story.answers(pull.number);
    };
    expect(await limitedMerge(() => story.comment(pull.number, "/codegen hold"))).toContainEqual(
      expect.stringContaining("❌ **not held**"),
    );
    await story.comment(pull.number, "/codegen hold off");
    await story.drain();
    const unrole = () => story.ada.api("DELETE", `${story.at}/collaborators/mel`);
    expect(await limitedMerge(unrole)).toContainEqual(
      expect.stringContaining("@mel, `/codegen merge` needs the role **maintain**"),
    );
  }, 60_000);

  test("re-running a check from its page validates the head again", async () => {
    const story = await begin({ files: config(quickTest) });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const [check] = await story.ada
      .api<{ check_runs: { id: number }[] }>("GET", `${story.at}/commits/${pull.head.sha}/check-runs`)
      .then((page) => page.check_runs);
    await story.ada.api("POST", `${story.at}/check-runs/${check?.id}/rerequest`);
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / test: success"]);
    const all = await story.ada.api<{ total_count: number }>(
      "GET",
      `${story.at}/commits/${pull.head.sha}/check-runs?filter=all`,
    );
    expect(all.total_count).toBe(2);
  }, 60_000);

  test("a command that applies to other files is skipped, and says when it runs", async () => {
    const story = await begin({
      files: { ".codegen.yml": "validation: { commands: [{ name: docs, run: 'false', when: ['docs/**'] }] }\n" },
    });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / docs: skipped"]);
  }, 60_000);

  test("the merge with the base branch is what is tested", async () => {
    const story = await begin({
      files: {
        ".codegen.yml":
          "validation: { fail_on: any, commands: [{ name: both, run: 'test -f BASE && test -f HEAD' }] }\n",
      },
    });
    const pull = await openPull(story, "HEAD", "head\n");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / both: failure"]);
    await change(story, "BASE", "base\n", "main");
    await story.comment(pull.number, "/codegen validate");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / both: success"]);
  }, 60_000);
});

describe("deliveries", () => {
  test("a delivery that GitHub sends again is answered once", async () => {
    const story = await begin();
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen help");
    await story.drain();
    const { app } = story.deps.github;
    const { data } = await app.request("GET /app/hook/deliveries", { per_page: 100 });
    const sent = data.filter((delivery) => delivery.event === "issue_comment");
    for (const delivery of sent)
      await app.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id: Number(delivery.id) });
    await story.drain();
    const again = await app.request("GET /app/hook/deliveries", { per_page: 100 });
    expect(again.data.filter((delivery) => delivery.redelivery)).toHaveLength(sent.length);
    expect(await story.answers(issue)).toHaveLength(1);
  }, 60_000);

  test("a delivery that was lost while the bot was away is asked for again by the reconcile pass", async () => {
    const story = await begin();
    const issue = await story.openIssue();
    await story.edge.close();
    await story.comment(issue, "/codegen help");
    await story.github.settled();
    await story.openEdge();
    const later = { now: () => new Date(Date.now() + 60_000) };
    await reconcile({ ...story.deps, clock: later }, story.deps.log);
    await story.drain();
    expect((await story.answers(issue))[0]).toContain("What you can ask for");
  }, 60_000);
});

/** GitHub's deliveries have no order: that the pull was opened is told once more. */
async function lateEvent(story: Story, pull: Pull, delivery = "late"): Promise<void> {
  const { id } = await story.ada.api<{ id: number }>("GET", story.at);
  const [owner = "", name = ""] = story.repository.split("/");
  const runs = await story.deps.store.runs.of({ installation: 0, id, owner, name }, pull.number);
  const repo = runs[0]?.repo ?? { installation: 0, id, owner, name };
  await story.queue.enqueue("validate", {
    v: 1,
    delivery,
    repo,
    pull: pull.number,
    head: toSha(pull.head.sha),
    trigger: { kind: "event", name: "pull_request.opened", actor: { id: 1, login: "ada" } },
  });
}
