import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bundled } from "../../doubles/bundled.ts";
import { dropTemplate, seedStore } from "../../doubles/embedded-template.ts";
import { processesWith, runServer, type ServerProcess } from "./server-process.ts";
import { setStage, until, type Stage } from "./stage.ts";

/** A second that no other process of this machine sleeps. */
const slow = `sleep 41.${process.pid}`;

describe("one process for everything, on the usual folder of the directory that it is started in", () => {
  let stage: Stage;
  let variables: Record<string, string>;
  let server: ServerProcess;
  let url: string;

  beforeAll(async () => {
    stage = await setStage(`validation: { commands: [{ name: slow, run: "${slow}" }] }\n`);
    variables = { ...stage.variables, CODEGEN_DATA_DIR: "", PORT: String(stage.port) };
    await seedStore(join(stage.folder, ".codegen"));
    server = runServer(variables, undefined, stage.folder);
    url = `http://127.0.0.1:${stage.port}`;
    await server.line("ready");
  }, 60_000);
  afterAll(async () => {
    server.stop("SIGKILL");
    await server.ended;
    await stage.close();
    await dropTemplate();
  }, 30_000);

  test("says where it is and what it stands on", async () => {
    expect(await server.line("ready")).toMatchObject({
      role: "all",
      queue: "pglite",
      store: "pglite",
      port: stage.port,
      pid: server.pid,
    });
  });

  test("is healthy with all its parts, the sandbox among them", async () => {
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      role: "all",
      ok: true,
      parts: { store: { ok: true }, queue: { ok: true }, github: { ok: true }, sandbox: { ok: true } },
    });
  });

  test("answers a command on an issue, and counts its deliveries and jobs", async () => {
    const issue = await stage.ada.api<{ number: number }>("POST", `${stage.at}/issues`, { title: "Hello" });
    await stage.ada.api("POST", `${stage.at}/issues/${issue.number}/comments`, { body: "/codegen help" });
    expect((await stage.answers(issue.number, 1))[0]).toContain("What you can ask for");
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^codegen_deliveries_total\{event="issue_comment",outcome="queued"\} [1-9]/m);
    expect(metrics).toMatch(/^bullmq_job_count\{.*\} \d+$/m);
  }, 60_000);

  test("keeps a second process off its folder, naming the first one's pid", async () => {
    const { code, stderr, stdout } = await runServer({ ...variables, PORT: "0" }, await bundled("server"), stage.folder)
      .ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(`^The embedded store in .* is in use by process ${server.pid} on .*CODEGEN_DATA_DIR.*\\n$`),
    );
    expect((await fetch(`${url}/health`)).status).toBe(200);
  }, 60_000);

  test("ends at SIGTERM with 0 within 10 s, in the middle of a command, and leaves no process and no file behind", async () => {
    const { ada, at } = stage;
    const main = await ada.api<{ object: { sha: string } }>("GET", `${at}/git/ref/heads/main`);
    await ada.api("POST", `${at}/git/refs`, { ref: "refs/heads/notes", sha: main.object.sha });
    await ada.api("PUT", `${at}/contents/NOTES.md`, {
      message: "Add notes",
      content: Buffer.from("notes\n").toString("base64"),
      branch: "notes",
    });
    await ada.api("POST", `${at}/pulls`, { title: "Notes", head: "notes", base: "main" });
    await until(
      () => processesWith(slow),
      (pids) => pids.length > 0,
    );
    const told = performance.now();
    server.stop("SIGTERM");
    expect((await server.ended).code).toBe(0);
    expect(performance.now() - told).toBeLessThan(10_000);
    expect(await server.line("stopped")).toBeDefined();
    expect(await processesWith(slow)).toEqual([]);
    expect(await processesWith(stage.folder)).toEqual([]);
    expect((await readdir(stage.folder)).toSorted()).toEqual([".codegen"]);
    const kept = await readdir(join(stage.folder, ".codegen"));
    expect(kept.filter((name) => name.includes("lock"))).toEqual([]);
  }, 60_000);
});
