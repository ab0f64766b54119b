import { EventEmitter } from "node:events";
import type { PGlite, QueryOptions, Results, Transaction } from "@electric-sql/pglite";

interface Answer<R> {
  rows: R[];
  rowCount: number;
}
interface Listener {
  query<R>(sql: string, params?: readonly unknown[]): Promise<Answer<R>>;
}

/** int8 stays text, as node-postgres gives it: 20 is its type number in PostgreSQL's catalogue. */
const likeNodePostgres: QueryOptions = { parsers: { 20: (text: string) => text } };
const listenStatement = /^\s*(?:--[^\n]*\n\s*)*LISTEN\s+"?(\w+)"?/i;
const transactionStatement = /^\s*(?:BEGIN|COMMIT|ROLLBACK)\s*;?\s*$/i;

/**
 * An embedded PGlite that looks like a `pg.Pool`, for code written against node-postgres.
 * PGlite has one session only, so "clients" differ in nothing but the channels they listen on.
 * Await `end()` before the PGlite is closed: what still runs would reject with nobody to catch it.
 */
export class PGlitePool extends EventEmitter {
  readonly #db: PGlite;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(db: PGlite) {
    super();
    this.#db = db;
    this.setMaxListeners(0);
  }

  async query<R>(sql: string, params?: readonly unknown[]): Promise<Answer<R>> {
    return this.track(
      params !== undefined && params.length > 0
        ? this.#db.query<R>(sql, [...params], likeNodePostgres).then(toAnswer<R>)
        : this.#db.exec(sql, likeNodePostgres).then((results) => toAnswer<R>(results.at(-1))),
    );
  }

  async connect(): Promise<PGliteClient> {
    return new PGliteClient(this, this.#db);
  }

  /** Waits for what is under way; the PGlite itself stays open, it belongs to the store. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  /** Remembers the work until it is done, so that `end` can wait for it. */
  track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#pending.add(settled);
    void settled.finally(() => this.#pending.delete(settled));
    return work;
  }

  /**
   * One transaction of its own for code that says BEGIN and COMMIT itself: on the shared session these two words would
   * otherwise swallow everybody else's statements.
   */
  async exclusively<T>(work: (client: Listener) => Promise<T>): Promise<T> {
    return this.track(this.#db.transaction((transaction) => work(inTransaction(transaction))));
  }
}

/** The part of a `pg.PoolClient` that listens. */
export class PGliteClient extends EventEmitter {
  readonly #pool: PGlitePool;
  readonly #db: PGlite;
  readonly #unlisten: (() => Promise<void>)[] = [];

  constructor(pool: PGlitePool, db: PGlite) {
    super();
    this.#pool = pool;
    this.#db = db;
    this.setMaxListeners(0);
  }

  async query<R>(sql: string, params?: readonly unknown[]): Promise<Answer<R>> {
    const channel = listenStatement.exec(sql)?.[1];
    if (channel === undefined) return this.#pool.query<R>(sql, params);
    const stop = await this.#pool.track(
      this.#db.listen(channel, (payload) => this.emit("notification", { channel, payload })),
    );
    this.#unlisten.push(() => stop());
    return { rows: [], rowCount: 0 };
  }

  release(): void {
    for (const stop of this.#unlisten.splice(0)) this.#pool.track(stop()).catch(() => undefined);
    this.removeAllListeners();
  }

  async end(): Promise<void> {
    this.release();
  }
}

function inTransaction(transaction: Transaction): Listener {
  return {
    async query<R>(sql: string, params?: readonly unknown[]): Promise<Answer<R>> {
      if (transactionStatement.test(sql)) return { rows: [], rowCount: 0 };
      if (params !== undefined && params.length > 0)
        return toAnswer(await transaction.query<R>(sql, [...params], likeNodePostgres));
      return toAnswer<R>((await transaction.exec(sql, likeNodePostgres)).at(-1));
    },
  };
}

function toAnswer<R>(results: Results | Results<R> | undefined): Answer<R> {
  const rows = (results?.rows ?? []) as R[];
  const affected = results?.affectedRows ?? 0;
  return { rows, rowCount: affected > 0 ? affected : rows.length };
}
