// @ts-check
// Starts programs for the bot (launcher.ts says why). Plain JavaScript with one import, so that this process stays small.
import { spawn } from "node:child_process";

/** Standard output is passed on in pieces of about this size; what is shorter goes with the end. */
const pieceBytes = 1_048_576;
const stderrChars = 8_192;
/** How long a killed program's pipes may stay open: something may have left its process group with them. */
const drainMs = 3_000;

/** @type {Map<number, import("node:child_process").ChildProcess>} The programs under way, by the number of their order. */
const running = new Map();

// A terminal or an init system sends these to all processes of the bot, which needs programs while it closes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
process.on("disconnect", () => {
  for (const child of running.values()) killGroup(child);
  process.exit();
});
process.on("message", (/** @type {import("./launcher.ts").Order} */ order) => {
  if ("stop" in order) stop(order.stop);
  else start(order);
});

/** @param {import("./launcher.ts").StartOrder} order */
function start({ id, file, args, env, input, maxOutput }) {
  /** @type {import("node:child_process").ChildProcessWithoutNullStreams} */
  let child;
  try {
    // A group of its own: what the program starts goes with it.
    child = spawn(file, args, { cwd: "/", env, detached: true });
  } catch (error) {
    return fail(id, error);
  }
  if (child.pid === undefined) {
    child.once("error", (error) => fail(id, error));
    return;
  }
  running.set(id, child);
  tell({ id, pid: child.pid });
  /** @type {Buffer[]} */
  let held = [];
  let heldBytes = 0;
  let size = 0;
  let excess = false;
  let stderr = "";
  child.stdout.on("data", (/** @type {Buffer} */ chunk) => {
    size += chunk.length;
    if (excess) return;
    if (size > maxOutput) {
      excess = true;
      held = [];
      return stop(id);
    }
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < pieceBytes) return;
    // The next piece is read when this one has gone: nothing piles up here.
    child.stdout.pause();
    tell({ id, stdout: Buffer.concat(held) }, () => child.stdout.resume());
    held = [];
    heldBytes = 0;
  });
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text) => (stderr = (stderr + text).slice(-stderrChars)));
  // A program that has seen enough closes its input early; its exit code tells what that meant.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  child.once("close", (code) => {
    running.delete(id);
    tell({ id, code, excess, stdout: Buffer.concat(held), stderr });
  });
}

/** @param {number} id */
function stop(id) {
  const child = running.get(id);
  if (child === undefined) return;
  killGroup(child);
  setTimeout(() => {
    if (running.get(id) !== child) return;
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, drainMs);
}

/** @param {import("node:child_process").ChildProcess} child */
function killGroup({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

/** @param {number} id @param {unknown} error */
function fail(id, error) {
  const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
  tell({ id, message, error: code ?? "" });
}

/** @param {import("./launcher.ts").Answer} answer @param {() => void} [sent] */
function tell(answer, sent) {
  // Who would read it is gone when it cannot be sent; "disconnect" says so as well.
  process.send?.(answer, () => sent?.());
}
