import { now } from "./columns.ts";
import { repoColumns, toRepo, type Database } from "./database.ts";
import { and, eq } from "./drizzle.ts";
import type { PullStore } from "./port.ts";
import { pulls } from "./schema.ts";

export function pullStore(db: Database): PullStore {
  return {
    async put({ repo, number, ...rest }) {
      await db
        .insert(pulls)
        .values({ ...repoColumns(repo), number, ...rest })
        .onConflictDoUpdate({
          target: [pulls.repo, pulls.number],
          set: { ...repoColumns(repo), ...rest, updatedAt: now },
        });
    },
    async get(repo, number) {
      const [row] = await db
        .select()
        .from(pulls)
        .where(and(eq(pulls.repo, repo.id), eq(pulls.number, number)));
      if (row === undefined) return null;
      const { issue, requester, requesterId, branch, head } = row;
      return { repo: toRepo(row), number, issue, requester, requesterId, branch, head };
    },
  };
}
