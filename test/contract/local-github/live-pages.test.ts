import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright";
import { openChromium } from "../../doubles/chromium.ts";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";
import { seedWorld, type World } from "./seed.ts";

let host: LocalGitHub;
let browser: Browser;
let page: Page;
let world: World;
let issue: string;
const folded = "<details><summary>More</summary>\n\nHidden at first\n\n</details>";

beforeAll(async () => {
  [host, browser] = await Promise.all([startGitHub(), openChromium()]);
  world = await seedWorld(host);
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

beforeEach(async () => {
  await page?.close();
  page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  const { number } = await world.call<{ number: number }>(world.tokens.ada, "POST", "/repos/ada/shop/issues", {
    title: "Watched",
    body: folded,
  });
  issue = `/repos/ada/shop/issues/${String(number)}`;
  await page.goto(`${host.url}/ada/shop/issues/${String(number)}`);
  await page.getByLabel("Acting as").selectOption("ada");
  await page.getByLabel("Comment", { exact: true }).waitFor();
});

const say = (text: string) => world.call(world.tokens.ada, "POST", `${issue}/comments`, { body: text });

describe("an open page", () => {
  test("shows what others write, and keeps what is being written and what was opened", async () => {
    await page.getByText("More", { exact: true }).click();
    const box = page.getByLabel("Comment", { exact: true });
    await box.fill("half a sentence");
    await page.keyboard.press("Home");
    for (let times = 0; times < 4; times++) await page.keyboard.press("Shift+ArrowRight");
    await say("News");
    await page.locator(".comment", { hasText: "News" }).waitFor();
    expect(await box.inputValue()).toBe("half a sentence");
    // What is typed now replaces what was marked, so focus and selection are where they were.
    await page.keyboard.type("Half");
    expect(await box.inputValue()).toBe("Half a sentence");
    expect(await page.locator(".markdown", { hasText: "Hidden at first" }).locator("details[open]").isVisible()).toBe(
      true,
    );
  });

  test("does not change under an open edit, and follows once that is closed", async () => {
    await page.clock.install();
    await page.reload();
    const edit = page.locator("details.edit").first();
    await edit.locator("summary").click();
    await edit.getByLabel("Text").fill("A new text");
    await say("Later");
    const asked = () =>
      host.log().filter(({ method, path }) => method === "GET" && path.startsWith("/ada/shop/issues")).length;
    const before = asked();
    await page.clock.runFor(10_000);
    expect(asked()).toBe(before);
    expect(await edit.getByLabel("Text").inputValue()).toBe("A new text");
    await edit.getByLabel("Text").fill(folded);
    await edit.locator("summary").click();
    await page.clock.runFor(2_000);
    await page.locator(".comment", { hasText: "Later" }).waitFor();
  });
});
