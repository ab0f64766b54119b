/** What people see of a pull's checks, and what they can do about them: buttons, `/codegen retry`, the one comment that sums them up. */
import { describe, expect, test } from "@jest/globals";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Person } from "../doubles/person.ts";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, openPull, pullNow, waitFor } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

/** `fixed` fails until the base has a file, for what is tested is the merge with it. */
const files = {
  ".codegen.yml": [
    "validation:",
    "  fail_on: any",
    "  commands:",
    "    - { name: fine, run: 'true' }",
    "    - { name: fixed, run: test -f fixed.txt }",
    "",
  ].join("\n"),
};

interface ShownRun {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string | null;
  readonly output: { readonly summary: string };
}

async function allRuns(story: Story, sha: string): Promise<ShownRun[]> {
  const path = `${story.at}/commits/${sha}/check-runs?filter=all&per_page=100`;
  return (await story.ada.api<{ check_runs: ShownRun[] }>("GET", path)).check_runs;
}

async function runNamed(story: Story, sha: string, name: string): Promise<ShownRun> {
  const found = (await allRuns(story, sha)).find((run) => run.name === name);
  if (found === undefined) throw new Error(`there is no check run ${name}`);
  return found;
}

/** Presses a button on the page of a check run, as only a browser can. */
async function press(story: Story, run: ShownRun, identifier: string, by: Person): Promise<number> {
  const answer = await fetch(`${story.github.url}/${story.repository}/runs/${run.id}/action`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: `act_as=${by.login}`, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ identifier }).toString(),
  });
  return answer.status;
}

async function summaries(story: Story, number: number): Promise<string[]> {
  return (await story.answers(number)).filter((body) => body.includes("codegen:message:checks "));
}

describe("the comment that sums up the checks", () => {
  test("comes with the first thing to say, and stays true from head to head", async () => {
    const story = await begin({ files });
    const { number, head } = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const [said = "", ...more] = await summaries(story, number);
    expect(more).toEqual([]);
    expect(said).toContain(`❌ **1 of 2 checks did not pass** at \`${head.sha.slice(0, 7)}\`.`);
    const { id, output } = await runNamed(story, head.sha, "codegen / fixed");
    expect(said).toContain(`[\`fixed\`](${story.github.url}/${story.repository}/runs/${id}) | ❌ failed |`);
    expect(output.summary).toContain(`git fetch origin pull/${number}/head`);
    expect(output.summary).toContain(`git checkout ${head.sha}`);

    await change(story, "fixed.txt", "yes\n", "change");
    await story.drain();
    const next = await pullNow(story, number);
    expect(await summaries(story, number)).toEqual([
      expect.stringContaining(`✅ **All checks pass** at \`${next.head.sha.slice(0, 7)}\`.`),
    ]);
  }, 60_000);

  test("does not come while all is well", async () => {
    const story = await begin({ files: { ...files, "fixed.txt": "yes\n" } });
    const { number } = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await story.answers(number)).toEqual([]);
  }, 60_000);
});

test("what a command does to files is seen by no other command and by no later run, which begins with the same files", async () => {
  const lines = [
    "validation:",
    "  commands:",
    "    - { name: spoil, run: sh spoil.sh, report: junit.xml }",
    "    - { name: other, run: 'grep -qx plain kept.txt && test -f gone.txt && grep -q old junit.xml' }",
  ];
  const spoil =
    "grep -qx plain kept.txt && rm gone.txt && mkdir new && echo spoilt >kept.txt && echo '<testsuites/>' >junit.xml";
  const plain = { "kept.txt": "plain\n", "gone.txt": "", "junit.xml": "<old/>\n", "spoil.sh": spoil };
  const story = await begin({ files: { ".codegen.yml": lines.join("\n"), ...plain } });
  const pull = await openPull(story, "NOTES.md", "1\n");
  for (const round of ["first", "second"]) {
    if (round === "second") await change(story, "NOTES.md", "2\n", pull.head.ref);
    await story.drain();
    const { head } = await pullNow(story, pull.number);
    expect(await conclusions(story, head.sha)).toEqual(["codegen / other: success", "codegen / spoil: success"]);
    const kept: string[] = [];
    for await (const path of glob(join(story.deps.dataDir, "trees/*/*/files/kept.txt"))) kept.push(path);
    expect(await Promise.all(kept.map((path) => readFile(path, "utf8")))).toEqual(["plain\n"]);
  }
}, 60_000);

test("`/codegen retry` runs what did not pass again, and leaves what passed", async () => {
  const story = await begin({ files });
  const { number, head } = await openPull(story, "NOTES.md", "notes\n");
  await story.drain();
  await change(story, "fixed.txt", "yes\n", "main");
  await story.comment(number, "/codegen retry");
  await story.drain();
  expect(await conclusions(story, head.sha)).toEqual(["codegen / fine: success", "codegen / fixed: success"]);
  expect((await allRuns(story, head.sha)).map(({ name }) => name).toSorted()).toEqual([
    "codegen / fine",
    "codegen / fixed",
    "codegen / fixed",
  ]);
  expect((await story.answers(number)).at(-1)).toContain("The check `fixed` runs again");
  expect(await summaries(story, number)).toEqual([expect.stringContaining("✅ **All checks pass**")]);
  await story.comment(number, "/codegen retry");
  await story.drain();
  expect((await story.answers(number)).at(-1)).toContain("there is nothing to try again");
}, 60_000);

test("a check at work shows what runs and what it prints, by few writes, and no secret", async () => {
  const secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB";
  const story = await begin({
    progressMs: 100,
    files: { ".codegen.yml": `validation: { commands: [{ name: slow, run: 'echo begun ${secret}; sleep 2' }] }\n` },
  });
  const { head } = await openPull(story, "NOTES.md", "notes\n");
  const shown = async () => (await story.checkRuns(head.sha))[0]?.output;
  await waitFor(async () => (await shown())?.text?.includes("begun") === true);
  const { title, text } = (await shown()) ?? {};
  expect(title).toMatch(/^Running for [\d.]+ s$/);
  expect(text).not.toContain(secret);
  await story.drain();
  expect((await shown())?.title).toMatch(/^Passed in/);
  const writes = story.github.log().filter(({ method, path }) => method === "PATCH" && path.includes("/check-runs/"));
  expect(writes.length).toBeLessThan(9);
}, 60_000);

describe("a button under a check", () => {
  test("runs it again, or sends the agent after it, in the name of who pressed it", async () => {
    const story = await begin({ files });
    const { number, head } = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const failed = await runNamed(story, head.sha, "codegen / fixed");
    expect(await press(story, failed, "rerun", story.ada)).toBe(303);
    await story.drain();
    expect((await allRuns(story, head.sha)).length).toBe(3);
    expect(await press(story, failed, "fix", story.ada)).toBe(303);
    await story.drain();
    expect((await story.answers(number)).at(-1)).toMatch(/Codegen|mended/);
    expect((await story.answers(number)).at(-1)).toContain("@ada");
    expect(await press(story, await runNamed(story, head.sha, "codegen / fine"), "fix", story.ada)).toBe(404);
  }, 60_000);

  test("is refused on the pull to who may not write any more", async () => {
    const story = await begin({ files });
    await story.ada.api("PUT", `${story.at}/collaborators/grace`, { permission: "push" });
    const { number, head } = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const failed = await runNamed(story, head.sha, "codegen / fixed");
    await story.stopWorker();
    for (const button of ["fix", "rerun"]) expect(await press(story, failed, button, story.grace)).toBe(303);
    await story.github.settled();
    await story.ada.api("DELETE", `${story.at}/collaborators/grace`);
    await story.startWorker();
    await story.drain();
    expect((await allRuns(story, head.sha)).length).toBe(2);
    expect((await story.answers(number)).at(-1)).toContain("@grace");
    expect((await story.answers(number)).at(-1)).toContain("needs the role **write**");
  }, 60_000);
});
