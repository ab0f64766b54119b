import { availableParallelism } from "node:os";
import { useScratch } from "./test/support/scratch.mjs";

// Before the workers are made, which inherit it.
useScratch();

const unitOnly = /--selectProjects[ =]unit$/.test(process.argv.join(" "));

// Node runs the tests itself, types stripped, and loads every module once for a worker: no realm for each file, whose making took half of the time.
// Layers with servers run in processes, as bots do: what a sandbox leaves in the kernel bears its process's name, and what nobody catches
// ends one worker only.
const setupFiles = ["<rootDir>/test/support/register-globals.mjs"];
const project = (name, folders, extra) => ({
  displayName: name,
  transform: {},
  setupFiles,
  // Jest looks at every file below, also at those of packages.
  roots: ["<rootDir>/test"],
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/test/fixtures/", "<rootDir>/.serverless/"],
  ...extra,
});
const withServers = {
  runner: ["<rootDir>/test/support/crew.mjs", { runtime: "child_process" }],
  globalSetup: "<rootDir>/test/support/global-setup.mjs",
  globalTeardown: "<rootDir>/test/support/global-teardown.mjs",
};

export default {
  testSequencer: "<rootDir>/test/support/sequencer.mjs",
  coverageProvider: "v8",
  // Three even on two cores, since much of a test is waiting; no more than four, since each may start a PostgreSQL and a browser.
  // Tests of the unit layer wait for nothing.
  maxWorkers: unitOnly ? availableParallelism() : Math.min(4, Math.max(3, availableParallelism())),
  projects: [
    project("unit", ["unit"], { runner: ["<rootDir>/test/support/crew.mjs", { runtime: "worker_threads" }] }),
    project("contract", ["contract"], withServers),
    project("e2e", ["e2e", "chaos"], withServers),
  ],
};
