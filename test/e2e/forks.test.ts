/** Pulls from forks: nothing of them runs before somebody with write access has looked at exactly that head. */
import { describe, expect, test } from "@jest/globals";
import { newPerson } from "../doubles/person.ts";
import type { Story } from "../doubles/start.ts";
import { change, conclusions, openForkPull, openPull, pullNow } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

const files = {
  ".codegen.yml": "validation: { commands: [{ name: test, run: 'echo the code of a stranger ran' }] }\n",
};
const waiting = ["codegen / validate: action_required"];
const ran = ["codegen / test: success", "codegen / validate: success"];

interface Gated {
  readonly story: Story;
  readonly number: number;
  readonly sha: string;
  readonly gate: { readonly id: number; readonly check_suite: { readonly id: number } };
}

/** A fork's pull that waits; what comes next comes later. */
async function gated(): Promise<Gated> {
  const story = await begin({ files });
  const { number, head } = await openForkPull(story, "NOTES.md", "notes\n");
  await story.drain();
  expect(await conclusions(story, head.sha)).toEqual(waiting);
  const path = `${story.at}/commits/${head.sha}/check-runs`;
  const [gate] = (await story.ada.api<{ check_runs: Gated["gate"][] }>("GET", path)).check_runs;
  if (gate === undefined) throw new Error("nothing keeps the pull waiting");
  story.passTime(5);
  return { story, number, sha: head.sha, gate };
}

/** Its author pushes to the fork. */
async function push(story: Story, path = "NOTES.md", content = "other notes\n"): Promise<void> {
  await change(story, path, content, "change", story.grace, `/repos/grace/${story.repository.slice("ada/".length)}`);
}

async function say(story: Story, number: number, words: string, by = story.ada): Promise<string | undefined> {
  await story.comment(number, words, by);
  await story.drain();
  return (await story.answers(number)).at(-1);
}

/** Deliveries of what happens meanwhile do not reach the bot. */
async function unheard(story: Story, happens: () => Promise<unknown>): Promise<void> {
  await story.edge.close();
  await happens();
  await story.github.settled();
  await story.openEdge();
}

/** The delivery of the comment comes late. */
async function hear(story: Story): Promise<void> {
  const { github } = story.github;
  const late = github.state.deliveries.findLast(
    ({ event, statusCode }) => event === "issue_comment" && statusCode !== 202,
  );
  if (late === undefined) throw new Error("there is no comment to deliver");
  github.redeliver(late);
  await story.drain();
}

describe("a pull from a fork", () => {
  test("is greeted once, waits for a maintainer, and for another look after a push", async () => {
    const { story, number, sha } = await gated();
    const [welcome, ...more] = await story.answers(number);
    expect(more).toEqual([]);
    expect(welcome).toContain("Thank you for this pull, @grace!");
    expect(welcome).toContain(`look through the changes at \`${sha.slice(0, 7)}\``);
    expect(await say(story, number, "/codegen ok-to-test", story.grace)).toContain("needs the role **write**");
    expect(await conclusions(story, sha)).toEqual(waiting);

    await say(story, number, "/codegen ok-to-test");
    expect(await conclusions(story, sha)).toEqual(ran);
    expect((await story.answers(number))[0]).toContain(`@ada has looked at \`${sha.slice(0, 7)}\``);
    expect(await say(story, number, "/codegen fix")).toContain("comes from a fork");

    await push(story);
    await story.drain();
    const next = (await pullNow(story, number)).head.sha;
    expect(await conclusions(story, next)).toEqual(waiting);
    expect((await story.answers(number))[0]).toContain(`look through the changes at \`${next.slice(0, 7)}\``);
  }, 120_000);

  test.each(["ok-to-test", "validate"])(
    "is not run by `/codegen %s` at a head that was pushed after the words were written",
    async (command) => {
      const { story, number } = await gated();
      await unheard(story, () => story.comment(number, `/codegen ${command}`));
      await push(story);
      await story.drain();
      await hear(story);
      const { sha } = (await pullNow(story, number)).head;
      expect(await conclusions(story, sha)).toEqual(waiting);
      expect((await story.answers(number)).at(-1)).toContain(`/codegen ok-to-test ${sha}`);
      expect(await say(story, number, "/codegen ok-to-test 0000000")).toContain("that is not its head");
      await say(story, number, `/codegen ok-to-test ${sha}`);
      expect(await conclusions(story, sha)).toEqual(ran);
    },
    60_000,
  );

  test("is not run when its head was taken away and put back by force in between", async () => {
    const { story, number, sha } = await gated();
    const ref = `/repos/grace/${story.repository.slice("ada/".length)}/git/refs/heads/change`;
    await unheard(story, async () => {
      await push(story, "OTHER.md", "harmless\n");
      await story.comment(number, "/codegen ok-to-test");
      await story.grace.api("PATCH", ref, { sha, force: true });
    });
    await hear(story);
    expect(await conclusions(story, sha)).toEqual(waiting);
    expect((await story.answers(number)).at(-1)).toContain(`/codegen ok-to-test ${sha}`);
  }, 60_000);

  test.each<[string, (gated: Gated) => Promise<unknown>]>([
    [
      "re-runs the check that waits",
      ({ story, gate }) => story.ada.api("POST", `${story.at}/check-runs/${gate.id}/rerequest`),
    ],
    [
      "re-runs all checks",
      ({ story, gate }) => story.ada.api("POST", `${story.at}/check-suites/${gate.check_suite.id}/rerequest`),
    ],
    [
      "presses the button of the check that waits",
      ({ story, gate }) =>
        fetch(`${story.github.url}/${story.repository}/runs/${gate.id}/action`, {
          method: "POST",
          redirect: "manual",
          headers: { cookie: "act_as=ada", "content-type": "application/x-www-form-urlencoded" },
          body: "identifier=ok-to-test",
        }),
    ],
  ])(
    "runs when a maintainer %s",
    async (_, act) => {
      const scene = await gated();
      await act(scene);
      await scene.story.drain();
      expect(await conclusions(scene.story, scene.sha)).toEqual(ran);
    },
    60_000,
  );

  test("is let alone where the file says that forks are ignored", async () => {
    const ignoring = { ".codegen.yml": "validation: { commands: [{ name: test, run: 'true' }], forks: ignore }\n" };
    const story = await begin({ files: ignoring });
    const pull = await openForkPull(story, "NOTES.md", "notes\n", await newPerson(story.github.url, "mallory"));
    await story.drain();
    expect(await conclusions(story, pull.head.sha)).toEqual([]);
    expect(await story.answers(pull.number)).toEqual([]);
  }, 60_000);
});

test("a pull of the repository itself has nothing to be let in", async () => {
  const story = await begin({ files });
  const { number } = await openPull(story, "NOTES.md", "notes\n");
  await story.drain();
  expect(await say(story, number, "/codegen ok-to-test")).toContain("comes from the repository itself");
}, 60_000);
