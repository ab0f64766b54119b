import { expect, test } from "@jest/globals";
import { catalogue } from "../../../../src/code/rules/catalogue.ts";
import { readQuery } from "../../../../src/code/rules/read-query.ts";

test("reads kinds, fields, captures, places and conditions", () => {
  expect(
    readQuery(
      String.raw`; what is called
      (call function: [(name) @a "new"] arguments: (_ . (text)? @b .) (#any-of? @a "x" "\\d\"")) @whole`,
    ),
  ).toEqual([
    {
      step: {
        is: "node",
        type: "call",
        captures: ["whole"],
        closed: false,
        children: [
          {
            field: "function",
            optional: false,
            next: false,
            step: {
              is: "choice",
              captures: [],
              steps: [
                { is: "node", type: "name", children: [], closed: false, captures: ["a"] },
                { is: "token", text: "new", captures: [] },
              ],
            },
          },
          {
            field: "arguments",
            optional: false,
            next: false,
            step: {
              is: "node",
              type: null,
              captures: [],
              closed: true,
              children: [
                {
                  field: null,
                  optional: true,
                  next: true,
                  step: { is: "node", type: "text", children: [], closed: false, captures: ["b"] },
                },
              ],
            },
          },
        ],
      },
      conditions: [{ name: "any-of?", capture: "a", values: ["x", '\\d"'] }],
    },
  ]);
});

test("a query may have several patterns", () => {
  expect(readQuery("(a) ; one\n(b)")?.map(({ step }) => step)).toEqual(
    ["a", "b"].map((type) => ({ is: "node", type, children: [], closed: false, captures: [] })),
  );
});

test.each(["(a", "(a))", "(a)+", "((a) (b))", "a", "(a !b)", "(#eq? @a)", "(a (#eq? @a @b))", '"'])(
  "understands nothing of %s",
  (source) => {
    expect(readQuery(source)).toBeNull();
  },
);

test("understands the queries of all rules", () => {
  expect(catalogue.filter(({ query }) => readQuery(query) === null).map(({ id }) => id)).toEqual([]);
});
