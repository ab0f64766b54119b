import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";
import type { Browser, BrowserContext, Page } from "playwright";
import { openChromium } from "../../doubles/chromium.ts";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";
import { seedWorld, type World } from "./seed.ts";

const ROOT = "/repos/ada/shop";

let host: LocalGitHub;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let world: World;
let bot = "";
/** What the browser complained about: errors in scripts, refusals of the content policy, dialogs. */
let complaints: string[] = [];

beforeAll(async () => {
  [host, browser] = await Promise.all([startGitHub(), openChromium()]);
  world = await seedWorld(host);
  bot = await installationToken();
  // A context for each test starts processes of its own; what a test leaves is a cookie that says who acts.
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

beforeEach(async () => {
  await page.goto("about:blank");
  await context.clearCookies();
  complaints = [];
});

async function installationToken(): Promise<string> {
  const { id, privateKey } = world.app;
  const auth = createAppAuth({ appId: id, privateKey, request: request.defaults({ baseUrl: host.url }) });
  const { token } = await auth({ type: "app" });
  const [installation] = await world.call<{ id: number }[]>(token, "GET", "/app/installations");
  const path = `/app/installations/${String(installation?.id)}/access_tokens`;
  return (await world.call<{ token: string }>(token, "POST", path)).token;
}

async function actAs(login: string): Promise<void> {
  await page.goto(host.url);
  await page.getByRole("button", { name: login }).click();
  await page.locator(`.people button.current[value="${login}"]`).waitFor();
}

async function newIssue(body: string, token = world.tokens.eve): Promise<number> {
  const issue = await world.call<{ number: number }>(token, "POST", `${ROOT}/issues`, { title: "Something", body });
  return issue.number;
}

async function bodyOf(number: number): Promise<string> {
  return (await world.call<{ body: string }>(world.tokens.ada, "GET", `${ROOT}/issues/${String(number)}`)).body;
}

describe("writing", () => {
  test("an issue is opened, commented, labelled and closed with the mouse, in the name of the acting user", async () => {
    await actAs("ada");
    await page.goto(`${host.url}/ada/shop/issues/new`);
    await page.getByLabel("Title", { exact: true }).fill("The total is wrong");
    await page.getByLabel("Body", { exact: true }).fill("It counts.\nIt does not sum.");
    await page.getByRole("button", { name: "Create issue" }).click();
    await page.getByRole("heading", { name: /The total is wrong/ }).waitFor();
    const number = Number(/issues\/(\d+)/.exec(page.url())?.[1]);
    expect(await bodyOf(number)).toBe("It counts.\nIt does not sum.");
    await page.getByLabel("Comment", { exact: true }).fill("/codegen plan");
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    await page.locator(".comment", { hasText: "/codegen plan" }).waitFor();
    const comments = `${ROOT}/issues/${String(number)}/comments`;
    const [comment] = await world.call<{ body: string; user: { login: string } }[]>(bot, "GET", comments);
    expect(comment).toMatchObject({ body: "/codegen plan", user: { login: "ada" } });
    await world.call(world.tokens.ada, "POST", `${ROOT}/labels`, { name: "codegen:plan", color: "c5def5" });
    await page.reload();
    await page.getByLabel("Add", { exact: true }).selectOption("codegen:plan");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByTitle("Remove codegen:plan").click();
    await page.getByRole("button", { name: "Close issue" }).click();
    await page.locator(".state.done").waitFor();
    await page.getByRole("button", { name: "Reopen issue" }).click();
    await page.locator(".state.open").waitFor();
    expect(complaints).toEqual([]);
  });

  test("ticking a box edits the bot's comment: one edited event, sent by the person who ticked", async () => {
    const number = await newIssue("Help");
    const text = "<!-- plan -->\n### Plan\r\n\r\n- [x] read\r\n- [ ] **Approve and run this plan**\n";
    const path = `${ROOT}/issues/${String(number)}/comments`;
    const { id } = await world.call<{ id: number }>(bot, "POST", path, { body: text });
    const events: { event: string; action: string | null; sender: string }[] = [];
    const listen = host.github.onEvent;
    host.github.onEvent = (event) => {
      events.push({ event: event.event, action: event.action, sender: event.sender.login });
      listen(event);
    };
    await actAs("will");
    await page.goto(`${host.url}/ada/shop/issues/${String(number)}`);
    const box = page.locator(`#issuecomment-${String(id)} .task`).nth(1);
    await Promise.all([page.waitForEvent("framenavigated"), box.check({ noWaitAfter: true })]);
    await page
      .locator(`#issuecomment-${String(id)} .task:checked`)
      .nth(1)
      .waitFor();
    host.github.onEvent = listen;
    const after = await world.call<{ body: string }>(bot, "GET", `${ROOT}/issues/comments/${String(id)}`);
    expect(after.body).toBe(text.replace("- [ ] **Approve", "- [x] **Approve"));
    expect(events).toEqual([{ event: "issue_comment", action: "edited", sender: "will" }]);
    expect(complaints).toEqual([]);
  });

  test("who may not edit cannot tick, neither with the mouse nor with a form made by hand; a stale form changes nothing", async () => {
    const number = await newIssue("- [ ] first", world.tokens.ada);
    await actAs("eve");
    await page.goto(`${host.url}/ada/shop/issues/${String(number)}`);
    expect(await page.locator(".task").isDisabled()).toBe(true);
    const post = (form: Record<string, string>) =>
      context.request.post(`${host.url}/ada/shop/issues/${String(number)}/edit`, { form });
    expect((await post({ body: "mine now" })).status()).toBe(403);
    await actAs("ada");
    const stale = await context.request.post(`${host.url}/ada/shop/issues/${String(number)}/task`, {
      form: { version: "0000", line: "0", ticked: "true" },
    });
    expect(stale.status()).toBe(409);
    expect(await stale.text()).toContain("changed meanwhile");
    expect(await bodyOf(number)).toBe("- [ ] first");
  });

  test("a form that another site sends is refused", async () => {
    await actAs("ada");
    const answer = await context.request.post(`${host.url}/ada/shop/issues`, {
      form: { title: "not ada's" },
      headers: { origin: "http://evil.example" },
    });
    expect(answer.status()).toBe(403);
  });
});

describe("reading", () => {
  test("a hostile body is text: no script runs, no link leads to one, nothing is fetched, comments stay hidden", async () => {
    const hostile = [
      "<script>alert(1)</script>",
      "<img src=x onerror=alert(2)> <svg onload=alert(3)>",
      "[click](javascript:alert(4)) [data](data:text/html,<script>alert(5)</script>)",
      "![pic](https://tracker.example/pixel.png)",
      "<details open ontoggle=alert(6)><summary>x</summary></details>",
      "<!-- secret marker -->visible",
      'end `"><script>alert(7)</script>`',
      "<!-- never closed",
    ].join("\n\n");
    const number = await newIssue(hostile);
    const loaded: string[] = [];
    page.on("response", (one) => loaded.push(one.url()));
    await actAs("ada");
    await page.goto(`${host.url}/ada/shop/issues/${String(number)}`, { waitUntil: "networkidle" });
    const body = page.locator(`#issue-${String(number)} .body`);
    expect(await body.locator("script, svg, [onerror], [onload], [ontoggle]").count()).toBe(0);
    const links = await body.locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    expect(links.filter((href) => /^\s*(javascript|data|vbscript):/i.test(href ?? ""))).toEqual([]);
    const text = await body.innerText();
    expect(text).toContain("<script>alert(1)</script>");
    expect(text).toContain("visible");
    expect(text).not.toMatch(/secret marker|never closed/);
    expect(loaded.filter((url) => !url.startsWith(host.url))).toEqual([]);
    // The only complaint is the browser's own: it was not allowed to load the picture.
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/tracker\.example.*Content Security Policy/s);
  });

  test("a check shows its summary, annotations and buttons; a button tells only the app", async () => {
    const pull = await world.call<{ number: number }>(bot, "POST", `${ROOT}/pulls`, {
      title: "Sum the prices",
      head: "fix/total",
      base: "main",
      body: "Sums",
    });
    const run = await world.call<{ id: number; html_url: string }>(bot, "POST", `${ROOT}/check-runs`, {
      name: "codegen / test",
      head_sha: world.headSha,
      status: "completed",
      conclusion: "failure",
      output: {
        title: "1 of 12 tests fails",
        summary: "`npm test` ended with **1**",
        annotations: [
          {
            path: "src/total.js",
            start_line: 2,
            end_line: 2,
            annotation_level: "failure",
            message: "expected 5, got NaN",
          },
        ],
      },
      actions: [{ label: "Fix it", description: "Let the bot mend this", identifier: "fix" }],
    });
    const events: unknown[] = [];
    const listen = host.github.onEvent;
    host.github.onEvent = (event) => {
      events.push([event.event, event.action, event.payload["requested_action"], event.sender.login]);
      listen(event);
    };
    await actAs("ada");
    await page.goto(run.html_url);
    await page.getByRole("heading", { name: "1 of 12 tests fails" }).waitFor();
    expect(await page.locator("#run .markdown strong").innerText()).toBe("1");
    await page.getByText("expected 5, got NaN").waitFor();
    await page.getByRole("button", { name: "Fix it" }).click();
    await page.getByRole("button", { name: "Re-run" }).click();
    await page.getByRole("heading", { name: "1 of 12 tests fails" }).waitFor();
    host.github.onEvent = listen;
    expect(events).toEqual([
      ["check_run", "requested_action", { identifier: "fix" }, "ada"],
      ["check_run", "rerequested", undefined, "ada"],
    ]);
    await page.goto(`${host.url}/ada/shop/pull/${String(pull.number)}/files`);
    expect(await page.locator(".diff .added .line").innerText()).toContain("items.reduce");
    await page.goto(`${host.url}/ada/shop/pull/${String(pull.number)}`);
    await page.getByRole("button", { name: "Merge pull request" }).click();
    await page.locator(".state.merged").waitFor();
    expect(complaints).toEqual([]);
  });

  test("a draft is made ready, auto-merge switched on and off, and a review given, all by buttons", async () => {
    const { ada } = world.tokens;
    const { object } = await world.call<{ object: { sha: string } }>(ada, "GET", `${ROOT}/git/ref/heads/main`);
    await world.call(ada, "POST", `${ROOT}/git/refs`, { ref: "refs/heads/topic", sha: object.sha });
    const content = Buffer.from("new\n").toString("base64");
    await world.call(ada, "PUT", `${ROOT}/contents/new.txt`, { message: "Add", content, branch: "topic" });
    const change = { title: "Topic", head: "topic", base: "main", draft: true };
    const { number } = await world.call<{ number: number }>(bot, "POST", `${ROOT}/pulls`, change);
    await world.call(ada, "PATCH", ROOT, { allow_auto_merge: true });
    await world.call(ada, "PUT", `${ROOT}/branches/main/protection`, {
      required_status_checks: { strict: false, contexts: ["ci"] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    await actAs("ada");
    await page.goto(`${host.url}/ada/shop/pull/${String(number)}`);
    expect(await page.getByRole("button", { name: "Merge pull request" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Ready for review" }).click();
    await page.locator(".state.open").waitFor();
    await page.getByText("Merging is blocked").waitFor();
    await page.getByLabel("Merge method").selectOption("squash");
    await page.getByRole("button", { name: "Enable auto-merge" }).click();
    await page.getByText("Auto-merge is on (squash)").waitFor();
    await page.getByRole("button", { name: "Disable auto-merge" }).click();
    await page.getByRole("button", { name: "Enable auto-merge" }).waitFor();
    await page.getByRole("link", { name: /Files changed/ }).click();
    await page.getByLabel("Approve").check();
    await page.getByRole("button", { name: "Submit review" }).click();
    await page.getByText("approved these changes").waitFor();
    await world.call(ada, "DELETE", `${ROOT}/branches/main/protection`);
    expect(complaints).toEqual([]);
  });

  test("a comment on a whole file stands above its diff, and is outdated in no place", async () => {
    const { ada } = world.tokens;
    await world.call(ada, "POST", `${ROOT}/git/refs`, { ref: "refs/heads/whole", sha: world.headSha });
    const content = Buffer.from("one\ntwo\n").toString("base64");
    const write = { message: "Add", content, branch: "whole" };
    const { commit } = await world.call<{ commit: { sha: string } }>(ada, "PUT", `${ROOT}/contents/whole.txt`, write);
    const change = { title: "Whole", head: "whole", base: "main" };
    const { number } = await world.call<{ number: number }>(bot, "POST", `${ROOT}/pulls`, change);
    const whole = { body: "Split this file", commit_id: commit.sha, path: "whole.txt", subject_type: "file" };
    await world.call(bot, "POST", `${ROOT}/pulls/${String(number)}/comments`, whole);
    await page.goto(`${host.url}/ada/shop/pull/${String(number)}`);
    const thread = page.locator(".thread", { hasText: "Split this file" });
    expect(await thread.innerText()).toMatch(/whole\.txt\s+whole file/);
    expect(await thread.innerText()).not.toContain("Outdated");
    await page.goto(`${host.url}/ada/shop/pull/${String(number)}/files`);
    const file = page.locator(".file", { hasText: "whole.txt" });
    expect(await file.innerText()).toMatch(/Split this file[^]*\+one/);
  });

  test("a private repository is shown to those who may see it only", async () => {
    const { will } = world.tokens;
    await world.call(will, "POST", "/user/repos", { name: "secret", private: true });
    expect((await page.goto(`${host.url}/will/secret`))?.status()).toBe(404);
    await actAs("eve");
    expect(await page.getByText("will/secret").count()).toBe(0);
    expect((await page.goto(`${host.url}/will/secret`))?.status()).toBe(404);
    await actAs("will");
    await page.getByRole("link", { name: "will/secret" }).click();
    await page.getByText("There are no files here yet").waitFor();
  });

  test("what is no page is told as a page, wherever it is asked for", async () => {
    for (const path of ["nobody", "ada/shop/nope", "ada/shop/pull/nope", "ada/shop/runs/nope", "_pages/nope"]) {
      const answer = await page.goto(`${host.url}/${path}`);
      expect([path, answer?.status(), answer?.headers()["content-type"]]).toEqual([
        path,
        404,
        "text/html; charset=utf-8",
      ]);
      await page.getByRole("link", { name: "All repositories" }).waitFor();
    }
    const form = await context.request.post(`${host.url}/ada/shop/nope`, {
      form: { body: "x" },
      headers: { accept: "text/html" },
    });
    expect([form.status(), form.headers()["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
  });

  test("files: the rendered README, numbered lines that can be pointed at, branches with slashes", async () => {
    await page.goto(`${host.url}/ada/shop`);
    await page.locator(".readme h1", { hasText: "Shop" }).waitFor();
    await page.goto(`${host.url}/ada/shop/blob/fix/total/src/total.js#L2`);
    expect(await page.locator("tr:target .line").innerText()).toContain("items.reduce");
    const missing = await page.goto(`${host.url}/ada/shop/blob/main/nothing.js`);
    expect(missing?.status()).toBe(404);
  });

  test("an app's manifest is taken as a form and answered with a code that converts once", async () => {
    await actAs("ada");
    const manifest = { name: "Made by form", url: "http://localhost", redirect_url: `${host.url}/ada?from=manifest` };
    const answer = await context.request.post(`${host.url}/settings/apps/new?state=abc`, {
      form: { manifest: JSON.stringify(manifest) },
      maxRedirects: 0,
    });
    const target = new URL(answer.headers()["location"] ?? "");
    expect(target.searchParams.get("state")).toBe("abc");
    expect(target.searchParams.get("from")).toBe("manifest");
    const path = `/app-manifests/${target.searchParams.get("code") ?? ""}/conversions`;
    expect(await world.call(world.tokens.ada, "POST", path)).toMatchObject({
      name: "Made by form",
      slug: "made-by-form",
    });
    await expect(world.call(world.tokens.ada, "POST", path)).rejects.toThrow("404");
    const bad = await context.request.post(`${host.url}/settings/apps/new`, { form: { manifest: "{" } });
    expect(bad.status()).toBe(422);
  });

  test("nothing that the pages asked for or were told contradicts GitHub's description", () => {
    expect(host.violations()).toEqual([]);
  });
});
