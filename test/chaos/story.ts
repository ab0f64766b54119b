/** What the people of the story do, and what must be found on GitHub when it is over, whatever happened to the bot. */
import { expect } from "@jest/globals";
import { until, type Scene } from "./scene.ts";

/** Where the story plays. */
export type Stage = Pick<Scene, "github" | "ada" | "at" | "issue">;

interface Comment {
  id: number;
  body: string;
  user: { login: string };
}

interface Pull {
  number: number;
  state: string;
  merged_at: string | null;
  head: { sha: string; ref: string };
}

interface CheckRun {
  name: string;
  status: string;
  conclusion: string | null;
}

/**
 * From `/codegen plan` to the merge; each person waits for what they would wait for.
 * @param then is called after each run of the story
 */
export async function playStory(scene: Scene, ms: number, then = async (): Promise<void> => undefined): Promise<void> {
  const { ada, at, issue } = scene;
  const over = async (kind: string): Promise<void> => {
    const isOver = (): true | undefined =>
      scene.diary().some((entry) => entry.what === "ended" && entry.kind === kind && entry.state === "succeeded") ||
      undefined;
    await until(`the ${kind} run succeeds`, isOver, ms);
    await then();
  };
  await ada.api("POST", `${at}/issues/${issue}/comments`, { body: "/codegen plan" });
  await over("plan");
  const plan = (await commentsOf(scene, issue)).find((comment) => comment.body.includes("- [ ] **Approve"));
  if (plan === undefined) throw new Error("planning is over, but no plan is there to approve");
  const body = plan.body.replace("- [ ] **Approve", "- [x] **Approve");
  await ada.api("PATCH", `${at}/issues/comments/${plan.id}`, { body });
  await over("agent");
  await over("validate");
  const [pull] = await pullsOf(scene);
  await ada.api("POST", `${at}/issues/${pull?.number}/comments`, { body: "/codegen merge" });
  await over("merge");
}

/** One plan comment, one work comment, one pull, one commit, one check run per name, one merge; and nothing of it half done. */
export async function expectOneOfEach(scene: Stage, onPullBetween: readonly string[] = []): Promise<void> {
  const { ada, at, issue, github } = scene;
  const [pull, ...more] = await pullsOf(scene);
  if (pull === undefined) throw new Error("there is no pull");
  expect(more).toEqual([]);
  expect((await ada.api<{ merged: boolean }>("GET", `${at}/pulls/${pull.number}`)).merged).toBe(true);
  expect((await ada.api<{ state: string }>("GET", `${at}/issues/${issue}`)).state).toBe("closed");

  const onIssue = await commentsOf(scene, issue);
  const onPull = await commentsOf(scene, pull.number);
  expect(onIssue.map(toLine)).toEqual([
    "ada: /codegen plan",
    "bot: codegen:message:plan",
    "bot: codegen:message:agent",
  ]);
  expect(onPull.map(toLine)).toEqual([...onPullBetween, "ada: /codegen merge", "bot: codegen:message:merge"]);
  for (const comment of [...onIssue, ...onPull].filter(({ body }) => body.startsWith("/codegen"))) {
    const reactions = await ada.api<{ content: string }[]>("GET", `${at}/issues/comments/${comment.id}/reactions`);
    expect(reactions.map(({ content }) => content)).toEqual(["eyes"]);
  }

  const commits = await ada.api<{ sha: string }[]>("GET", `${at}/pulls/${pull.number}/commits`);
  expect(commits).toHaveLength(1);
  const checks = await ada.api<{ check_runs: CheckRun[] }>(
    "GET",
    `${at}/commits/${pull.head.sha}/check-runs?filter=all&per_page=100`,
  );
  expect(
    checks.check_runs.map(({ name, status, conclusion }) => `${name}: ${status} ${conclusion}`).toSorted(),
  ).toEqual(["analysis", "syntax", "test"].map((name) => `codegen / ${name}: completed success`));
  // The first commit and the squashed one.
  expect(await ada.api<object[]>("GET", `${at}/commits?sha=main`)).toHaveLength(2);
  const branches = await ada.api<{ name: string }[]>("GET", `${at}/branches`);
  expect(branches.map(({ name }) => name).filter((name) => name !== "main" && name !== pull.head.ref)).toEqual([]);
  expect(github.violations()).toEqual([]);
}

export async function commentsOf({ ada, at }: Stage, number: number): Promise<Comment[]> {
  return ada.api<Comment[]>("GET", `${at}/issues/${number}/comments?per_page=100`);
}

export async function pullsOf({ ada, at }: Stage): Promise<Pull[]> {
  return ada.api<Pull[]>("GET", `${at}/pulls?state=all`);
}

function toLine({ user, body }: Comment): string {
  if (!user.login.endsWith("[bot]")) return `${user.login}: ${body}`;
  return `bot: ${/codegen:message:[a-z]+/.exec(body)?.[0] ?? body}`;
}
