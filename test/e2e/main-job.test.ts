import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { start, type Story } from "../doubles/start.ts";

let story: Story | undefined;
afterEach(async () => {
  const ending = story;
  story = undefined;
  await ending?.finish();
});
afterAll(dropTemplate);

interface Pull {
  number: number;
  merged: boolean;
  body: string;
  head: { sha: string; ref: string };
}

describe("the main job", () => {
  test("an issue becomes a plan, a pull, a validated check and a merge", async () => {
    story = await start();
    const { ada, at } = story;
    const issue = await story.openIssue();

    const command = await story.comment(issue, "/codegen plan");
    await story.drain();
    expect(await story.reactions(command)).toEqual(["eyes"]);
    const [plan] = (await story.comments(issue)).filter((comment) => comment.body.includes("codegen:message:plan"));
    expect(plan?.body).toContain("- [ ] **Approve and run this plan**");

    await ada.api("PATCH", `${at}/issues/comments/${plan?.id}`, {
      body: plan?.body.replace("- [ ] **Approve", "- [x] **Approve"),
    });
    await story.drain();
    const [pull] = await ada.api<Pull[]>("GET", `${at}/pulls`);
    expect(pull?.head.ref).toBe(`codegen/issue-${issue}-ten-packs-get-no-bulk-discount`);
    expect(pull?.body).toContain(`Closes #${issue}`);
    const checks = await story.checkRuns(pull?.head.sha ?? "");
    expect(Object.fromEntries(checks.map(({ name, conclusion }) => [name, conclusion]))).toEqual({
      "codegen / syntax": "success",
      "codegen / test": "success",
    });

    await story.comment(pull?.number ?? 0, "/codegen merge");
    await story.drain();
    expect((await ada.api<Pull>("GET", `${at}/pulls/${pull?.number}`)).merged).toBe(true);
    expect((await ada.api<{ state: string }>("GET", `${at}/issues/${issue}`)).state).toBe("closed");
    const merged = await ada.api<{ content: string }>("GET", `${at}/contents/src/cart.js`);
    expect(Buffer.from(merged.content, "base64").toString()).toContain("packs >= bulkFrom");
    expect(await story.answers(issue)).toHaveLength(2);
  }, 60_000);
});
