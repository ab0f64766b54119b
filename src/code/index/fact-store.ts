/** What was read from files, kept by their content: a cache, so that losing it loses nothing. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { messageOf } from "../../errors.ts";
import type { WrittenAnalysis } from "../written-analysis.ts";

/** An analysis as it is kept: its links, and its blocks, can be read without the rest. */
export interface KeptAnalysis extends Omit<WrittenAnalysis, "isPassing"> {
  /** Of the content, its language, and what read it. */
  readonly key: string;
}

/** No method throws: what cannot be read or written is as if it had not been kept, and is said. */
export interface FactStore {
  links(keys: readonly string[]): ReadonlyMap<string, string>;
  analyses(keys: readonly string[]): ReadonlyMap<string, string>;
  blocks(keys: readonly string[]): ReadonlyMap<string, string>;
  keep(analyses: readonly KeptAnalysis[]): void;
  /** What is known of a whole state of the repository. */
  state(id: string): Uint8Array | null;
  /** Ids of the kept states, the last used first. */
  states(): readonly string[];
  /** The blocks of all files of a kept state in one piece. */
  pack(id: string): Uint8Array | null;
  keepState(id: string, content: Uint8Array, pack: Uint8Array): void;
  close(): void;
}

export interface FactStoreOptions {
  /** The database's file, made with its folder when it is missing. */
  readonly file: string;
  /** Bytes of the file; what was not used for longest goes first. Default 256 MiB. */
  readonly maxBytes?: number;
  /** ms to wait for others that write to the file; default 1,000. */
  readonly busyMs?: number;
  /** Told what is wrong with the file, and what became of it. */
  readonly onTrouble?: (sentence: string) => void;
}

/** Raise it when the tables change: files of others are dropped. */
const layout = 4;
const mostStates = 8;
const dayMs = 86_400_000;
/** SQLite's codes for a file that is none of its own, or damaged (sqlite.org/rescode.html). */
const broken = new Set([11, 26]);

/** Opens the store of one repository. A broken file is dropped and begun anew; one that cannot be used is done without. */
export function openFactStore(options: FactStoreOptions): FactStore {
  const say = options.onTrouble ?? (() => undefined);
  let tables = openTables(options, say);
  /** Does without what fails; a file that turns out to be broken is begun anew. */
  const attempt = <T>(work: (at: Tables) => T, otherwise: T): T => {
    try {
      return work(tables);
    } catch (error) {
      if (broken.has(codeOf(error))) {
        closeQuietly(tables);
        dropFile(options.file);
        say(`What was known of the code is broken and was dropped (${messageOf(error)}).`);
        tables = openTables(options, say);
      } else say(`What is known of the code cannot be used just now: ${messageOf(error)}.`);
      return otherwise;
    }
  };
  const today = () => Math.floor(Date.now() / dayMs);
  const read = (statement: (at: Tables) => StatementSync, keys: readonly string[]) =>
    attempt((at) => {
      const found = new Map<string, string>();
      const old: string[] = [];
      for (const key of keys) {
        const row = statement(at).get(key);
        if (row === undefined) continue;
        found.set(key, String(row["text"]));
        if (Number(row["used"]) < today()) old.push(key);
      }
      if (old.length > 0) inTransaction(at, () => old.forEach((key) => at.touch.run(today(), key)));
      return found;
    }, new Map<string, string>());
  return {
    links: (keys) => read(({ links }) => links, keys),
    analyses: (keys) => read(({ analysis }) => analysis, keys),
    blocks: (keys) => read(({ blocks }) => blocks, keys),
    keep: (analyses) =>
      attempt((at) => {
        if (analyses.length === 0) return;
        inTransaction(at, () => {
          for (const { key, links, analysis, blocks } of analyses) at.keep.run(key, links, analysis, blocks, today());
        });
        makeRoom(at, options.maxBytes ?? 256 * 1024 ** 2);
      }, undefined),
    state: (id) =>
      attempt((at) => {
        const content = at.state.get(id)?.["content"];
        if (!(content instanceof Uint8Array)) return null;
        at.touchState.run(Date.now(), id);
        return content;
      }, null),
    pack: (id) =>
      attempt((at) => {
        const content = at.pack.get(id)?.["content"];
        return content instanceof Uint8Array ? content : null;
      }, null),
    states: () => attempt((at) => at.states.all().map((row) => String(row["id"])), []),
    keepState: (id, content, pack) =>
      attempt((at) => {
        inTransaction(at, () => {
          at.keepState.run(id, content, Date.now());
          at.keepPack.run(id, pack);
          at.dropStates.run(mostStates);
          at.dropPacks.run();
        });
      }, undefined),
    close: () => closeQuietly(tables),
  };
}

/** What is kept may be damaged, and is made anew then. @returns null when it cannot be read */
export function readKept<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

interface Tables {
  readonly database: DatabaseSync;
  readonly links: StatementSync;
  readonly analysis: StatementSync;
  readonly blocks: StatementSync;
  readonly touch: StatementSync;
  readonly keep: StatementSync;
  readonly dropOldest: StatementSync;
  readonly state: StatementSync;
  readonly states: StatementSync;
  readonly touchState: StatementSync;
  readonly keepState: StatementSync;
  readonly dropStates: StatementSync;
  readonly pack: StatementSync;
  readonly keepPack: StatementSync;
  readonly dropPacks: StatementSync;
}

function openTables(options: FactStoreOptions, say: (sentence: string) => void): Tables {
  const { file } = options;
  for (const isFirst of [true, false])
    try {
      mkdirSync(dirname(file), { recursive: true });
      return tablesOf(file, options);
    } catch (error) {
      if (!isFirst || !broken.has(codeOf(error))) {
        say(`What is known of the code is not kept this time: ${file} cannot be opened (${messageOf(error)}).`);
        break;
      }
      dropFile(file);
      say(`What was known of the code is broken and was dropped: ${file} (${messageOf(error)}).`);
    }
  return tablesOf(":memory:", options);
}

function tablesOf(file: string, { busyMs = 1_000 }: FactStoreOptions): Tables {
  const database = new DatabaseSync(file);
  try {
    // It may be lost, so it need not wait for the disk.
    database.exec(`PRAGMA busy_timeout = ${busyMs}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF;`);
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version !== layout)
      database.exec(`BEGIN IMMEDIATE; DROP TABLE IF EXISTS analyses; DROP TABLE IF EXISTS states; DROP TABLE IF EXISTS packs;
        CREATE TABLE analyses (key TEXT PRIMARY KEY, used INTEGER NOT NULL, blocks TEXT NOT NULL, links TEXT NOT NULL, analysis TEXT NOT NULL);
        CREATE INDEX analyses_used ON analyses (used);
        CREATE TABLE states (id TEXT PRIMARY KEY, used INTEGER NOT NULL, content BLOB NOT NULL);
        CREATE TABLE packs (id TEXT PRIMARY KEY, content BLOB NOT NULL);
        PRAGMA user_version = ${layout}; COMMIT;`);
    const prepare = (sql: string) => database.prepare(sql);
    return {
      database,
      links: prepare("SELECT used, links AS text FROM analyses WHERE key = ?"),
      analysis: prepare("SELECT used, analysis AS text FROM analyses WHERE key = ?"),
      blocks: prepare("SELECT used, blocks AS text FROM analyses WHERE key = ?"),
      touch: prepare("UPDATE analyses SET used = ? WHERE key = ?"),
      keep: prepare("INSERT OR REPLACE INTO analyses (key, links, analysis, blocks, used) VALUES (?, ?, ?, ?, ?)"),
      dropOldest: prepare(
        "DELETE FROM analyses WHERE rowid IN (SELECT rowid FROM analyses ORDER BY used, rowid LIMIT (SELECT max(1, count(*) / 5) FROM analyses))",
      ),
      state: prepare("SELECT content FROM states WHERE id = ?"),
      states: prepare("SELECT id FROM states ORDER BY used DESC, rowid DESC"),
      touchState: prepare("UPDATE states SET used = ? WHERE id = ?"),
      keepState: prepare("INSERT OR REPLACE INTO states (id, content, used) VALUES (?, ?, ?)"),
      dropStates: prepare(
        "DELETE FROM states WHERE id NOT IN (SELECT id FROM states ORDER BY used DESC, rowid DESC LIMIT ?)",
      ),
      pack: prepare("SELECT content FROM packs WHERE id = ?"),
      keepPack: prepare("INSERT OR REPLACE INTO packs (id, content) VALUES (?, ?)"),
      dropPacks: prepare("DELETE FROM packs WHERE id NOT IN (SELECT id FROM states)"),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function inTransaction({ database }: Tables, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** A fifth at a time, until it fits. */
function makeRoom({ database, dropOldest }: Tables, maxBytes: number): void {
  const count = (pragma: string) => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  const size = () => (count("page_count") - count("freelist_count")) * count("page_size");
  let dropped = false;
  while (size() > maxBytes && dropOldest.run().changes !== 0) dropped = true;
  if (dropped) database.exec("PRAGMA incremental_vacuum");
}

function codeOf(error: unknown): number {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  // The lower byte is the kind, what is above it the variety.
  return code & 0xff;
}

function closeQuietly({ database }: Tables): void {
  if (database.isOpen) database.close();
}

function dropFile(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(each, { force: true });
}
