/** Writes `schema/codegen.schema.json`, for editors, from the schema of `.codegen.yml`. Run as `npm run schema`. */
import { writeFileSync } from "node:fs";
import { z } from "zod";
import { CodegenConfig } from "../src/config/schema.ts";
import { meanings } from "./meanings.ts";

export function jsonSchema(): string {
  const schema = z.toJSONSchema(CodegenConfig, { io: "input", target: "draft-7" });
  describe(schema, "");
  return `${JSON.stringify({ $id: "codegen.schema.json", title: ".codegen.yml", ...schema }, null, 2)}\n`;
}

/** Editors show the descriptions while the file is written. */
function describe(node: z.core.JSONSchema.BaseSchema, path: string): void {
  const meaning = meanings[path];
  if (meaning !== undefined) node.description = meaning;
  const inner =
    node.type === "array" && typeof node.items === "object" && !Array.isArray(node.items) ? node.items : node;
  const below = inner === node ? path : `${path}[]`;
  for (const [name, child] of Object.entries(inner.properties ?? {}))
    if (typeof child === "object") describe(child, below === "" ? name : `${below}.${name}`);
}

if (import.meta.main) writeFileSync(new URL("codegen.schema.json", import.meta.url), jsonSchema());
