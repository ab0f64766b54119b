// The environment of every test file, with three repairs of what Jest's separate realm breaks:
// - tree-sitter keeps native state per process while Jest reloads its JavaScript half for every test file; loading it outside Jest's
//   module registry keeps the two in step.
// - What takes long to make and is the same for every test file (validators of GitHub's descriptions, its GraphQL schema, the small process
//   that runs git) is loaded there too: once for a worker, not once for a file.
// - errors are made in both realms, so that `error instanceof Error` would be false for those of the other one.
const { TestEnvironment } = require("jest-environment-node");
const { isNativeError } = require("node:util/types");

const outside = {
  "tree-sitter": () => require("tree-sitter"),
  "tree-sitter-typescript": () => require("tree-sitter-typescript"),
  graphql: () => require("./graphql.mjs"),
  "github-schema": () => require("../doubles/github/graphql/github-schema.ts"),
  validate: () => require("../doubles/github/schemas/validate.ts"),
  "git-runner": () => {
    const runner = require("../doubles/github/git/git-runner.ts");
    // Held for as long as the worker lives, with which it ends.
    runner.holdGitRunner();
    return runner;
  },
};
const loaded = new Map();

function load(name) {
  if (!loaded.has(name)) loaded.set(name, outside[name]());
  return loaded.get(name);
}

/** Makes every native error, of whichever realm, an instance of this realm's `Error`. */
function acceptErrors(Own) {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(Own, Symbol.hasInstance, {
    value(thing) {
      // Subclasses inherit this function and keep the ordinary rule.
      return ordinary.call(this, thing) || (this === Own && isNativeError(thing));
    },
    configurable: true,
  });
}

acceptErrors(Error);

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.__outside = load;
    acceptErrors(this.global.Error);
  }
};
