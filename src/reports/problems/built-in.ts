import type { ProblemMatcher } from "./problem-matcher.ts";

// These run on the language's own engine. Each is anchored, and no repetition in it can begin at many places of the same run of characters,
// so that a line costs time in proportion to its length, whatever is in it.

const file = String.raw`([^\s:][^:]*)`;
const arrow = { regexp: String.raw`^\s*(?:-->|,-\[|╭─\[) ?${file}:(\d+):(\d+)\]?$`, file: 1, line: 2, column: 3 };
const pythonFile = { regexp: String.raw`^\s*File "([^"]+)", line (\d+)(?:, in .+)?$`, file: 1, line: 2 };
const pythonError = {
  regexp: String.raw`^([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning)): (.+)$`,
  code: 1,
  message: 2,
};
const pythonSource = { regexp: String.raw`^\s{2,}\S` };
const pythonCarets = { regexp: String.raw`^\s{2,}[\^~ ]+$` };
const oxlint = (mark: string) => ({
  regexp: String.raw`^ {1,2}${mark} (?:([\w-]+\([\w/@-]+\)): )?(.+)$`,
  code: 1,
  message: 2,
});
const biomeHead = {
  regexp: String.raw`^(\S.*?):(\d+):(\d+) ((?:lint|assist|suppressions|syntax|parse)\b\S*)`,
  file: 1,
  line: 2,
  column: 3,
  code: 4,
};
const biome = (mark: string) => ({ regexp: String.raw`^ +${mark} (.+)$`, message: 1 });
const tsc = (place: string) => ({
  regexp: String.raw`^(\S.*?)${place}(error|warning) (TS\d+): (.+)$`,
  file: 1,
  line: 2,
  column: 3,
  severity: 4,
  code: 5,
  message: 6,
});
const blank = { regexp: "^$" };

/** How well-known tools print problems. The first that matches a line has it, so the more particular ones come first. */
export const builtInMatchers: readonly ProblemMatcher[] = [
  { owner: "tsc", pattern: [tsc(String.raw`\((\d+),(\d+)\): `)] },
  { owner: "tsc", pattern: [tsc(String.raw`:(\d+):(\d+) - `)] },
  {
    owner: "eslint",
    pattern: [
      { regexp: String.raw`^([^\s:][^:]*\.\w+|/[^:]+)$`, file: 1 },
      {
        regexp: String.raw`^\s+(\d+):(\d+)\s+(error|warning|info)\s+(.*?\S)(?: {2,}(\S+))?$`,
        line: 1,
        column: 2,
        severity: 3,
        message: 4,
        code: 5,
        loop: true,
      },
    ],
  },
  {
    owner: "eslint",
    pattern: [
      {
        regexp: String.raw`^${file}: line (\d+), col (\d+), (Error|Warning|Info) - (.+?)(?: \((\S+)\))?$`,
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        message: 5,
        code: 6,
      },
    ],
  },
  {
    owner: "eslint",
    pattern: [
      {
        regexp: String.raw`^${file}:(\d+):(\d+): (.+) \[(Error|Warning|Info)(?:\/(\S+))?\]$`,
        file: 1,
        line: 2,
        column: 3,
        message: 4,
        severity: 5,
        code: 6,
      },
    ],
  },
  { owner: "oxlint", pattern: [oxlint("[x×]"), arrow] },
  { owner: "oxlint", severity: "warning", pattern: [oxlint("[!⚠]"), arrow] },
  { owner: "biome", pattern: [biomeHead, blank, biome("[×✖]")] },
  { owner: "biome", severity: "warning", pattern: [biomeHead, blank, biome("[!⚠]")] },
  {
    owner: "rustc",
    pattern: [{ regexp: String.raw`^(error|warning)(?:\[(\w+)\])?: (.+)$`, severity: 1, code: 2, message: 3 }, arrow],
  },
  {
    owner: "rustc",
    pattern: [
      {
        regexp: String.raw`^([^\s:][^:]*\.rs):(\d+):(\d+): (error|warning)(?:\[(\w+)\])?: (.+)$`,
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        code: 5,
        message: 6,
      },
    ],
  },
  {
    owner: "mypy",
    pattern: [
      {
        regexp: String.raw`^([^\s:][^:]*\.pyi?):(\d+):(?:(\d+):)?(?:\d+:\d+:)? (error|warning): (.+?)(?:  \[([\w-]+)\])?$`,
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        message: 5,
        code: 6,
      },
    ],
  },
  {
    owner: "python-lint",
    pattern: [
      {
        regexp: String.raw`^([^\s:][^:]*\.(?:pyi?|ipynb)):(\d+):(\d+): ([A-Z]{1,4}\d{1,5}|invalid-syntax):? (?:\[\*\] )?(.+)$`,
        file: 1,
        line: 2,
        column: 3,
        code: 4,
        message: 5,
      },
    ],
  },
  {
    owner: "python-lint",
    pattern: [
      { regexp: String.raw`^([A-Z]{1,4}\d{1,5}|invalid-syntax):? (?:\[\*\] )?(.+)$`, code: 1, message: 2 },
      arrow,
    ],
  },
  {
    owner: "pytest",
    pattern: [
      { regexp: String.raw`^E\s+(\S.*)$`, message: 1 },
      blank,
      { regexp: String.raw`^([^\s:][^:]*\.py):(\d+): (\w+)$`, file: 1, line: 2, code: 3 },
    ],
  },
  { owner: "python", pattern: [pythonFile, pythonError] },
  { owner: "python", pattern: [pythonFile, pythonSource, pythonError] },
  { owner: "python", pattern: [pythonFile, pythonSource, pythonCarets, pythonError] },
  {
    owner: "cc",
    pattern: [
      {
        regexp: String.raw`^${file}:(\d+):(?:(\d+):)? (fatal error|error|warning): (.+?)(?: \[(-W[^\]\s]+)\])?$`,
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        message: 5,
        code: 6,
      },
    ],
  },
  {
    owner: "go",
    pattern: [
      {
        regexp: String.raw`^(?:vet: )?([^\s:][^:]*\.go):(\d+):(?:(\d+):)? (.+?)(?: \(([a-z]\w+)\))?$`,
        file: 1,
        line: 2,
        column: 3,
        message: 4,
        code: 5,
      },
    ],
  },
];
