// Runs git for a bigger process (git-runner.ts says why). Plain JavaScript, so that it stays small. Ends when its parent does.
import { spawn } from "node:child_process";

// Ctrl-C reaches the whole group; what the parent still has to write while it closes needs git.
process.on("SIGINT", () => undefined).on("SIGTERM", () => undefined);
process.on("disconnect", () => process.exit(0));
const running = new Map();
process.on("message", ({ id, args, env, input, stream, stop }) => {
  if (stop !== undefined) return void running.get(stop)?.stdout.destroy();
  const child = spawn("git", args, { env, stdio: ["pipe", "pipe", "pipe"] });
  running.set(id, child);
  const out = [];
  const err = [];
  child.stdout.on("error", () => undefined);
  child.stdout.on("data", (chunk) => {
    if (!stream) return out.push(chunk);
    // The next piece is read when this one has gone: nothing piles up here.
    child.stdout.pause();
    process.send({ id, piece: chunk }, () => child.stdout.resume());
  });
  child.stderr.on("data", (chunk) => err.push(chunk));
  // git may end before it has read all of its input; its exit code tells why, EPIPE does not.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const tell = (answer) => {
    running.delete(id);
    if (process.connected) process.send({ id, ...answer });
  };
  child.on("error", (error) => tell({ error: `git cannot be started: ${error.message}` }));
  child.on("close", (code) =>
    tell({ result: { code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() } }),
  );
});
