import type { Conversation, Turn } from "../doubles/model/scripted-model.ts";

/** The issue of the demo, as its reporter wrote it. */
export const issue = {
  title: "Ten packs get no bulk discount",
  body: [
    "The README says that **ten or more** packs of one tea are 10 % cheaper. I put ten packs of Rooibos Vanilla into my order and paid the full price; with eleven it works.",
    "",
    "1. Open `/order?rooibos=10`",
    "2. The total is 48.00 €, but it should be 43.20 € and shipping.",
  ].join("\n"),
};

const calls = (tool: string, input: unknown): Turn => ({
  calls: [{ tool, input }],
  usage: { input: 1_800, output: 90 },
});

/**
 * What the scripted model of the demo answers, turn by turn. It is no model: it knows this one issue. Everything around it is real: the
 * tools it calls read and change real files, and the commands it runs fail or pass in the sandbox.
 */
export function scriptedStory({ mode, step }: Conversation): Turn {
  const turns = mode === "plan" ? planTurns : workTurns;
  return turns[step] ?? { text: "I have nothing to add." };
}

const planTurns: readonly Turn[] = [
  calls("list", { directory: "" }),
  calls("search", { text: "bulk" }),
  calls("read", { path: "src/cart.js" }),
  calls("finish", {
    problem:
      "`addUp` in `src/cart.js` grants the bulk discount only for **more than** ten packs (`packs > bulkFrom`), while README and issue promise it from ten packs on. The existing test uses twenty packs, so the border was never tested.",
    files: [
      {
        path: "src/cart.js",
        change: "compare with `>=`, so that the tenth pack counts",
        symbols: ["addUp", "bulkFrom"],
      },
      { path: "test/cart.test.js", change: "a test at the border: nine packs without, ten packs with the discount" },
    ],
    steps: [
      "Add a test for nine and ten packs and see it fail.",
      "Change the comparison in `addUp` from `>` to `>=`.",
      "Run all tests.",
    ],
    tests: ["`node test/all.js`"],
    risks: ["Orders of exactly ten packs become cheaper, as promised."],
    questions: [],
    confidence: "high",
  }),
];

const workTurns: readonly Turn[] = [
  calls("read", { path: "test/cart.test.js" }),
  calls("edit", {
    path: "test/cart.test.js",
    oldText: 'test("shipping is free from',
    newText: [
      'test("the bulk discount begins with the tenth pack", () => {',
      '  assert.equal(addUp([{ id: "rooibos", packs: 9 }]).lines[0].discount, 0);',
      '  assert.equal(addUp([{ id: "rooibos", packs: 10 }]).lines[0].discount, 480);',
      "});",
      "",
      'test("shipping is free from',
    ].join("\n"),
  }),
  calls("run", { command: "node test/all.js" }),
  calls("edit", { path: "src/cart.js", oldText: "packs > bulkFrom", newText: "packs >= bulkFrom" }),
  calls("run", { command: "node test/all.js" }),
  calls("finish", {
    title: "Grant the bulk discount from the tenth pack on",
    summary:
      "The discount was compared with `>`, so exactly ten packs paid the full price. It is `>=` now, and a test holds the border: nine packs without, ten packs with the discount. Without the change the new test fails.",
    testsRun: ["`node test/all.js`: failed before the change, passes after it"],
    openPoints: [],
  }),
];
