// Tests run in bare Node, where "@jest/globals" refuses to be loaded.
import { registerHooks } from "node:module";

const globals = new URL("jest-globals.mjs", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@jest/globals" ? { url: globals, format: "module", shortCircuit: true } : next(specifier, context),
});
