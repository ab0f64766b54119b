import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../../src/domain/verdict.ts";
import { parseProblemMatchers } from "../../../../src/reports/problems/parse-problem-matchers.ts";
import { readProblems } from "../../../../src/reports/problems/read-problems.ts";
import { printed } from "./printed.ts";
import { processorMs } from "../../processor-time.ts";

const short = ({ file, startLine, endLine, severity, rule }: Finding) =>
  `${file}:${startLine}-${endLine} ${severity} ${rule}`;
const places = (output: string) => readProblems(output).findings.map(short);
const own = (pattern: readonly object[], more: object = {}) =>
  parseProblemMatchers(JSON.stringify({ problemMatcher: [{ owner: "own", pattern, ...more }] }));

describe("what tools print becomes findings", () => {
  test.each(Object.entries(printed))("%s", (_, { output, read }) => {
    expect(places(output)).toEqual(read);
    expect(readProblems(output.replaceAll("\n", "\r\n")).total).toBe(read.length);
  });

  test("the message is the tool's own, without colours and without the place that it repeats", () => {
    const messages = ["tsc 5.9 to a terminal", "cargo", "workflow commands of oxlint, biome and ruff"].map(
      (name) => readProblems(printed[name]?.output ?? "").findings.at(0)?.message,
    );
    expect(messages).toEqual([
      "Cannot find name 'totl'. Did you mean 'total'?",
      "mismatched types: expected `u32`, found `&str`",
      "Expected function name",
    ]);
  });

  test("ordinary output holds none", () => {
    const output =
      "> build\nlistening on http://localhost:3000\nerror: script failed\n12:30:01 ok\nsrc/a.ts\n\n  done\n";
    expect(readProblems(output)).toEqual({ findings: [], total: 0, complete: true });
  });
});

describe("a finding", () => {
  test("lies in the workspace, or is none", () => {
    const files = ["/etc/passwd", "../x.c", "/workspace/../x.c", "a/../../x.c", "C:\\x.c", "/workspace", "a/"];
    expect(places(files.map((file) => `${file}:1:1: error: no`).join("\n"))).toEqual([]);
    expect(places("./a/../b c.c:1:1: error: yes\n/workspace/src/d.c:2: error: yes")).toEqual([
      "b c.c:1-1 failure cc",
      "src/d.c:2-2 failure cc",
    ]);
  });

  test("has a line that can be, and line 1 where the tool means the whole file", () => {
    expect(places("a.c:0:0: error: x\nb.c:99999999999999999999:1: error: x\nc.c:10000001:1: error: x")).toEqual([
      "a.c:1-1 failure cc",
    ]);
  });

  test("is the same when lines before it come and go, and another for the second of its kind", () => {
    const prints = (lines: readonly number[]) =>
      readProblems(lines.map((line) => `a.c:${line}:1: error: bad`).join("\n")).findings.map((one) => one.fingerprint);
    expect(prints([3, 9])).toEqual(prints([20, 30]));
    expect(new Set(prints([3, 9, 12])).size).toBe(3);
    expect(prints([9, 3])).toEqual(prints([3, 9]));
  });

  test("that is printed twice counts once, with the graver severity", () => {
    const { findings, total } = readProblems(
      "::warning file=a,line=1::x\n::error file=a,line=1::x\n::notice file=a::x",
    );
    expect([findings.map(short), total]).toEqual([["a:1-1 failure github"], 1]);
  });
});

describe("workflow commands", () => {
  test("are unescaped once, and their control characters dropped", () => {
    const [one] = readProblems("::error file=a%2Cb%3Ac,line=2,endLine=4,title=T%3A1::50%25 of%0Ait %250A%1b").findings;
    expect(one).toMatchObject({
      file: "a,b:c",
      startLine: 2,
      endLine: 4,
      rule: "github/T:1",
      message: "50% of\nit %0A%1b",
    });
    expect(
      places("::error file=a%0Ab::x\n::error file=%0D::x\n::error::x\n::error line=1::x\n::debug file=a::x"),
    ).toEqual([]);
  });

  test("end before they begin, or have a broken line, and are still shown once", () => {
    expect(places("::error file=a,line=5,endLine=2::x\n::error file=b,line=x::y")).toEqual(["a:5-5 failure github"]);
  });

  test("do not count while they are stopped", () => {
    expect(places("::stop-commands::w0rd\n::error file=a::x\n::other::\n::w0rd::\n::error file=b::x")).toEqual([
      "b:1-1 failure github",
    ]);
  });
});

describe("a repository's matchers", () => {
  test("come before the built-in ones", () => {
    const matchers = own([{ regexp: "^(.+):(\\d+):(\\d+): error: (\\w+)$", file: 1, line: 2, message: 4 }]);
    expect(readProblems("a.c:1:2: error: bad\nb.c:1:2: error: very bad", matchers).findings.map(short)).toEqual([
      "a.c:1-1 failure own",
      "b.c:1-1 failure cc",
    ]);
  });

  test("read several lines, with a loop, from the folder of their project, with a severity of their own", () => {
    const matchers = own(
      [
        { regexp: "^project (\\S+)$", fromPath: 1 },
        { regexp: "^in (\\S+)$", file: 1 },
        { regexp: "^ (\\d+) (?:(minor|ERROR) )?(.+)$", line: 1, severity: 2, message: 3, loop: true },
      ],
      { severity: "warning" },
    );
    const output = " 9 lost\nproject pkg/a/p.json\nin x.c\n 1 one\n 2 ERROR two\n 3 minor three\nother\n 4 four\n";
    expect(readProblems(output, matchers).findings.map(short)).toEqual([
      "pkg/a/x.c:1-1 warning own",
      "pkg/a/x.c:2-2 failure own",
      "pkg/a/x.c:3-3 warning own",
    ]);
  });

  test("cannot lead out of the workspace by the folder of their project", () => {
    const matchers = own([{ regexp: "^(\\S+) (\\S+)$", fromPath: 1, file: 2, message: 2 }]);
    expect(readProblems("../../etc/p passwd\n/etc/p shadow\n/workspace/s/p ok", matchers).findings.map(short)).toEqual([
      "s/ok:1-1 failure own",
    ]);
  });
});

describe("hostile output", () => {
  test("yields at most 1,000 findings, and says how many there were", () => {
    const output = Array.from({ length: 1500 }, (_, index) => `a.c:${index + 1}:1: error: bad`).join("\n");
    const { findings, total, complete } = readProblems(output);
    expect([findings.length, total, complete]).toEqual([1000, 1500, true]);
  });

  test("has its messages and lines cut", () => {
    const [one] = readProblems(`::error file=a::${"%0A💥".repeat(5000)}`).findings;
    expect(one?.message.length).toBeLessThanOrEqual(1001);
    expect(one?.message.isWellFormed()).toBe(true);
  });

  test.each([
    ["nothing but new lines", "\n".repeat(50_000)],
    ["one line without an end", ":1:1".repeat(100_000)],
    ["half a message of eslint", `a.js\n${`  1:1  error  ${" x".repeat(900)}  y z\n`.repeat(100)}`],
    ["brackets of a warning that never close", `a.c:1:1: error: ${" [-W".repeat(480)}\n`.repeat(100)],
    ["control characters", "\u001b[\u0000\u202e\ud800".repeat(50_000)],
    ["properties without an end", `::error file=a${",a=b".repeat(480)}\n`.repeat(100)],
  ])("of %s is read in time that grows with its length", (_, output) => {
    const start = process.cpuUsage();
    expect(readProblems(output).total).toBeLessThanOrEqual(1);
    expect(processorMs(start)).toBeLessThan(2_000);
  });

  test("cannot make a repository's expression slow: what it may cost ends, and that is said", () => {
    const slow = own([{ regexp: "^(a|aa)*(a|b)*a(a|b){150}$", file: 1, message: 1 }]);
    expect(readProblems(`${"ab".repeat(990)}!\n`.repeat(5), slow)).toEqual({ findings: [], total: 0, complete: true });
    const many = Array.from({ length: 10 }, () => own([{ regexp: "(x{700})", file: 1, message: 1 }])).flat();
    const line = "a".repeat(1900);
    const lines = Array.from({ length: 300 }, (__, number) => `${line}${number}\n`).join("");
    expect(readProblems(lines, many).complete).toBe(false);
    // One that repeats itself is asked about once.
    expect(readProblems(`${line}\n`.repeat(300), many).complete).toBe(true);
  });
});
