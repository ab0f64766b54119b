// A bot that has no descriptor left, and then has: says how a call ends each time.
import { closeSync, openSync } from "node:fs";
import { launch } from "../../../src/launcher.ts";

const call = { file: "echo", args: ["here"], env: { PATH: "/usr/local/bin:/usr/bin:/bin" }, timeoutMs: 20_000 };
const opened = [];
try {
  for (;;) opened.push(openSync("/dev/null"));
} catch {
  // None is left.
}
const failure = await launch(call).catch((error) => error);
for (const descriptor of opened) closeSync(descriptor);
const { stdout } = await launch(call);
console.log(`${failure.name}: ${failure.message}, then ${stdout.toString()}`);
