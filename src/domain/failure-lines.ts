/** Which lines of a tool's output say what failed. Lines come cut (`terminal-text.ts`), so none of these patterns can be made slow. */

/**
 * `test`: names what failed. `error`: says why. `lead`: only announces what follows. `aside`: says no more than that something failed, and
 * counts only where nothing else does.
 */
export type LineKind = "test" | "error" | "lead" | "aside";

const file = String.raw`[^\s:()'"]+\.\w{1,6}`;

const asides: readonly RegExp[] = [
  /^(?:npm (?:ERR!|error)|yarn error|error Command failed| ?ELIFECYCLE|lerna ERR!)/i,
  /^(?:g?make(?:\[\d+\])?): \*\*\*/,
  /^error: (?:test failed, to rerun|could not compile|aborting due to|\d+ targets? failed|process didn't exit|script ".*" exited)/,
  /^FAIL(?:\s+\S+\s+[\d.]+m?s)?$/,
  /^(?:Error: )?Process completed with exit code/,
  /^\[ERROR\] (?:Failed to execute goal|To see the full|Re-run Maven|For more information|-> \[Help|\[Help|Please refer|After correcting)/,
  /^\[ERROR\]\s*$/,
  /^(?:FAILURE: Build failed|BUILD FAILED|Execution failed for task|\* What went wrong)/,
  /^✖ (?:failing tests:|\d+ problems?)/,
];

const tests: readonly RegExp[] = [
  // Jest, Vitest, Playwright, node --test
  /^\s*● (?!Console$)\S/,
  /^\s*FAIL\s+\S+/,
  /^\s*[✕✗×✖✘]\s+\S/,
  // TAP
  /^\s*not ok \d+\b(?!.*# (?:todo|skip))/i,
  // pytest
  /^(?:FAILED|ERROR) \S+\.py\b/,
  /^_{3,} .+ _{3,}$/,
  // go test, cargo test
  /^\s*--- FAIL: \S+/,
  /^test .+ \.\.\. FAILED$/,
  /^---- .+ stdout ----$/,
  // Mocha, RSpec, unittest, Minitest
  /^\s*\d+\) \S/,
  /^rspec \.\/\S+/,
  /^(?:FAIL|ERROR): \w+ \(.+\)/,
  // JUnit by Maven and Gradle, .NET
  /^\[ERROR\]\s+\S+(?:\.\S+|:\d+)/,
  /^\S.* > .+ FAILED$/,
  /^\s*Failed \S.* \[[<\d]/,
];

const errors: readonly RegExp[] = [
  // Compilers, type checkers, linters: file:1:2: …, file(1,2): error …, file:1:2 - error …
  new RegExp(String.raw`^\s*${file}:\d+(?::\d+)?: (?!warning|note|info|W\d)\S`, "i"),
  new RegExp(String.raw`^\s*${file}\(\d+,\d+\): error\b`, "i"),
  new RegExp(String.raw`^\s*${file}:\d+:\d+ - error\b`),
  /^\s+\d+:\d+\s+error\s+\S/,
  /^error(?:\[\w+\])?: \S/,
  /^error TS\d+: /,
  // Thrown things of any language
  /^\s*(?:(?:Uncaught|Unhandled|Caused by:|E|Exception in thread "[^"]*")\s+)?(?:[\w$]+(?:\.|::|\\))*[\w$]*(?:Error|Exception|Panic)(?: \[\w+\])?(?::| \(|$)/,
  /^\s*(?:thread '.*' .*panicked at|panic: |fatal error: |FATAL\b|fatal: |thrown: |error: '|E\s{3,}\S)/,
  /^\s*assertion .* failed/,
  /\bcoverage threshold\b.*\bnot met\b|^(?:FAIL|ERROR: )?\s*Required test coverage/i,
  /^\s*(?:assert|expect)\(.*\)\.\S+\(.*\)/,
  /^\s*→ \S/,
  // The machine
  /(?:heap|runtime:) out of memory|^(?:.*: )?(?:Out of memory|Killed|Segmentation fault|Bus error|Aborted|Illegal instruction)\b/,
  /\b(?:timed out (?:after|in)\b|timeout of \d+ ?ms exceeded|exceeded timeout of)/i,
  /: (?:command not found|not found|No such file or directory|Permission denied|cannot execute)$/,
];

const leads: readonly RegExp[] = [
  /^\s*Traceback \(most recent call last\):/,
  /^\s*={2,}\s*(?:FAILURES|ERRORS)\s*={2,}/,
];

/** What a line says about a failure, or null when it says nothing. */
export function kindOfLine(line: string): LineKind | null {
  if (line.trim() === "") return null;
  const kinds: readonly (readonly [LineKind, readonly RegExp[]])[] = [
    ["aside", asides],
    ["test", tests],
    ["error", errors],
    ["lead", leads],
  ];
  return kinds.find(([, patterns]) => patterns.some((pattern) => pattern.test(line)))?.[0] ?? null;
}

/** What explains nothing: a frame of a library or of the language itself, a test that passed, how long something took. */
export function isNoise(line: string): boolean {
  return (
    /^\s+at .*(?:node_modules|node:|<anonymous>\)$|\(internal\/|java\.base\/|org\.junit|jdk\.internal)/.test(line) ||
    /^\s+(?:\S+ \()?(?:file:\/\/\S*node_modules|node:)\S*:\d+:\d+\)?$/.test(line) ||
    /^\s*File ".*(?:site-packages|lib\/python3)/.test(line) ||
    /^\s+(?:\d+: )?(?:std|core|test|__rustc|<fn\(\))\S*::\S.*$|^\s+at \/rustc\//.test(line) ||
    /^\s*(?:[✓✔√] |ok\s|test .+ \.\.\. ok$|# Subtest: |duration_ms:)/.test(line)
  );
}
