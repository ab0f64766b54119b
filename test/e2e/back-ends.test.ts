import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { quickStory } from "../doubles/quick-tests.ts";
import { startCodegenApi, type CodegenApiDouble, type Script } from "../doubles/codegen-api/codegen-api.ts";
import { dropTemplate } from "../doubles/embedded-template.ts";
import type { Conversation, Turn } from "../doubles/model/scripted-model.ts";
import { shareBot } from "../doubles/shared-bot.ts";
import type { StartOptions, Story } from "../doubles/start.ts";

let story: Story | undefined;
let codegen: CodegenApiDouble | undefined;
afterEach(async () => {
  const [ending, api] = [story, codegen];
  story = codegen = undefined;
  await ending?.finish();
  await api?.close();
}, 30_000);
const bot = shareBot();
afterAll(async () => {
  await bot.close();
  await dropTemplate();
}, 30_000);

const down: Turn = { fault: 503, retryAfter: 60 };

describe("a model that is down", () => {
  test("parks the plan and the work, tells it once, and both are done when it is back", async () => {
    const seen: string[][] = [];
    let failures = 0;
    let issue = 0;
    const running = await begin({
      script: async (conversation: Conversation) => {
        if (conversation.step > 0 || failures >= (conversation.mode === "plan" ? 3 : 6))
          return quickStory(conversation);
        failures += 1;
        seen.push(await running.answers(issue));
        return down;
      },
    });
    issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await running.drain();
    await running.comment(issue, "/codegen approve");
    await running.drain();
    expect(failures).toBe(6);
    expect(seen[0]?.join("\n")).toContain("reading the code and making a plan");
    for (const answers of seen.slice(1, 3)) {
      expect(answers).toHaveLength(1);
      expect(answers[0]).toContain("⏸️ **The plan waits.** The model server has a failure of its own (HTTP 503).");
    }
    for (const answers of seen.slice(4))
      expect(answers.join("\n")).toContain("⏸️ **The work waits.** The model server");
    const [plan, work] = await running.answers(issue);
    expect(plan).toContain("## Plan for");
    expect(work).toContain("✅ **Codegen finished");
    const runs = await running.deps.store.runs.of(await repositoryOf(running), issue, {});
    expect(runs.map(({ kind, state }) => [kind, state])).toEqual([
      ["agent", "succeeded"],
      ["plan", "succeeded"],
    ]);
  }, 60_000);

  test("for too long is given up, and the person is told why", async () => {
    const running = await begin({ script: () => down, maxWaitMs: 1_500 });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    // The last words of a job that was given up come after it has left the queue.
    await until(async () => (await running.answers(issue)).some((answer) => answer.includes("❌")));
    const answers = await running.answers(issue);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatch(
      /❌ \*\*No plan was made\.\*\* It was given up: waited .* in vain: The model server has a failure/,
    );
  }, 60_000);

  test("leaves a run that can be cancelled at once, however long it would wait", async () => {
    const running = await begin({ script: () => down, parkMs: [600_000] });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await until(async () => (await running.answers(issue)).some((answer) => answer.includes("**The plan waits.**")));
    await running.comment(issue, "/codegen cancel");
    await running.drain();
    expect(await running.answers(issue)).toEqual([
      expect.stringContaining("⏹️ **Planning was cancelled.** Cancelled by @ada."),
      expect.stringContaining("plan"),
    ]);
  }, 60_000);
});

describe("a repository that chooses its models", () => {
  const files = (models: string) => ({ ".codegen.yml": `version: 1\nagent:\n  models: ${models}\n` });

  test("gets one for plans, one for code, and one for what a review finds", async () => {
    const models = ["thinker", "coder", "mender"].map((name) => `openai-compatible:${name}`);
    const [plan, code, review] = models;
    const running = await begin({
      files: files(`{ plan: ${plan}, code: ${code}, review: ${review} }`),
      variables: { CODEGEN_MODELS: models.join(", ") },
    });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await running.drain();
    await running.comment(issue, "/codegen approve");
    await running.drain();
    const [pull] = await running.ada.api<{ number: number }[]>("GET", `${running.at}/pulls`);
    await running.comment(pull?.number ?? 0, "/codegen fix Say in the README how bulk discounts are counted.");
    await running.drain();
    const asked = (running.model?.requests() ?? []).map((request) => {
      const { model } = request.body as { model: string };
      return `${request.conversation?.mode} by ${model}`;
    });
    expect([...new Set(asked)]).toEqual(["plan by thinker", "work by coder", "work by mender"]);
  }, 60_000);

  test("is told when the operator does not allow one, and no model is asked", async () => {
    const running = await begin({ files: files("{ plan: anthropic:expensive }") });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await running.drain();
    const answers = await running.answers(issue);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("`agent.models` in `.codegen.yml` asks for `anthropic:expensive`");
    expect(answers[0]).toContain("There is: `openai-compatible:scripted`.");
    expect(running.model?.requests()).toEqual([]);
  }, 60_000);
});

describe("an agent at Codegen", () => {
  const plan = {
    problem: "Ten packs get no discount.",
    files: [{ path: "NOTES.md", change: "note it" }],
    steps: ["Note it."],
    tests: [],
    risks: [],
    questions: [],
    confidence: "high",
  };

  test("plans, opens a pull that becomes the run's, and the pull is validated", async () => {
    const running = await beginRemote(async ({ prompt }) => {
      if (prompt.startsWith("You plan")) return { status: "COMPLETE", result: JSON.stringify(plan) };
      const [, branch = ""] = /new branch named `([^`]+)`/.exec(prompt) ?? [];
      const pull = await openPull(running, branch);
      return { status: "COMPLETE", result: "I noted it.", pulls: [{ url: pull.html_url, head: branch }] };
    });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await running.drain();
    await running.comment(issue, "/codegen approve");
    await running.drain();
    const [planned, worked] = await running.answers(issue);
    expect(planned).toContain("what it used is counted by the service that did it");
    expect(planned).toMatch(/It became #\d+\./);
    expect(worked).toMatch(/✅ \*\*Codegen finished @ada's task\*\*: #\d+\.\n\nI noted it\./);
    expect(worked).toContain("`NOTES.md`");
    expect(worked).toContain("**Not in the plan, please look closely**\n- `OTHER.md`");
    const [pull] = await running.ada.api<{ head: { sha: string; ref: string } }[]>("GET", `${running.at}/pulls`);
    expect(pull?.head.ref).toBe(`codegen/issue-${issue}-ten-packs-get-no-bulk-discount`);
    const checks = await running.checkRuns(pull?.head.sha ?? "");
    expect(checks.map(({ name }) => name).toSorted()).toEqual(["codegen / syntax", "codegen / test"]);
    expect(codegen?.runs()).toHaveLength(2);
  }, 60_000);

  test.each([
    ["does not exist", async (_running: Story) => 99, /has no such pull request/],
    ["is closed", closedPull, /that pull request is closed/],
  ])(
    "that names a pull which %s is not believed",
    async (_name, make, words) => {
      let number = 0;
      const running = await beginRemote(
        () => ({
          status: "COMPLETE",
          result: "Done.",
          pulls: [{ url: `https://github.com/ada/teashop/pull/${number}`, head: "x" }],
        }),
        "agent: { plan: optional }\n",
      );
      number = await make(running);
      const issue = await running.openIssue();
      await running.comment(issue, "/codegen run Note it.");
      await running.drain();
      expect((await running.answers(issue)).join("\n")).toMatch(words);
    },
    60_000,
  );

  test("is stopped when the run that waits for it is cancelled", async () => {
    const running = await beginRemote(() => ({}), "", { parkMs: [600_000] });
    codegen?.fail({ status: 500, retryAfter: 600 }, { times: 1, path: /run\/\d+$/ });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await until(async () => (await running.answers(issue)).some((answer) => answer.includes("**The plan waits.**")));
    expect(codegen?.runs()).toMatchObject([{ status: "ACTIVE" }]);
    await running.comment(issue, "/codegen cancel");
    await running.drain();
    expect((await running.answers(issue))[0]).toContain("⏹️ **Planning was cancelled.** Cancelled by @ada.");
    expect(codegen?.runs()).toMatchObject([{ status: "CANCELLED" }]);
  }, 60_000);

  test("goes on with the same run after the service was away", async () => {
    const running = await beginRemote(() => ({ status: "COMPLETE", result: JSON.stringify(plan) }));
    codegen?.fail({ status: 500, retryAfter: 600 }, { times: 2, path: /run\/\d+$/ });
    const issue = await running.openIssue();
    await running.comment(issue, "/codegen plan");
    await running.drain();
    expect((await running.answers(issue))[0]).toContain("## Plan for");
    expect(codegen?.runs()).toHaveLength(1);
    expect(codegen?.requests().filter(({ path }) => path.endsWith("/agent/run"))).toHaveLength(1);
  }, 60_000);
});

async function begin(options: StartOptions): Promise<Story> {
  story = await bot.begin(options);
  return story;
}

/** No model of ours: the operator has an account with Codegen, and that is all there is. */
async function beginRemote(script: Script, config = "", more: StartOptions = {}): Promise<Story> {
  codegen = await startCodegenApi({ script, repositories: ["ada/teashop"], polls: 0 });
  const variables = {
    CODEGEN_API_URL: codegen.url,
    CODEGEN_API_TOKEN: codegen.token,
    CODEGEN_API_ORG: String(codegen.org),
  };
  const files = config === "" ? {} : { files: { ".codegen.yml": `version: 1\n${config}` } };
  return begin({ script: null, variables, ...files, ...more });
}

interface OpenedPull {
  readonly number: number;
  readonly html_url: string;
}

async function openPull({ ada, at }: Story, branch: string): Promise<OpenedPull> {
  const main = await ada.api<{ object: { sha: string } }>("GET", `${at}/git/ref/heads/main`);
  await ada.api("POST", `${at}/git/refs`, { ref: `refs/heads/${branch}`, sha: main.object.sha });
  for (const path of ["NOTES.md", "OTHER.md"])
    await ada.api("PUT", `${at}/contents/${path}`, {
      message: `Add ${path}`,
      content: Buffer.from("noted\n").toString("base64"),
      branch,
    });
  return ada.api<OpenedPull>("POST", `${at}/pulls`, { title: "Note it", head: branch, base: "main" });
}

async function closedPull(running: Story): Promise<number> {
  const { number } = await openPull(running, "old");
  await running.ada.api("PATCH", `${running.at}/pulls/${number}`, { state: "closed" });
  return number;
}

async function repositoryOf({ ada, at }: Story) {
  const { id, name, owner } = await ada.api<{ id: number; name: string; owner: { login: string } }>("GET", at);
  return { id, owner: owner.login, name, installation: 0 };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it did not come to that within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
