import { describe, expect, test } from "@jest/globals";
import { readEvidence } from "../../../src/code/locate/evidence.ts";
import { createLocator, type CorpusFile } from "../../../src/code/locate/locate.ts";
import type { PastChange } from "../../../src/code/locate/past.ts";
import { countTerms, termsOf } from "../../../src/code/locate/terms.ts";

function file(
  path: string,
  text: string,
  symbols: readonly string[] = [],
  imports: readonly string[] = [],
): CorpusFile {
  return {
    path,
    terms: countTerms(text),
    symbols: symbols.map((name, at) => ({
      name,
      kind: "function",
      startLine: at * 10 + 1,
      endLine: at * 10 + 9,
      signature: `function ${name}()`,
      parent: -1,
      exported: true,
    })),
    imports,
  };
}

const shop: readonly CorpusFile[] = [
  file("src/cart.js", "adds up the prices of items in the cart, with rounding of cents", ["addUpPrices", "removeItem"]),
  file("src/login.js", "session cookie password of the user", ["openSession", "checkPassword"]),
  file(
    "src/server.js",
    "listens for requests and answers with pages of cart and login",
    ["startServer"],
    ["src/cart.js"],
  ),
  file("test/cart.test.js", "cart cart cart prices items rounding cents adds up", ["addUpPricesTest"]),
  file("docs/cart.md", "cart cart prices prices items rounding cents"),
];

const found = (text: string, history: readonly PastChange[] = []) => createLocator(shop, history).locate(text);
const best = (text: string, history: readonly PastChange[] = []) => found(text, history)[0];

describe("terms", () => {
  test("are identifiers whole and in parts, stemmed, without words that say nothing", () => {
    expect(termsOf("The addUpItems of HTTPServer2 was parsing max_retries, queries, classes")).toEqual(
      "addupitems add item httpserver2 http serv pars maxretries max retry query class".split(" "),
    );
  });
});

describe("evidence", () => {
  test("is what a text names: files with their lines, frames of a stack, code in quotes", () => {
    const text =
      '`openSession()` fails in src/login.js:12\n    at checkPassword (/app/src/server.js:3:7)\nFile "pay/cart.py", line 9';
    expect(readEvidence(text)).toEqual({
      files: [
        { path: "src/login.js", line: 12, inStack: false },
        { path: "app/src/server.js", line: 3, inStack: true },
        { path: "pay/cart.py", line: 9, inStack: true },
      ],
      identifiers: ["openSession", "checkPassword"],
    });
  });

  test("is read of a long text made to be slow in little time", () => {
    expect(readEvidence("a.".repeat(60_000)).files.length).toBeLessThanOrEqual(100);
    expect(readEvidence("`".repeat(100_000)).identifiers).toEqual([]);
    expect(readEvidence("aB".repeat(50_000)).identifiers.length).toBeLessThanOrEqual(1);
  });
});

describe("the locator", () => {
  test("finds the file that speaks of it, before its tests and its documents, and says why", () => {
    expect(best("Rounding of cents is wrong when prices are added up")).toMatchObject({
      path: "src/cart.js",
      score: 1,
      symbols: [{ symbol: { name: "addUpPrices" }, reason: "its name has add, price" }],
    });
  });

  test("finds the tests when they are what it is about", () => {
    expect(best("Flaky test: cart prices")?.path).toBe("test/cart.test.js");
  });

  test("takes a path and a stack trace literally", () => {
    expect(best("Wrong colours\n\nsee src/login.js:5")).toMatchObject({
      path: "src/login.js",
      reasons: ["named in the text, line 5"],
      symbols: [{ symbol: { name: "openSession" }, reason: "at the line that is named" }],
    });
    expect(best("Crash\n\n    at x (/srv/app/src/server.js:2:1)\n    at y (/srv/app/src/cart.js:2:1)")).toMatchObject({
      path: "src/server.js",
      reasons: expect.arrayContaining(["in the stack trace, line 2"]),
    });
  });

  test("takes a name in quotes for what defines it", () => {
    expect(best("`removeItem` takes two")).toMatchObject({
      path: "src/cart.js",
      reasons: expect.arrayContaining(["defines `removeItem`"]),
      symbols: [{ symbol: { name: "removeItem" }, reason: "named in the text" }],
    });
  });

  test("learns from what was changed before in like words", () => {
    const history = [{ message: "Fix the frobnication of widgets", paths: ["src/login.js"] }];
    expect(found("Frobnication fails")).toEqual([]);
    expect(best("Frobnication fails", history)).toMatchObject({
      path: "src/login.js",
      reasons: ["changed before for the like"],
    });
  });

  test("finds by the words in which a file was changed before, besides its own", () => {
    const history = [
      { message: "Round the frobnication", paths: ["src/server.js"] },
      { message: "Move the frobnication", paths: ["src/server.js", "src/login.js"] },
    ];
    expect(found("Frobnication of pages fails", history)).toMatchObject([
      { path: "src/server.js", reasons: expect.arrayContaining(["speaks of page"]) },
      { path: "src/login.js", reasons: ["changed before for the like"] },
    ]);
  });

  test("of two that speak of it alike, takes the one that was changed last", () => {
    const twins = ["src/one.js", "src/two.js"].map((path) => file(path, "prices of items"));
    const order = (paths: readonly string[]) =>
      createLocator(
        twins,
        paths.map((path) => ({ message: "Tidy", paths: [path] })),
      )
        .locate("Prices are wrong")
        .map(({ path }) => path);
    expect(order(["src/two.js", "src/one.js"])).toEqual(["src/two.js", "src/one.js"]);
    expect(order(["src/one.js", "src/two.js"])).toEqual(["src/one.js", "src/two.js"]);
  });

  test("takes a commit that changed very many files for none", () => {
    const many = Array.from({ length: 40 }, (_, at) => file(`src/part${at}.js`, "prices"));
    const paths = many.map(({ path }) => path);
    expect(createLocator(many, [{ message: "Frobnicate all", paths }]).locate("Frobnicate")).toEqual([]);
  });

  test("says which file has a name that few have", () => {
    const uses = [...shop, file("src/total.js", "calls removeItem for each")];
    expect(createLocator(uses).locate("Wrong sum\n\n`removeItem` is called twice", 2)).toMatchObject([
      { path: "src/total.js", reasons: expect.arrayContaining(["has `removeItem`"]) },
      { path: "src/cart.js", reasons: expect.not.arrayContaining(["has `removeItem`"]) },
    ]);
  });

  test("finds nothing in nothing", () => {
    expect(found("")).toEqual([]);
    expect(found("zzz qqq")).toEqual([]);
    expect(createLocator([]).locate("cart")).toEqual([]);
  });
});
