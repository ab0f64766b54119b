import { desc, eq } from "./drizzle.ts";
import type { Database } from "./database.ts";
import type { AuditStore } from "./port.ts";
import { audit } from "./schema.ts";

export function auditStore(db: Database): AuditStore {
  return {
    async append({ actor, action, subject, runId, detail }) {
      await db.insert(audit).values({ actor, action, subject, runId: runId ?? null, detail: detail ?? null });
    },
    list: (options) => {
      const { actor, action, subject, at, detail } = audit;
      return db
        .select({ actor, action, subject, at, detail })
        .from(audit)
        .where(options.subject === undefined ? undefined : eq(audit.subject, options.subject))
        .orderBy(desc(audit.seq))
        .limit(options.limit);
    },
  };
}
