/** What tools of today print about small wrong files, cut to some lines; and what is to be read from each as `file:line-end severity rule`. */
export const printed: Readonly<Record<string, { readonly output: string; readonly read: readonly string[] }>> = {
  "tsc 5.9 to a file": {
    output: `src/price.ts(2,9): error TS2322: Type 'number' is not assignable to type 'string'.
src/app/(shop)/page.tsx(3,10): error TS2552: Cannot find name 'totl'. Did you mean 'total'?
error TS5023: Unknown compiler option '--nope'.`,
    read: ["src/app/(shop)/page.tsx:3-3 failure tsc/TS2552", "src/price.ts:2-2 failure tsc/TS2322"],
  },
  "tsc 5.9 to a terminal": {
    output: `\u001b[96msrc/price.ts\u001b[0m:\u001b[93m3\u001b[0m:\u001b[93m10\u001b[0m - \u001b[91merror\u001b[0m\u001b[90m TS2552: \u001b[0mCannot find name 'totl'. Did you mean 'total'?

\u001b[7m3\u001b[0m   return totl;
\u001b[7m \u001b[0m \u001b[91m         ~~~~\u001b[0m

  \u001b[96msrc/price.ts\u001b[0m:\u001b[93m2\u001b[0m:\u001b[93m9\u001b[0m
    \u001b[7m2\u001b[0m   const total: string = n;
    'total' is declared here.

Found 1 error in src/price.ts\u001b[90m:3\u001b[0m
`,
    read: ["src/price.ts:3-3 failure tsc/TS2552"],
  },
  "eslint 9, stylish": {
    output: `
\u001b[4m/workspace/broken.js\u001b[24m
  1:10  error  Parsing error: Unexpected token (

/workspace/src/a.js
  1:5   warning  'unused' is assigned a value but never used  no-unused-vars
  5:26  \u001b[31merror\u001b[39m    'alert' is not defined                       \u001b[2mno-undef\u001b[22m

✖ 3 problems (2 errors, 1 warning)
`,
    read: [
      "broken.js:1-1 failure eslint",
      "src/a.js:1-1 warning eslint/no-unused-vars",
      "src/a.js:5-5 failure eslint/no-undef",
    ],
  },
  "eslint 9, compact": {
    output: `/workspace/broken.js: line 1, col 10, Error - Parsing error: Unexpected token (
/workspace/src/a.js: line 1, col 5, Warning - 'unused' is assigned a value but never used. (no-unused-vars)`,
    read: ["broken.js:1-1 failure eslint", "src/a.js:1-1 warning eslint/no-unused-vars"],
  },
  "eslint 9, unix": {
    output: `/workspace/broken.js:1:10: Parsing error: Unexpected token ( [Error]
/workspace/src/a.js:3:3: Unexpected 'debugger' statement. [Error/no-debugger]`,
    read: ["broken.js:1-1 failure eslint", "src/a.js:3-3 failure eslint/no-debugger"],
  },
  "oxlint 1.89": {
    output: `
  x Expected function name
   ,-[broken.js:1:10]
 1 | function ( {
   :          ^
   \`----
  help: Function name is required in function declaration or named export

  ! eslint(no-unreachable): Unreachable code.
   ,-[src/a.js:5:26]
 4 | }
`,
    read: ["broken.js:1-1 failure oxlint", "src/a.js:5-5 warning oxlint/eslint(no-unreachable)"],
  },
  biome: {
    output: `src/a.js:1:5 lint/correctness/noUnusedVariables  FIXABLE  ━━━━━━━━━━━━━━━━━━━

  ! This variable unused is unused.
  
  > 1 │ var unused = 1

src/a.js:3:3 lint/suspicious/noDebugger  FIXABLE  ━━━━━━━━━━━━━━━━━━━

  × This is an unexpected use of the debugger statement.
`,
    read: [
      "src/a.js:1-1 warning biome/lint/correctness/noUnusedVariables",
      "src/a.js:3-3 failure biome/lint/suspicious/noDebugger",
    ],
  },
  "gcc 12": {
    output: `\u001b[01m\u001b[Kc/main.c:1:10:\u001b[m\u001b[K \u001b[01;31m\u001b[Kfatal error: \u001b[m\u001b[Kmissing.h: No such file or directory
    1 | #include "missing.h"
compilation terminated.
c/a.c: In function ‘g’:
c/a.c:2:22: error: ‘undefined_thing’ undeclared (first use in this function)
c/a.c:2:22: note: each undeclared identifier is reported only once for each function it appears in
c/a.c:2:39: warning: control reaches end of non-void function [-Wreturn-type]`,
    read: ["c/a.c:2-2 failure cc", "c/a.c:2-2 warning cc/-Wreturn-type", "c/main.c:1-1 failure cc"],
  },
  cargo: {
    output: `error[E0425]: cannot find value \`y\` in this scope
 --> src/main.rs:4:20
  |
4 |     println!("{}", y);
  |                    ^

For more information about an error, try \`rustc --explain E0425\`.
error: could not compile \`demo\` (bin "demo") due to 1 previous error
src/lib.rs:3:18: error[E0308]: mismatched types: expected \`u32\`, found \`&str\``,
    read: ["src/lib.rs:3-3 failure rustc/E0308", "src/main.rs:4-4 failure rustc/E0425"],
  },
  "go build and vet": {
    output: `# example.com/shop
./main.go:6:2: undefined: missing
vet: cmd/shop/run.go:4:1: expected declaration, found garbage
    main_test.go:7: got 1, want 2`,
    read: ["cmd/shop/run.go:4-4 failure go", "main.go:6-6 failure go"],
  },
  "python 3.11": {
    output: `Traceback (most recent call last):
  File "/workspace/py/app.py", line 6, in <module>
    g()
  File "/workspace/py/app.py", line 5, in g
    return f(undefined)
             ^^^^^^^^^
NameError: name 'undefined' is not defined
  File "/workspace/py/bad.py", line 1
    def f(:
          ^
SyntaxError: invalid syntax`,
    read: ["py/app.py:5-5 failure python/NameError", "py/bad.py:1-1 failure python/SyntaxError"],
  },
  "pytest 9": {
    output: `    def test_eq():
>       assert 1 == 2
E       assert 1 == 2

py/test_app.py:6: AssertionError`,
    read: ["py/test_app.py:6-6 failure pytest/AssertionError"],
  },
  "ruff 0.16, flake8 7 and mypy 2": {
    output: `F401 [*] \`os\` imported but unused
 --> py/full.py:1:8
  |
py/app.py:1:8: F401 [*] \`os\` imported but unused
py/bad.py:1:7: invalid-syntax: Expected a parameter or the end of the parameter list
py/test_app.py:3:1: E302 expected 2 blank lines, found 0
py/app.py:3: error: Incompatible return value type (got "int", expected "str")  [return-value]
Found 1 error in 1 file (checked 1 source file)`,
    read: [
      "py/app.py:1-1 failure python-lint/F401",
      "py/app.py:3-3 failure mypy/return-value",
      "py/bad.py:1-1 failure python-lint/invalid-syntax",
      "py/full.py:1-1 failure python-lint/F401",
      "py/test_app.py:3-3 failure python-lint/E302",
    ],
  },
  "workflow commands of oxlint, biome and ruff": {
    output: `::error file=broken.js,line=1,endLine=1,col=10,endColumn=11,title=oxlint::broken.js:1:10: Expected function name
::warning title=lint/correctness/noUnusedVariables,file=/workspace/src/a.js,line=1,endLine=1,col=5,endColumn=11::This variable unused is unused.
::error title=ruff (I001),file=/workspace/py/app.py,line=1,col=1,endLine=4,endColumn=10::py/app.py:1:1: I001 Import block is un-sorted%0A  help: Organize imports`,
    read: [
      "broken.js:1-1 failure github/oxlint",
      "py/app.py:1-4 failure github/ruff (I001)",
      "src/a.js:1-1 warning github/lint/correctness/noUnusedVariables",
    ],
  },
};
