import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runPath } from "../../../src/domain/run-link.ts";
import type { Run } from "../../../src/store/port.ts";
import { until } from "../until.ts";
import { secret, setScene, type Scene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
}, 30_000);
afterAll(() => scene?.close());

const passed = { end: "exited", code: 0 };
const gone = "This link leads nowhere";
const get = async (address: string): Promise<{ status: number; headers: Headers; text: string }> => {
  // A connection that was kept may close at the moment in which it is used again.
  const answer = await fetch(address, { headers: { connection: "close" } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe("the page of a run", () => {
  test("shows the run, its steps, its logs and what was found, and leads back to GitHub", async () => {
    const run = await scene.begin();
    await scene.store.steps.begin(run.id, "run test");
    const log = await scene.log(run, "unit tests", "npm test");
    log.write(`one\n\u001B[31mtwo ${secret}\u001B[0m <img src=x onerror=alert(1)>\n`);
    await log.keepFile("out/report.xml", "<testsuites>");
    const found = [{ name: "cart <b>", file: "cart.js", line: 4, message: "no" }];
    const report = { tests: { passed: 3, failed: 1, skipped: 0 }, found };
    await log.close({ end: "exited", code: 1, report });
    const { status, headers, text } = await get(await scene.link(run));
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(
        /^default-src 'none';.*script-src 'self';.*trusted-types 'none'$/,
      ),
    });
    expect(text).toContain("Validation of octo/shop#7");
    expect(text).toContain('href="https://github.test/octo/shop/pull/7"');
    expect(text).toContain(`href="https://github.test/octo/shop/commit/${run.head}"`);
    expect(text).toContain("Exit code 1");
    expect(text).toContain('<span class="red">two [redacted]</span> &lt;img src=x onerror=alert(1)&gt;');
    expect(text).toMatch(/<strong>cart &lt;b&gt;<\/strong\s*>\s*<code>cart.js:4<\/code>/);
    expect(text).toMatch(/id="log-unit-tests"/);
    expect(text).toMatch(/<details[^>]*\bopen\b[^>]*data-first-bad/);
    expect(text).toContain(">run test<");
    expect(text).not.toContain(secret);
    expect(text).not.toContain("\u001B");
    expect(text).not.toMatch(/<script(?! src="\/assets\/)|<[^>]*\s(?:on\w+|style)=/);
  });

  test("is the same answer for every link that is wrong, too old, or of no run", async () => {
    const run = await scene.begin();
    const right = await scene.link(run);
    const [key] = await scene.store.linkKeys.all();
    const expiresAt = new Date(Date.now() + 60_000);
    const wrong = [
      await scene.link(run, "", new Date(Date.now() - 1_000)),
      right.replace(/until=\d/, "until=2"),
      right.replace(/key=.{4}/, "key=AAAA"),
      right.replace(run.id, (await scene.begin()).id),
      scene.url + runPath({ runId: "there-is-none", expiresAt }, key),
      `${scene.url}/runs/${run.id}`,
      `${scene.url}/runs/`,
      `${scene.url}/runs/${run.id}/changes`,
      await scene.link(run, "/logs/999999"),
      await scene.link(run, "/files/1e3"),
      await scene.link(run, "/changes/more"),
      await scene.link(run, "/%2e%2e/health"),
    ];
    const answers = await Promise.all(wrong.map(get));
    for (const { status, text, headers } of answers) {
      expect(status).toBe(404);
      expect(text).toContain(gone);
      expect(text).toContain("/codegen retry");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await fetch(right, { method: "POST" })).status).toBe(404);
    expect((await fetch(right, { method: "HEAD" })).status).toBe(200);
  });

  test("goes on working when a new key is made, and ends with its own", async () => {
    const link = await scene.link(await scene.begin());
    await scene.store.linkKeys.rotate(0, 60_000);
    expect((await get(link)).status).toBe(200);
    await scene.store.linkKeys.rotate(0, 0);
    expect((await get(link)).status).toBe(404);
  });

  test("gives logs and files as plain text that no browser takes for anything else", async () => {
    const run = await scene.begin();
    const log = await scene.log(run, "test");
    log.write("\u001B[1mbold\u001B[0m 1%\r2%\n<script>alert(1)</script>\u0007\u202E\n");
    await log.keepFile('out/a"b\n.html', `<script>${secret}</script>`);
    await log.close(passed);
    const [stored] = await scene.store.logs.of(run.id);
    const [file] = await scene.store.logs.files(run.id);
    const text = await get(await scene.link(run, `/logs/${stored?.id}`));
    expect(text.text).toBe("2%\n<script>alert(1)</script>⟨U+202E⟩\n");
    const download = await get(await scene.link(run, `/files/${file?.id}`));
    expect(download.text).toBe("<script>[redacted]</script>");
    expect(download.headers.get("content-disposition")).toBe('attachment; filename="a_b_.html"');
    for (const { headers } of [text, download])
      expect(Object.fromEntries(headers)).toMatchObject({
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
        "content-security-policy": expect.stringContaining("sandbox"),
        "cache-control": "private, no-store",
      });
    const other = await scene.begin();
    expect((await get(await scene.link(other, `/files/${file?.id}`))).status).toBe(404);
    expect((await get(await scene.link(other, `/logs/${stored?.id}`))).status).toBe(404);
  });

  test("of a log of 10 MB shows the last lines at first, and the rest as text", async () => {
    const run = await scene.begin();
    const opened = await scene.store.logs.open(run.id, "test", "npm test");
    const lines = Array.from({ length: 1_500 }, (_, at) => `${at}: ${"x".repeat(57)}`).join("\n");
    const chunks = Array.from({ length: 107 }, (_, at) => ({ line: at * 1_500 + 1, text: `${lines}\n` }));
    await scene.store.logs.append(opened, chunks);
    const started = performance.now();
    const page = await get(await scene.link(run));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(page.text).toContain("this is the log from line 159501 on");
    expect(page.text).toContain('data-n="160500"');
    expect(page.text.length).toBeLessThan(400_000);
    const whole = await get(await scene.link(run, `/logs/${opened.id}`));
    expect(whole.text.split("\n")).toHaveLength(160_501);
    expect(whole.text.length).toBeGreaterThan(9_500_000);
  });
});

describe("what is new", () => {
  const updates = async (answer: Response): Promise<() => Promise<Record<string, unknown>>> => {
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    return async () => {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end !== -1) {
          const event = text.slice(0, end);
          text = text.slice(end + 2);
          const data = /^data:(.*)$/m.exec(event)?.[1];
          if (data !== undefined) return JSON.parse(data) as Record<string, unknown>;
          continue;
        }
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) return { closed: true };
        text += value;
      }
    };
  };
  const follow = async (run: Run, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(await scene.link(run, "/changes"), { headers: { accept: "text/event-stream", ...headers } });

  test("is streamed while the run goes on, from what the viewer has seen, and ends with the run", async () => {
    const run = await scene.begin();
    const log = await scene.log(run, "test");
    log.write("one\ntwo begins ");
    await until("it is stored", async () => (await scene.store.logs.newest(run.id)) || undefined);
    const answer = await follow(run);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const next = await updates(answer);
    expect(await next()).toMatchObject({
      seq: 1,
      ended: false,
      logs: [
        {
          name: "test",
          lines: [
            [1, [["one", ""]]],
            [2, [["two begins ", ""]]],
          ],
        },
      ],
    });
    log.write("\u001B[32mand ends\u001B[0m\nthree ");
    expect(await next()).toMatchObject({ seq: 2, logs: [{ mark: "running", lines: [[2, [["two begins ", ""], ["and ends", "green"]]], [3, [["three ", ""]]]] }] }); // prettier-ignore
    const again = await updates(await follow(run, { "last-event-id": "2" }));
    expect(await again()).toMatchObject({ seq: 2, logs: [{ lines: [] }] });
    await log.close(passed);
    await scene.store.runs.move(run.id, "succeeded");
    for (const reader of [next, again]) {
      let update = await reader();
      while (update.ended === false) update = await reader();
      expect(update).toMatchObject({ ended: true, state: { words: "Ended" }, logs: [{ words: "Passed" }] });
      expect(await reader()).toEqual({ closed: true });
    }
  });

  test("can be asked for where nothing is streamed", async () => {
    const run = await scene.begin();
    const log = await scene.log(run, "test");
    log.write("one\n");
    await log.close(passed);
    const answer = await get(`${await scene.link(run, "/changes")}&after=0`);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(JSON.parse(answer.text)).toMatchObject({
      seq: 1,
      ended: false,
      logs: [{ words: "Passed", lines: [[1, [["one", ""]]]] }],
    });
    expect(JSON.parse((await get(`${await scene.link(run, "/changes")}&after=1`)).text)).toMatchObject({
      logs: [{ lines: [] }],
    });
  });

  test("is refused to more viewers than the store can bear, and ends when the process does", async () => {
    const run = await scene.begin();
    const open = await Promise.all(Array.from({ length: 50 }, () => follow(run)));
    expect(new Set(open.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await follow(run);
    expect(refused.status).toBe(503);
    await refused.body?.cancel();
    await open.pop()?.body?.cancel();
    const next = await until("there is room again", async () => {
      const one = await follow(run);
      if (one.status === 200) return one;
      await one.body?.cancel();
      return undefined;
    });
    const closed = scene.edge.close();
    for (const one of [...open, next]) expect(await one.text()).toContain("event:update");
    await closed;
  });
});
