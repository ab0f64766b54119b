import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../../src/errors.ts";
import { readJUnit } from "../../../../src/reports/tests/junit-file.ts";
import { anyText } from "../../any-text.ts";
import { printed } from "./printed-output.ts";
import { processorMs } from "../../processor-time.ts";

function told(xml: string) {
  return readJUnit(xml).failures.map(
    ({ name, file, line, message }) => `${name} (${file}:${line}): ${message.split("\n")[0]}`,
  );
}

const testcase = (inside: string, attributes = 'name="a" classname="b"') =>
  `<testsuite><testcase ${attributes}>${inside}</testcase></testsuite>`;

describe("reading a JUnit file", () => {
  test("of node nests suites", () => {
    const xml = printed("node-junit.xml");
    expect(readJUnit(xml)).toMatchObject({
      source: "junit",
      counts: { passed: 2, failed: 4, skipped: 2 },
      truncated: false,
    });
    expect(told(xml)).toEqual([
      "test/broken.test.mjs (test/broken.test.mjs:null): test failed",
      "adds up (test/cart.test.mjs:6): Expected values to be strictly equal:",
      "cart › with items › sums (test/cart.test.mjs:15): Cannot read properties of null (reading 'items')",
      "cart › with items › hangs (test/cart.test.mjs:null): test timed out after 20ms",
    ]);
  });

  test("of vitest finds the file and the suites in the names", () => {
    const xml = printed("vitest-junit.xml");
    expect(readJUnit(xml).counts).toEqual({ passed: 3, failed: 4, skipped: 2 });
    expect(told(xml)).toEqual([
      "broken.test.ts (broken.test.ts:1): Cannot find module './missing' imported from /workspace/broken.test.ts",
      "adds up (cart.test.ts:4): AssertionError: expected 2 to be 3 // Object.is equality",
      "cart › with items › sums (cart.test.ts:12): TypeError: Cannot read properties of null (reading 'items')",
      "cart › with items › hangs (cart.test.ts:14): TestTimeoutError: Test timed out in 20ms.",
    ]);
  });

  test("of pytest finds the file in the text", () => {
    const xml = printed("pytest-junit.xml");
    expect(readJUnit(xml).counts).toEqual({ passed: 3, failed: 4, skipped: 2 });
    expect(told(xml)).toEqual([
      "test_cart › test_adds_up (test_cart.py:9): assert (1 + 1) == 3",
      'test_cart › test_needs_base (test_cart.py:24): failed on setup with "RuntimeError: no database"',
      "test_cart.TestCart › test_sums[2] (test_cart.py:37): ValueError: bad 2",
      "test_cart.TestCart › test_sums[a - b] (test_cart.py:37): AssertionError: assert 'a - b' == 1",
    ]);
  });

  test("of Surefire tells tests that passed when run again from those that did not", () => {
    const found = readJUnit(`<testsuite name="org.a.CartTest" tests="9" failures="0">
      <testcase name="flaky" classname="org.a.CartTest"><flakyFailure message="once" type="x"><stackTrace>at a</stackTrace></flakyFailure></testcase>
      <testcase name="sums" classname="org.a.CartTest"><failure message="expected: 3" type="x"><![CDATA[org.opentest4j.AssertionFailedError: expected: 3
	at org.a.CartTest.sums(CartTest.java:12)]]></failure><rerunFailure message="again"/></testcase>
      <testcase name="off" classname="org.a.CartTest"><skipped/></testcase></testsuite>`);
    expect(found.counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
    expect(found.flaky).toEqual(["org.a.CartTest › flaky"]);
    expect(found.failures).toEqual([
      {
        name: "org.a.CartTest › sums",
        // Java names a file without its folder.
        file: null,
        line: null,
        message: "org.opentest4j.AssertionFailedError: expected: 3",
      },
    ]);
  });

  test("takes file and line from attributes, and the message where there is no text", () => {
    expect(told(testcase('<error message="boom"/>', 'name="a" file="./lib/a.rb" line="7"'))).toEqual([
      "a (lib/a.rb:7): boom",
    ]);
    expect(
      told(`<testsuites><testsuite name="s" file="/workspace/a.js">${testcase("<failure/>")}</testsuite></testsuites>`),
    ).toEqual(["b › a (a.js:null): "]);
  });

  test("keeps characters that XML forbids out of names and reasons, and reads on", () => {
    const xml = testcase(
      '<failure message="&#x1b;[31mred&#27;[0m&#0;">\u0000\u001B[1mbold</failure>',
      'name="a\u0007" classname=""',
    );
    expect(readJUnit(xml).failures[0]).toMatchObject({ name: "a", message: "[31mred[0m" });
  });

  test("counts what is there, whatever the suites say", () => {
    expect(
      readJUnit(
        '<testsuites tests="0" failures="0"><testsuite tests="-5">' +
          testcase("<failure/>").repeat(250) +
          "</testsuite></testsuites>",
      ),
    ).toMatchObject({ counts: { passed: 0, failed: 250 }, failures: { length: 200 } });
  });

  test("of an empty run has no tests", () => {
    expect(readJUnit("<testsuites/>").counts).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe("what is not JUnit XML is refused, with what and where", () => {
  const deep = "<testsuite>".repeat(101);
  const attributes = `<testsuite ${Array.from({ length: 101 }, (_, at) => `a${at}="1"`).join(" ")}/>`;
  test.each([
    ["text", "Tests: 3 failed", /line 1: Non-whitespace before first tag/],
    ["nothing", "", /It holds no element/],
    ["another kind of XML", "<coverage/>", /outermost element is <coverage>/],
    ["an unfinished file", '<testsuites>\n<testsuite>\n<testcase name="a"', /line 3: Unclosed root tag/],
    ["crossed elements", "<testsuite><testcase></testsuite>", /line 1: Unexpected close tag/],
    ["text after the end", "<testsuite/>x", /line 1: Text data outside of root node/],
    ["elements too deep", deep, /more than 100 deep/],
    ["too many attributes", attributes, /more than 100 attributes/],
    ["an entity of its own", '<!DOCTYPE a [<!ENTITY x "y">]><testsuite name="&x;"/>', /Invalid character entity/],
    [
      "a file of the host",
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>',
      /Invalid character entity/,
    ],
    ["more than it may be", `<testsuite>${" ".repeat(10_000_000)}</testsuite>`, /more than 10,000,000 characters/],
  ])("%s", (_, xml, says) => {
    expect(() => readJUnit(xml)).toThrow(UserError);
    expect(() => readJUnit(xml)).toThrow(says);
    expect(() => readJUnit(xml)).toThrow(/^The test report is not JUnit XML \(.*\)\. Have the command write/);
  });

  test("nested entities are not expanded", () => {
    const levels = Array.from({ length: 9 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "ha">${levels}]><testsuite><testcase name="&e9;"/></testsuite>`;
    expect(() => readJUnit(bomb)).toThrow(/Invalid character entity/);
  });

  test("and any text ends in results or in a UserError", () => {
    const pieces = [
      "<testsuite>",
      "</testsuite>",
      '<testcase name="',
      '">',
      "<failure>",
      "]]>",
      "<![CDATA[",
      "&#",
      "<!--",
      "<!DOCTYPE a [",
    ];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), anyText(10)), { maxLength: 15 })
      .map((all) => `<testsuite>${all.join("")}`);
    const ends = (xml: string) => {
      try {
        return readJUnit(xml).source === "junit";
      } catch (error) {
        return error instanceof UserError;
      }
    };
    expect(() => fc.assert(fc.property(text, ends), { numRuns: 150 })).not.toThrow();
  });

  test("takes no longer when suites with long names lie around every case", () => {
    const suites = Array.from({ length: 90 }, (_, n) => `<testsuite name="${"a/".repeat(750)}${n}">`).join("");
    const cases = '<testcase name="a"><failure message="no"/></testcase>'.repeat(100);
    const start = process.cpuUsage();
    expect(readJUnit(`${suites}${cases}${"</testsuite>".repeat(90)}`).counts.failed).toBe(100);
    expect(processorMs(start)).toBeLessThan(1_000);
  });
});
