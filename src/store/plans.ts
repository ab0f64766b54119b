import { and, desc, eq, isNull, sql, type SQL } from "./drizzle.ts";
import { threadName, type RepoRef } from "../domain/ids.ts";
import { now } from "./columns.ts";
import { only, repoColumns, toRepo, type Database } from "./database.ts";
import type { PlanStore, StoredPlan } from "./port.ts";
import { plans } from "./schema.ts";

export function planStore(db: Database): PlanStore {
  return {
    put: ({ hash, repo, issue, base, plan, runId }) =>
      db.transaction(async (tx) => {
        // Versions count up one by one, so two plans for one issue must not be stored side by side.
        await tx.execute(
          sql`select pg_advisory_xact_lock(hashtext('codegen.plans'), hashtext(${`${repo.id}#${issue}`}))`,
        );
        const [known] = await tx
          .select()
          .from(plans)
          .where(is(repo, issue, hash));
        const [last] = await tx
          .select({ version: plans.version })
          .from(plans)
          .where(and(eq(plans.repo, repo.id), eq(plans.issue, issue)))
          .orderBy(desc(plans.version))
          .limit(1);
        if (known?.version === last?.version && known !== undefined) return toPlan(known);
        const version = (last?.version ?? 0) + 1;
        if (known !== undefined) {
          // A revision that came back to an older plan is the newest one again, and nobody has approved it since.
          const renewed = { version, runId, approvedBy: null, createdAt: now };
          return toPlan(
            only(
              await tx
                .update(plans)
                .set(renewed)
                .where(is(repo, issue, hash))
                .returning(),
            ),
          );
        }
        const made = await tx
          .insert(plans)
          .values({ ...repoColumns(repo), issue, hash, version, base, plan, runId })
          .returning();
        return toPlan(only(made));
      }),
    async latest(repo, issue) {
      const [row] = await db
        .select()
        .from(plans)
        .where(and(eq(plans.repo, repo.id), eq(plans.issue, issue)))
        .orderBy(desc(plans.version))
        .limit(1);
      return row === undefined ? null : toPlan(row);
    },
    async byHash(repo, issue, hash) {
      const [row] = await db
        .select()
        .from(plans)
        .where(is(repo, issue, hash));
      return row === undefined ? null : toPlan(row);
    },
    async approve(hash, repo, issue, by) {
      await db
        .update(plans)
        .set({ approvedBy: by })
        .where(and(is(repo, issue, hash), isNull(plans.approvedBy)));
      const [row] = await db
        .select({ approvedBy: plans.approvedBy })
        .from(plans)
        .where(is(repo, issue, hash));
      if (row === undefined || row.approvedBy === null)
        throw new Error(`there is no plan ${hash} of ${threadName({ repo, number: issue })}`);
      return row.approvedBy;
    },
  };
}

function toPlan(row: typeof plans.$inferSelect): StoredPlan {
  const { hash, issue, version, base, plan, runId, createdAt, approvedBy } = row;
  return { hash, repo: toRepo(row), issue, version, base, plan, runId, createdAt, approvedBy };
}

function is(repo: RepoRef, issue: number, hash: string): SQL | undefined {
  return and(eq(plans.repo, repo.id), eq(plans.issue, issue), eq(plans.hash, hash));
}
