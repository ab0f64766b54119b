import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { referencePage } from "../../../schema/reference.ts";
import { rulesPage } from "../../../schema/rules-page.ts";

test.each([
  ["configuration.md", referencePage],
  ["rules.md", rulesPage],
])("docs/%s has the tables that `npm run schema` writes", async (name, write) => {
  const page = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
  expect(await write(page)).toBe(page);
});
