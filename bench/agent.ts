/**
 * `npm run bench:agent`: what a run with an agent costs besides the model's own time, with a scripted model on the sample repository, and
 * whether the stories of agent runs end as they should. Everything else is real, with the times of production.
 *
 *   --samples N     commands whose first answer is timed (default 20)
 *   --skip-stories  leave out the stories, which take minutes
 */
import { dropTemplate } from "../test/doubles/embedded-template.ts";
import type { Conversation, Turn } from "../test/doubles/model/scripted-model.ts";
import { start, type Story } from "../test/doubles/start.ts";
import { agentStories } from "../test/e2e/agent-stories/index.ts";
import { call, files, finish, plan, rightEdit, script } from "../test/e2e/agent-stories/story.ts";
import { waitFor } from "../test/e2e/pull.ts";
import { percentile } from "./percentile.ts";
import { readOptions } from "./options.ts";
import { report } from "./report.ts";

const values = readOptions(import.meta.url, {
  samples: { type: "string", default: "20" },
  "skip-stories": { type: "boolean", default: false },
});
const samples = Math.max(1, Math.trunc(Number(values.samples)) || 20);

console.error("overhead of a step …");
const ours = await stepOverheads();
console.error("first answers …");
const answers = await firstAnswers();
console.error("cancel …");
const cancel = await cancelSeconds();
console.error("writes …");
const written = await writesFromPlanToPull();
const passed = values["skip-stories"] ? undefined : await playStories();
await dropTemplate();

report({
  bench: "agent",
  rows: [
    {
      key: "step_overhead_p95_ms",
      what: `our part of a step, p95 of ${ours.length}`,
      value: percentile(ours, 95),
      unit: "ms",
      goal: { max: 50 },
    },
    { key: "step_overhead_p50_ms", what: "the same, median", value: percentile(ours, 50), unit: "ms" },
    {
      key: "first_answer_p95_ms",
      what: `👀 and “working” after the comment, p95 of ${answers.length}`,
      value: percentile(answers, 95),
      unit: "ms",
      goal: { max: 2_000 },
    },
    { key: "first_answer_p50_ms", what: "the same, median", value: percentile(answers, 50), unit: "ms" },
    { key: "cancel_s", what: "`/codegen cancel` to stopped, worst of 3", value: cancel, unit: "s", goal: { max: 3 } },
    { key: "writes_plan_to_pull", what: "writes to GitHub, plan to pull", value: written, unit: "", goal: { max: 12 } },
    {
      key: "stories_passed",
      what: "stories that end as they should",
      value: passed,
      unit: "",
      goal: { min: agentStories.length },
    },
    { key: "stories_total", what: "of", value: agentStories.length, unit: "", goal: { min: 12 } },
  ],
});

/**
 * From the end of the model's answer to its next request: reading the answer, the tool on real files, the journal, the next request. Tools of
 * every kind but commands of the repository, whose time is their own.
 */
async function stepOverheads(): Promise<number[]> {
  const tools: Turn[] = [
    call("read", { path: "src/cart.js" }),
    call("search", { text: "bulk" }),
    call("list", { directory: "" }),
    call("write", { path: "NOTES.md", content: "notes\n" }),
    { calls: ["src/cart.js", "src/page.js", "README.md"].map((path) => ({ tool: "read", input: { path } })) },
  ];
  const overheads: number[] = [];
  let answered: number | undefined;
  const timed = (conversation: Conversation): Turn => {
    if (conversation.step > 0 && answered !== undefined) overheads.push(performance.now() - answered);
    const { step } = conversation;
    const turn = step < 50 ? (tools[step % tools.length] ?? { text: "no" }) : step === 50 ? rightEdit : finish("Done");
    answered = performance.now();
    return turn;
  };
  await during({ files: files(), script: timed }, async (story) => {
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen run");
    await story.drain();
  });
  return overheads;
}

/** From the comment to both answers on GitHub, one command after the other on issues of their own. */
async function firstAnswers(): Promise<number[]> {
  const times: number[] = [];
  await during({ files: files(), script: () => plan("The tenth pack gets no discount.") }, async (story) => {
    for (let count = 0; count < samples; count += 1) {
      const issue = await story.openIssue(`Issue ${count}`);
      await story.github.settled();
      const began = performance.now();
      const command = await story.comment(issue, "/codegen plan");
      await waitFor(
        async () => (await story.reactions(command)).includes("eyes") && (await story.answers(issue)).length > 0,
      );
      times.push(performance.now() - began);
      await story.drain();
    }
  });
  return times;
}

/** While the model thinks: until the run has ended and said so. */
async function cancelSeconds(): Promise<number> {
  const times: number[] = [];
  await during({ files: files(), script: () => ({ fault: "hang" }) }, async (story) => {
    for (let count = 0; count < 3; count += 1) {
      const issue = await story.openIssue(`Issue ${count}`);
      const before = story.model?.requests().length ?? 0;
      await story.comment(issue, "/codegen run");
      await waitFor(async () => (story.model?.requests().length ?? 0) > before);
      const began = performance.now();
      await story.comment(issue, "/codegen cancel");
      await waitFor(async () => (await story.answers(issue)).join("\n").includes("The work was cancelled"));
      times.push((performance.now() - began) / 1000);
      await story.drain();
    }
  });
  return Math.max(...times);
}

/** What the bot changes on GitHub from the command to the finished pull, validation and tokens left out. */
async function writesFromPlanToPull(): Promise<number> {
  let count = 0;
  await during({ script: script([rightEdit, finish("Grant the discount")]) }, async (story) => {
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await story.drain();
    await story.comment(issue, "/codegen approve");
    await story.drain();
    const log = await fetch(`${story.github.url}/_admin/log`).then(
      (answer) => answer.json() as Promise<{ method: string; route: string | null; path: string; actor: string }[]>,
    );
    const writes = log.filter(
      ({ method, route, path, actor }) =>
        method !== "GET" &&
        actor !== "ada" &&
        actor !== "grace" &&
        route !== null &&
        !path.includes("access_tokens") &&
        !path.includes("check-runs") &&
        !path.startsWith("/_admin") &&
        !path.startsWith("/app") &&
        !path.includes(".git/"),
    );
    for (const { method, path, actor } of writes) console.error(`  ${method} ${path} (${actor})`);
    count = writes.length;
  });
  return count;
}

async function playStories(): Promise<number> {
  let ended = 0;
  for (const told of agentStories) {
    try {
      const story = await start(told.options);
      try {
        await told.play(story);
      } finally {
        await story.finish();
      }
      ended += 1;
      console.error(`  ✓ ${told.name}`);
    } catch (error) {
      console.error(`  ✗ ${told.name}\n    ${String(error instanceof Error ? error.message : error).slice(0, 1_000)}`);
    }
  }
  return ended;
}

async function during(options: Parameters<typeof start>[0], work: (story: Story) => Promise<void>): Promise<void> {
  const story = await start({ realTimes: true, ...options });
  try {
    await work(story);
  } finally {
    await story.finish();
  }
}
