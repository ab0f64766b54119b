import { randomBytes } from "node:crypto";
import type { Database } from "./database.ts";
import { desc, sql } from "./drizzle.ts";
import type { LinkKeyStore } from "./port.ts";
import { linkKeys } from "./schema.ts";

export function linkKeyStore(db: Database): LinkKeyStore {
  const read = async (): Promise<readonly string[]> =>
    (await db.select({ key: linkKeys.key }).from(linkKeys).orderBy(desc(linkKeys.id))).map(({ key }) => key);
  const make = async (): Promise<void> => {
    await db.insert(linkKeys).values({ key: randomBytes(32).toString("base64url") });
  };
  return {
    async all() {
      let keys = await read();
      if (keys.length === 0) {
        await make();
        keys = await read();
      }
      const [newest, ...older] = keys;
      if (newest === undefined) throw new Error("the store keeps no key for links");
      return [newest, ...older];
    },
    async rotate(afterMs, forgetMs) {
      const age = (ms: number) => sql`${linkKeys.createdAt} <= clock_timestamp() - ${ms} * interval '1 millisecond'`;
      const [young] = await db
        .select({ id: linkKeys.id })
        .from(linkKeys)
        .where(sql`not (${age(afterMs)})`)
        .limit(1);
      if (young === undefined) await make();
      await db.delete(linkKeys).where(age(forgetMs));
    },
  };
}
