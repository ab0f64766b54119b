import { afterEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { git } from "../../../src/workspace/git.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { launcherPid, longLiving, withClock } from "../launcher/scene.ts";
import { temporary } from "./repository.ts";

const places = temporary();
const scenes: ReturnType<typeof longLiving>[] = [];
afterEach(() => {
  for (const made of scenes.splice(0)) made.close();
  places.removeAll();
});

function repository() {
  const made = places.repository();
  return { gitDirectory: join(made.directory, ".git"), head: made.commit({ a: "1" }) };
}

/** A git that does not end, with children of its own in its group. */
function endless() {
  const made = longLiving();
  scenes.push(made);
  return { ...made, args: ["-c", `alias.endless=!${made.script}`, "endless"] };
}

describe("git", () => {
  test.each([
    ["every value of a byte", Buffer.from(Array.from({ length: 256 }, (_, value) => value))],
    ["30 MB", Buffer.alloc(30_000_000, "0123456789abcdef\n\0\xff", "latin1")],
  ])("takes and gives %s as they are", async (_, content) => {
    const { gitDirectory } = repository();
    const { stdout: oid } = await git(["hash-object", "-w", "--stdin"], { gitDirectory, input: content });
    const { stdout } = await git(["cat-file", "blob", oid.toString().trim()], { gitDirectory });
    expect(stdout.equals(content)).toBe(true);
    await expect(
      git(["cat-file", "blob", oid.toString().trim()], { gitDirectory, maxOutput: content.length - 1 }),
    ).rejects.toMatchObject({ name: "GitError", message: expect.stringMatching(/more than \d+ bytes of output$/) });
  });

  test("says with which code it ended and why, unless that code is an answer", async () => {
    const { gitDirectory } = repository();
    const ask = ["cat-file", "-e", "0".repeat(40)];
    expect(await git(ask, { gitDirectory, accept: [0, 1] })).toMatchObject({ code: 1 });
    await expect(git(ask, { gitDirectory })).rejects.toMatchObject({ name: "GitError", timedOut: false });
    await expect(git(["no-such-command"], { gitDirectory })).rejects.toMatchObject({
      message: expect.stringMatching(/^git no-such-command: exit code 1: git: 'no-such-command' is not a git command/),
    });
  });

  test("answers two hundred calls at once", async () => {
    const { gitDirectory, head } = repository();
    const call = () => git(["cat-file", "-t", head], { gitDirectory });
    const answers = await Promise.all(Array.from({ length: 200 }, call));
    expect(new Set(answers.map(({ stdout }) => stdout.toString()))).toEqual(new Set(["commit\n"]));
  });

  test("is killed with its children when its time is over", async () => {
    const { args, started, gone } = endless();
    const end = await withClock(async (advance) => {
      const failure = git(args, { timeoutMs: 400 }).catch((thrown: unknown) => thrown);
      await started;
      advance(400);
      return failure;
    });
    expect(end).toMatchObject({
      name: "GitError",
      timedOut: true,
      message: expect.stringMatching(/no end after 400 ms$/),
    });
    await gone;
  });

  test.each([
    ["without a reason", undefined, { name: "Cancelled", reason: "cancelled" }],
    ["with one", new RangeError("because"), { name: "RangeError", message: "because" }],
  ])("is killed with its children when it is aborted %s", async (_, reason, error) => {
    const { args, started, gone } = endless();
    const controller = new AbortController();
    const end = git(args, { signal: controller.signal }).catch((thrown: unknown) => thrown);
    await started;
    controller.abort(reason);
    expect(await end).toMatchObject(error);
    await gone;
    await expect(git(["version"], { signal: controller.signal })).rejects.toMatchObject(error);
  });

  test("that is cut off with the process that started it is a failure which may pass", async () => {
    const { gitDirectory, head } = repository();
    const { args, started, gone } = endless();
    const end = git(args).catch((thrown: unknown) => thrown);
    await started;
    process.kill(await launcherPid(), "SIGKILL");
    expect(await end).toMatchObject({ name: "TransientError", message: expect.stringMatching(/^git was cut off/) });
    await gone;
    expect(await git(["cat-file", "-e", head], { gitDirectory })).toMatchObject({ code: 0 });
  });

  test("that is cut off while it fetches fails the fetch so that it is tried again, and the mirror still works", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const remote = places.repository();
      const sha = remote.commit({ a: "1" });
      const mirror = openMirror({ dataDir: places.directory(), repositoryId: 1, allowFileProtocol: true });
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/o/r.git`;
      const asked = once(server, "request");
      const fetched = mirror.ensureCommit({ url, sha }).catch((thrown: unknown) => thrown);
      await asked;
      process.kill(await launcherPid(), "SIGKILL");
      expect(await fetched).toMatchObject({
        name: "TransientError",
        message: expect.stringMatching(/^git was cut off/),
      });
      await mirror.ensureCommit({ url: remote.url, sha });
      expect((await mirror.readBlob(sha, "a"))?.toString()).toBe("1");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
