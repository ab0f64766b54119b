import type { Page } from "playwright";

export interface Place {
  /** Root of the local GitHub. */
  readonly github: string;
  /** `owner/name` */
  readonly repository: string;
  readonly issue: number;
  /** The login of whoever acts. */
  readonly maintainer: string;
}

/** What the person stops to look at, in this order. */
export type Sight = "plan" | "finished" | "checks" | "files" | "merged" | "closed";

/**
 * The story of the demo as a person plays it in a browser: clicks, writes and waits for what appears, without loading a page again.
 * @param look called at each sight, with everything on the page that belongs to it
 * @returns the number of the pull
 * @throws Error of the browser when something does not appear within the page's time-out
 */
export async function walk(page: Page, place: Place, look: (sight: Sight) => Promise<void>): Promise<number> {
  const root = `${place.github}/${place.repository}`;
  await page.goto(`${root}/issues/${place.issue}`);
  await page.getByLabel("Acting as").selectOption(place.maintainer);
  await write(page, "/codegen plan");

  const plan = page.locator(".comment", { has: page.getByRole("heading", { name: "Plan for" }) });
  const box = plan.locator("li", { hasText: "Approve and run this plan" }).locator("input.task");
  await box.waitFor();
  await look("plan");
  await box.check({ noWaitAfter: true });
  const finished = page.locator(".comment", { hasText: "finished" });
  const link = finished.getByRole("link", { name: /^#\d+$/ }).first();
  await link.waitFor();
  await look("finished");

  await link.click();
  await page.waitForURL(/\/pull\/\d+/);
  const number = Number(/\/pull\/(\d+)/.exec(page.url())?.[1]);
  await tab(page, "Checks");
  await page.locator("aside").getByRole("link", { name: "codegen / test" }).click();
  await page.locator("aside .rows .result.success").nth(1).waitFor();
  await page.locator("#run .result.success").waitFor();
  await look("checks");
  await tab(page, "Files changed");
  await page.locator("table.diff").first().waitFor();
  await look("files");

  await tab(page, "Conversation");
  await write(page, "/codegen merge");
  await page.locator(".comment", { hasText: "Merged" }).waitFor();
  await page.locator(".state.merged").waitFor();
  await look("merged");
  await page.goto(`${root}/issues/${place.issue}`);
  await page.locator(".state.done").waitFor();
  await look("closed");
  return number;
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel("Comment", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await page.locator(".comment .markdown", { hasText: text }).first().waitFor();
}

async function tab(page: Page, name: string): Promise<void> {
  await page.locator(".pull-tabs").getByRole("link", { name }).click();
  await page.locator(".pull-tabs [aria-current]", { hasText: name }).waitFor();
}
