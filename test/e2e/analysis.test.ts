/** What is found by reading a pull: beside its lines, in conversations that follow what becomes of it, and never switched off by the pull. */
import { describe, expect, test } from "@jest/globals";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, openForkPull, openPull, pullNow } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

const files = {
  ".codegen.yml": "analysis: { thresholds: { parameters: 2 }, rules: { quality/parameters: error } }\n",
};

const pack = "export function pack(order, box, label) {\n  return [order, box, label];\n}\n";
const stop = "export function stop() {\n  debugger;\n  return 1;\n}\n";
const ship = "export function ship(parcel, address, day) {\n  return [parcel, address, day];\n}\n";
const short = "export function ship({ parcel, address, day }) {\n  return [parcel, address, day];\n}\n";

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly line: number | null;
  readonly in_reply_to_id?: number;
  readonly user: { readonly login: string };
}

interface Run {
  readonly id: number;
  readonly name: string;
  readonly output: { readonly title: string; readonly summary: string; readonly annotations_count: number };
}

const comments = (story: Story, number: number) =>
  story.ada.api<Comment[]>("GET", `${story.at}/pulls/${number}/comments`);

async function analysisAt(story: Story, sha: string): Promise<Run> {
  const { check_runs: runs } = await story.ada.api<{ check_runs: Run[] }>(
    "GET",
    `${story.at}/commits/${sha}/check-runs`,
  );
  const found = runs.find(({ name }) => name === "codegen / analysis");
  if (found === undefined) throw new Error("there is no check of the analysis");
  return found;
}

/** Whether each conversation is closed, by the function that it is about. */
function closed(story: Story): Record<string, boolean> {
  const { reviewThreads, reviewComments, repositories } = story.github.github.state;
  const own = repositories.find(({ name }) => story.repository.endsWith(`/${name}`));
  return Object.fromEntries(
    reviewThreads
      .filter(({ repoId }) => repoId === own?.id)
      .map(({ id, resolvedAt }) => {
        const hunk = reviewComments.find(({ threadId }) => threadId === id)?.diffHunk ?? "";
        return [[...hunk.matchAll(/function (\w+)/g)].at(-1)?.[1] ?? "", resolvedAt !== null];
      }),
  );
}

describe("what a pull adds", () => {
  test("stands beside its lines; what the agent mends is closed, what is declined no longer counts", async () => {
    const mended = [
      { calls: [{ tool: "write", input: { path: "src/order.js", content: `// moved down\n\n${pack}${short}` } }] },
      {
        calls: [
          {
            tool: "finish",
            input: { title: "Mend what was found", summary: "Mended.", testsRun: [], openPoints: [] },
          },
        ],
      },
    ];
    const story = await begin({ files, script: mended });
    const { number, head } = await openPull(story, "src/order.js", `${pack}${ship}${stop}`);
    await story.drain();
    expect(await conclusions(story, head.sha)).toEqual(["codegen / analysis: failure"]);
    const run = await analysisAt(story, head.sha);
    expect(run.output.title).toMatch(/^New: 3 errors/);
    expect(run.output.summary).toContain(
      `| ❌ | \`quality/parameters\` | [\`src/order.js:1\`](${story.github.url}/${story.repository}/blob/${head.sha}/src/order.js#L1) | \`pack\` has`,
    );
    const annotations = await story.ada.api<{ annotation_level: string }[]>(
      "GET",
      `${story.at}/check-runs/${run.id}/annotations`,
    );
    expect(annotations).toHaveLength(run.output.annotations_count);
    expect(annotations).toContainEqual(
      expect.objectContaining({ path: "src/order.js", start_line: 4, annotation_level: "failure" }),
    );
    const made = await comments(story, number);
    expect(made.map(({ line }) => line)).toEqual([1, 4, 8]);
    expect(made[0]?.body).toMatch(/^❌ \*\*error\*\* · `quality\/parameters`\n\n`pack` has/);
    expect(made[2]?.body).toMatch(/^❌ \*\*error\*\* · `correctness\/debugger` · \[CWE-489\].*```suggestion\n```\n/s);
    expect(closed(story)).toEqual({ pack: false, ship: false, stop: false });

    await story.comment(number, "/codegen fix");
    await story.drain();
    const task = story.model?.requests()[0]?.conversation?.messages.find(({ role }) => role === "user")?.text ?? "";
    expect(task).toMatch(
      /The check "analysis" .* fails:\n<data-\w+ .*>\nsrc\/order\.js:1: quality\/parameters: `pack` has/,
    );
    expect(closed(story)).toEqual({ pack: false, ship: true, stop: true });
    const after = await comments(story, number);
    expect(after).toHaveLength(3);
    expect(after[1]?.body).toMatch(/^✅ \*\*Gone\*\* at/);

    const answer = (body: string, by = story.ada) =>
      by.api("POST", `${story.at}/pulls/${number}/comments/${made[0]?.id}/replies`, { body });
    await answer("/codegen decline because I say so", story.grace);
    await story.drain();
    expect(closed(story)).toMatchObject({ pack: false });
    await answer("/codegen decline it is\nonly called here");
    await story.drain();
    expect(closed(story)).toEqual({ pack: true, ship: true, stop: true });
    expect((await comments(story, number)).at(-1)?.body).toContain("Declined by @ada: it is only called here");
    const next = await pullNow(story, number);
    expect(await conclusions(story, next.head.sha)).toEqual(["codegen / analysis: success"]);
    expect((await analysisAt(story, next.head.sha)).output.summary).toContain("Declined (1)");
  }, 60_000);

  test("is read of a fork's pull too, which runs nothing and cannot switch it off", async () => {
    const commands = "validation: { commands: [{ name: test, run: 'echo the code of a stranger ran' }] }\n";
    const rules = [
      "- { id: no-box, languages: [javascript], message: No boxes., severity: notice, pattern: '((identifier) @found (#eq? @found \"box\"))', examples: { bad: ['box()'] } }",
      "- { id: broken, languages: [javascript], message: x, pattern: '(nothing) @found', examples: { bad: ['a'] } }",
    ];
    const story = await begin({
      files: {
        ".codegen.yml": `${files[".codegen.yml"]}${commands}`,
        ".codegen/rules/own.yml": `${rules.join("\n")}\n`,
      },
    });
    const hidden = `// codegen:ignore-file quality/parameters -- trust me\n${pack}// codegen:ignore quality/parameters -- look away\n${ship}`;
    const { number } = await openForkPull(story, "src/order.js", hidden);
    const fork = `/repos/grace/${story.repository.slice("ada/".length)}`;
    await change(story, ".gitattributes", "src/** linguist-generated\n", "change", story.grace, fork);
    await change(story, ".codegen.yml", "analysis: { ignore: ['**'], comments: 0 }\n", "change", story.grace, fork);
    await story.drain();
    const { sha } = (await pullNow(story, number)).head;
    expect(await conclusions(story, sha)).toEqual([
      "codegen / analysis: failure",
      "codegen / validate: action_required",
    ]);
    const { title, summary } = (await analysisAt(story, sha)).output;
    expect(title).toMatch(/^New: 1 error.*, 1 that the pull tells to look away from$/);
    expect(summary).toContain(
      "**Comments of this pull tell to look away**\n- `src/order.js:5` from `quality/parameters`: look away",
    );
    expect(summary).toContain("| ℹ️ | `own/no-box` |");
    expect(summary).toMatch(
      /Rules of this repository with mistakes.*\n- `\.codegen\/rules\/own\.yml`, line 2, column \d+: own\/broken: There is no kind of node/,
    );
    expect(closed(story)).toEqual({ pack: false });
    const [welcome = "", sum] = await story.answers(number);
    expect(welcome).toContain("What the code says is read already, without running any of it");
    expect(sum).toContain("❌ **The check did not pass**");
    await story.comment(number, "/codegen decline no");
    await story.drain();
    expect((await story.answers(number)).at(-1)).toContain("belongs below one of my review comments");
  }, 60_000);

  test("is told of rules that the pull brings; what cannot be read is the bot's fault alone, and a plan does without", async () => {
    const story = await begin({ files });
    const rule = "id: broken\nlanguages: [javascript]\nmessage: x\npattern: (nothing) @found\nexamples: { bad: [a] }\n";
    const { number, head } = await openPull(story, ".codegen/rules/mine.yml", rule);
    await story.drain();
    expect(await conclusions(story, head.sha)).toEqual(["codegen / analysis: neutral"]);
    const [told] = await comments(story, number);
    expect([told?.line, told?.body]).toEqual([4, expect.stringContaining("`analysis/bad-rule`")]);

    // For good, so that this has to be the last story of the bot.
    await story.deps.code.close();
    await change(story, "src/order.js", stop, "change");
    const issue = await story.openIssue();
    await story.comment(issue, "/codegen plan");
    await story.drain();
    const next = await pullNow(story, number);
    expect(await conclusions(story, next.head.sha)).toEqual(["codegen / analysis: cancelled"]);
    expect((await analysisAt(story, next.head.sha)).output.title).toBe("Not analysed: a fault of the bot");
    expect((await story.answers(issue)).at(-1)).toContain("Approve and run this plan");
    expect(await comments(story, number)).toHaveLength(1);
  }, 60_000);
});
