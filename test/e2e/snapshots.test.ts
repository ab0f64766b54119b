/** Set-ups that are done once, and for whom what they leave is kept. */
import { describe, expect, test } from "@jest/globals";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, openForkPull, openPull, waitFor } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

/**
 * The set-up runs the repository's own script, as `npm ci` runs those of packages, and leaves when it ran. What it makes must not be
 * taken for made of the files of a run, which are other ones.
 */
const files = {
  ".codegen.yml": [
    "environment: { setup: [sh install.sh], files: [lock] }",
    "validation: { commands: [{ name: show, run: cat made/by made/when && find lock -newer made/when | grep -q lock }] }",
    "",
  ].join("\n"),
  ".gitignore": "made\n",
  lock: "1\n",
  "install.sh": "mkdir -p made; echo base >made/by; cat lock >>made/by; date +%s%N >made/when\n",
};

/** What the check of a head printed: who made the environment, by which lock, and when. */
async function shown(story: Story, sha: string): Promise<{ by: string; when: string; summary: string }> {
  const [run] = await story.checkRuns(sha);
  const [, log = ""] = /```\n([\s\S]*?)\n```/.exec(run?.output.text ?? "") ?? [];
  const [by = "", lock = "", when = ""] = log.trim().split("\n");
  return { by: `${by} ${lock}`, when, summary: run?.output.summary ?? "" };
}

async function scopes(story: Story): Promise<string[]> {
  const own = (await story.deps.snapshots.list()).filter(({ name }) => name === story.repository);
  return own.map(({ scope }) => (scope === "base" ? scope : `#${scope}`)).toSorted();
}

/** A snapshot is used before it is on the disk, so it may be listed a little later. */
async function expectScopes(story: Story, expected: readonly string[]): Promise<void> {
  await waitFor(async () => (await scopes(story)).length >= expected.length).catch(() => undefined);
  expect(await scopes(story)).toEqual(expected);
}

describe("a set-up", () => {
  test("runs once for all pulls that leave it alone, and never with a pull's own scripts for others", async () => {
    const story = await begin({ files });
    // Its author hopes that what the script leaves serves others.
    const hostile = await openPull(
      story,
      "install.sh",
      "mkdir -p made; echo evil >made/by; date +%s%N >made/when\n",
      "evil",
    );
    await story.drain();
    const first = await shown(story, hostile.head.sha);
    expect(first.by).toBe("base 1");
    expect(await conclusions(story, hostile.head.sha)).toEqual(["codegen / show: success"]);
    await expectScopes(story, ["base"]);
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    const second = await shown(story, pull.head.sha);
    expect(second).toMatchObject({ by: "base 1", when: first.when });
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / show: success"]);
    expect(second.summary).not.toContain("Set-up");
  }, 60_000);

  test("runs anew in the pull that changes what it depends on, for that pull alone, and the check says so", async () => {
    const story = await begin({ files });
    const before = await openPull(story, "NOTES.md", "notes\n", "before");
    const pull = await openPull(story, "lock", "2\n", "newer");
    await story.drain();
    const changed = await shown(story, pull.head.sha);
    expect(changed.by).toBe("base 2");
    expect(changed.summary).toMatch(
      /\*\*Set-up:\*\* it depends on `lock`, which is not as on the base\. It was run anew for this pull: passed in [\d.]+ s\./,
    );
    await expectScopes(story, [`#${pull.number}`, "base"]);
    // The same change of somebody else makes their own.
    const copy = await openForkPull(story, "lock", "2\n");
    await story.drain();
    // Who asks has seen the head: not in the second in which it was pushed.
    story.passTime(5);
    await story.comment(copy.number, "/codegen validate");
    await story.comment(pull.number, "/codegen validate");
    await story.comment(before.number, "/codegen validate");
    await story.drain();
    const again = await shown(story, pull.head.sha);
    expect(again.when).toBe(changed.when);
    expect(again.summary).toMatch(/It passed for this pull before, in [\d.]+ s, and was not run again\./);
    expect((await shown(story, copy.head.sha)).when).not.toBe(changed.when);
    expect((await shown(story, before.head.sha)).by).toBe("base 1");
    await expectScopes(story, [`#${pull.number}`, `#${copy.number}`, "base"]);
  }, 60_000);

  test("is spared to agents as well, and the metrics say what was spared", async () => {
    const counts = async (story: Story) => {
      const text = await story.deps.meter.text(story.deps.snapshots);
      const of = (result: string) =>
        Number(new RegExp(`^codegen_snapshot_looks_total\\{result="${result}"\\} (\\d+)`, "m").exec(text)?.[1]);
      return { hit: of("hit"), miss: of("miss") };
    };
    const own = await begin({
      files: { ...files, ".codegen.yml": `agent: { plan: never }\n${files[".codegen.yml"]}` },
    });
    const before = await counts(own);
    const issue = await own.openIssue();
    await own.comment(issue, "/codegen run");
    await own.drain();
    const [pull] = await own.ada.api<{ head: { sha: string } }[]>("GET", `${own.at}/pulls`);
    expect((await shown(own, pull?.head.sha ?? "")).by).toBe("base 1");
    // The agent's run did the set-up, the validation of its pull began with what that left.
    const after = await counts(own);
    expect({ hit: after.hit - before.hit, miss: after.miss - before.miss }).toEqual({ hit: 1, miss: 1 });
  }, 60_000);

  test("of a pull's own file is tried in that pull, and applied to nobody", async () => {
    const story = await begin({ files });
    const changed = files[".codegen.yml"].replace("sh install.sh", "cat /etc/hostname; sh install.sh; exit 7");
    const pull = await openPull(story, ".codegen.yml", changed);
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / config: failure", "codegen / show: success"]);
    const config = (await story.checkRuns(pull.head.sha)).find(({ name }) => name === "codegen / config");
    expect(config?.output.title).toBe("The set-up of this pull's .codegen.yml fails");
    expect(config?.output.summary).toContain("did not succeed (exit code 7, ");
    await change(story, ".codegen.yml", files[".codegen.yml"].replace("install.sh]", "install.sh, 'true']"), "change");
    await story.drain();
    const { head } = await story.ada.api<{ head: { sha: string } }>("GET", `${story.at}/pulls/${pull.number}`);
    expect(await conclusions(story, head.sha)).toEqual(["codegen / config: neutral", "codegen / show: success"]);
    await expectScopes(story, ["base"]);
  }, 60_000);

  test("that fails is kept for nobody, and neither is one that changes files of the commit", async () => {
    const story = await begin({
      files: { ...files, "install.sh": "grep -q 1 lock && exit 3; mkdir made; echo x >made/by; echo y >made/when\n" },
    });
    const failing = await openPull(story, "NOTES.md", "notes\n", "failing");
    await story.drain();
    expect(await conclusions(story, failing.head.sha)).toEqual(["codegen / show: action_required"]);
    await expectScopes(story, []);
    const mending = await openPull(story, "lock", "2\n", "mending");
    await story.drain();
    expect(await conclusions(story, mending.head.sha)).toEqual(["codegen / show: success"]);
    await expectScopes(story, [`#${mending.number}`]);

    const rewriting = "mkdir made; date +%s%N >made/when; echo base >made/by; cat lock >>made/by; echo 3 >lock\n";
    await change(story, "install.sh", rewriting, "main");
    const pull = await openPull(story, "OTHER.md", "other\n", "other");
    await story.drain();
    const first = await shown(story, pull.head.sha);
    await story.comment(pull.number, "/codegen validate");
    await story.drain();
    expect((await shown(story, pull.head.sha)).when).not.toBe(first.when);
    const notes = (await story.deps.snapshots.list()).filter(
      ({ unfit, name }) => unfit !== null && name === story.repository,
    );
    expect(notes.map(({ unfit }) => unfit)).toEqual(["the set-up changes files of the commit: lock"]);
  }, 60_000);
});
