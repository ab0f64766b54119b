// A bot for a test, which kills it: runs a line of shell and says the small process's pid; with no line it has nothing more to do.
import { launch } from "../../../src/launcher.ts";

const [, , script] = process.argv;
const call = { file: "sh", env: { PATH: "/usr/local/bin:/usr/bin:/bin" }, timeoutMs: 60_000 };
const { stdout } = await launch({ ...call, args: ["-c", "echo $PPID"] });
process.stdout.write(stdout);
if (script !== undefined) await launch({ ...call, args: ["-c", script] });
