// Tests run in bare Node, where "@jest/globals" refuses to be loaded.
import { statSync } from "node:fs";
import { registerHooks } from "node:module";

const globals = new URL("jest-globals.mjs", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "@jest/globals") return { url: globals, format: "module", shortCircuit: true };
    const found = next(specifier, context);
    // The runner asks for each test file under the present time. Under the time at which it was written, Node finds again what it has compiled.
    const [, file] = /^(file:.+\.test\.ts)\?\d+$/.exec(found.url) ?? [];
    return file === undefined ? found : { ...found, url: `${file}?${statSync(new URL(file)).mtimeMs}` };
  },
});
