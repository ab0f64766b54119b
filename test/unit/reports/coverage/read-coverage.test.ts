import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { readCobertura as coberturaRecords } from "../../../../src/reports/coverage/cobertura.ts";
import { readLcov as lcovRecords } from "../../../../src/reports/coverage/lcov.ts";
import { readCoverageReport } from "../../../../src/reports/coverage/read-coverage.ts";
import { c8Cobertura, c8Lcov, pythonCobertura, pythonLcov } from "./reports.ts";

const readLcov = (text: string) => lcovRecords(text).coverage();
const readCobertura = (xml: string) => coberturaRecords(xml).coverage();
const price = {
  found: 7,
  hit: 4,
  uncovered: [
    { start: 3, end: 4 },
    { start: 9, end: 9 },
  ],
};
const lcov = (path: string, ...lines: readonly string[]) => `SF:${path}\n${lines.join("\n")}\nend_of_record\n`;
const cobertura = (lines: string, filename = "a.js", source = "/workspace") =>
  `<coverage><sources><source>${source}</source></sources><packages><package><classes><class filename="${filename}"><lines>${lines}</lines></class></classes></package></packages></coverage>`;
const pathsOf = (report: { files: ReadonlyMap<string, unknown> }) => [...report.files.keys()];

describe("a coverage report", () => {
  test.each([
    ["LCOV", readLcov(c8Lcov)],
    ["Cobertura", readCobertura(c8Cobertura)],
  ])("of c8 as %s is counted line by line, whatever its sums say", (_, coverage) => {
    expect(coverage).toEqual({
      lines: { found: 7, hit: 4 },
      branches: { found: 3, hit: 2 },
      files: new Map([["src/price.js", price]]),
    });
  });

  test.each([
    ["LCOV", readLcov(pythonLcov), "test_app.py"],
    ["Cobertura", readCobertura(pythonCobertura), "py/test_app.py"],
  ])("of coverage.py as %s has no branches when none were measured", (_, coverage, file) => {
    expect(coverage).toEqual({
      lines: { found: 2, hit: 2 },
      branches: null,
      files: new Map([[file, { found: 2, hit: 2, uncovered: [] }]]),
    });
  });

  test("with Windows line ends or a byte order mark is the same", () => {
    expect(readLcov(c8Lcov.replaceAll("\n", "\r\n"))).toEqual(readLcov(c8Lcov));
    expect(readCobertura(`\uFEFF${c8Cobertura.replaceAll("\n", "\r\n")}`)).toEqual(readCobertura(c8Cobertura));
  });

  test("that has a file several times reaches what any of its parts reached", () => {
    const twice =
      lcov("a.js", "DA:1,0", "DA:2,0", "BRDA:1,0,0,-") + lcov("./a.js", "DA:1,3", "DA:2,-1", "BRDA:1,0,0,2");
    expect(readLcov(twice)).toEqual({
      lines: { found: 2, hit: 1 },
      branches: { found: 1, hit: 1 },
      files: new Map([["a.js", { found: 2, hit: 1, uncovered: [{ start: 2, end: 2 }] }]]),
    });
    const lines =
      '<line number="1" hits="0" condition-coverage="50% (1/2)"/><line number="1" hits="1" condition-coverage="0% (0/2)"/>';
    expect(readCobertura(cobertura(lines))).toMatchObject({
      lines: { found: 1, hit: 1 },
      branches: { found: 2, hit: 1 },
    });
  });

  test("counts files of the workspace only", () => {
    const files = ["/workspace/src/a.js", "/usr/include/b.h", "../c.js", "__proto__"];
    expect(pathsOf(readLcov(files.map((file) => lcov(file, "DA:1,0")).join("")))).toEqual(["__proto__", "src/a.js"]);
    expect(readLcov(lcov("/usr/include/b.h", "DA:1,0")).lines).toEqual({ found: 0, hit: 0 });
  });

  test("in Cobertura's format has paths relative to its source, unless that is the folder of another machine", () => {
    const line = '<line number="1" hits="1"/>';
    expect(pathsOf(readCobertura(cobertura(line, "a.js", "/workspace/packages/shop")))).toEqual(["packages/shop/a.js"]);
    expect(pathsOf(readCobertura(cobertura(line, "A.java", "src/main/java")))).toEqual(["src/main/java/A.java"]);
    expect(pathsOf(readCobertura(cobertura(line, "a.js", "/home/ada/shop")))).toEqual(["a.js"]);
    expect(pathsOf(readCobertura(cobertura(line, "/workspace/b.js", "/workspace/packages")))).toEqual(["b.js"]);
    expect(pathsOf(readCobertura(cobertura(line, "b.js", "../../etc")))).toEqual([]);
  });
});

describe("a coverage report of a package", () => {
  const has = (...files: readonly string[]) => {
    return (file: string) => Promise.resolve(files.includes(file));
  };
  const pathsIn = async (text: string, path: string, exists: ReturnType<typeof has>) =>
    (await readCoverageReport(text, path, exists)).paths();

  test("has paths that begin in the folder where its files are", async () => {
    const report = lcov("src/a.js", "DA:1,1");
    const exists = has("packages/shop/src/a.js");
    expect(await pathsIn(report, "packages/shop/coverage/lcov.info", exists)).toEqual(["packages/shop/src/a.js"]);
    expect(await pathsIn(report, "packages/shop/coverage/lcov.info", has("src/a.js"))).toEqual(["src/a.js"]);
    expect(await pathsIn(report, "coverage/lcov.info", has())).toEqual(["src/a.js"]);
    const xml = cobertura('<line number="1" hits="1"/>', "src/a.js", "/home/ada/shop");
    expect(await pathsIn(xml, "packages/shop/cobertura.xml", exists)).toEqual(["packages/shop/src/a.js"]);
  });

  test("is added to others, and a line that one of them reaches is reached", () => {
    const all = lcovRecords(lcov("a.js", "DA:1,0", "DA:2,1"));
    all.add(lcovRecords(lcov("a.js", "DA:1,1", "DA:3,0", "BRDA:1,0,0,1")));
    all.add(lcovRecords(lcov("b.js", "DA:1,0")));
    expect(all.coverage()).toMatchObject({ lines: { found: 4, hit: 2 }, branches: { found: 1, hit: 1 } });
  });

  test("may name code without a place, and branches without numbers", () => {
    expect(readLcov(lcov("a.js", "DA:0,1", "DA:1,1")).lines).toEqual({ found: 1, hit: 1 });
    const line = '<line number="1" hits="1" condition-coverage="50%"/>';
    expect(readCobertura(cobertura(line)).branches).toBeNull();
  });
});

describe("a broken LCOV report is refused, and says where:", () => {
  test.each([
    ["nothing", "", "neither Cobertura's XML nor an LCOV report"],
    ["other text", "hello\nworld", "neither Cobertura's XML nor an LCOV report"],
    ["an end that is missing", "SF:a\nDA:1,1\n", "line 2: the report ends within a file"],
    ["files within files", "SF:a\nSF:b\n", "line 2: a file begins before"],
    ["lines of no file", "DA:1,1", "line 1: a line is covered before any file was named"],
    ["a line that cannot be", lcov("a", "DA:99999999,1"), 'line 2: "99999999" is no line number'],
    ["a line below none", lcov("a", "DA:-1,1"), 'line 2: "-1" is no line number'],
    ["hits that are none", lcov("a", "DA:1,many\u001b"), 'line 2: "many�" is no count of hits'],
    ["no hits", lcov("a", "DA:1"), 'line 2: "" is no count of hits'],
    ["a branch that is none", lcov("a", "BRDA:1,1"), 'line 2: "1,1" is no branch'],
  ])("%s", (_, text, says) => {
    expect(() => readLcov(text)).toThrow(UserError);
    expect(() => readLcov(text)).toThrow(says);
  });
});

describe("a broken Cobertura report is refused, and says where:", () => {
  test.each([
    ["nothing", " \n", "is empty"],
    ["no XML", "hello", "line 1: it is no well-formed XML (Non-whitespace before first tag.)"],
    ["an end that is missing", "<coverage>\n<sources>", "line 2: it is no well-formed XML (Unclosed root tag)"],
    ["another format", "<testsuites/>", "it begins with <testsuites>, not with <coverage>"],
    [
      "entities of its own",
      '<!DOCTYPE coverage [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><coverage>&b;</coverage>',
      "a document type of its own",
    ],
    ["an unknown entity", "<coverage>&file;</coverage>", "line 1: it is no well-formed XML (Invalid character entity)"],
    ["a class without a file", "<coverage><class/></coverage>", "a <class> has no filename"],
    ["a line without a number", cobertura('<line hits="1"/>'), '"" is no line number'],
    ["hits that are none", cobertura('<line number="1" hits="x"/>'), '"x" is no count of hits'],
    [
      "more conditions than there are",
      cobertura('<line number="1" hits="1" condition-coverage="200% (4/2)"/>'),
      '"200% (4/2)" is no coverage',
    ],
    [
      "conditions beyond all measure",
      cobertura('<line number="1" hits="1" condition-coverage="1% (1/9999999)"/>'),
      "is no coverage",
    ],
    ["a tower of elements", `<coverage>${"<a>".repeat(100)}`, "nested over 50 deep"],
  ])("%s", (_, xml, says) => {
    expect(() => readCobertura(xml)).toThrow(UserError);
    expect(() => readCobertura(xml)).toThrow(says);
  });
});
