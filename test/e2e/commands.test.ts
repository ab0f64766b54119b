/** Commands that need each other, in the check runs of a pull. */
import { describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import type { Story } from "../doubles/start.ts";
import { conclusions, openPull, waitFor } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

function file(validation: object, rest: object = {}): Record<string, string> {
  return { ".codegen.yml": stringify({ ...rest, validation }) };
}

/** `title` and `summary` of each check run of a commit, by the name of its command. */
async function textsAt(story: Story, sha: string): Promise<Record<string, string>> {
  const { check_runs: runs } = await story.ada.api<{
    check_runs: { name: string; output: { title: string; summary: string } }[];
  }>("GET", `${story.at}/commits/${sha}/check-runs`);
  return Object.fromEntries(
    runs.map(({ name, output }) => [name.replace("codegen / ", ""), `${output.title}\n\n${output.summary}`]),
  );
}

describe("the commands of a pull", () => {
  test("run after what they need and with its files, once for each value, and not when it fails", async () => {
    const commands = [
      { name: "after", run: "true", needs: ["broken"] },
      { name: "broken", run: "exit 3" },
      { name: "test", run: 'grep built out/it && test "$NODE" -gt 19', needs: ["build"], matrix: { node: [18, 20] } },
      { name: "lint", run: "false", allow_failure: true },
      { name: "build", run: "mkdir out && echo built >out/it", when: ["src/**"] },
    ];
    const story = await begin({ files: file({ commands, fail_on: "any" }) });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([
      "codegen / after: cancelled",
      "codegen / broken: failure",
      "codegen / build: success",
      "codegen / lint: neutral",
      "codegen / test (18): failure",
      "codegen / test (20): success",
    ]);
    const texts = await textsAt(story, pull.head.sha);
    expect(texts["after"]).toMatch(/^Not run: broken failed\n/);
    expect(texts["lint"]).toMatch(/^Failed, which it may: exit code 1\n/);
  }, 60_000);

  test("find the files of what they need also when another worker goes on with them", async () => {
    const commands = [
      { name: "build", run: "mkdir out && echo built >out/it" },
      { name: "test", run: "grep built out/it && sleep 2", needs: ["build"] },
    ];
    const story = await begin({ files: file({ commands }) });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await waitFor(async () =>
      (await story.checkRuns(pull.head.sha)).some(({ conclusion }) => conclusion === "success"),
    );
    await story.stopWorker();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / build: success", "codegen / test: null"]);
    await story.startWorker();
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / build: success", "codegen / test: success"]);
  }, 60_000);

  test("are not run when the set-up fails, which waits for the base when that fails too", async () => {
    const commands = [{ name: "test", run: "true" }];
    const story = await begin({ files: file({ commands }, { environment: { setup: ["test -e package-lock.json"] } }) });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual(["codegen / test: action_required"]);
    expect((await textsAt(story, pull.head.sha))["test"]).toContain("Set-up fails on the base as well: exit code 1");
  }, 60_000);
});

test("a pull's own version of the file is shown, not applied", async () => {
  const commands = [
    { name: "test", run: "true" },
    { name: "lint", run: "true" },
  ];
  const story = await begin({ files: file({ commands }) });
  const own = file({ commands: [{ name: "test", run: "false" }] }, { environment: { network: ["evil.example"] } });
  const pull = await openPull(story, ".codegen.yml", own[".codegen.yml"] ?? "");
  await story.drain();
  expect(await conclusions(story, pull.head.sha)).toEqual([
    "codegen / config: neutral",
    "codegen / lint: success",
    "codegen / test: success",
  ]);
  const said = (await textsAt(story, pull.head.sha))["config"];
  expect(said).toContain("Changes of .codegen.yml count after the merge");
  expect(said).toContain('| `environment.network` | `[]` | `["evil.example"]` |');
  expect(said).toContain("| `validation.commands.lint` | ");
  const broken = await openPull(story, ".codegen.yml", "validation: { comands: [] }\n", "broken");
  await story.drain();
  expect((await conclusions(story, broken.head.sha))[0]).toBe("codegen / config: failure");
  expect((await textsAt(story, broken.head.sha))["config"]).toContain("This pull breaks .codegen.yml");
}, 60_000);

describe("the application of a pull", () => {
  const server = (status: string) =>
    [
      'import { createServer } from "node:http";',
      `createServer((asked, answer) => answer.writeHead(asked.url === "/health" ? ${status} : 200).end("tea"))`,
      '  .listen(3000, "127.0.0.1", () => console.log("listening"));',
      "",
    ].join("\n");
  const smoke = {
    name: "smoke",
    run: `test "$(node -e 'fetch("http://127.0.0.1:3000/").then((a) => a.text()).then(console.log)')" = tea`,
    needs: ["deploy"],
  };
  const deploy = { start: "node out/server.js", port: 3000, ready: "/health", needs: ["build"] };
  const build = { name: "build", run: "mkdir out && cp server.js out/" };

  test("is started from what it needs, and reached by the commands that need it", async () => {
    const story = await begin({ files: { ...file({ commands: [smoke, build], deploy }), "server.js": server("204") } });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([
      "codegen / build: success",
      "codegen / deploy: success",
      "codegen / smoke: success",
    ]);
    expect((await textsAt(story, pull.head.sha))["deploy"]).toMatch(/^Ready in [\d.]+ s\n/);
  }, 60_000);

  test("that does not become ready is said to be so, and nothing is run that needs it", async () => {
    const slow = { ...deploy, timeout: "6s" };
    const story = await begin({
      files: { ...file({ commands: [smoke, build], deploy: slow, fail_on: "any" }), "server.js": server("500") },
    });
    const pull = await openPull(story, "NOTES.md", "notes\n");
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([
      "codegen / build: success",
      "codegen / deploy: failure",
      "codegen / smoke: cancelled",
    ]);
    const texts = await textsAt(story, pull.head.sha);
    expect(texts["deploy"]).toMatch(/^Failed: not ready after 6\.0 s: \/health answered 500\n/);
    expect(texts["smoke"]).toMatch(/^Not run: deploy failed\n/);
  }, 60_000);
});
