import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import type { Browser } from "playwright";
import { walk } from "../demo/walk.ts";
import { openChromium } from "../doubles/chromium.ts";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { start, type Story } from "../doubles/start.ts";

let story: Story | undefined;
let browser: Browser | undefined;
afterEach(async () => {
  const [ending, open] = [story, browser];
  story = browser = undefined;
  await open?.close();
  await ending?.finish();
});
afterAll(dropTemplate);

describe("somebody in a browser", () => {
  test("asks for a plan, ticks it, watches the checks and merges, and every page follows by itself", async () => {
    story = await start({ embedded: true, ownConfig: true });
    const issue = await story.openIssue();
    browser = await openChromium();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    const texts = new Map<string, string>();
    const place = { github: story.github.url, repository: story.repository, issue, maintainer: story.ada.login };
    const number = await walk(page, place, async (sight) => {
      texts.set(sight, (await page.locator("main").innerText()).replaceAll(/\s+/g, " "));
    });

    expect([...texts.keys()]).toEqual(["plan", "finished", "checks", "files", "merged", "closed"]);
    expect(texts.get("plan")).toContain("Approve and run this plan");
    expect(texts.get("finished")).toContain(`It became #${number}.`);
    expect(texts.get("checks")).toMatch(/codegen \/ syntax Passed in .* codegen \/ test Passed in .*# pass 8 # fail 0/);
    expect(texts.get("files")).toContain("packs >= bulkFrom");
    expect(texts.get("merged")).toContain("codegen bot merged this as");
    expect(texts.get("closed")).toContain("closed this");
    expect(complaints).toEqual([]);
    const pull = await story.ada.api<{ merged: boolean }>("GET", `${story.at}/pulls/${number}`);
    expect(pull.merged).toBe(true);
  }, 90_000);
});
