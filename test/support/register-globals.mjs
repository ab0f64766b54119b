// Tests run in bare Node, where "@jest/globals" refuses to be loaded.
import { statSync } from "node:fs";
import { registerHooks } from "node:module";

const globals = new URL("jest-globals.mjs", import.meta.url).href;

/** Files that were loaded in this process; one that is loaded again is loaded anew. */
const loaded = new Set();

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "@jest/globals") return { url: globals, format: "module", shortCircuit: true };
    const found = next(specifier, context);
    // The runner asks for each test file under the present time. Under the time at which it was written, Node finds again what it has compiled.
    const [, file] = /^(file:.+\.test\.ts)\?\d+$/.exec(found.url) ?? [];
    if (file === undefined || loaded.has(file)) return found;
    loaded.add(file);
    return { ...found, url: `${file}?${statSync(new URL(file)).mtimeMs}` };
  },
});
