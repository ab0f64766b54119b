import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright";
import { openChromium } from "../../doubles/chromium.ts";
import { setScene, type Scene } from "./scene.ts";

let scene: Scene;
let browser: Browser;
beforeAll(async () => {
  scene = await setScene();
  browser = await openChromium(process.env.CHROMIUM_PATH);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await scene?.close();
});

/** A page, and what went wrong in it. */
async function open(address: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 390, height: 700 } });
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
  page.on("dialog", (dialog) => faults.push(dialog.message()));
  await page.goto(address);
  return { page, faults };
}

test("a page follows its run: lines, logs and their ends, and what was found in the end", async () => {
  const run = await scene.begin();
  const first = await scene.log(run, "test");
  first.write("one\n");
  const { page, faults } = await open(await scene.link(run));
  first.write("\u001B[31mtwo <img src=x onerror=alert(1)>\u001B[0m\n");
  await page.locator(".lines .red", { hasText: "two <img" }).waitFor();
  const second = await scene.log(run, "build & more");
  second.write("three\n");
  await page.getByText("$ npm run build & more").waitFor();
  const found = [{ name: "cart", file: null, line: null, message: "too dear" }];
  await first.close({ end: "exited", code: 1, report: { tests: { passed: 0, failed: 1, skipped: 0 }, found } });
  await page.locator("summary .state", { hasText: "Exit code 1" }).waitFor();
  await second.close({ end: "exited", code: 0 });
  await scene.store.runs.move(run.id, "succeeded");
  await page.getByText("too dear").waitFor();
  expect(await page.locator("h1").innerText()).toContain("Ended");
  expect(await page.locator("[data-follow]").count()).toBe(0);
  expect(await page.locator(".lines").allInnerTexts()).toEqual([expect.stringMatching(/^one\s+two <img/), "three"]);
  expect(faults).toEqual([]);
  await page.close();
}, 60_000);

test("a page opens what failed, or what its link points to, and fits a narrow screen", async () => {
  const run = await scene.begin();
  const long = Array.from({ length: 300 }, (_, at) => `line ${at + 1} ${"wide".repeat(40)}\n`).join("");
  for (const [name, code] of [
    ["lint", 0],
    ["unit tests", 1],
    ["build", 0],
  ] as const) {
    const log = await scene.log(run, name);
    log.write(long);
    await log.close({ end: "exited", code });
  }
  await scene.store.runs.move(run.id, "succeeded");
  const { page, faults } = await open(await scene.link(run));
  expect(await page.locator("details.log[open] h2").allInnerTexts()).toEqual(["unit tests"]);
  expect(await page.locator("#log-unit-tests").evaluate((top) => top.getBoundingClientRect().top)).toBeLessThan(200);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  const [, , build] = await scene.store.logs.of(run.id);
  await page.goto(`${await scene.link(run)}#L${build?.id}-250`);
  await page.locator(`#L${build?.id}-250`).waitFor();
  expect(await page.locator(`#L${build?.id}-250`).evaluate((line) => line.getBoundingClientRect().top)).toBeGreaterThan(
    0,
  );
  expect(await page.evaluate("scrollY")).toBeGreaterThan(1_000);
  await page.goto(`${await scene.link(run)}#log-lint`);
  await page.locator("#log-lint").waitFor();
  expect(await page.locator("details.log[open] h2").allInnerTexts()).toContain("lint");
  expect(faults).toEqual([]);
  await page.close();
}, 60_000);
