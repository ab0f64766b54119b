import { beforeAll, describe, expect, test } from "@jest/globals";
import { Ajv, type ValidateFunction } from "ajv";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { jsonSchema } from "../../../schema/generate.ts";
import { good, mistakes } from "./corpus.ts";

const written = readFileSync(new URL("../../../schema/codegen.schema.json", import.meta.url), "utf8");

describe("the JSON Schema for editors", () => {
  let validate: ValidateFunction;
  beforeAll(() => {
    // `strict` makes ajv refuse keywords that it does not know, so a typo in the schema cannot pass.
    validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(JSON.parse(written) as object);
  });

  test("is what `npm run schema` writes", () => {
    expect(written).toBe(jsonSchema());
  });

  test("accepts the example with every key", () => {
    const text = readFileSync(new URL("../../fixtures/config/full.codegen.yml", import.meta.url), "utf8");
    expect(validate(parse(text)) ? [] : validate.errors).toEqual([]);
  });

  test.each(Object.entries(good))("accepts a file with %s", (_, text) => {
    expect(validate(parse(text) ?? {}) ? [] : validate.errors).toEqual([]);
  });

  test.each(Object.entries(mistakes).filter(([, { noData }]) => !noData))("refuses a file with %s", (_, mistake) => {
    expect(validate(parse(mistake.text, { logLevel: "error" }))).toBe(mistake.editorAccepts === true);
  });
});
