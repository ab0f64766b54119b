/** Writes `schema/codegen.schema.json`, for editors, from the schema of `.codegen.yml`. Run as `npm run schema`. */
import { writeFileSync } from "node:fs";
import { z } from "zod";
import { CodegenConfig } from "../src/config/schema.ts";

export function jsonSchema(): string {
  const schema = z.toJSONSchema(CodegenConfig, { io: "input", target: "draft-7" });
  return `${JSON.stringify({ $id: "codegen.schema.json", title: ".codegen.yml", ...schema }, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(new URL("codegen.schema.json", import.meta.url), jsonSchema());
