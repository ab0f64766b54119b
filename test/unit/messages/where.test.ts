import { expect, test } from "@jest/globals";
import { whereFound, wherePlaces } from "../../../src/messages/where.ts";
import { whereText } from "./every-message.ts";

test("the answer to where links files and lines at the commit, and says why", () => {
  const { found } = whereText("src/a (b).ts");
  expect(whereFound({ ...whereText("main"), found }).body).toMatchInlineSnapshot(`
   "### 🔎 Where this may be

   1. [\`src/a (b).ts\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%20%28b%29.ts) — src/a (b).ts; src/a (b).ts
      - [\`src/a (b).ts\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%20%28b%29.ts#L3-L9) — src/a (b).ts
      - [\`src/a (b).ts\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%20%28b%29.ts#L3) — src/a (b).ts
   2. [\`src/a (b).ts\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/src/a%20%28b%29.ts)

   Tests that reach this: [\`main\`](https://github.com/acme/shop/blob/1111111111111111111111111111111111111111/main).

   <sub>Searched: 12 source files of \`main\` at [\`1111111\`](https://github.com/acme/shop/commit/1111111111111111111111111111111111111111), 1 could not be read. By words, names and imports; no model was asked.</sub>"
  `);
  expect(wherePlaces(found, ["test/a.test.ts"], 12)).toMatchInlineSnapshot(`
   "src/a (b).ts  src/a (b).ts; src/a (b).ts
     src/a (b).ts:3  src/a (b).ts  src/a (b).ts
     src/a (b).ts:3  src/a (b).ts  src/a (b).ts
   src/a (b).ts
   Tests that reach this: test/a.test.ts
   12 source files searched."
  `);
  expect(wherePlaces([], [], 12)).toContain("No source file fits");
});
