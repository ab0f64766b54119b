import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openFactStore, type FactStore } from "../../../src/code/index/fact-store.ts";
import { createMemoryStore } from "../../../src/code/index/memory-store.ts";

let folder = "";
let troubles: string[] = [];
const open: FactStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "codegen-facts-"));
  troubles = [];
});
afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

const openStore = (options: { maxBytes?: number; busyMs?: number } = {}) => {
  const store = openFactStore({
    file: join(folder, "code", "7.sqlite"),
    onTrouble: (text) => troubles.push(text),
    ...options,
  });
  open.push(store);
  return store;
};
const row = (key: string, analysis = "facts") => ({
  key,
  links: `links of ${key}`,
  analysis,
  blocks: `blocks of ${key}`,
});

const kinds = {
  "in a file gives back what was kept to the next who opens it": (keep: (store: FactStore) => void) => {
    const first = openStore();
    keep(first);
    first.close();
    return openStore();
  },
  "in memory gives back what was kept": (keep: (store: FactStore) => void) => {
    const store = createMemoryStore();
    keep(store);
    return store;
  },
};

describe("the store of facts", () => {
  test.each(Object.entries(kinds))("%s", (_, storeWith) => {
    const store = storeWith((first) => {
      first.keep([row("a"), row("b", "facts that are replaced")]);
      first.keep([row("b", "other facts")]);
      first.keepState("tree", Buffer.from("state"), Buffer.from("pack"));
    });
    expect(store.states()).toEqual(["tree"]);
    expect([...store.links(["b", "c", "a"])]).toEqual([
      ["b", "links of b"],
      ["a", "links of a"],
    ]);
    expect([...store.analyses(["b"])]).toEqual([["b", "other facts"]]);
    expect([...store.blocks(["a", "c"])]).toEqual([["a", "blocks of a"]]);
    expect(Buffer.from(store.state("tree") ?? []).toString()).toBe("state");
    expect(store.state("another")).toBeNull();
    expect(Buffer.from(store.pack("tree") ?? []).toString()).toBe("pack");
    expect(store.pack("another")).toBeNull();
    expect(troubles).toEqual([]);
  });

  test("drops a file that is no database, or a damaged one, says so, and begins anew", () => {
    openStore().close();
    const file = join(folder, "code", "7.sqlite");
    writeFileSync(file, "no database at all ".repeat(100));
    const store = openStore();
    store.keep(Array.from({ length: 300 }, (_, number) => row(`k${number}`, "x".repeat(5_000))));
    store.close();
    const content = readFileSync(file);
    content.fill(0x55, 8_192, content.length);
    writeFileSync(file, content);
    const damaged = openStore();
    const keys = Array.from({ length: 300 }, (_, number) => `k${number}`);
    damaged.analyses(keys);
    damaged.keep([row("a")]);
    expect([...damaged.links(["a", "k1"]).keys()]).toEqual(["a"]);
    expect(troubles).toEqual([expect.stringContaining("was dropped"), expect.stringContaining("was dropped")]);
  });

  test("does without a file that somebody else has locked", () => {
    openStore().close();
    const other = new DatabaseSync(join(folder, "code", "7.sqlite"));
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const store = openStore({ busyMs: 50 });
    store.keep([row("a")]);
    other.exec("COMMIT");
    other.close();
    expect(troubles[0]).toMatch(/locked/);
  });

  test("keeps to its size: what was not used for longest goes first", () => {
    const store = openStore({ maxBytes: 1_000_000 });
    for (let at = 0; at < 100; at++) store.keep([row(`k${at}`, "x".repeat(50_000))]);
    expect([...store.links(["k0", "k99"]).keys()]).toEqual(["k99"]);
    store.close();
    expect(statSync(join(folder, "code", "7.sqlite")).size).toBeLessThan(1_200_000);
    expect(troubles).toEqual([]);
  });

  test("keeps the states that were used last", () => {
    const store = openStore();
    for (let at = 0; at < 12; at++) store.keepState(`t${at}`, Buffer.from("x"), Buffer.from("pack"));
    expect(store.states().length).toBe(8);
    expect(store.states()).toContain("t11");
    expect(store.state("t0")).toBeNull();
  });
});
