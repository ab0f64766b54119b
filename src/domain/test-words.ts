import type { Language } from "./code-text.ts";

/** How a language writes tests. All patterns are for text without comments and strings, and take bounded time at each place. */
export interface TestWords {
  readonly cases: RegExp;
  readonly assertions: RegExp;
  /** Assertions that name a value, instead of only asking for something. */
  readonly strong: RegExp;
  /** Tests that do not run, or keep others from running. */
  readonly skips: RegExp;
  /** Assertions that hold whatever the code does. Applied to the code, then to the text itself, which has the strings. */
  readonly empty: RegExp;
}

const value = String.raw`(?:true|True|!0|1|not False|!false)`;
/** The same on both sides of a comparison. */
const same = String.raw`([^\s(),][^(),\n]{0,80}?)\s{0,40},\s{0,40}`;

export const testWords: Readonly<Record<Language, TestWords>> = {
  js: {
    cases:
      /(?<![\w$.])(?:x?it|x?test|x?specify|fit|Deno\.test)(?:\.(?!describe|before|after|step|use\b|extend|slow|setTimeout|info|only\.describe)\w+){0,4}\s{0,40}[(`]|(?<![\w$.])(?:t|ctx)\.test\(/g,
    assertions:
      /(?<![\w$])expect(?:\.(?:soft|poll))?\s{0,40}\(|(?<![\w$.])assert(?:\.\w+){0,3}\s{0,40}\(|\.should\b|(?<![\w$.])t\.(?:assert\.)?(?:is|not|like|equals?|same|deepEquals?|strictEqual|true|false|truthy|falsy|ok|notOk|throws|rejects|regex|match)\w{0,12}\(/g,
    strong:
      /\.(?:toBe|toEqual|toStrictEqual|toMatchObject|toMatch|toContain|toContainEqual|toHaveLength|toHaveProperty|toHaveBeenCalledWith|toHaveBeenCalledTimes|toHaveBeenLastCalledWith|toHaveBeenNthCalledWith|toHaveText|toHaveValue|toHaveCount|toHaveURL|toThrow|toThrowError|toBeCloseTo|toBeNull|toBeUndefined|toBeNaN|toMatchSnapshot|toMatchInlineSnapshot|eql?|deep\.equal|equal)\(|(?<![\w$.])(?:assert|t)(?:\.strict|\.assert)?\.(?:equal|strictEqual|deepEqual|deepStrictEqual|partialDeepStrictEqual|is|same|like|match|throws|rejects)\(/g,
    skips:
      /(?<![\w$.])(?:it|test|describe|suite|context|specify|Deno\.test)(?:\.\w+){0,4}\.(?:skip|only|todo|fixme|failing|fails|skipIf|runIf|ignore)\b|(?<![\w$.])(?:xit|xdescribe|xtest|xcontext|xspecify|fit|fdescribe|fcontext)\s{0,40}[(.]|\bthis\.skip\(|(?<![\w$.])(?:t|ctx|context)\.(?:skip|todo)\(|\b(?:skip|only|todo)\s{0,4}:\s{0,4}(?:true\b|["'`])/g,
    empty: new RegExp(
      String.raw`(?<![\w$.])expect\(\s{0,40}([^()]{1,80}?)\s{0,40}\)\.(?:toBe|toEqual|toStrictEqual)\(\s{0,40}\1\s{0,40}\)|(?<![\w$.])expect\(\s{0,40}${value}\s{0,40}\)\.(?:toBeTruthy|toBeDefined)\(|(?<![\w$.])assert(?:\.ok)?\(\s{0,40}${value}\s{0,40}[,)]|(?<![\w$.])assert\.(?:equal|strictEqual|deepEqual|deepStrictEqual)\(\s{0,40}${same}\2\s{0,40}[,)]|\.(?:to|be)\.be\.true\b(?<=expect\(true\)\.to\.be\.true)`,
      "g",
    ),
  },
  python: {
    cases: /^[ \t]*(?:async[ \t]+)?def[ \t]+test\w*[ \t]*\(/gm,
    assertions: /^[ \t]*assert\b|\bassert_?\w+[ \t]*\(|\bpytest\.(?:raises|warns)\b/gm,
    strong:
      /^[ \t]*assert\b[^\n]{0,300}?(?:[=!<>]=|[<>]|\bis\b|\bin\b)|\bassert(?:\w{0,20}Equal\w{0,20}|Raises\w{0,10}|In|Is|Regex|Less\w{0,5}|Greater\w{0,5}|IsNone|IsInstance)\(|\bassert_(?:called_with|called_once_with|equal|array_equal|allclose|frame_equal|has_calls)\w{0,20}\(|\bpytest\.raises\b/gm,
    skips:
      /\b(?:pytest\.)?mark\.(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|importorskip)\(|\bunittest\.(?:skip|skipIf|skipUnless|expectedFailure|SkipTest)\b|\bself\.skipTest\(|\b__test__[ \t]*=[ \t]*False/g,
    empty: new RegExp(
      String.raw`^[ \t]*assert\s{0,40}\(?\s{0,40}${value}\s{0,40}\)?[ \t]*(?=[,\n]|$)|^[ \t]*assert ([^\s=(),][^=(),\n]{0,80}?) == \1[ \t]*(?=[,\n]|$)|^[ \t]*assert [^\n]{1,200} or True\b|\bassertTrue\(\s{0,40}${value}\s{0,40}[,)]|\bassertEqual\(\s{0,40}${same}\2\s{0,40}[,)]`,
      "gm",
    ),
  },
  go: {
    cases: /^func[ \t]+(?:Test|Fuzz|Example|Benchmark)\w*[ \t]*\(|\.Run\(/gm,
    assertions: /\b[tbf]\.(?:Errorf?|Fatalf?|Fail|FailNow)\(|(?<![\w.])(?:assert|require)\.\w+\(/g,
    strong:
      /(?<![\w.])(?:assert|require)\.(?:Equal|Exactly|JSONEq|ElementsMatch|ErrorIs|ErrorAs|EqualError|ErrorContains|Len|Contains|InDelta|Same|Subset|Panics)\w{0,12}\(/g,
    skips: /\b[tbf]\.(?:Skip|Skipf|SkipNow)\(/g,
    empty: new RegExp(
      String.raw`(?<![\w.])(?:assert|require)\.True\(\s{0,40}\w+\s{0,40},\s{0,40}true\s{0,40}[,)]|(?<![\w.])(?:assert|require)\.Equal\(\s{0,40}\w+\s{0,40},\s{0,40}${same}\1\s{0,40}[,)]`,
      "g",
    ),
  },
  rust: {
    cases: /#\[(?:\w+::){0,3}(?:test|rstest|case|test_case|quickcheck)\b/g,
    assertions: /\b\w*assert\w*!\s{0,40}[([{]/g,
    strong: /\b\w*assert_(?:eq|ne|matches)!\s{0,40}[([{]|\bassert!\s{0,40}\([^;\n]{0,200}?[=!]=/g,
    skips: /#\[(?:ignore\b|cfg_attr\([^\]\n]{0,100}?,\s{0,40}ignore)/g,
    empty: new RegExp(
      String.raw`\bassert!\(\s{0,40}(?:true|!false)\s{0,40}[,)]|\bassert_eq!\(\s{0,40}${same}\1\s{0,40}[,)]`,
      "g",
    ),
  },
  jvm: {
    cases: /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Theory)\b|(?<![\w.])(?:test|it|should)\("/g,
    assertions: /\b(?:assert\w*|verify\w*|fail|expect\w*|should\w+)\s{0,40}[({]|\bassert\b/g,
    strong:
      /\bassert(?:Equals|ArrayEquals|IterableEquals|LinesMatch|Same|Throws\w{0,8}|FailsWith|ContentEquals)\b|\.(?:isEqualTo|isSameAs|contains\w{0,20}|hasSize|hasMessage\w{0,12}|isInstanceOf|matches)\(|\bshould(?:Be|Equal|Contain\w{0,12}|HaveSize|Throw)\b/g,
    skips:
      /@(?:Disabled|Ignore|Ignored)\w{0,20}\b|\b(?:Assumptions\.|Assume\.)?assum(?:e|ing)(?:True|False|That)\(|(?<![\w.])xtest\(/g,
    empty: new RegExp(
      String.raw`\bassertTrue\(\s{0,40}true\s{0,40}[,)]|\bassertEquals\(\s{0,40}${same}\1\s{0,40}[,)]|\bassertThat\(\s{0,40}true\s{0,40}\)\.isTrue\(`,
      "g",
    ),
  },
  ruby: {
    cases: /^[ \t]*(?:x?it|specify|x?scenario|fit|test|def test_\w+)\b/gm,
    assertions: /\b(?:expect|assert\w*|refute\w*)\b|\.(?:should|must_\w+|wont_\w+)\b/g,
    strong:
      /\b(?:eq|eql|equal|match_array|contain_exactly|include|raise_error)\b|\bassert_(?:equal|raises|includes|match|in_delta|same)\b|\.must_(?:equal|include|raise)\b/g,
    skips:
      /^[ \t]*(?:xit|xdescribe|xcontext|xscenario|fit|fdescribe|fcontext|skip|pending)\b|,\s{0,4}(?::skip|:focus|:pending)\b|\b(?:skip|focus|pending):\s{0,4}(?:true\b|["'])/gm,
    empty:
      /^[ \t]*assert[ (]\s{0,40}true\s{0,40}\)?[ \t]*$|\bexpect\(\s{0,40}true\s{0,40}\)\.to (?:be\b(?:\(true\))?|eq\(?true|be_truthy)|\bassert_equal[ (]\s{0,40}([^\s(),][^(),\n]{0,80}?)\s{0,40},\s{0,40}\1\s{0,40}\)?[ \t]*$/gm,
  },
  csharp: {
    cases: /\[(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|InlineData|DataRow)\b/g,
    assertions:
      /\b(?:Assert|StringAssert|CollectionAssert)\.\w+|\.Should\(\)|\.Should(?:Be|Throw|Contain)\w*\(|\.Verify\w*\(/g,
    strong:
      /\b(?:Assert|StringAssert|CollectionAssert)\.(?:Equal|AreEqual|Same|AreSame|Throws\w{0,12}|Contains|Collection|Matches|IsType|Equivalent|That)\b|\.(?:Be|BeEquivalentTo|Equal|Contain\w{0,12}|HaveCount|Throw)\s{0,40}[<(]/g,
    skips: /\[(?:Ignore|Explicit)\b|\bSkip\s{0,4}=\s{0,4}["$@]|\bAssert\.(?:Ignore|Inconclusive|Skip)\(/g,
    empty: new RegExp(
      String.raw`\bAssert\.(?:True|IsTrue)\(\s{0,40}true\s{0,40}[,)]|\bAssert\.(?:Equal|AreEqual)\(\s{0,40}${same}\1\s{0,40}[,)]|\bAssert\.Pass\(`,
      "g",
    ),
  },
};
