// What tools print when something fails, as they print it.

export const logs = {
  jest: `FAIL ./j.test.js
  ✕ adds (3 ms)
  outer
    ✕ throws
    ✕ slow (50 ms)

  ● adds

    expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 2

    > 1 | test("adds", () => { expect(1+1).toBe(3); }); describe("outer", () => { test("throws", () => { null.x; }); test("slow", (done) => {}, 50)});
        |                                  ^
      2 |

      at Object.toBe (j.test.js:1:34)

  ● outer › throws

    TypeError: Cannot read properties of null (reading 'x')

    > 1 | test("adds", () => { expect(1+1).toBe(3); }); describe("outer", () => { test("throws", () => { null.x; }); test("slow", (done) => {}, 50)});
        |                                                                                                     ^
      2 |

      at Object.x (j.test.js:1:101)

  ● outer › slow

    thrown: "Exceeded timeout of 50 ms for a test while waiting for \`done()\` to be called.
    Add a timeout value to this test to increase the timeout, if this is a long-running test. See https://jestjs.io/docs/api#testname-fn-timeout."

      at _getError (node_modules/jest-circus/build/jestAdapterInit.js:1985:12)
          at Array.map (<anonymous>)

    Cause:
        thrown: "Exceeded timeout of 50 ms for a test while waiting for \`done()\` to be called.
        Add a timeout value to this test to increase the timeout, if this is a long-running test. See https://jestjs.io/docs/api#testname-fn-timeout."

        > 1 | test("adds", () => { expect(1+1).toBe(3); }); describe("outer", () => { test("throws", () => { null.x; }); test("slow", (done) => {}, 50)});
            |                                                                                                            ^
          2 |

          at test (j.test.js:1:108)
          at Object.describe (j.test.js:1:47)

Test Suites: 1 failed, 1 total
Tests:       3 failed, 3 total
Snapshots:   0 total
Time:        0.396 s
Ran all test suites.`,
  "node --test": `TAP version 13
# Subtest: adds
not ok 1 - adds
  ---
  duration_ms: 1.786171
  location: '/tmp/run-4821/a.test.mjs:2:1'
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:
    
    2 !== 3
    
  code: 'ERR_ASSERTION'
  name: 'AssertionError'
  expected: 3
  actual: 2
  operator: 'strictEqual'
  stack: |-
    TestContext.<anonymous> (file:///tmp/run-4821/a.test.mjs:2:29)
    Test.runInAsyncScope (node:async_hooks:206:9)
    Test.run (node:internal/test_runner/test:796:25)
    Test.processPendingSubtests (node:internal/test_runner/test:526:18)
    node:internal/test_runner/harness:255:12
    node:internal/process/task_queues:140:7
    AsyncResource.runInAsyncScope (node:async_hooks:206:9)
    AsyncResource.runMicrotask (node:internal/process/task_queues:137:8)
  ...
# Subtest: suite
    # Subtest: inner fails
    not ok 1 - inner fails
      ---
      duration_ms: 0.142962
      location: '/tmp/run-4821/a.test.mjs:3:38'
      failureType: 'testCodeFailure'
      error: 'x is not a function'
      code: 'ERR_TEST_FAILURE'
      name: 'TypeError'
      stack: |-
        TestContext.<anonymous> (file:///tmp/run-4821/a.test.mjs:3:72)
        Test.runInAsyncScope (node:async_hooks:206:9)
        Test.run (node:internal/test_runner/test:796:25)
        Test.start (node:internal/test_runner/test:702:17)
        TestContext.test (node:internal/test_runner/test:292:20)
        TestContext.<anonymous> (file:///tmp/run-4821/a.test.mjs:3:38)
        Test.runInAsyncScope (node:async_hooks:206:9)
        Test.run (node:internal/test_runner/test:796:25)
        Test.processPendingSubtests (node:internal/test_runner/test:526:18)
        Test.postRun (node:internal/test_runner/test:889:19)
      ...
    1..1
not ok 2 - suite
  ---
  duration_ms: 0.438751
  location: '/tmp/run-4821/a.test.mjs:3:1'
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  code: 'ERR_TEST_FAILURE'
  ...
# Subtest: good
ok 3 - good
  ---
  duration_ms: 0.110764
  ...
1..3
# tests 4
# suites 0
# pass 1
# fail 3
# cancelled 0
# skipped 0
# todo 0
# duration_ms 93.649678`,
  pytest: `FFF                                                                      [100%]
=================================== FAILURES ===================================
___________________________________ test_add ___________________________________

    def test_add():
>       assert add(1,1) == 3
E       assert 2 == 3
E        +  where 2 = add(1, 1)

test_x.py:4: AssertionError
__________________________________ test_p[1] ___________________________________

n = 1

    @pytest.mark.parametrize("n",[1,2])
    def test_p(n):
>       raise ValueError(f"bad {n}")
E       ValueError: bad 1

test_x.py:7: ValueError
__________________________________ test_p[2] ___________________________________

n = 2

    @pytest.mark.parametrize("n",[1,2])
    def test_p(n):
>       raise ValueError(f"bad {n}")
E       ValueError: bad 2

test_x.py:7: ValueError
=========================== short test summary info ============================
FAILED test_x.py::test_add - assert 2 == 3
FAILED test_x.py::test_p[1] - ValueError: bad 1
FAILED test_x.py::test_p[2] - ValueError: bad 2
3 failed in 0.59s`,
  "pytest, collecting": `
==================================== ERRORS ====================================
__________________________ ERROR collecting test_y.py __________________________
ImportError while importing test module '/tmp/run-4821/test_y.py'.
Hint: make sure your test modules/packages have valid Python names.
Traceback:
/usr/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
test_y.py:1: in <module>
    import nothere
E   ModuleNotFoundError: No module named 'nothere'
=========================== short test summary info ============================
ERROR test_y.py
!!!!!!!!!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!!!!!!!!
1 error in 0.68s`,
  "cargo test": `   Compiling rs v0.1.0 (/tmp/run-4821/rs)
    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 0.75s
     Running unittests src/lib.rs (target/debug/deps/rs-a35a48c092d3f767)

running 3 tests
test tests::adds ... FAILED
test tests::boom ... FAILED
test tests::fine ... ok

failures:

---- tests::adds stdout ----

thread 'tests::adds' (3560) panicked at src/lib.rs:4:21:
assertion \`left == right\` failed
  left: 2
 right: 3
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   2: core::panicking::assert_failed_inner
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:439:17
   3: core::panicking::assert_failed::<i32, i32>
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:394:5
   4: rs::tests::adds
             at ./src/lib.rs:4:21
   5: rs::tests::adds::{{closure}}
             at ./src/lib.rs:4:19
   6: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
   7: <fn() -> core::result::Result<(), alloc::string::String> as core::ops::function::FnOnce<()>>::call_once
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.

---- tests::boom stdout ----

thread 'tests::boom' (3561) panicked at src/lib.rs:5:48:
called \`Option::unwrap()\` on a \`None\` value
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   2: core::panicking::panic
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:150:5
   3: core::option::unwrap_failed
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs:2236:5
   4: core::option::Option<T>::unwrap
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs:1016:21
   5: rs::tests::boom
             at ./src/lib.rs:5:48
   6: rs::tests::boom::{{closure}}
             at ./src/lib.rs:5:19
   7: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
   8: <fn() -> core::result::Result<(), alloc::string::String> as core::ops::function::FnOnce<()>>::call_once
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.


failures:
    tests::adds
    tests::boom

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.08s

error: test failed, to rerun pass \`--lib\``,
  "cargo build": `   Compiling rs v0.1.0 (/tmp/run-4821/rs)
error[E0308]: mismatched types
 --> src/lib.rs:8:18
  |
8 | pub fn x()->i32{ "a" }
  |             ---  ^^^ expected \`i32\`, found \`&str\`
  |             |
  |             expected \`i32\` because of return type

For more information about this error, try \`rustc --explain E0308\`.
error: could not compile \`rs\` (lib test) due to 1 previous error
warning: build failed, waiting for other jobs to finish...
error: could not compile \`rs\` (lib) due to 1 previous error`,
  unittest: `F
======================================================================
FAIL: test_a (__main__.T.test_a)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/tmp/run-4821/t.py", line 4, in test_a
    self.assertEqual(1, 2)
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 1 test in 0.000s

FAILED (failures=1)`,
  gcc: `x.c: In function ‘main’:
x.c:1:20: error: ‘foo’ undeclared (first use in this function)
    1 | int main(){ return foo }
      |                    ^~~
x.c:1:20: note: each undeclared identifier is reported only once for each function it appears in
x.c:1:23: error: expected ‘;’ before ‘}’ token
    1 | int main(){ return foo }
      |                       ^~
      |                       ;`,
  tsc: `src/ts.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
src/ts.ts(1,24): error TS2304: Cannot find name 'foo'.`,
  "go test": `--- FAIL: TestAdd (0.00s)
    add_test.go:9: Add(1, 1) = 3, want 2
--- FAIL: TestServe (0.31s)
    serve_test.go:31: Get "http://127.0.0.1:45123/health": dial tcp 127.0.0.1:45123: connect: connection refused
panic: runtime error: invalid memory address or nil pointer dereference [recovered]
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4f2c1b]

goroutine 7 [running]:
example.com/shop.(*Cart).Total(...)
	/tmp/run-4821/cart.go:14
FAIL
FAIL	example.com/shop	0.318s
ok  	example.com/shop/tax	0.004s
FAIL`,
  vitest: ` RUN  v3.2.4 /tmp/run-4821

 ❯ src/cart.test.ts (3 tests | 1 failed) 12ms
   ✓ cart > is empty 2ms
   × cart > adds a tea 7ms
     → expected 1 to be 2 // Object.is equality

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  src/cart.test.ts > cart > adds a tea
AssertionError: expected 1 to be 2 // Object.is equality

- Expected
+ Received

- 2
+ 1

 ❯ src/cart.test.ts:14:24

 Test Files  1 failed (1)
      Tests  1 failed | 2 passed (3)
   Start at  11:13:29
   Duration  412ms`,
  eslint: `
/tmp/run-4821/src/cart.js
  3:7   error    'total' is assigned a value but never used  no-unused-vars
  9:1   warning  Unexpected console statement                no-console

/tmp/run-4821/src/tea.js
  12:5  error  'steep' is not defined  no-undef

✖ 3 problems (2 errors, 1 warning)`,
  mocha: `
  cart
    ✔ is empty
    1) adds a tea

  1 passing (9ms)
  1 failing

  1) cart
       adds a tea:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

1 !== 2

      + expected - actual

      at Context.<anonymous> (test/cart.spec.js:8:12)
      at process.processImmediate (node:internal/timers:485:21)`,
  "a stack trace": `Server listens on port 38211
node:internal/process/promises:394
      triggerUncaughtException(err, true /* fromPromise */);
      ^

TypeError: Cannot read properties of undefined (reading 'price')
    at total (/tmp/run-4821/src/cart.js:9:21)
    at node_modules/express/lib/router.js:41:3
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)

Node.js v24.21.0`,
  "out of memory": `
<--- Last few GCs --->
[4711:0x1b2c3d40]    31021 ms: Mark-Compact 2046.1 (2083.0) -> 2045.9 (2083.2) MB, 812.31 / 0.00 ms

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----
 1: 0xb8cbd2 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
Aborted (core dumped)
npm error Lifecycle script \`build\` failed with error:
npm error code 134`,
  maven: `[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.052 s <<< FAILURE! -- in shop.CartTest
[ERROR] shop.CartTest.addsATea -- Time elapsed: 0.004 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <2> but was: <1>
	at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:38)
	at shop.CartTest.addsATea(CartTest.java:12)

[ERROR] Failures: 
[ERROR]   CartTest.addsATea:12 expected: <2> but was: <1>
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test (default-test) on project shop: There are test failures.
[ERROR] -> [Help 1]`,
} as const;
