import { describe, expect, test } from "@jest/globals";
import { findWeakening } from "../../../src/domain/test-weakening.ts";
import { processorMs } from "../processor-time.ts";

interface Change {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

const change = (path: string, before: string | null, after: string | null): Change => ({ path, before, after });
const whys = (...changes: readonly Change[]) => findWeakening(changes).map(({ why }) => why);

const js = (...lines: string[]) => `test("adds", () => {\n${lines.map((line) => `  ${line}\n`).join("")}});\n`;
const two = js("expect(add(1, 1)).toBe(2);", "expect(add(2, 2)).toEqual(4);");
const jsTest = "test/add.test.js";
const other = `test("pours", () => {\n  expect(pour("tea", { hot: true })).toEqual({ cup: "full" });\n  expect(pour(null)).toBeNull();\n});\n`;

describe("a weakening is", () => {
  const table: readonly (readonly [string, readonly Change[], readonly string[]])[] = [
    ["a deleted test file", [change(jsTest, two, null)], ["deletes a file of tests, with 1 test"]],
    [
      "a test file that moved to where no runner looks",
      [change(jsTest, two, null), change("old/add.js", null, two)],
      ["deletes a file of tests, with 1 test"],
    ],
    ["a test fewer", [change(jsTest, two + other, two)], ["has 1 test fewer", "has 2 assertions fewer"]],
    ["an assertion fewer", [change(jsTest, two, js("expect(add(1, 1)).toBe(2);"))], ["has 1 assertion fewer"]],
    [
      "an assertion fewer in one test while others are added to the file",
      [change(jsTest, two, js("expect(add(1, 1)).toBe(2);") + other)],
      ["has 1 assertion fewer"],
    ],
    [
      "an assertion that is commented out",
      [change(jsTest, two, js("expect(add(1, 1)).toBe(2);", "// expect(add(2, 2)).toEqual(4);"))],
      ["has 1 assertion fewer"],
    ],
    [
      "an assertion lost while its file is renamed",
      [change(jsTest, two + other, null), change("test/sum.test.js", null, two + other.replace(/.*toBeNull.*\n/, ""))],
      ["has 1 assertion fewer"],
    ],
    [
      "a weaker matcher",
      [change(jsTest, two, two.replace("toEqual(4)", "toBeTruthy()"))],
      ["names the expected value in 1 assertion fewer"],
    ],
    [
      "any value in place of one",
      [change(jsTest, js("expect(a).toEqual({ id: 3 });"), js("expect(a).toEqual({ id: expect.anything() });"))],
      ["takes any value where one was expected"],
    ],
    ["a skip", [change(jsTest, two, two.replace("test(", "test.skip("))], ["skips a test, or runs it alone"]],
    [
      "a test that runs alone",
      [change(jsTest, two, two + other.replace("test(", "test.only("))],
      ["skips a test, or runs it alone"],
    ],
    ["a test to do", [change(jsTest, two, two.replace("test(", "it.todo("))], ["skips a test, or runs it alone"]],
    ["xit", [change(jsTest, two, two.replace("test(", "xit("))], ["skips a test, or runs it alone"]],
    [
      "a suite that is skipped",
      [change(jsTest, `describe("sum", () => {\n${two}});`, `xdescribe("sum", () => {\n${two}});`)],
      ["skips a test, or runs it alone"],
    ],
    [
      "a skip by option",
      [change(jsTest, two, two.replace('"adds", ', '"adds", { skip: true }, '))],
      ["skips a test, or runs it alone"],
    ],
    ...[
      "expect(true).toBe(true);",
      "expect(true).toBeTruthy();",
      "expect(total).toEqual(total);",
      "expect(\n    1\n  ).toBe(1);",
      "assert(true);",
      "assert.ok(true);",
      "assert.equal(1, 1);",
      'assert.strictEqual("a", "a");',
    ].map(
      (line) =>
        [
          `the assertion ${line.replaceAll(/\s+/g, " ")}`,
          [change(jsTest, two, two.replace("});", `  ${line}\n});`))],
          ["asserts what cannot fail"],
        ] as const,
    ),
    [
      "a snapshot taken anew",
      [change("test/__snapshots__/add.test.js.snap", "exports[`a`] = `1`;\n", "exports[`a`] = `2`;\n")],
      ["takes a snapshot anew without a change of its test, which needs a look"],
    ],
    [
      "a snapshot taken anew for another test",
      [
        change("test/__snapshots__/add.test.js.snap", "exports[`a`] = `1`;\n", "exports[`a`] = `2`;\n"),
        change("test/pour.test.js", other, other + two),
      ],
      ["takes a snapshot anew without a change of its test, which needs a look"],
    ],
    ["a workflow that changed", [change(".github/workflows/ci.yml", "a", "b")], ["changes what the CI runs"]],
    ["a workflow that is gone", [change(".gitlab-ci.yml", "a", null)], ["changes what the CI runs"]],
  ];

  test.each(table)("%s", (_, changes, expected) => {
    expect(whys(...changes)).toEqual(expected);
  });

  test("told with its path and line", () => {
    expect(findWeakening([change(jsTest, two, `${two}\n${other.replace("test(", "test.only(")}`)])).toEqual([
      { path: jsTest, line: 6, why: "skips a test, or runs it alone" },
    ]);
  });
});

describe("no weakening is", () => {
  const indented = `describe("sum", () => {\n${two.replaceAll(/^/gm, "\t")}});\n`;
  const table: readonly (readonly [string, readonly Change[]])[] = [
    ["a new test file", [change(jsTest, null, two)]],
    ["a new test beside others", [change(jsTest, two, two + other)]],
    ["a file that stays as it was", [change(jsTest, two, two)]],
    ["a renamed test file", [change(jsTest, two, null), change("test/sum.test.js", null, two)]],
    [
      "a test file that moved and changed a little",
      [change(jsTest, two + other, null), change("test/sum.test.js", null, two + other.replace("full", "half"))],
    ],
    [
      "a test file that was split",
      [change(jsTest, two + other, null), change("test/a.test.js", null, two), change("test/b.test.js", null, other)],
    ],
    ["another indentation", [change(jsTest, two, indented)]],
    ["a test that moved to another file", [change(jsTest, two + other, two), change("test/pour.test.js", "", other)]],
    [
      "a test that moved and was changed there",
      [change(jsTest, two + other, two), change("test/pour.test.js", "", other.replace("toBeNull()", "toBe(null)"))],
    ],
    [
      "an assertion that moved",
      [
        change(jsTest, two, js("expect(add(1, 1)).toBe(2);")),
        change("test/b.test.js", other, other + js("expect(add(2, 2)).toEqual(4);")),
      ],
    ],
    ["another expected value", [change(jsTest, two, two.replace("toEqual(4)", "toEqual(5)"))]],
    ["a stronger matcher", [change(jsTest, js("expect(a).toBeTruthy();"), js("expect(a).toBe(3);"))]],
    ["another name for a test", [change(jsTest, two, two.replace("adds", "sums up"))]],
    ["a skip that ends", [change(jsTest, two.replace("test(", "test.skip("), two)]],
    [
      "a skip that was there before, in a test with another name",
      [change(jsTest, two.replace("test(", "test.skip("), two.replace('test("adds', 'test.skip("sums'))],
    ],
    [
      "words in comments and strings",
      [
        change(
          jsTest,
          two,
          `// test.skip(expect(true).toBe(true)) eslint-disable\n${two}const a = "it.only(); // @ts-ignore";\n`,
        ),
      ],
    ],
    [
      "a pattern with quotes in it",
      [change(jsTest, two, two.replace("});", "  expect(/['\"`]/.test(a)).toBe(false);\n});"))],
    ],
    [
      "different strings that look the same without their words",
      [change(jsTest, two, two.replace("});", '  expect("a").toBe("b");\n});'))],
    ],
    [
      "skip as a key of something else",
      [change(jsTest, two, two.replace("});", "  expect(page({ skip: 10, only: names })).toBe(2);\n});"))],
    ],
    ["code that is no test", [change("src/add.js", "assert(a); test('x'); it('y');", "")]],
    ["a fixture that is gone", [change("test/fixtures/shop/a.test.js", two, null)]],
    [
      "a snapshot that grows",
      [
        change(
          "test/__snapshots__/a.test.js.snap",
          "exports[`a`] = `1`;\n",
          "exports[`a`] = `1`;\nexports[`b`] = `2`;\n",
        ),
      ],
    ],
    [
      "a snapshot whose test changed too",
      [change("test/__snapshots__/add.test.js.snap", "a\n", "b\n"), change(jsTest, two, two.replace("4", "5"))],
    ],
    [
      "a new suppression in a page of documentation",
      [change("docs/lint.md", "", "// eslint-disable-next-line no-eval\n")],
    ],
  ];

  test.each(table)("%s", (_, changes) => {
    expect(findWeakening(changes)).toEqual([]);
  });
});

describe.each<[string, string, string, string, string, string, string]>([
  // language, path, a test of two assertions, one assertion of it, a skip, an assertion that cannot fail, a weaker one
  [
    "Python",
    "tests/test_add.py",
    "def test_add():\n    x = add(1, 1)\n    assert x == 2\n    assert x > 0\n",
    "    assert x > 0\n",
    "@pytest.mark.skip\n",
    "    assert True\n",
    "    assert x\n",
  ],
  [
    "unittest",
    "add_test.py",
    "class T(TestCase):\n  def test_add(self):\n    self.assertEqual(add(1, 1), 2)\n    self.assertIn(1, [1])\n",
    "    self.assertIn(1, [1])\n",
    "@unittest.skip('later')\n",
    "    self.assertTrue(True)\n",
    "    self.assertTrue(x)\n",
  ],
  [
    "Go",
    "add_test.go",
    "func TestAdd(t *testing.T) {\n\tassert.Equal(t, 2, add(1, 1))\n\trequire.Len(t, list, 2)\n}\n",
    "\trequire.Len(t, list, 2)\n",
    '\tt.Skip("later")\n',
    "\tassert.True(t, true)\n",
    "\trequire.NotEmpty(t, list)\n",
  ],
  [
    "Rust",
    "src/lib.rs",
    "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 1), 2);\n        assert_ne!(add(1, 2), 2);\n    }\n}\n",
    "        assert_ne!(add(1, 2), 2);\n",
    "    #[ignore]\n",
    "        assert!(true);\n",
    "        assert!(add(1, 2).is_positive());\n",
  ],
  [
    "Java",
    "src/test/java/AddTest.java",
    "class AddTest {\n  @Test\n  void adds() {\n    assertEquals(2, add(1, 1));\n    assertSame(a, b);\n  }\n}\n",
    "    assertSame(a, b);\n",
    "  @Disabled\n",
    "    assertTrue(true);\n",
    "    assertNotNull(a);\n",
  ],
  [
    "Kotlin",
    "src/test/kotlin/AddTest.kt",
    "class AddTest {\n  @Test\n  fun adds() {\n    assertEquals(2, add(1, 1))\n    assertEquals(3, add(1, 2))\n  }\n}\n",
    "    assertEquals(3, add(1, 2))\n",
    "  @Ignore\n",
    "    assertTrue(true)\n",
    "    assertNotNull(add(1, 2))\n",
  ],
  [
    "Ruby",
    "spec/add_spec.rb",
    "describe Add do\n  it 'adds' do\n    expect(add(1, 1)).to eq(2)\n    expect(add(1, 2)).to eq(3)\n  end\nend\n",
    "    expect(add(1, 2)).to eq(3)\n",
    "    skip 'later'\n",
    "    expect(true).to be(true)\n",
    "    expect(add(1, 2)).to be_truthy\n",
  ],
  [
    "C#",
    "Shop.Tests/AddTests.cs",
    "class AddTests {\n  [Fact]\n  public void Adds() {\n    Assert.Equal(2, Add(1, 1));\n    Assert.Equal(3, Add(1, 2));\n  }\n}\n",
    "    Assert.Equal(3, Add(1, 2));\n",
    '  [Ignore("later")]\n',
    "    Assert.True(true);\n",
    "    Assert.NotNull(Add(1, 2));\n",
  ],
])("in %s", (_language, path, text, assertion, skip, empty, weaker) => {
  const insert = (line: string) => text.replace(assertion, () => assertion + line);

  test("a deleted file, a lost assertion, a skip, an empty and a weaker assertion are weakenings", () => {
    expect(whys(change(path, text, null))).toEqual(["deletes a file of tests, with 1 test"]);
    expect(whys(change(path, text, text.replace(assertion, "")))).toEqual(["has 1 assertion fewer"]);
    expect(whys(change(path, text, insert(skip)))).toEqual(["skips a test, or runs it alone"]);
    expect(whys(change(path, text, insert(empty)))).toEqual(["asserts what cannot fail"]);
    expect(
      whys(
        change(
          path,
          text,
          text.replace(assertion, () => weaker),
        ),
      ),
    ).toEqual(["names the expected value in 1 assertion fewer"]);
  });

  test("a new assertion, a moved file and other line ends are none", () => {
    expect(whys(change(path, text, insert(assertion)))).toEqual([]);
    expect(
      whys(
        change(path, text, null),
        change(path.replace(/(\w+)(?=_test|_spec|Tests?\.|\.py|lib)|(?<=\/)lib/, "Other$1"), null, text),
      ),
    ).toEqual([]);
    expect(whys(change(path, text, text.replaceAll("\n", "\r\n")))).toEqual([]);
  });
});

describe("settings that ask for less", () => {
  const scripts = (all: object) =>
    JSON.stringify({ name: "shop", scripts: { build: "tsc", test: "jest", lint: "eslint .", ...all } }, null, 2);
  const pack = (all: object) => whys(change("package.json", scripts({}), scripts(all)));

  test.each<[object, string]>([
    [{ test: "jest || true" }, "lets a script that checks pass, or leave something out"],
    [{ test: "jest --passWithNoTests" }, "lets a script that checks pass, or leave something out"],
    [{ test: "jest; exit 0" }, "lets a script that checks pass, or leave something out"],
    [{ test: "jest --testPathIgnorePatterns=cart" }, "lets a script that checks pass, or leave something out"],
    [{ lint: "eslint . || exit 0" }, "lets a script that checks pass, or leave something out"],
    [{ test: "exit 0" }, "replaces a script that checks by one that does nothing"],
    [{ lint: "echo fine" }, "replaces a script that checks by one that does nothing"],
    [{ test: undefined }, "removes a script that checks"],
    [{ test: "jest test/add" }, "changes which tests a script runs, or how"],
  ])("the scripts %j", (all, why) => {
    expect(pack(all)).toEqual([why]);
  });

  test("name the line of the script", () => {
    expect(findWeakening([change("package.json", scripts({}), scripts({ test: "true" }))])[0]?.line).toBe(5);
  });

  test.each<[object]>([
    [{ build: "tsc || true" }],
    [{ lint: "eslint . --cache" }],
    [{ "test:e2e": "playwright test" }],
    [{}],
  ])("are not the scripts %j", (all) => {
    expect(pack(all)).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    [
      "jest.config.js",
      'export default { testPathIgnorePatterns: ["dist"] };',
      'export default { testPathIgnorePatterns: ["dist", "cart"] };',
      "leaves more out of the tests",
    ],
    [
      "jest.config.js",
      "export default {};",
      "export default { passWithNoTests: true };",
      "leaves more out of the tests",
    ],
    [
      "jest.config.js",
      'export default { testMatch: ["a/**", "b/**"] };',
      'export default { testMatch: ["a/**"] };',
      "takes less into the tests",
    ],
    [
      "jest.config.js",
      "coverageThreshold: { global: { lines: 90, branches: 80 } }",
      "coverageThreshold: { global: { lines: 90, branches: 70 } }",
      "asks for less coverage",
    ],
    [
      "vitest.config.ts",
      "test: { exclude: [] }",
      'test: {\n  exclude: [\n    "cart.test.ts",\n  ],\n}',
      "leaves more out of the tests",
    ],
    [
      "pytest.ini",
      "[pytest]\naddopts = -q\n",
      "[pytest]\naddopts = -q --ignore=tests/cart\n",
      "leaves more out of the tests",
    ],
    [
      "pyproject.toml",
      "[tool.coverage.report]\nfail_under = 90\n",
      "[tool.coverage.report]\nfail_under = 50\n",
      "asks for less coverage",
    ],
    [
      "playwright.config.ts",
      'testDir: "e2e",',
      'testDir: "e2e",\ntestIgnore: "**/cart*",',
      "leaves more out of the tests",
    ],
    [".mocharc.json", '{ "spec": ["test/**"] }', '{ "spec": ["test/a/**"] }', "takes less into the tests"],
    [
      "Makefile",
      "test:\n\tgo test ./...\n",
      "test:\n\tgo test ./... || true\n",
      "lets a command that checks pass, or leave something out",
    ],
    ["package.json", '{"jest": {}}', '{"jest": {"testPathIgnorePatterns": ["cart"]}}', "leaves more out of the tests"],
  ])("in %s: %j becomes %j", (path, before, after, why) => {
    expect(whys(change(path, before, after))).toEqual([why]);
    expect(whys(change(path, after, after))).toEqual([]);
  });

  test.each<[string, string, string]>([
    [
      "jest.config.js",
      "export default { lines: 80 };",
      'export default { lines: 90, testTimeout: 5, testEnvironment: "node" };',
    ],
    ["jest.config.js", 'testPathIgnorePatterns: ["dist", "cart"]', 'testPathIgnorePatterns: [\n  "dist",\n]'],
    ["jest.config.js", 'testMatch: ["a/**"]', 'testMatch: ["a/**", "b/**"]'],
    ["jest.config.js", "a: 1", "// testPathIgnorePatterns: [1]\na: 1"],
    ["src/options.js", "exclude: []", 'exclude: ["cart"]'],
  ])("are not in %s: %j becomes %j", (path, before, after) => {
    expect(whys(change(path, before, after))).toEqual([]);
  });

  test("are none where there were none", () => {
    expect(whys(change("jest.config.js", null, 'testPathIgnorePatterns: ["dist"]'))).toEqual([]);
    expect(whys(change("jest.config.js", "a", null))).toEqual(["deletes settings of the tests"]);
    expect(whys(change("package.json", "{}", "{"))).toEqual(["makes the file with the test scripts unreadable"]);
  });
});

describe("a checker told to look away", () => {
  test.each<[string, string]>([
    ["src/a.ts", "// codegen:ignore security/eval -- it is ours\n"],
    ["src/a.ts", "// eslint-disable-next-line no-eval\n"],
    ["src/a.ts", "/* eslint-disable */\n"],
    ["src/a.tsx", "{/* @ts-expect-error later */}\n"],
    ["src/a.ts", "// @ts-ignore\n"],
    ["src/a.ts", "// @ts-nocheck\n"],
    ["src/a.js", "/* istanbul ignore next */\n"],
    ["a.py", "x = 1  # noqa: E501\n"],
    ["a.py", "x = f()  # type: ignore[arg-type]\n"],
    ["a.py", "if x:  # pragma: no cover\n"],
    ["a.go", "x := 1 //nolint:errcheck\n"],
    ["src/a.rs", "#[allow(dead_code)]\n"],
    ["A.java", '@SuppressWarnings("unchecked")\n'],
    ["a.rb", "# rubocop:disable Style\n"],
    ["A.cs", "#pragma warning disable CS0618\n"],
  ])("in %s by %j", (path, line) => {
    const text = "one\ntwo\n";
    expect(findWeakening([change(path, text, text + line)])).toEqual([
      { path, line: 3, why: "tells a checker to look away" },
    ]);
    expect(whys(change(path, text + line, text))).toEqual([]);
    expect(whys(change(path, text + line, `${line}\n${text}`))).toEqual([]);
    expect(whys(change(path, text + line, text), change(path.replace(/a(?=\.)/i, "b"), null, line))).toEqual([]);
  });

  test.each<[string, string]>([
    ["src/a.ts", 'const help = "// eslint-disable";\n'],
    ["src/a.ts", "// We no longer need an eslint-disable here\n"],
    ["a.py", 'help = "# noqa"\n'],
    ["src/a.rs", "// #[allow(dead_code)] was here\n"],
  ])("is not mentioned in %s by %j", (path, line) => {
    expect(whys(change(path, "one\n", `one\n${line}`))).toEqual([]);
  });
});

describe("big and hostile changes", () => {
  const big = 25_000;
  test.each<[string, string, string]>([
    ["quotes", jsTest, '"'.repeat(big)],
    ["open comments", jsTest, "/*".repeat(big / 2)],
    ["slashes", jsTest, "=/[".repeat(big / 3)],
    ["the same assertion again and again", jsTest, "expect(a).toBe(1);\n".repeat(big / 20)],
    ["all on one line", jsTest, "expect(a).toBe(1);".repeat(big / 20)],
    ["tests", jsTest, 'test("a", () => {});'.repeat(big / 20)],
    ["spaces", "test_a.py", `assert${" ".repeat(big)}`],
    ["blank lines", "test_a.py", "\n".repeat(big)],
    ["open brackets", jsTest, "expect(".repeat(big / 8)],
    ["settings", "jest.config.js", "ignore: [exclude: [".repeat(big / 20)],
    ["settings without values", "pytest.ini", "ignore ".repeat(big / 8)],
    ["attributes", "src/a.rs", "#[cfg_attr(".repeat(big / 11)],
  ])("of %s are read in a moment", (_, path, text) => {
    const began = process.cpuUsage();
    expect(Array.isArray(findWeakening([change(path, text, ""), change(`b/${path}`, "", text)]))).toBe(true);
    expect(processorMs(began)).toBeLessThan(1_000);
  });

  test("of many moved files are followed", () => {
    const files = Array.from({ length: 250 }, (_, n) => two.replaceAll("add", `add${n}`));
    const changes = files.flatMap((text, n) => [
      change(`a/${n}.test.js`, text, null),
      change(`b/${n}.test.js`, null, text),
    ]);
    expect(findWeakening(changes)).toEqual([]);
  });
});
