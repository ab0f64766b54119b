/** Stories of agent runs, for the tests and for `npm run bench:agent`: how one is told, and what they all need. */
import assert from "node:assert/strict";
import { quickFiles, quickTest } from "../../doubles/quick-tests.ts";
import type { Conversation, Script, Turn } from "../../doubles/model/scripted-model.ts";
import type { StartOptions, Story } from "../../doubles/start.ts";
import { pullNow, type Pull } from "../pull.ts";

export interface AgentStory {
  /** A sentence about what the bot does. */
  readonly name: string;
  readonly options: StartOptions;
  /** @throws AssertionError when the bot does something else */
  play(story: Story): Promise<void>;
}

/** A repository whose file lets agents work without a plan, besides what is added. Its pulls are not analysed: that is another story. */
export function files(agent = "plan: optional", more = "", test = quickTest): Record<string, string> {
  const validation = `validation: { commands: [{ name: test, run: ${test}, timeout: 2m }] }`;
  const unanalysed = 'analysis: { ignore: ["**"] }';
  const file = `version: 1\nagent: { ${agent} }\n${validation}\n${unanalysed}\n${more}`;
  return { ...quickFiles, ".codegen.yml": file };
}

export const call = (tool: string, input: unknown): Turn => ({ calls: [{ tool, input }] });

export const edit = (path: string, oldText: string, newText: string): Turn => call("edit", { path, oldText, newText });

export const finish = (title: string, more: Record<string, unknown> = {}): Turn =>
  call("finish", { title, summary: `${title}.`, testsRun: [], openPoints: [], ...more });

export const plan = (problem: string): Turn =>
  call("finish", {
    problem,
    files: [{ path: "src/cart.js", change: "compare with `>=`" }],
    steps: ["Change the comparison."],
    confidence: "high",
  });

/** The border of the discount, as the issue asks for it. */
export const rightEdit = edit("src/cart.js", "packs > bulkFrom", "packs >= bulkFrom");
/** No order gets a discount: the test of twenty packs fails. */
export const wrongEdit = edit("src/cart.js", "packs > bulkFrom", "packs > bulkFrom + 100");

/** Turns for work, and for each further piece of work on the same pull; plans are made by `plan`. */
export function script(work: readonly Turn[], ...mending: (readonly Turn[])[]): Script {
  let pieces = 0;
  return (conversation: Conversation): Turn => {
    if (conversation.mode === "plan") return plan("The tenth pack gets no discount.");
    const mends = isMending(conversation);
    if (mends && conversation.step === 0) pieces += 1;
    const turns = mends ? (mending[pieces - 1] ?? []) : work;
    return turns[conversation.step] ?? { text: "I have nothing to add." };
  };
}

export function isMending({ messages }: Conversation): boolean {
  return messages.some(
    ({ role, text }) => role === "user" && text.includes("The files are those of a pull that is in review"),
  );
}

/** What the model was told first in its newest conversation. */
export function lastTask(story: Story): string {
  const messages = story.model?.requests().at(-1)?.conversation?.messages ?? [];
  return messages.find(({ role }) => role === "user")?.text ?? "";
}

/** An issue, and `/codegen run` on it, until nothing is left to do. */
export async function run(story: Story, command = "/codegen run"): Promise<{ issue: number; pull: Pull | undefined }> {
  const issue = await story.openIssue();
  await story.comment(issue, command);
  await story.drain();
  return { issue, pull: await onlyPull(story) };
}

export async function onlyPull(story: Story): Promise<Pull | undefined> {
  const pulls = await story.ada.api<Pull[]>("GET", `${story.at}/pulls?state=all`);
  assert.ok(pulls.length <= 1, "there is more than one pull");
  return pulls[0] === undefined ? undefined : pullNow(story, pulls[0].number);
}

export function numberOf(pull: Pull | undefined): number {
  assert.ok(pull, "there is no pull");
  return pull.number;
}

/** The bot's words in a thread, as one text. */
export async function words(story: Story, number: number): Promise<string> {
  return (await story.answers(number)).join("\n\n");
}

export async function conclusionOf(
  story: Story,
  pull: Pull | undefined,
  name = "codegen / test",
): Promise<string | null> {
  const checks = await story.checkRuns(pull?.head.sha ?? "");
  return checks.find((check) => check.name === name)?.conclusion ?? null;
}

export async function commitsOf(story: Story, pull: number): Promise<{ sha: string; message: string }[]> {
  const commits = await story.ada.api<{ sha: string; commit: { message: string } }[]>(
    "GET",
    `${story.at}/pulls/${pull}/commits`,
  );
  return commits.map(({ sha, commit }) => ({ sha, message: commit.message }));
}

export async function fileAt(story: Story, path: string, ref: string): Promise<string | null> {
  const file = await story.ada
    .api<{ content: string }>("GET", `${story.at}/contents/${path}?ref=${ref}`)
    .catch(() => null);
  return file === null ? null : Buffer.from(file.content, "base64").toString();
}
