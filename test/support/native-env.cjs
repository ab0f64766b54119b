// The environment of every test file, with two repairs of what Jest's separate realm breaks:
// - tree-sitter keeps native state per process while Jest reloads its JavaScript half for every test file; loading it here, outside
//   Jest's module registry, keeps the two in step.
// - errors of Node's own modules are made in the outer realm, so that `error instanceof Error` would be false for them inside.
const { TestEnvironment } = require("jest-environment-node");
const { isNativeError } = require("node:util/types");

const native = {
  "tree-sitter": require("tree-sitter"),
  "tree-sitter-typescript": require("tree-sitter-typescript"),
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.__native = native;
    const inner = this.global.Error;
    const ordinary = Function.prototype[Symbol.hasInstance];
    Object.defineProperty(inner, Symbol.hasInstance, {
      value(thing) {
        // Subclasses inherit this function and keep the ordinary rule.
        return ordinary.call(this, thing) || (this === inner && isNativeError(thing));
      },
    });
  }
};
