import type { Config } from "drizzle-kit";

/** `npx drizzle-kit generate --config src/store/drizzle.config.ts --name what-changed` after a change of the schema. */
export default {
  dialect: "postgresql",
  schema: "./src/store/schema.ts",
  out: "./src/store/migrations",
  schemaFilter: ["codegen"],
} satisfies Config;
