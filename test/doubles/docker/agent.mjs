// The first process of a container of the stand-in: starts what the engine is asked to execute, and passes its streams on as lines of JSON.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const running = new Map();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
// As long as the engine waits for streams that something in the background still holds.
const drainMs = 2_000;

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order = JSON.parse(line);
    if (order.run !== undefined) start(order);
    else if (order.input !== undefined) running.get(order.id)?.stdin.write(Buffer.from(order.input, "base64"));
    else running.get(order.id)?.stdin.end();
  })
  .on("close", () => process.exit());

function start({ id, run, env, cwd, tty, init }) {
  const [file, ...args] = tty
    ? ["script", "-qefc", wordsOf(run, init).map(quoted).join(" "), "/dev/null"]
    : wordsOf(run, init);
  const child = spawn(file, args, { env, cwd, detached: true });
  running.set(id, child);
  child.stdin.on("error", () => {});
  for (const [stream, number] of [
    [child.stdout, 1],
    [child.stderr, 2],
  ])
    stream.on("data", (data) => say({ id, stream: number, data: data.toString("base64") }));
  child.on("spawn", () => say({ id, pid: child.pid }));
  child.on("error", (error) => {
    running.delete(id);
    say({ id, error: error.message });
  });
  child.on("exit", (code, signal) => {
    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      running.delete(id);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      say({ id, code: code ?? 128 + (signal === "SIGKILL" ? 9 : 15) });
    };
    child.on("close", tell);
    setTimeout(tell, drainMs);
  });
}

/** Its stand-in, which is found in /proc by the same name. */
function wordsOf([file, ...args], init) {
  if (file !== "/sbin/docker-init") return [file, ...args];
  return ["/usr/bin/perl", "-e", 'exec { "/usr/bin/perl" } "/sbin/docker-init", @ARGV', init, ...args];
}

function quoted(word) {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
