import { createHash } from "node:crypto";
import { storable } from "./columns.ts";
import type { Database } from "./database.ts";
import { and, desc, eq, inArray, lt, ne, sql } from "./drizzle.ts";
import type { FlakyStore, FlakyTest } from "./port.ts";
import { flakySightings as sightings } from "./schema.ts";

const most = { ofRun: 200, ofRepository: 2_000, name: 500 };

export function flakyStore(db: Database): FlakyStore {
  return {
    async record({ repo, command, tests, runId, pull }) {
      const names = [...new Set(tests.map(nameOf))].slice(0, most.ofRun);
      if (names.length === 0) return;
      await db
        .insert(sightings)
        .values(names.map((test) => ({ repo: repo.id, key: keyOf(command, test), runId, command, test, pull })))
        .onConflictDoNothing();
      const surplus = db
        .select({ key: sightings.key, runId: sightings.runId })
        .from(sightings)
        .where(eq(sightings.repo, repo.id))
        .orderBy(desc(sightings.at))
        .offset(most.ofRepository);
      await db
        .delete(sightings)
        .where(and(eq(sightings.repo, repo.id), inArray(sql`(${sightings.key}, ${sightings.runId})`, surplus)));
    },
    async history(repo, command, tests, { withinMs, except }) {
      const keys = [...new Set(tests.map((test) => keyOf(command, nameOf(test))))].slice(0, most.ofRun);
      if (keys.length === 0) return [];
      const rows = await db
        .select({ test: sightings.test, pull: sightings.pull, at: sightings.at })
        .from(sightings)
        .where(
          and(
            eq(sightings.repo, repo.id),
            inArray(sightings.key, keys),
            ne(sightings.runId, except),
            sql`${sightings.at} > clock_timestamp() - ${withinMs} * interval '1 millisecond'`,
          ),
        )
        .orderBy(desc(sightings.at));
      return summed(rows);
    },
    async expire(olderThanMs) {
      const gone = await db
        .delete(sightings)
        .where(lt(sightings.at, sql`clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`))
        .returning({ key: sightings.key });
      return gone.length;
    },
  };
}

/** @param rows the newest first */
function summed(rows: readonly { test: string; pull: number; at: Date }[]): readonly FlakyTest[] {
  const found = new Map<string, FlakyTest>();
  for (const { test, pull, at } of rows) {
    const newer = found.get(test) ?? { test, times: 0, lastAt: at, lastPull: pull };
    found.set(test, { ...newer, times: newer.times + 1, firstAt: at });
  }
  return [...found.values()];
}

function nameOf(test: string): string {
  return storable(test.slice(0, most.name));
}

function keyOf(command: string, test: string): string {
  return createHash("sha256")
    .update(JSON.stringify([command, test]))
    .digest("hex");
}
