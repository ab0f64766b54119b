import { once } from "node:events";
import { createServer } from "node:http";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createSocketServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createBubblewrap, type BubblewrapOptions } from "../../../src/sandbox/bubblewrap.ts";
import type { Sandbox, SandboxProgram } from "../../../src/sandbox/port.ts";
import { processesWith, smallLimits } from "./bots.ts";

let workspace: string;
let sandbox: Sandbox;
beforeEach(async () => {
  await open({});
});
afterEach(close);

async function open(options: BubblewrapOptions): Promise<void> {
  workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
  await writeFile(join(workspace, "kept.txt"), "kept\n");
  sandbox = await createBubblewrap(options).create({ workspace, limits: smallLimits });
}

async function close(): Promise<void> {
  await sandbox.destroy();
  await rm(workspace, { recursive: true, force: true });
}

describe("a program in the sandbox", () => {
  test("is spoken to through its own three streams", async () => {
    const program = await sandbox.start({ run: ["sh", "-c", "echo aside >&2; read line; echo got $line; exit 3"] });
    program.stdin.write("this\n");
    expect(await text(program.stdout)).toBe("got this\n");
    expect(await text(program.stderr)).toBe("aside\n");
    expect(await program.ended).toEqual({ end: "exited", code: 3 });
  });

  test("may be read after it has ended", async () => {
    const program = await sandbox.start({ run: ["sh", "-c", "echo aside >&2; echo done"] });
    expect(await program.ended).toEqual({ end: "exited", code: 0 });
    expect(await Promise.all([text(program.stdout), text(program.stderr)])).toEqual(["done\n", "aside\n"]);
  });

  test("sees its variables and nothing of the bot's", async () => {
    const { out } = await run({ run: ["env"], env: { GREETING: "hello" } });
    expect(out.split("\n").map((line) => line.split("=")[0])).toEqual(
      expect.arrayContaining(["GREETING", "HOME", "PATH"]),
    );
    expect(out.trim().split("\n")).toHaveLength(4);
  });

  test("writes the workspace, or may not where it was said", async () => {
    const write = ["sh", "-c", "echo new >kept.txt; echo new >made.txt; rm -f kept.txt; cat kept.txt"];
    const readOnly = await run({ run: write, readOnly: true });
    expect(readOnly.out).toBe("kept\n");
    expect(readOnly.err.match(/Read-only file system/g)).toHaveLength(3);
    expect(await run({ run: ["sh", "-c", "echo new >made.txt && cat made.txt"] })).toMatchObject({ out: "new\n" });
  });

  test("sees the files that it is shown, and cannot write them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "codegen-shown-"));
    try {
      // Where the sandbox's own user could not walk to.
      await chmod(folder, 0o700);
      const source = join(folder, "tool");
      await writeFile(source, "#!/bin/sh\necho it runs\n", { mode: 0o777 });
      await chmod(source, 0o777);
      const shown = { mounts: [{ source, at: "/opt/tool" }] };
      expect(await run({ run: ["/opt/tool"], ...shown })).toMatchObject({ out: "it runs\n" });
      expect((await run({ run: ["sh", "-c", "echo >>/opt/tool"], ...shown })).err).toContain("Read-only file system");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each<[string, SandboxProgram, RegExp]>([
    ["nothing", { run: [] }, /empty/],
    [
      "a mount of no certain place",
      { run: ["true"], mounts: [{ source: "a", at: "/opt/a" }] },
      /has to|have to be absolute/,
    ],
    ["a NUL in its environment", { run: ["true"], env: { A: "\0" } }, /NUL/],
  ])("is refused with %s", async (_name, program, words) => {
    await expect(sandbox.start(program)).rejects.toThrow(words);
  });

  test("that does not exist ends as a shell would say it", async () => {
    expect(await run({ run: ["/opt/nothing"] })).toMatchObject({ end: { end: "exited", code: 127 } });
  });

  test("is killed with all that it started, when nobody wants it any more", async () => {
    const controller = new AbortController();
    const marker = "sleep 7318.5";
    const program = await sandbox.start({
      run: ["sh", "-c", `setsid ${marker} & echo up; wait`],
      signal: controller.signal,
    });
    await once(program.stdout, "data");
    const asked = performance.now();
    controller.abort();
    expect(await program.ended).toEqual({ end: "cancelled", code: null });
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(await processesWith(marker)).toEqual([]);
  });

  test("ends with its sandbox, which starts nothing any more", async () => {
    const program = await sandbox.start({ run: ["sleep", "1000"] });
    await sandbox.destroy();
    expect(await program.ended).toEqual({ end: "killed", code: null });
    await expect(sandbox.start({ run: ["true"] })).rejects.toThrow("has been destroyed");
  });

  test.each<[string, BubblewrapOptions]>([
    ["as the kernel does it", {}],
    ["as the bot does it without cgroups", { cgroups: false }],
  ])("is bound by the sandbox's memory, %s", async (_name, options) => {
    await close();
    await open(options);
    const hungry = "const a = []; for (;;) a.push(Buffer.alloc(16 * 2 ** 20, 1));";
    expect((await run({ run: ["node", "-e", hungry] })).end).toEqual({ end: "out-of-memory", code: null });
  });
});

describe("a service of the bot", () => {
  test("is reached at an address of the sandbox's loopback, by all that runs there", async () => {
    const server = createServer((request, response) => response.end(`you asked for ${request.url}`));
    const service = await sandbox.serve((connection) => void server.emit("connection", connection));
    const { url } = service;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const ask = ["sh", "-c", `curl -s ${url}/a`];
    expect(await Promise.all([run({ run: ask }), run({ run: ask })])).toMatchObject([
      { out: "you asked for /a" },
      { out: "you asked for /a" },
    ]);
    await service.close();
    expect(await run({ run: ["curl", "-s", url] })).toMatchObject({ end: { code: 7 } });
  });

  test("is all that is reached: neither the bot's loopback nor an address outside", async () => {
    const near = createSocketServer((socket) => socket.end("near"));
    near.listen(0, "127.0.0.1");
    await once(near, "listening");
    const { port } = near.address() as AddressInfo;
    try {
      await sandbox.serve((connection) => void connection.end("service"));
      const ask = ["127.0.0.1", "198.51.100.7", "169.254.169.254"].map(
        (host) => `curl -s -m 2 telnet://${host}:${port} </dev/null; echo " $?"`,
      );
      const { out } = await run({ run: ["sh", "-c", ask.join("; ")] });
      expect(out).not.toContain("near");
      expect(out.match(/ 7$/gm)).toHaveLength(3);
    } finally {
      near.close();
    }
  });

  test("lets go of its connections when the sandbox is destroyed", async () => {
    const connections: Socket[] = [];
    const { url } = await sandbox.serve((connection) => void connections.push(connection));
    await run({ run: ["curl", "-s", "-m", "0.3", url] });
    await sandbox.destroy();
    expect(connections).toHaveLength(1);
    expect(connections[0]?.destroyed).toBe(true);
  });

  test("survives who connects without end", async () => {
    let taken = 0;
    const { url } = await sandbox.serve(() => void (taken += 1));
    const flood = `const { connect } = require("node:net"); let up = 0; for (let n = 0; n < 300; n++)
      connect(${new URL(url).port}, "127.0.0.1").on("error", () => {}).on("connect", () => ++up);
      setTimeout(() => process.exit(), 500);`;
    expect(await run({ run: ["node", "-e", flood] })).toMatchObject({ end: { end: "exited", code: 0 } });
    expect(taken).toBeLessThan(300);
    expect(taken).toBeGreaterThan(0);
  });
});

async function run(program: SandboxProgram) {
  const running = await sandbox.start(program);
  running.stdin.end();
  const [out, err, end] = await Promise.all([text(running.stdout), text(running.stderr), running.ended]);
  return { out, err, end };
}
