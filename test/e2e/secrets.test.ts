/** A secret of the operator's, from his file into the steps that name it. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { start, type Story } from "../doubles/start.ts";
import { conclusions, openForkPull, openPull, type Pull } from "./pull.ts";

const value = "hunter2-and-more";
const printing =
  'echo it is $DEPLOY_KEY; echo $DEPLOY_KEY | base64; printf "1..1\\nnot ok 1 - %s\\n" $DEPLOY_KEY >out.tap; exit 1';
const file = `
agent: { plan: optional, max_attempts: 0 }
environment: { secrets: [DEPLOY_KEY, UNSET] }
validation:
  forks: validate
  fail_on: any
  commands:
    - { name: with, run: ${JSON.stringify(printing)}, secrets: [DEPLOY_KEY], report: out.tap }
    - { name: without, run: 'test -z "$DEPLOY_KEY"' }
    - { name: unset, run: echo ran, secrets: [DEPLOY_KEY, UNSET] }
  deploy: { start: echo up with $DEPLOY_KEY; sleep 60, port: 3000, ready: { log: up with }, secrets: [DEPLOY_KEY] }
`;

let folder: string;
let story: Story;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codegen-secrets-"));
  const path = join(folder, "secrets.yml");
  await writeFile(path, `ada: { DEPLOY_KEY: ${value} }\n`);
  await chmod(path, 0o600);
  story = await start({ files: { ".codegen.yml": file }, variables: { CODEGEN_SECRETS_PATH: path } });
}, 60_000);
afterAll(async () => {
  await story.finish();
  await rm(folder, { recursive: true });
  await dropTemplate();
}, 60_000);

interface Check {
  readonly name: string;
  readonly conclusion: string | null;
  readonly output: { readonly summary: string | null; readonly text: string | null };
}

/** The check runs of a commit, those of one name as one: the newest. */
async function checks(sha: string): Promise<Record<string, Check>> {
  return Object.fromEntries((await story.checkRuns(sha)).map((check) => [check.name.replace("codegen / ", ""), check]));
}

/** What the journal keeps of the validations of a pull. */
async function journal(pull: number): Promise<string> {
  const { id } = await story.ada.api<{ id: number }>("GET", story.at);
  const runs = await story.deps.store.runs.of({ installation: 0, id, owner: "ada", name: "teashop" }, pull);
  const steps = runs.flatMap((run) => ["with", "without", "unset"].map((name) => [run.id, `run ${name}`] as const));
  const results = await Promise.all(steps.map(([run, name]) => story.deps.store.steps.finished(run, name)));
  return JSON.stringify(results);
}

describe("a secret", () => {
  test("is given to the command and the application that name it and to nothing else, and shown nowhere", async () => {
    const pull = await openPull(story, "NOTES.md", "notes\n", "notes");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([
      "codegen / deploy: success",
      "codegen / unset: action_required",
      "codegen / with: failure",
      "codegen / without: success",
    ]);
    const { with: given, unset, deploy } = await checks(pull.head.sha);
    expect(deploy?.output.text).toContain("up with [redacted]");
    expect(given?.output.text).toContain("it is [redacted]\n[redacted]");
    expect(given?.output.summary).toContain("❌ \\[redacted\\]");
    expect(unset?.output.summary).toContain("`UNSET` has no value at this bot");
    const all = [await journal(pull.number), await checks(pull.head.sha), await story.answers(pull.number)];
    expect(JSON.stringify(all)).toContain("[redacted]");
    expect(JSON.stringify(all)).not.toMatch(
      new RegExp(`${value}|${Buffer.from(value).toString("base64").slice(0, 18)}`),
    );
  }, 60_000);

  test("is never given to a pull from a fork, not even when the owner asks", async () => {
    const pull = await openForkPull(story, "NOTES.md", "notes\n");
    await story.drain();
    story.passTime(5);
    await story.comment(pull.number, "/codegen validate");
    await story.drain();
    const { with: withheld, without, deploy } = await checks(pull.head.sha);
    expect([withheld, without, deploy].map((check) => check?.conclusion)).toEqual([
      "action_required",
      "success",
      "action_required",
    ]);
    expect(withheld?.output.summary).toContain("no pull from a fork gets a secret");
  }, 60_000);

  test("is given to an agent's commit once somebody with write access asks", async () => {
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen run");
    await story.drain();
    const pulls = await story.ada.api<Pull[]>("GET", `${story.at}/pulls`);
    const pull = pulls.find(({ head }) => head.ref.startsWith("codegen/"));
    const unasked = await checks(pull?.head.sha ?? "");
    expect(unasked.with).toMatchObject({ conclusion: "action_required" });
    expect(unasked.with?.output.summary).toContain("is a bot's");
    await story.comment(pull?.number ?? 0, "/codegen validate");
    await story.drain();
    expect((await checks(pull?.head.sha ?? "")).with?.output.text).toContain("it is [redacted]");
  }, 60_000);
});
