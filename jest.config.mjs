// ESM through swc; the native tree-sitter add-on is loaded once per worker (test/support/native-env.cjs).
const project = (name, testMatch, extra = {}) => ({
  displayName: name,
  testEnvironment: "<rootDir>/test/support/native-env.cjs",
  moduleNameMapper: { "^(tree-sitter(?:-typescript)?)$": "<rootDir>/test/support/$1.cjs" },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } }],
  },
  testMatch,
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/test/fixtures/", "<rootDir>/.serverless/"],
  ...extra,
});

export default {
  coverageProvider: "v8",
  // The contract and story layers start real servers; a loaded machine of two cores needs more than the default 5 s.
  testTimeout: 30_000,
  projects: [
    project("unit", ["<rootDir>/test/unit/**/*.test.ts"]),
    project("contract", ["<rootDir>/test/contract/**/*.test.ts"]),
    project("e2e", ["<rootDir>/test/e2e/**/*.test.ts", "<rootDir>/test/chaos/**/*.test.ts"]),
  ],
};
