/** Pulls of people, made through the API as anybody would make them, and what became of them. */
import type { Person } from "../doubles/person.ts";
import { quickFiles } from "../doubles/quick-tests.ts";
import type { Story } from "../doubles/start.ts";

export interface Pull {
  number: number;
  merged: boolean;
  state: string;
  head: { sha: string; ref: string };
}

/** A configuration of one command, with more lines; pulls are not analysed. */
export function config(run: string, ...lines: string[]): Record<string, string> {
  return {
    ...quickFiles,
    ".codegen.yml": [
      'analysis: { ignore: ["**"] }',
      "validation:",
      "  commands:",
      `    - { name: test, run: ${run}, timeout: 2m }`,
      ...lines,
      "",
    ].join("\n"),
  };
}

/** A pull of a person: one file on a branch. */
export async function openPull(
  story: Story,
  path: string,
  content: string,
  branch = "change",
  by = story.ada,
): Promise<Pull> {
  await branchOff(by, story.at, branch);
  await change(story, path, content, branch, by);
  return by.api<Pull>("POST", `${story.at}/pulls`, { title: `Change ${path}`, head: branch, base: "main" });
}

/** The same from a fork, as a stranger has to do it. */
export async function openForkPull(story: Story, path: string, content: string, by = story.grace): Promise<Pull> {
  const fork = await by.api<{ full_name: string }>("POST", `${story.at}/forks`, {});
  await branchOff(by, `/repos/${fork.full_name}`, "change");
  await change(story, path, content, "change", by, `/repos/${fork.full_name}`);
  const head = `${by.login}:change`;
  return by.api<Pull>("POST", `${story.at}/pulls`, { title: `Change ${path}`, head, base: "main" });
}

/** @param at the repository that has the branch, as its path in the API */
export async function change(
  story: Story,
  path: string,
  content: string,
  branch: string,
  by = story.ada,
  at = story.at,
): Promise<void> {
  const present = await by.api<{ sha: string }>("GET", `${at}/contents/${path}?ref=${branch}`).catch(() => null);
  await by.api("PUT", `${at}/contents/${path}`, {
    message: `Change ${path}`,
    content: Buffer.from(content).toString("base64"),
    branch,
    ...(present ? { sha: present.sha } : {}),
  });
}

export const pullNow = (story: Story, number: number): Promise<Pull> =>
  story.ada.api<Pull>("GET", `${story.at}/pulls/${number}`);

/** `name: conclusion` of the newest check run of each name. */
export async function conclusions(story: Story, sha: string): Promise<string[]> {
  return (await story.checkRuns(sha)).map((run) => `${run.name}: ${run.conclusion}`).toSorted();
}

/** @throws when it has not come true within 20 s */
export async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("did not come true within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function branchOff(by: Person, at: string, branch: string): Promise<void> {
  const main = await by.api<{ object: { sha: string } }>("GET", `${at}/git/ref/heads/main`);
  await by.api("POST", `${at}/git/refs`, { ref: `refs/heads/${branch}`, sha: main.object.sha });
}
