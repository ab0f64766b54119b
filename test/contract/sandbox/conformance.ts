/** What every provider of sandboxes has to do. One that cannot do some of it says so by its abilities. */
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Sandbox, SandboxOptions, SandboxProgram, SandboxProvider } from "../../../src/sandbox/port.ts";
import { openWorkspaceFiles } from "../../../src/workspace/safe-files.ts";
import { canary, processesWith, smallLimits } from "./bots.ts";

export interface Abilities {
  /** Memory, processes, disk and time are bounded; what leaves its process group ends all the same. */
  readonly bounds: boolean;
  /** Commands have files, a user and a network of their own. */
  readonly walls: boolean;
  /** What is too much for the disk cannot be written at all; else who writes it is stopped. */
  readonly quota: boolean;
}

const longest = 20_000;

export function describeSandbox(
  name: string,
  makeProvider: () => SandboxProvider | Promise<SandboxProvider>,
  abilities: Abilities = { bounds: true, walls: true, quota: true },
): void {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  });
  const directory = async () => {
    const path = await mkdtemp(join(tmpdir(), "codegen-test-"));
    opened.push(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  const open = async (options: Partial<SandboxOptions> = {}): Promise<Sandbox> => {
    const workspace = options.workspace ?? (await directory());
    const provider = await makeProvider();
    const sandbox = await provider.create({ workspace, limits: smallLimits, trust: "own", ...options });
    opened.push(() => sandbox.destroy());
    return sandbox;
  };
  const withFiles = async (files: Readonly<Record<string, string>>) => {
    const path = await directory();
    for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
    return path;
  };
  const ifBounded = abilities.bounds ? test : ignored;
  const ifWalled = abilities.walls ? test : ignored;

  describe(`${name}: a command`, () => {
    test("tells its exit code, its output in the order of writing, and its time", async () => {
      const sandbox = await open();
      const result = await sandbox.exec({ run: "echo a; echo b >&2; echo c; exit 7", timeoutMs: longest });
      expect(result).toMatchObject({ end: "exited", code: 7, output: "a\nb\nc\n", droppedBytes: 0 });
      expect(result.ms).toBeGreaterThan(0);
      expect(await sandbox.exec({ run: ["no-such-program"], timeoutMs: longest })).toMatchObject({ code: 127 });
    });

    test("takes an argument list as it is, without a shell, and its environment and directory", async () => {
      const sandbox = await open();
      expect((await sandbox.exec({ run: ["printf", "%s|", "$HOME", "a b", "';"], timeoutMs: longest })).output).toBe(
        "$HOME|a b|';|",
      );
      await sandbox.exec({ run: "mkdir -p 'some dir/x'", timeoutMs: longest });
      const env = { A: "1 'two'\n3" };
      const result = await sandbox.exec({
        run: 'basename "$PWD"; echo "$A"',
        cwd: "some dir/x",
        env,
        timeoutMs: longest,
      });
      expect(result.output).toBe("x\n1 'two'\n3\n");
    });

    test("inherits nothing of the bot's environment", async () => {
      process.env["CODEGEN_CANARY"] = canary;
      try {
        const { output } = await (await open()).exec({ run: ["env"], timeoutMs: longest });
        const names = output
          .trim()
          .split("\n")
          .map((line) => line.split("=")[0]);
        expect(names.filter((found) => !["HOME", "PATH", "PWD", "SHLVL", "_"].includes(found ?? ""))).toEqual([]);
      } finally {
        delete process.env["CODEGEN_CANARY"];
      }
    });

    test("reads its standard input to the end, also a large one, and gets an end where there is none", async () => {
      const sandbox = await open();
      const stdin = "x".repeat(3_000_000);
      expect(await sandbox.exec({ run: "wc -c", stdin, timeoutMs: longest })).toMatchObject({ output: "3000000\n" });
      expect(await sandbox.exec({ run: "true", stdin, timeoutMs: longest })).toMatchObject({ end: "exited", code: 0 });
      expect(await sandbox.exec({ run: "cat; read it || echo over", timeoutMs: longest })).toMatchObject({
        output: "over\n",
      });
    });

    test("streams its output in whole characters", async () => {
      const sandbox = await open();
      const pieces: string[] = [];
      const run = `node -e 'const b = Buffer.from("€😀".repeat(50)); let i = 0; (function next() { if (i < b.length) process.stdout.write(b.subarray(i, i += 1), next) })()'`;
      const result = await sandbox.exec({ run, timeoutMs: longest, onOutput: (piece) => pieces.push(piece) });
      expect(pieces.join("")).toBe("€😀".repeat(50));
      expect(result.output).toBe("€😀".repeat(50));
      expect(pieces.every((piece) => !piece.includes("\ufffd"))).toBe(true);
    });

    test("may print what is no text", async () => {
      const result = await (await open()).exec({ run: "printf 'a\\0\\377\\376b'", timeoutMs: longest });
      expect(result).toMatchObject({ end: "exited", code: 0, output: "a\0\ufffd\ufffdb" });
    });

    test("runs at a terminal when that is asked for, and only then", async () => {
      const sandbox = await open();
      const run = "test -t 1 && tput cols; exit 3";
      expect(await sandbox.exec({ run, tty: true, env: { TERM: "xterm" }, timeoutMs: longest })).toMatchObject({
        end: "exited",
        code: 3,
        output: "120\r\n",
      });
      expect(await sandbox.exec({ run, timeoutMs: longest })).toMatchObject({ code: 3, output: "" });
      const quoted = ["printf", "%s", 'it\'s "$HOME"'];
      expect((await sandbox.exec({ run: quoted, tty: true, timeoutMs: longest })).output).toBe('it\'s "$HOME"');
    });

    test("is cancelled by its signal, before and while it runs", async () => {
      const sandbox = await open();
      const signal = AbortSignal.abort();
      expect(await sandbox.exec({ run: "touch ran", timeoutMs: longest, signal })).toMatchObject({
        end: "cancelled",
      });
      const controller = new AbortController();
      const onOutput = () => controller.abort();
      const running = { run: "ls; echo started; sleep 60", timeoutMs: longest, signal: controller.signal, onOutput };
      expect(await sandbox.exec(running)).toMatchObject({ end: "cancelled", code: null, output: "started\n" });
    });

    test("ends at its time limit, also when it ignores signals", async () => {
      const run = "trap '' TERM INT HUP; while :; do sleep 0.1; done";
      const result = await (await open()).exec({ run, timeoutMs: 300 });
      expect(result).toMatchObject({ end: "timed-out", code: null });
      expect(result.ms).toBeLessThan(15_000);
    });

    test("that never stops talking is stopped, and how it began and ended is kept", async () => {
      const result = await (await open()).exec({ run: "echo first; yes", timeoutMs: longest });
      expect(result).toMatchObject({ end: "output-limit", code: null });
      expect(result.output.startsWith("first\ny\n")).toBe(true);
      expect(Buffer.byteLength(result.output)).toBeLessThan(smallLimits.output + 100);
      expect(result.droppedBytes).toBeGreaterThan(19 * smallLimits.output);
    });

    test.each([
      [{ run: [] }, "empty"],
      [{ run: "true", cwd: "../x" }, "outside the workspace"],
      [{ run: "true", cwd: "/etc" }, "outside the workspace"],
      [{ run: "true", cwd: "nowhere" }, "no directory"],
      [{ run: "true\0" }, "NUL"],
      [{ run: "true", env: { "A B": "1" } }, "environment variable"],
      [{ run: "x".repeat(200_000) }, "100000 bytes"],
    ])("that cannot be run is refused with the reason: %j", async (command, reason) => {
      const sandbox = await open();
      await expect(sandbox.exec({ ...command, timeoutMs: longest })).rejects.toMatchObject({
        name: "UserError",
        message: expect.stringContaining(reason),
      });
    });

    ifBounded("ends when it takes more memory than it may", async () => {
      const run = "node -e 'const kept = []; for (;;) kept.push(Buffer.alloc(1e7, 1))'";
      expect(await (await open()).exec({ run, timeoutMs: longest })).toMatchObject({
        end: "out-of-memory",
        code: null,
      });
    });

    ifBounded("bursts as a fork bomb, inside", async () => {
      const marker = `codegen-bomb-${process.pid}-${name.length}`;
      const run = `bomb() { bomb | bomb & }; : ${marker}; bomb; sleep 0.3; echo over`;
      const result = await (await open()).exec({ run, timeoutMs: 5_000 });
      expect(["exited", "timed-out"]).toContain(result.end);
      expect(result.output).toMatch(/fork|Resource temporarily unavailable/i);
      expect(await processesWith(marker)).toEqual([]);
    });

    ifBounded("goes on in a new process all the time, and is gone with it", async () => {
      const sandbox = await open();
      const run = "(perl -e 'fork and exit while 1' &); sleep 0.2; echo over";
      expect(await sandbox.exec({ run, timeoutMs: longest })).toMatchObject({ code: 0, output: "over\n" });
      // Its last field is the number of the newest process.
      const started = "cat /proc/loadavg; sleep 0.2; cat /proc/loadavg";
      const { output } = await sandbox.exec({ run: started, timeoutMs: longest });
      const [before = 0, after = 0] = output
        .trim()
        .split("\n")
        .map((line) => Number(line.split(" ").at(-1)));
      expect(before).toBeGreaterThan(0);
      expect(after - before).toBeLessThan(20);
    });

    ifBounded("may write so much and no more, is told so, and can go on when it has removed it", async () => {
      const sandbox = await open();
      const result = await sandbox.exec({ run: "head -c 80M /dev/zero >big", timeoutMs: longest });
      expect(result).toMatchObject({ end: "disk-limit" });
      if (abilities.quota) expect(result.output).toContain("No space left on device");
      const again = await sandbox.exec({
        run: "rm big && head -c 1M /dev/zero >~/small && echo ok",
        timeoutMs: longest,
      });
      expect(again).toMatchObject({ output: "ok\n" });
    });

    ifBounded("takes with it what has left its process group", async () => {
      const marker = `86397.${process.pid}`;
      const run = `setsid sh -c '(sleep ${marker} </dev/null >/dev/null 2>&1 &)'; echo done`;
      expect(await (await open()).exec({ run, timeoutMs: longest })).toMatchObject({ code: 0, output: "done\n" });
      expect(await processesWith(marker)).toEqual([]);
    });
  });

  describe(`${name}: files`, () => {
    test("are those of the workspace, which itself does not change", async () => {
      const workspace = await withFiles({ "kept.txt": "kept\n", "gone.txt": "gone\n", "changed.txt": "old\n" });
      const sandbox = await open({ workspace });
      const run = "cat *.txt && rm gone.txt && echo new >changed.txt && chmod 755 kept.txt && ls";
      const listed = "old\ngone\nkept\nchanged.txt\nkept.txt\n";
      expect(await sandbox.exec({ run, timeoutMs: longest })).toMatchObject({ output: listed });
      expect((await readdir(workspace)).toSorted()).toEqual(["changed.txt", "gone.txt", "kept.txt"]);
      expect(await readFile(join(workspace, "changed.txt"), "utf8")).toBe("old\n");
    });

    test("are read and written by the bot without leaving the workspace", async () => {
      const sandbox = await open({ workspace: await withFiles({ "a.txt": "a\n" }) });
      const files = openWorkspaceFiles(sandbox.directory);
      await sandbox.exec({ run: "echo b >b.txt; ln -s /etc/passwd out; ln -s / up; mkdir d", timeoutMs: longest });
      expect(await files.list("", 10)).toEqual(["a.txt", "b.txt"]);
      expect(await files.read("b.txt")).toBe("b\n");
      for (const path of ["out", "up/etc/passwd", "../x"])
        await expect(files.read(path)).rejects.toThrow(/link|"\.\."/);
      await files.write("d/e/c.txt", "c\n");
      await files.write("a.txt", "changed\n");
      await files.remove("b.txt");
      const run = "cat a.txt d/e/c.txt && echo more >>d/e/c.txt && rm -r d && ls";
      expect(await sandbox.exec({ run, timeoutMs: longest })).toMatchObject({ output: "changed\nc\na.txt\nout\nup\n" });
    });

    test("stay for the next command, in the workspace and at home", async () => {
      const sandbox = await open();
      await sandbox.exec({ run: "touch here ~/there", timeoutMs: longest });
      expect((await sandbox.exec({ run: "ls . && ls ~", timeoutMs: longest })).output).toBe("here\nthere\n");
    });

    ifWalled("of /tmp do not stay, and are bounded", async () => {
      const sandbox = await open();
      const run = "touch /tmp/gone; for i in 1 2 3; do head -c 50M /dev/zero >/dev/shm/$i || exit 9; done";
      expect(await sandbox.exec({ run, timeoutMs: longest })).toMatchObject({ end: "exited", code: 9 });
      expect(await sandbox.exec({ run: "ls /tmp /dev/shm", timeoutMs: longest })).toMatchObject({
        output: "/dev/shm:\n\n/tmp:\n",
      });
    });

    test("that were written become a layer, which any number of others build on and none changes", async () => {
      const kept = await directory();
      const first = await open({ workspace: await withFiles({ "own.txt": "first\n" }) });
      const setup = "mkdir -p m/x && echo made >m/x/y && ln -s m/x link && chmod 750 m/x/y && echo at >~/home.txt";
      await first.exec({ run: setup, timeoutMs: longest });
      const size = await first.snapshot(kept);
      expect(size.files).toBeGreaterThanOrEqual(3);
      expect(size.bytes).toBeGreaterThanOrEqual(8);
      await first.destroy();
      const look = "cat own.txt link/y ~/home.txt && stat -c %a m/x/y && rm -r m && echo other >~/home.txt";
      for (const own of ["second", "third"]) {
        const next = await open({ workspace: await withFiles({ "own.txt": `${own}\n` }), layers: [kept] });
        expect(await next.exec({ run: look, timeoutMs: longest })).toMatchObject({ output: `${own}\nmade\nat\n750\n` });
      }
    });
  });

  describe(`${name}: a program`, () => {
    const run = async (sandbox: Sandbox, program: SandboxProgram) => {
      const running = await sandbox.start(program);
      running.stdin.end();
      const [out, err, end] = await Promise.all([text(running.stdout), text(running.stderr), running.ended]);
      return { out, err, end };
    };

    test("is spoken to through its own three streams", async () => {
      const sandbox = await open();
      const program = await sandbox.start({ run: ["sh", "-c", "echo aside >&2; read line; echo got $line; exit 3"] });
      program.stdin.write("this\n");
      expect(await text(program.stdout)).toBe("got this\n");
      expect(await text(program.stderr)).toBe("aside\n");
      expect(await program.ended).toEqual({ end: "exited", code: 3 });
    });

    test("may be read after it has ended", async () => {
      const program = await (await open()).start({ run: ["sh", "-c", "echo aside >&2; echo done"] });
      expect(await program.ended).toEqual({ end: "exited", code: 0 });
      expect(await Promise.all([text(program.stdout), text(program.stderr)])).toEqual(["done\n", "aside\n"]);
    });

    ifWalled("may not write the workspace where that was said, and sees what it is shown", async () => {
      const sandbox = await open({ workspace: await withFiles({ "kept.txt": "kept\n" }) });
      const folder = await withFiles({ tool: "#!/bin/sh\necho it runs\n" });
      await chmod(join(folder, "tool"), 0o777);
      const shown = { mounts: [{ source: join(folder, "tool"), at: "/opt/tool" }] };
      const write = "echo new >kept.txt; rm -f kept.txt; cat kept.txt; sh /opt/tool; echo >>/opt/tool";
      const { out, err } = await run(sandbox, { run: ["sh", "-c", write], readOnly: true, ...shown });
      expect(out).toBe("kept\nit runs\n");
      expect(err.match(/Read-only file system/g)).toHaveLength(3);
    });

    test("is killed with its group, when nobody wants it any more", async () => {
      const controller = new AbortController();
      const marker = `7318.${process.pid}`;
      const sandbox = await open();
      const shell = `${abilities.bounds ? "setsid " : ""}sleep ${marker} & echo up; wait`;
      const program = await sandbox.start({ run: ["sh", "-c", shell], signal: controller.signal });
      await once(program.stdout, "data");
      const asked = performance.now();
      controller.abort();
      expect(await program.ended).toEqual({ end: "cancelled", code: null });
      expect(performance.now() - asked).toBeLessThan(15_000);
      expect(await processesWith(marker)).toEqual([]);
    });

    test("that cannot be started is refused, or ends as a shell would say it", async () => {
      const sandbox = await open();
      await expect(sandbox.start({ run: [] })).rejects.toThrow(/empty/);
      await expect(sandbox.start({ run: ["true"], env: { A: "\0" } })).rejects.toThrow(/NUL/);
      const mounts = [{ source: "a", at: "/opt/a" }];
      await expect(sandbox.start({ run: ["true"], mounts })).rejects.toThrow(/have to be absolute/);
      expect(await run(sandbox, { run: ["/opt/nothing"] })).toMatchObject({ end: { end: "exited", code: 127 } });
    });
  });

  describe(`${name}: an address`, () => {
    const fetchInside = (url: string) =>
      `node -e 'fetch("${url}").then((r) => r.text()).then(console.log, (e) => console.log("no"))'`;

    test("of a service of the bot is reached by all that runs inside, until it is closed", async () => {
      const sandbox = await open();
      const server = createServer((request, response) => response.end(`you asked for ${request.url}`));
      const service = await sandbox.serve((connection) => void server.emit("connection", connection));
      expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      const ask = { run: fetchInside(`${service.url}/a`), timeoutMs: longest };
      const answers = await Promise.all([sandbox.exec(ask), sandbox.exec(ask)]);
      expect(answers.map(({ output }) => output)).toEqual(["you asked for /a\n", "you asked for /a\n"]);
      await service.close();
      expect(await sandbox.exec(ask)).toMatchObject({ output: "no\n" });
    });

    test("lets go of its connections when the sandbox is destroyed, and survives who connects without end", async () => {
      const sandbox = await open();
      const connections: Socket[] = [];
      const { url } = await sandbox.serve((connection) => void connections.push(connection));
      const flood = `const { connect } = require("node:net"); for (let n = 0; n < 300; n++)
        connect(${new URL(url).port}, "127.0.0.1").on("error", () => {}); setTimeout(() => process.exit(), 300);`;
      expect(await sandbox.exec({ run: ["node", "-e", flood], timeoutMs: longest })).toMatchObject({ code: 0 });
      expect(connections.length).toBeGreaterThan(0);
      expect(connections.length).toBeLessThan(300);
      await sandbox.destroy();
      expect(connections.every((connection) => connection.destroyed)).toBe(true);
    });

    test("of a server inside is reached from the bot, and by the next command", async () => {
      const sandbox = await open();
      const port = 20_000 + (process.pid % 10_000);
      const serve = `require("http").createServer((q, r) => r.end("inside " + q.url)).listen(${port}, "127.0.0.1", () => console.log("up"))`;
      const server = await sandbox.start({ run: ["node", "-e", serve] });
      await once(server.stdout, "data");
      const exposed = await sandbox.expose(port);
      const ask = async (path: string) => (await fetch(`${exposed.url}${path}`)).text();
      expect(await Promise.all([ask("/a"), ask("/b")])).toEqual(["inside /a", "inside /b"]);
      const inside = { run: fetchInside(`http://127.0.0.1:${port}/c`), timeoutMs: longest };
      expect(await sandbox.exec(inside)).toMatchObject({ output: "inside /c\n" });
      server.kill();
      await server.ended;
      await expect(ask("/d")).rejects.toThrow("fetch failed");
      await exposed.close();
    });
  });

  describe(`${name}: a sandbox`, () => {
    ifBounded("tells what it uses", async () => {
      const sandbox = await open();
      await sandbox.exec({ run: "head -c 5M /dev/zero >five", timeoutMs: longest });
      const { memoryPeak, cpuMs, written } = await sandbox.stats();
      expect(written).toBeGreaterThanOrEqual(5 * 1024 ** 2);
      expect(written).toBeLessThan(6 * 1024 ** 2);
      for (const counted of [memoryPeak, cpuMs]) expect(counted === null || counted > 0).toBe(true);
    });

    test("ends with all that runs in it, and takes nothing more", async () => {
      const sandbox = await open();
      const marker = `7319.${process.pid}`;
      const program = await sandbox.start({ run: ["sleep", marker] });
      let destroyed: Promise<void> | undefined;
      const onOutput = () => void (destroyed ??= sandbox.destroy());
      const result = await sandbox.exec({ run: `echo started; sleep ${marker}`, timeoutMs: longest, onOutput });
      await destroyed;
      expect(result).toMatchObject({ end: "killed", code: null });
      expect(await program.ended).toEqual({ end: "killed", code: null });
      expect(await processesWith(marker)).toEqual([]);
      for (const late of [
        () => sandbox.exec({ run: "true", timeoutMs: longest }),
        () => sandbox.start({ run: ["true"] }),
        () => sandbox.expose(80),
      ])
        await expect(late()).rejects.toThrow("has been destroyed");
      await sandbox.destroy();
    });

    test("refuses a workspace, and a place for a snapshot, that is no directory", async () => {
      await expect(open({ workspace: "/no/such/place" })).rejects.toThrow("/no/such/place");
      const sandbox = await open();
      const path = join(await directory(), "file");
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, "");
      await expect(sandbox.snapshot(path)).rejects.toThrow(path);
    });
  });
}

/** Takes the place of a test that a provider's abilities rule out. */
function ignored(_name: string, _work: () => Promise<void>): void {}
