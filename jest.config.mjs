import { availableParallelism } from "node:os";
import { useScratch } from "./test/support/scratch.mjs";

// Before the workers are made, which inherit it.
useScratch();

const unitOnly = /--selectProjects[ =]unit$/.test(process.argv.join(" "));

const notTests = ["<rootDir>/dist/", "<rootDir>/test/fixtures/", "<rootDir>/.serverless/"];

// ESM through swc; what has native state or takes long to make is loaded once per worker (test/support/native-env.cjs).
const project = (name, testMatch, extra = {}) => ({
  displayName: name,
  testEnvironment: "<rootDir>/test/support/native-env.cjs",
  moduleNameMapper: {
    "^(tree-sitter|tree-sitter-typescript|graphql)$": "<rootDir>/test/support/outside/$1.cjs",
    "(?:schemas/(validate)|graphql/(github-schema)|git/(git-runner))\\.ts$":
      "<rootDir>/test/support/outside/$1$2$3.cjs",
    "^\\./(github-schema|git-runner)\\.ts$": "<rootDir>/test/support/outside/$1.cjs",
  },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } }],
  },
  testMatch,
  modulePathIgnorePatterns: notTests,
  ...extra,
});
// Unit tests and stories need no realm of their own for each file: Node runs them, types stripped, and loads every module once for a worker.
// Unit tests so take a third of the time, and stories, whose code stays warm, two thirds.
const inNode = (name, runner, testMatch, extra = {}) => ({
  displayName: name,
  runner,
  transform: {},
  setupFiles: ["<rootDir>/test/support/register-globals.mjs"],
  testMatch,
  modulePathIgnorePatterns: notTests,
  ...extra,
});
const withServers = {
  globalSetup: "<rootDir>/test/support/global-setup.mjs",
  globalTeardown: "<rootDir>/test/support/global-teardown.mjs",
};

export default {
  testSequencer: "<rootDir>/test/support/sequencer.mjs",
  coverageProvider: "v8",
  // The contract and story layers start real servers; a loaded machine of two cores needs more than the default 5 s.
  testTimeout: 30_000,
  // Three even on two cores, since much of a test is waiting; no more than four, since each may start a PostgreSQL and a browser.
  // Tests of the unit layer wait for nothing.
  maxWorkers: unitOnly ? availableParallelism() : Math.min(4, Math.max(3, availableParallelism())),
  // Modules of finished test files stay in memory, and a big process starts others slowly: begin anew in time. Measured on the
  // JavaScript heap; the whole process is four times as big.
  workerIdleMemoryLimit: "250MB",
  projects: [
    inNode("unit", "jest-light-runner", ["<rootDir>/test/unit/**/*.test.ts"]),
    project("contract", ["<rootDir>/test/contract/**/*.test.ts"], withServers),
    // In processes, as bots are: what a sandbox leaves in the kernel bears its process's name, and what nobody catches ends one worker only.
    inNode(
      "e2e",
      "jest-light-runner/child-process",
      ["<rootDir>/test/e2e/**/*.test.ts", "<rootDir>/test/chaos/**/*.test.ts"],
      withServers,
    ),
  ],
};
