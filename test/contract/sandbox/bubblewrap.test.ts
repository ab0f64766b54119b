import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createBubblewrap, type BubblewrapOptions } from "../../../src/sandbox/bubblewrap.ts";
import { defaultLimits, type Sandbox } from "../../../src/sandbox/port.ts";
import { smallLimits } from "./bots.ts";
import { describeSandbox } from "./conformance.ts";
import { page } from "./probes.ts";

const provider = createBubblewrap();

describeSandbox("bubblewrap", () => provider);

let workspace: string;
let sandbox: Sandbox | undefined;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
});
afterEach(async () => {
  await sandbox?.destroy();
  await rm(workspace, { recursive: true, force: true });
});

const open = async (options: BubblewrapOptions = {}) => {
  sandbox = await createBubblewrap(options).create({ workspace, limits: smallLimits });
  return sandbox;
};

describe("bubblewrap", () => {
  test("reaches neither the bot's loopback nor an address outside, also where a service of the bot is reached", async () => {
    const near = createServer((socket) => socket.end("near"));
    near.listen(0, "127.0.0.1");
    await once(near, "listening");
    const { port } = near.address() as AddressInfo;
    try {
      await (await open()).serve((connection) => void connection.end("service"));
      const ask = ["127.0.0.1", "198.51.100.7", "169.254.169.254"].map(
        (host) => `curl -s -m 2 telnet://${host}:${port} </dev/null; echo " $?"`,
      );
      const result = await sandbox?.exec({ run: ask.join("; "), timeoutMs: 20_000 });
      expect(result?.output).not.toContain("near");
      expect(result?.output.match(/ 7$/gm)).toHaveLength(3);
    } finally {
      near.close();
    }
  });

  test("shows a program what lies where the sandbox's own user could not walk to", async () => {
    await chmod(workspace, 0o700);
    await writeFile(join(workspace, "tool"), "it is seen\n", { mode: 0o644 });
    const mounts = [{ source: join(workspace, "tool"), at: "/opt/deep/tool" }];
    const program = await (await open()).start({ run: ["cat", "/opt/deep/tool"], mounts });
    expect(await text(program.stdout)).toBe("it is seen\n");
    const nowhere = [{ source: "/no/such/file", at: "/opt/tool" }];
    await expect(sandbox?.start({ run: ["true"], mounts: nowhere })).rejects.toThrow(
      /\/no\/such\/file cannot be shown/,
    );
  });

  test.each<[string, BubblewrapOptions]>([
    ["as the kernel does it", {}],
    ["as the bot does it without cgroups", { cgroups: false }],
  ])("bounds the memory of a program, %s", async (_name, options) => {
    const hungry = "const a = []; for (;;) a.push(Buffer.alloc(16 * 2 ** 20, 1));";
    const program = await (await open(options)).start({ run: ["node", "-e", hungry] });
    expect(await program.ended).toEqual({ end: "out-of-memory", code: null });
  });

  test("leaves memory to commands that have written much", async () => {
    const options = { workspace, limits: { ...smallLimits, disk: 512 * 1024 ** 2 } };
    sandbox = await provider.create(options);
    const write = "for i in 1 2 3 4 5 6 7 8; do head -c 50M /dev/zero >$i; sleep 0.15; done; du -sm . | cut -f1";
    const result = await sandbox.exec({ run: write, timeoutMs: 20_000 });
    expect(result).toMatchObject({ end: "exited", code: 0, output: expect.stringMatching(/^40[0-9]\n$/) });
  });

  test("has room for a browser", async () => {
    sandbox = await provider.create({ workspace, limits: defaultLimits });
    const [, run, shown] = page;
    expect((await sandbox.exec({ run, timeoutMs: 25_000 })).output).toMatch(shown);
  });

  test("gives sandboxes of one group one set of limits", async () => {
    const group = "twins";
    const [one, other] = await Promise.all(
      [1, 2].map(() => provider.create({ workspace, limits: smallLimits, group })),
    );
    try {
      const program = await one?.start({ run: ["sleep", "100"] });
      const [mine, theirs] = await Promise.all([one?.stats(), other?.stats()]);
      expect(mine?.processes).toBe(theirs?.processes);
      program?.kill();
    } finally {
      await one?.destroy();
      expect(await other?.exec({ run: "echo still", timeoutMs: 20_000 })).toMatchObject({ output: "still\n" });
      await other?.destroy();
    }
  });
});
