import { randomUUID } from "node:crypto";
import { and, eq, gt, lte, sql, type SQL } from "./drizzle.ts";
import { now } from "./columns.ts";
import type { Database } from "./database.ts";
import type { Lease, LeaseStore } from "./port.ts";
import { leases } from "./schema.ts";

/** Time is the database's alone: a worker whose clock is wrong must not take what another one holds. */
export function leaseStore(db: Database): LeaseStore {
  return {
    async acquire(key, owner, ttlMs) {
      const token = randomUUID();
      const lease = { token, owner, expiresAt: inMs(ttlMs) };
      const taken = await db
        .insert(leases)
        .values({ key, ...lease })
        .onConflictDoUpdate({ target: leases.key, set: lease, setWhere: lte(leases.expiresAt, now) })
        .returning({ token: leases.token });
      return taken[0]?.token ?? null;
    },
    async renew(key, token, ttlMs) {
      const renewed = await db
        .update(leases)
        .set({ expiresAt: inMs(ttlMs) })
        .where(isHeld({ key, token }))
        .returning({ key: leases.key });
      return renewed.length > 0;
    },
    async holds(key, token) {
      return (await db.select({ key: leases.key }).from(leases).where(isHeld({ key, token }))).length > 0;
    },
    async release(key, token) {
      await db.delete(leases).where(and(eq(leases.key, key), eq(leases.token, token)));
    },
  };
}

function inMs(ttlMs: number): SQL {
  return sql`clock_timestamp() + ${ttlMs} * interval '1 millisecond'`;
}

/** True for the row of a lease that has not run out. */
export function isHeld({ key, token }: Lease): SQL | undefined {
  return and(eq(leases.key, key), eq(leases.token, token), gt(leases.expiresAt, now));
}
