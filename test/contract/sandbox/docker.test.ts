import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Sandbox, SandboxCommand, SandboxProgram } from "../../../src/sandbox/port.ts";
import { isRoot, processesWith, smallLimits } from "./bots.ts";
import { describeSandbox } from "./conformance.ts";
import { openEngine, type TestEngine } from "./docker-engine.ts";

describeSandbox("docker", () => engine.provider, { bounds: true, walls: true, quota: false });

let engine: TestEngine;
let workspace: string;
let sandbox: Sandbox;
beforeAll(async () => {
  engine = await openEngine();
  workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
  await writeFile(join(workspace, "kept.txt"), "kept\n");
  await symlink("/etc/passwd", join(workspace, "link"));
  sandbox = await engine.provider.create({ workspace, limits: smallLimits });
});
afterAll(async () => {
  await sandbox.destroy();
  await rm(workspace, { recursive: true, force: true });
  await engine.close();
});

const exec = (run: SandboxCommand["run"], more: Partial<SandboxCommand> = {}) =>
  sandbox.exec({ run, timeoutMs: 20_000, ...more });

async function start(program: SandboxProgram) {
  const running = await sandbox.start(program);
  running.stdin.end();
  const [out, err, end] = await Promise.all([text(running.stdout), text(running.stderr), running.ended]);
  return { out, err, end };
}

test("what a command finds is named by the image's content, not by its name alone", async () => {
  expect(await engine.provider.base()).toMatch(/^docker sha256:[0-9a-f]{64}$/);
});

describe("a command in a container", () => {
  test("is neither root nor able to become it, and writes only where it may", async () => {
    const run = `id -u; id -un; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status | tr -d '\\t'
      for place in / /usr /etc /run/codegen /proc/sys/kernel; do (echo x >$place/probe) 2>/dev/null && echo wrote $place; done
      for place in /workspace "$HOME" /tmp /var/tmp; do (echo x >$place/probe) && echo may $place; done`;
    const { output } = await exec(run);
    const lines = output.trim().split("\n");
    expect(lines[0]).toMatch(isRoot ? /^61\d{3}$/ : new RegExp(`^${process.getuid?.()}$`));
    expect(lines.slice(1)).toEqual([
      "codegen",
      "CapEff:0000000000000000",
      "CapBnd:0000000000000000",
      "NoNewPrivs:1",
      "may /workspace",
      "may /home/codegen",
      "may /tmp",
      "may /var/tmp",
    ]);
  });

  test("is ended at its time limit with all that it started, while another one goes on", async () => {
    const marker = `sleep 87${process.pid % 1_000}.5`;
    const [late, other] = await Promise.all([
      exec(`trap '' TERM INT HUP; (setsid ${marker} &); while :; do sleep 0.1; done`, { timeoutMs: 500 }),
      exec("sleep 1; echo still here"),
    ]);
    expect(late).toMatchObject({ end: "timed-out", code: null });
    expect(other).toMatchObject({ end: "exited", output: "still here\n" });
    expect(await processesWith(marker)).toEqual([]);
  });

  test("that forks for ever, or kills all that it can, leaves the sandbox to the next one", async () => {
    const bomb = await exec("bomb() { bomb | bomb & }; bomb; sleep 1", { timeoutMs: 5_000 });
    expect(bomb.output).toMatch(/fork|Resource temporarily unavailable/i);
    expect(["killed", "exited"]).toContain((await exec("kill -9 -1; sleep 9")).end);
    expect(await exec("echo alive")).toMatchObject({ end: "exited", output: "alive\n" });
  });
});

test("what was written is kept as a layer, which lies beneath another workspace, or over it", async () => {
  const [first, second, layer] = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), "codegen-test-"))));
  if (first === undefined || second === undefined || layer === undefined) throw new Error("no directories");
  const names = ["kept", "changed", "gone", "was-file"];
  for (const name of names) await writeFile(join(first, name), "old\n");
  await mkdir(join(first, "was-folder"));
  const box = await engine.provider.create({ workspace: first, limits: smallLimits });
  const write = `echo new >changed; rm gone was-file; rmdir was-folder; echo x >was-folder; mkdir -p was-file/sub "odd
name"; echo y >was-file/sub/y; ln -s ../kept "odd
name/link"; echo home >~/made`;
  expect(await box.exec({ run: write, timeoutMs: 20_000 })).toMatchObject({ end: "exited", output: "" });
  expect(await box.snapshot(layer)).toEqual({ bytes: 13, files: 6 });
  await box.destroy();
  // As overlayfs has it: a character device 0/0 for what is gone.
  expect((await lstat(join(layer, "workspace/gone"))).isCharacterDevice()).toBe(true);
  expect((await readdir(join(layer, "workspace"))).toSorted()).toEqual(
    ["changed", "gone", "odd\nname", "was-file", "was-folder"].toSorted(),
  );
  await writeFile(join(second, "changed"), "of the next commit\n");
  const next = await engine.provider.create({ workspace: second, limits: smallLimits, layers: [layer] });
  const { output } = await next.exec({
    run: `cat changed was-folder was-file/sub/y ~/made; ls; readlink odd*/link; touch was-file/sub/mine`,
    timeoutMs: 20_000,
  });
  expect(output).toBe("of the next commit\nx\ny\nhome\nchanged\nodd\nname\nwas-file\nwas-folder\n../kept\n");
  await next.destroy();
  const over = await engine.provider.create({ workspace: second, limits: smallLimits, over: [layer] });
  expect((await over.exec({ run: "cat changed", timeoutMs: 20_000 })).output).toBe("new\n");
  await over.destroy();
  for (const directory of [first, second, layer]) await rm(directory, { recursive: true });
});

describe("a program in a container", () => {
  test("that may not write the workspace sees it, and what else it is shown, in the network of the others", async () => {
    const server = await sandbox.start({ run: ["node", "-e", serveInside(4_100)] });
    await once(server.stdout, "data");
    const source = join(workspace, "kept.txt");
    const run = "cat /opt/shown; echo x >kept.txt || echo x >>/opt/shown || curl -s http://127.0.0.1:4100/near; exit 5";
    const program = { run: ["sh", "-c", run], readOnly: true, mounts: [{ source, at: "/opt/shown" }] };
    const { out, err, end } = await start(program);
    expect(out).toBe("kept\ninside /near");
    expect(err).toContain("Read-only file system");
    expect(end).toEqual({ end: "exited", code: 5 });
    server.kill();
    expect(await server.ended).toEqual({ end: "killed", code: null });
  });

  test("is held back by who does not read, and let go when it is killed", async () => {
    const program = await sandbox.start({ run: ["yes"] });
    await once(program.stdout, "readable");
    program.kill();
    expect(await program.ended).toEqual({ end: "killed", code: null });
  });
});

describe("the network of a container", () => {
  test("reaches what the bot serves, and nothing else", async () => {
    const server = createServer((request, response) => response.end(`you asked for ${request.url}`));
    const served = await sandbox.serve((connection: Socket) => void server.emit("connection", connection));
    const ask = (url: string) => `curl -s -m 2 ${url}; echo " $?"`;
    const { output } = await exec(
      [ask(`${served.url}/a`), ask("http://198.51.100.7"), ask("http://169.254.169.254")].join("; "),
    );
    expect(output).toBe("you asked for /a 0\n 7\n 7\n");
    // A command may end what passes connections on, with everything else; it is there again, at the same address.
    await exec("kill -9 -1; sleep 9");
    const until = `for i in $(seq 50); do curl -s ${served.url}/b && exit; sleep 0.1; done`;
    expect((await exec(until)).output).toBe("you asked for /b");
    await served.close();
  });

  test("lets the bot reach a server inside, by as many connections as come", async () => {
    const server = await sandbox.start({ run: ["node", "-e", serveInside(4_200)] });
    await once(server.stdout, "data");
    const exposed = await sandbox.expose(4_200);
    const paths = Array.from({ length: 12 }, (_, index) => `/${index}`);
    const pages = await Promise.all(paths.map(async (path) => (await fetch(exposed.url + path)).text()));
    expect(pages).toEqual(paths.map((path) => `inside ${path}`));
    await exposed.close();
    await expect(fetch(exposed.url)).rejects.toThrow("fetch failed");
    server.kill();
    await server.ended;
  });
});

const serveInside = (port: number) =>
  `require("node:http").createServer((request, response) => response.end("inside " + request.url)).listen(${port}, "127.0.0.1", () => console.log("up"));`;
