// tree-sitter keeps native state per process while Jest reloads its JavaScript half for every test file;
// loading it here, outside Jest's module registry, keeps the two in step.
const { TestEnvironment } = require("jest-environment-node");

const native = {
  "tree-sitter": require("tree-sitter"),
  "tree-sitter-typescript": require("tree-sitter-typescript"),
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.__native = native;
  }
};
