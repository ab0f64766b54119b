import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import type { FaultMode } from "../doubles/github/faults.ts";
import { start, type Story } from "../doubles/start.ts";
import { until } from "./scene.ts";
import { commentsOf, expectOneOfEach, pullsOf } from "./story.ts";

const comments = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
const issues = "/repos/{owner}/{repo}/issues/{issue_number}";

/** Every kind of write of the story, by the command that leads to it. */
const writes = {
  plan: [`POST ${comments}/reactions`, `POST ${issues}/comments`, `PATCH ${comments}`],
  approve: [
    `POST ${issues}/comments`,
    `PATCH ${comments}`,
    "POST /repos/{owner}/{repo}/git/refs",
    "POST /graphql createCommitOnBranch",
    "POST /repos/{owner}/{repo}/pulls",
    "POST /repos/{owner}/{repo}/check-runs",
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  ],
  hold: [`POST ${issues}/labels`],
  "hold off": [`DELETE ${issues}/labels/{name}`],
  merge: ["PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", `POST ${issues}/comments`],
};

/** What these write is in git, which does not lag in the local GitHub. */
const inGit = ["POST /repos/{owner}/{repo}/git/refs", "POST /graphql createCommitOnBranch"];

let stories: Story[] = [];
afterEach(async () => {
  const ending = stories;
  stories = [];
  for (const story of ending) await story.finish();
}, 30_000);
afterAll(dropTemplate);

/** Those of one line are played side by side: they wait more than they work. */
const modes: readonly FaultMode[][] = [
  ["500"],
  ["reset-before-commit"],
  ["reset-after-commit"],
  ["secondary403", "secondary429", "lag-after-write"],
];

describe("a GitHub where every kind of write fails once", () => {
  test.each(modes.map((together) => [together.join(", "), together] as const))(
    "with %s: the story ends right, with one of each",
    async (_, together) => {
      await Promise.all(
        together.map(async (mode) => {
          // The longest look for what does not show yet must outlive the lag, as 15 s do in production.
          const story = await start({
            replace: ({ settings }) => ({ settings: { ...settings, lagMs: 300 } }),
          });
          stories.push(story);
          await play(story, (command) => {
            const isLag = mode === "lag-after-write";
            for (const route of writes[command])
              if (!isLag || !inGit.includes(route)) story.github.failNext(route, mode, 1, isLag ? 2 : 1);
          });
          expect(story.github.faultsLeft()).toEqual([]);
        }),
      );
    },
    90_000,
  );

  test("with a connection that hangs: given up in time, and looked for again", async () => {
    const story = await start({ githubTimeoutMs: 1_000 });
    stories.push(story);
    await play(story, (command) => {
      if (command === "approve") story.github.failNext("POST /repos/{owner}/{repo}/pulls", "hang");
    });
    expect(story.github.faultsLeft()).toEqual([]);
  }, 60_000);
});

/** People act while the worker stands still, so that the faults hit the bot and nobody else. */
async function play(story: Story, arm: (command: keyof typeof writes) => void): Promise<void> {
  const issue = await story.openIssue();
  const scene = { ...story, issue };
  const act = async (command: keyof typeof writes, work: () => Promise<unknown>): Promise<void> => {
    await story.stopWorker();
    await work();
    await story.github.settled();
    arm(command);
    await story.startWorker();
    await story.drain();
    await caughtUp(story);
  };
  await act("plan", () => story.comment(issue, "/codegen plan"));
  const plan = (await commentsOf(scene, issue)).find(({ body }) => body.includes("- [ ] **Approve"));
  const body = plan?.body.replace("- [ ] **Approve", "- [x] **Approve");
  await act("approve", () => story.ada.api("PATCH", `${story.at}/issues/comments/${plan?.id}`, { body }));
  const [pull] = await pullsOf(scene);
  const number = pull?.number ?? 0;
  await act("hold", () => story.comment(number, "/codegen hold"));
  await act("hold off", () => story.comment(number, "/codegen hold off"));
  await act("merge", () => story.comment(number, "/codegen merge"));
  await expectOneOfEach(scene, [
    "ada: /codegen hold",
    "bot: codegen:message:answer",
    "ada: /codegen hold off",
    "bot: codegen:message:answer",
  ]);
}

/** Resolves when reads show again what was written last. */
async function caughtUp({ ada, at }: Story): Promise<void> {
  const { title } = await ada.api<{ title: string }>("POST", `${at}/issues`, { title: `Seen at ${Date.now()}` });
  await until(
    "reads have caught up with writes",
    async () =>
      (await ada.api<{ title: string }[]>("GET", `${at}/issues`)).some((issue) => issue.title === title) || undefined,
    10_000,
  );
}
