/** "Details" of a check leads to the page of its run. */
import { expect, test } from "@jest/globals";
import { openPull } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

/** On a connection of its own, so that none is left open. */
async function read(address: string | URL): Promise<string> {
  return (await fetch(address, { headers: { connection: "close" } })).text();
}

test("the details of a check open a page with everything that its command printed and wrote", async () => {
  const script = [
    "seq 1 30000",
    'printf "\\033[31m<b>failed</b>\\033[0m ghs_%040d\\n" 7',
    'printf "<testsuite><testcase name=\\"adds up\\"><failure>no</failure></testcase></testsuite>" > out.xml',
    "exit 3",
  ];
  const commands = `[{ name: unit tests, run: ${JSON.stringify(script.join("; "))}, report: out.xml }]`;
  const story = await begin({
    files: {
      ".codegen.yml": `environment: { setup: [echo prepared] }\nvalidation: { fail_on: new, commands: ${commands} }\n`,
    },
  });
  const pull = await openPull(story, "NOTES.md", "notes\n");
  await story.drain();
  const { check_runs: checks } = await story.ada.api<{ check_runs: { details_url: string; output: object }[] }>(
    "GET",
    `${story.at}/commits/${pull.head.sha}/check-runs`,
  );
  const [check] = checks;
  expect(check?.details_url).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/runs\/[\w-]+\?until=\d+&key=[\w-]{43}#log-unit-tests$/,
  );
  // The link is for GitHub's "Details" alone: texts get quoted.
  expect(JSON.stringify(check?.output)).not.toContain("/runs/");
  const page = await read(check?.details_url ?? "");
  expect(page).toContain(`href="${story.github.url}/${story.repository}/pull/1"`);
  expect(page).toContain("$ echo prepared");
  expect(page).toContain("Exit code 3");
  expect(page).toContain("1 failed, 0 passed");
  expect(page).toContain('<span class="red">&lt;b&gt;failed&lt;/b&gt;</span>');
  expect(page).toContain("[redacted]");
  expect(page).toContain("unit tests on the base");
  expect(page).toContain('data-n="30001"');
  const parts = [...page.matchAll(/href="(\/runs\/[^"]*)"/g)].map(([, path = ""]) => path.replaceAll("&amp;", "&"));
  const texts = await Promise.all(parts.map((path) => read(new URL(path, check?.details_url))));
  expect(texts.some((text) => text.startsWith("1\n2\n3\n") && text.includes("\n29999\n30000\n<b>failed</b>"))).toBe(
    true,
  );
  expect(texts).toContain('<testsuite><testcase name="adds up"><failure>no</failure></testcase></testsuite>');
}, 60_000);
