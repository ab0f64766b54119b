import { afterEach, describe, expect, test } from "@jest/globals";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TransientError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import { removeTree } from "../../../src/sandbox/remove-tree.ts";
import { openSnapshots, type SnapshotsOptions } from "../../../src/snapshots/open-snapshots.ts";
import type { KeepRequest, SnapshotHost, Snapshots } from "../../../src/snapshots/port.ts";
import { exclusively } from "../../../src/workspace/exclusive.ts";

const folders: string[] = [];
const stores: Snapshots[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const key = "ab".repeat(32);
const request: KeepRequest = {
  repository: 5,
  name: "acme/shop",
  key,
  scope: "base",
  commit: "c".repeat(40),
  setupMs: 9,
  refused: [],
};
const start = new Date("2026-03-04T12:00:00Z");

/** A process of a host: its name is in what it leaves, and it can die. */
function processOf(dead: Set<string>, name: string): SnapshotHost {
  return {
    ownedName: (label) => `owned.${name}-${label}`,
    isLeftover: (entry) => dead.has(/^owned\.(\w+)-/.exec(entry)?.[1] ?? ""),
    removeTree,
    exclusively,
  };
}

/** A folder with a store for each process that asks for one. */
function folder() {
  const dataDir = mkdtempSync(join(tmpdir(), "codegen-snapshots-"));
  folders.push(dataDir);
  const dead = new Set<string>();
  const clock = { at: start, now: () => clock.at };
  const open = (name = "one", more: Partial<SnapshotsOptions> = {}) => {
    const store = openSnapshots({
      dataDir,
      maxBytes: 1_000,
      host: processOf(dead, name),
      clock,
      log: silentLog,
      freeBytes: () => Promise.resolve(10 * 1024 ** 3),
      ...more,
    });
    stores.push(store);
    return store;
  };
  const home = join(dataDir, "snapshots", "5");
  return { open, dead, clock, home, remains: () => readdirSync(home).filter((name) => !name.endsWith(".lock")) };
}

/** What a set-up left: one file. */
function file(text = "module", bytes = 100) {
  return (directory: string) => {
    writeFileSync(join(directory, "module.js"), text);
    return Promise.resolve({ bytes, files: 1 });
  };
}

const wait = { ms: 5_000, signal: new AbortController().signal };

describe("a snapshot", () => {
  test("is found by its name, with what was put in, until it is dropped", async () => {
    const snapshots = folder().open();
    expect(await snapshots.take(request)).toBeUndefined();
    expect(await snapshots.keep(request, 100, file())).toBe("kept");
    const held = await snapshots.take(request);
    expect(held?.about).toMatchObject({ ...request, bytes: 100, files: 1, unfit: null, made: start.toISOString() });
    expect(readFileSync(join(held?.directory ?? "", "module.js"), "utf8")).toBe("module");
    await held?.release();
    expect(await snapshots.drop(() => true)).toMatchObject({ dropped: [{ key, name: "acme/shop" }], inUse: [] });
    await snapshots.close();
    expect(await snapshots.take(request)).toBeUndefined();
  });

  test.each([
    ["another pull", { scope: 8 }],
    ["the base branch", { scope: "base" as const }],
    ["another repository", { repository: 6 }],
    ["another key", { key: "cd".repeat(32) }],
  ])("that a pull made does not serve %s", async (_, other) => {
    const snapshots = folder().open();
    await snapshots.keep({ ...request, scope: 7 }, 100, file());
    expect(await snapshots.take({ ...request, scope: 7, ...other })).toBeUndefined();
  });

  test("is kept once: who comes later does not change it", async () => {
    const snapshots = folder().open();
    await snapshots.keep(request, 100, file("first"));
    expect(await snapshots.keep(request, 100, file("second"))).toBe("there");
    const held = await snapshots.take(request);
    expect(readFileSync(join(held?.directory ?? "", "module.js"), "utf8")).toBe("first");
    await held?.release();
  });

  test("can be a note that there are no files, with the reason", async () => {
    const { open, home } = folder();
    const snapshots = open();
    const why = "it changes package.json";
    expect(await snapshots.keep(request, 100, async (at) => (await file()(at), { unfit: why }))).toBe("unfit");
    expect(await snapshots.take(request)).toMatchObject({ directory: null, about: { unfit: why, bytes: 0 } });
    expect(existsSync(join(home, `base-${key}`, "files"))).toBe(false);
  });

  test("stays while a run uses it, also when it is old, unwanted, or too large", async () => {
    const { open, clock, dead, remains } = folder();
    const snapshots = open();
    await snapshots.keep(request, 100, file());
    await open("two").take(request);
    clock.at = new Date(start.getTime() + 30 * 86_400_000);
    expect(await snapshots.drop(() => true)).toMatchObject({ dropped: [], inUse: [{ key }] });
    expect(await open("one", { maxBytes: 0 }).tidy()).toMatchObject({ snapshots: 0 });
    // A process that died uses nothing.
    dead.add("two");
    expect(await snapshots.tidy()).toMatchObject({ snapshots: 1 });
    expect(remains()).toEqual(["leases"]);
  });

  test("goes when nobody has used it for 14 days", async () => {
    const { open, clock } = folder();
    const snapshots = open();
    await snapshots.keep(request, 100, file());
    await (await snapshots.take(request))?.release();
    clock.at = new Date(start.getTime() + 13 * 86_400_000);
    await (await snapshots.take(request))?.release();
    clock.at = new Date(start.getTime() + 20 * 86_400_000);
    expect(await snapshots.tidy()).toEqual({ snapshots: 0, leftovers: 0 });
    clock.at = new Date(start.getTime() + 27 * 86_400_000);
    expect(await snapshots.tidy()).toEqual({ snapshots: 1, leftovers: 0 });
  });

  test("makes room for a new one, and is not made where there is none", async () => {
    const { open } = folder();
    const snapshots = open();
    await snapshots.keep(request, 600, file("old", 600));
    const next = { ...request, key: "cd".repeat(32) };
    expect(await snapshots.keep(next, 600, file("new", 600))).toBe("kept");
    expect((await snapshots.list()).map((one) => one.key)).toEqual([next.key]);
    expect(await snapshots.keep({ ...request, key: "ef".repeat(32) }, 1_001, file())).toBe("no room");
    const full = open("one", { freeBytes: () => Promise.resolve(1024 ** 3 - 700) });
    expect(await full.keep({ ...request, key: "ef".repeat(32) }, 10, file())).toBe("no room");
    await snapshots.close();
  });
});

describe("a process that dies while it makes a snapshot", () => {
  test("leaves nothing that is used, and what it left is removed", async () => {
    const { open, dead, home, remains } = folder();
    const crash = new Error("killed");
    // What `kill -9` leaves is what there is when the files are written and nothing else has happened.
    const copy = join(home, "owned.two-making-11111111-2222-3333-4444-555555555555");
    await expect(
      open("two").keep(request, 100, async (at) => {
        await file()(at);
        renameSync(join(at, ".."), copy);
        throw crash;
      }),
    ).rejects.toBe(crash);
    const snapshots = open();
    expect(await snapshots.take(request)).toBeUndefined();
    expect(await snapshots.tidy()).toEqual({ snapshots: 0, leftovers: 0 });
    dead.add("two");
    expect(await snapshots.tidy()).toEqual({ snapshots: 0, leftovers: 1 });
    expect(remains()).toEqual([]);
    expect(await snapshots.keep(request, 100, file())).toBe("kept");
  });

  test("in a container that nobody can look up any more leaves it for a day", async () => {
    const { open, home, remains } = folder();
    mkdirSync(join(home, "owned.gone-making-11111111-2222-3333-4444-555555555555"), { recursive: true });
    const dayAgo = new Date(Date.now() - 86_400_001);
    utimesSync(join(home, "owned.gone-making-11111111-2222-3333-4444-555555555555"), dayAgo, dayAgo);
    expect(await open().tidy()).toEqual({ snapshots: 0, leftovers: 1 });
    expect(remains()).toEqual([]);
  });

  test("and a machine that goes down leaves what was on the disk by then, and has the rest made anew", async () => {
    const { open, home } = folder();
    const place = join(home, `base-${key}`);
    const restart = () => {
      const about = JSON.parse(readFileSync(join(place, "about.json"), "utf8")) as { boot: string };
      writeFileSync(join(place, "about.json"), JSON.stringify({ ...about, boot: "another" }));
    };
    const snapshots = open();
    await snapshots.keep(request, 100, file("old"));
    await snapshots.close();
    restart();
    await (await snapshots.take(request))?.release();
    expect(await snapshots.list()).toMatchObject([{ key }]);
    rmSync(join(place, "durable"));
    expect(await snapshots.take(request)).toBeUndefined();
    expect(await snapshots.keep(request, 100, file("new"))).toBe("kept");
    const held = await snapshots.take(request);
    expect(readFileSync(join(held?.directory ?? "", "module.js"), "utf8")).toBe("new");
    await held?.release();
    await snapshots.close();
  });

  test("and a folder without a readable description, as a full disk leaves it, is none", async () => {
    const { open, home } = folder();
    const snapshots = open();
    await snapshots.keep(request, 100, file());
    writeFileSync(join(home, `base-${key}`, "about.json"), "{");
    expect(await snapshots.take(request)).toBeUndefined();
    expect(await snapshots.tidy()).toEqual({ snapshots: 0, leftovers: 1 });
  });
});

describe("two that need the same snapshot", () => {
  test("work one after the other, so that the second finds what the first made", async () => {
    const { open } = folder();
    const [one, two] = [open("one"), open("two")];
    let made = 0;
    const obtain = (snapshots: typeof one) =>
      snapshots.alone(request, wait, async () => {
        const there = await snapshots.take(request);
        if (there !== undefined) return there;
        made += 1;
        await snapshots.keep(request, 100, file());
        return snapshots.take(request);
      });
    const held = await Promise.all([obtain(one), obtain(two), obtain(one)]);
    expect(held.map((snapshot) => snapshot?.about.key)).toEqual([key, key, key]);
    expect(made).toBe(1);
  });

  test("do not wait for ever: the second goes its own way, and its turn does nothing when it comes", async () => {
    const snapshots = folder().open();
    const { first, end } = await occupy(snapshots);
    let ran = false;
    expect(await snapshots.alone(request, { ...wait, ms: 20 }, () => Promise.resolve((ran = true)))).toBeUndefined();
    end("done");
    expect(await first).toBe("done");
    expect(await snapshots.alone(request, wait, () => Promise.resolve("next"))).toBe("next");
    expect(ran).toBe(false);
  });

  test("can be cancelled while they wait", async () => {
    const snapshots = folder().open();
    const { first, end } = await occupy(snapshots);
    const stop = new AbortController();
    const second = snapshots.alone(request, { ms: 5_000, signal: stop.signal }, () => Promise.resolve("ran"));
    stop.abort(new Error("superseded"));
    await expect(second).rejects.toThrow("superseded");
    end("done");
    await first;
  });

  test("what the work itself throws is told, also what passes", async () => {
    const snapshots = folder().open();
    const away = new TransientError("GitHub is away");
    await expect(snapshots.alone(request, wait, () => Promise.reject(away))).rejects.toBe(away);
  });
});

/** Somebody at work, until `end` is called. */
async function occupy(snapshots: Snapshots) {
  const { promise: busy, resolve: end } = Promise.withResolvers<string>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const first = snapshots.alone(request, wait, () => {
    begin();
    return busy;
  });
  await begun;
  return { first, end };
}
